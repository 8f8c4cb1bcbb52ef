#!/usr/bin/env bash
# Makes names.tsv and conversations.tsv beside every capture, by tshark.
#
#     captures/expect.sh               every case
#     captures/expect.sh CASE...       these cases only
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
for program in tshark python3; do
    command -v $program >/dev/null || {
        echo "expect.sh: '$program' is missing: apt-get install --no-install-recommends $program" >&2
        exit 1
    }
done

cd "$here"
for case in ${*:-*/}; do
    case=${case%/}
    if [ -e "$case/capture.pcap" ]; then
        python3 expect.py "$case/capture.pcap" "$case/names.tsv" "$case/conversations.tsv"
        echo "$case: $(tail -n +2 "$case/names.tsv" | wc -l) names, $(tail -n +2 "$case/conversations.tsv" | wc -l) conversations"
    fi
done
