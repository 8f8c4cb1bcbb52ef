#!/bin/bash
# Generates a Squid log and prints how fast Hallpass and mawk read it, and whether their sums agree.
#   bench-logs.sh [LINES] [DIRECTORY]     (8,000,000 lines are 1 GB)
set -euo pipefail
lines=${1:-2000000}
work=${2:-${TMPDIR:-/tmp}/hallpass-bench-logs}
here=$(cd "$(dirname "$0")" && pwd)
bench=$here/../../.build/release/LogsBenchmark
log=$work/squid-$lines.log
mkdir -p "$work"
[ -s "$log" ] || { mawk -v lines="$lines" -f "$here/squid-log.awk" > "$log.part" && mv "$log.part" "$log"; }
cat "$log" > /dev/null

# Seconds of wall time of a command, whose output goes to the file $1.
seconds() {
  local out=$1 began ended
  shift
  began=$(date +%s%N)
  "$@" > "$out"
  ended=$(date +%s%N)
  awk -v a="$began" -v b="$ended" 'BEGIN { printf "%.3f", (b - a) / 1e9 }'
}

for round in 1 2 3; do
  count=$(seconds "$work/wc" wc -l "$log")
  mawk=$(seconds "$work/mawk" mawk -f "$here/bytes-per-host.awk" "$log")
  one=$(seconds "$work/one" "$bench" "$log" 1)
  two=$(seconds "$work/two" "$bench" "$log" 2)
  expected=$(sed 's/.*bytes //' "$work/mawk")
  for result in one two; do
    [ "$(sed -n '1s/.*bytes //p' "$work/$result")" = "$expected" ] || { echo "sums differ ($result)"; exit 1; }
  done
  awk -v w="$count" -v m="$mawk" -v o="$one" -v t="$two" -v r="$round" 'BEGIN {
    printf "round %d: wc %.2f s, mawk per host %.2f s, 1 job %.2f s, 2 jobs %.2f s (sorted rows included); ", r, w, m, o, t
    printf "2 jobs: %.1f x wc, %.2f x the speed of mawk\n", t / w, m / t }'
done
sed -n 2p "$work/one"
