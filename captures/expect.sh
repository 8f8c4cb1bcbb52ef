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

expect() { # expect CAPTURE NAMES CONVERSATIONS
    python3 expect.py "$@"
    echo "$1: $(tail -n +2 "$2" | wc -l) names, $(tail -n +2 "$3" | wc -l) conversations"
}

# tshark 4.0 of Debian reads .gz and .zst itself, .xz not.
expect_container() { # expect_container FILE
    local copy
    if [[ $1 == *.xz ]]; then
        copy=$(mktemp)
        xz -dc "$1" >"$copy"
        expect "$copy" "$1.names.tsv" "$1.conversations.tsv" | sed "s|^$copy|$1|"
        rm "$copy"
    else
        expect "$1" "$1.names.tsv" "$1.conversations.tsv"
    fi
}

cd "$here"
for case in ${*:-*/}; do
    case=${case%/}
    if [ "$case" = containers ]; then
        for file in containers/*.{pcapng,gz,zst,xz}; do expect_container "$file"; done
    else
        expect "$case/capture.pcap" "$case/names.tsv" "$case/conversations.tsv"
    fi
done
