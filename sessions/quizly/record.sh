#!/usr/bin/env bash
# Records the session of this folder again: a made-up school app in headless Chromium, as a HAR and as a capture.
# Must run as root on Debian 12, for tcpdump: apt-get install chromium tcpdump openssl python3
#
#     sessions/quizly/record.sh
#
# Every host is mapped to a server on loopback; nothing leaves the machine.
set -euo pipefail
export PYTHONDONTWRITEBYTECODE=1

here=$(cd "$(dirname "$0")" && pwd)
for program in chromium tcpdump openssl python3; do
    command -v "$program" >/dev/null || { echo "record.sh: '$program' is missing: apt-get install $program" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=*.quizly.example" \
    -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
cat "$work/cert.pem" "$work/key.pem" > "$work/both.pem"
python3 "$here/record.py" "$work" "$here"
