#!/usr/bin/env bash
# How long the review of a HAR of MEGABYTES takes, and how much memory: bench-review.sh [MEGABYTES]
# The file is made once, under $TMPDIR/hallpass-bench. Needs python3.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
hallpass=${HALLPASS:-$here/../../.build/release/hallpass}
megabytes=${1:-200}
folder=${TMPDIR:-/tmp}/hallpass-bench
mkdir -p "$folder"
file=$folder/session-$megabytes.har
[ -s "$file" ] || python3 "$here/review_har.py" "$megabytes" "$file"
"$hallpass" review persona --seed 42 > "$folder/persona.yaml"
cat "$file" > /dev/null
python3 - "$hallpass" review "$file" --app Quizly --register "$here/../../allowlists" --persona "$folder/persona.yaml" \
    --output "$folder/review.txt" <<'PYTHON'
import resource
import subprocess
import sys
import time

begin = time.monotonic()
code = subprocess.run(sys.argv[1:]).returncode
seconds = time.monotonic() - begin
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"exit {code}: {seconds:.2f} s, {usage.ru_utime + usage.ru_stime:.2f} s of processor, {usage.ru_maxrss // 1024} MiB at most")
PYTHON
