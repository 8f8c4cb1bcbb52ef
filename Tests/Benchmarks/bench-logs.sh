#!/bin/bash
# Generates a Squid log and prints how fast Hallpass and mawk read it, and whether their sums agree.
#   bench-logs.sh [LINES] [DIRECTORY]     (8,000,000 lines are 1 GB)
# "rows": lines added up per client, destination and hour, and sorted; "contacts": what every command reads, the same
# lines as contacts in output order. mawk adds up per host only, which is less work. DUCKDB=python3 (an interpreter that
# can import duckdb) adds DuckDB's reading of the same columns, grouped by client and host.
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

# Peak resident memory of a command in MB.
peak() { python3 - "$@" <<'PY'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
PY
}

for round in 1 2 3; do
  count=$(seconds "$work/wc" wc -l "$log")
  mawk=$(seconds "$work/mawk" mawk -f "$here/bytes-per-host.awk" "$log")
  one=$(seconds "$work/one" "$bench" "$log" 1 rows)
  two=$(seconds "$work/two" "$bench" "$log" 2 rows)
  contacts=$(seconds "$work/contacts" "$bench" "$log" 2 contacts)
  expected=$(sed 's/.*bytes //' "$work/mawk")
  for result in one two; do
    [ "$(sed -n '1s/.*bytes //p' "$work/$result")" = "$expected" ] || { echo "sums differ ($result)"; exit 1; }
  done
  awk -v w="$count" -v m="$mawk" -v o="$one" -v t="$two" -v c="$contacts" -v r="$round" 'BEGIN {
    printf "round %d: wc %.2f s, mawk per host %.2f s, rows with 1 job %.2f s, with 2 %.2f s, contacts with 2 %.2f s\n",
      r, w, m, o, t, c
    printf "  rows: %.1f x wc, %.2f x the speed of mawk; contacts: %.1f x wc, %.2f x the speed of mawk\n",
      t / w, m / t, c / w, m / c }'
done
sed -n 2p "$work/one"
cat "$work/contacts"
echo "peak memory: rows $(peak "$bench" "$log" 2 rows) MB, contacts $(peak "$bench" "$log" 2 contacts) MB"

if [ -n "${DUCKDB:-}" ]; then
  duck=$(seconds "$work/duck" "$DUCKDB" "$here/duckdb-squid.py" "$log")
  awk -v d="$duck" -v t="$two" -v c="$contacts" 'BEGIN {
    printf "DuckDB per client and host %.2f s: rows %.1f x, contacts %.1f x its speed\n", d, d / t, d / c }'
fi
