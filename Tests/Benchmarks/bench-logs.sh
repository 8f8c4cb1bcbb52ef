#!/bin/bash
# Generates logs of Squid, Zeek and Suricata and prints how fast Hallpass, mawk and DuckDB read them, and whether their
# sums agree.
#   bench-logs.sh [LINES] [DIRECTORY]     (8,000,000 lines are 1 GB)
# "rows": lines added up per client, destination and hour, and sorted; "contacts": what every command reads, the same
# lines as contacts in output order. mawk adds up per host only, which is less work. DUCKDB=python3 (an interpreter that
# can import duckdb) adds DuckDB's reading of the same columns, grouped by client and name, with 2 threads.
# ROUNDS=1 for a quick look.
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

for round in $(seq "${ROUNDS:-3}"); do
  count=$(seconds "$work/wc" wc -l "$log")
  mawk=$(seconds "$work/mawk" mawk -f "$here/bytes-per-host.awk" "$log")
  one=$(seconds "$work/one" "$bench" 1 rows "$log")
  two=$(seconds "$work/two" "$bench" 2 rows "$log")
  contacts=$(seconds "$work/contacts" "$bench" 2 contacts "$log")
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
echo "peak memory: rows $(peak "$bench" 2 rows "$log") MB, contacts $(peak "$bench" 2 contacts "$log") MB"

if [ -n "${DUCKDB:-}" ]; then
  duck=$(seconds "$work/duck" "$DUCKDB" "$here/duckdb-squid.py" "$log")
  awk -v d="$duck" -v t="$two" -v c="$contacts" 'BEGIN {
    printf "DuckDB per client and host %.2f s: rows %.1f x, contacts %.1f x its speed\n", d, d / t, d / c }'
fi

# Zeek's conn.log with the names of ssl.log, and Suricata's eve.json: the whole way to contacts, joined.
#   joined NAME MAWK-PROGRAM DUCKDB-WORD FILE...
joined() {
  local name=$1 program=$2 word=$3 round count awk_time one two duck
  shift 3
  cat "$@" > /dev/null
  for round in $(seq "${ROUNDS:-3}"); do
    count=$(seconds "$work/wc" wc -l "$@")
    one=$(seconds "$work/one" "$bench" 1 contacts "$@")
    two=$(seconds "$work/two" "$bench" 2 contacts "$@")
    [ "$(sed 's/ wall .* bytes/ bytes/' "$work/one")" = "$(sed 's/ wall .* bytes/ bytes/' "$work/two")" ] || {
      echo "$name: results differ by the number of jobs"; exit 1; }
    awk -v n="$name" -v r="$round" -v w="$count" -v o="$one" -v t="$two" 'BEGIN {
      printf "%s round %d: wc %.2f s, contacts with 1 job %.2f s, with 2 %.2f s: %.1f x wc\n", n, r, w, o, t, t / w }'
    if [ -n "$program" ]; then
      awk_time=$(seconds "$work/mawk" mawk -F '\t' "$program" "$1")
      awk -v a="$awk_time" -v t="$two" 'BEGIN { printf "  mawk per host %.2f s: %.2f x its speed\n", a, a / t }'
    fi
    [ -n "${DUCKDB:-}" ] || continue
    duck=$(seconds "$work/duck" "$DUCKDB" "$here/duckdb-logs.py" "$word" "$@")
    [ "$(sed 's/.*bytes //' "$work/duck")" = "$(sed 's/.*bytes //' "$work/two")" ] || {
      echo "$name: sums differ from DuckDB's"; exit 1; }
    awk -v d="$duck" -v t="$two" 'BEGIN { printf "  DuckDB per client and name %.2f s: %.2f x its speed\n", d, d / t }'
  done
  cat "$work/two"
  echo "$name: peak memory $(peak "$bench" 2 contacts "$@") MB"
}

make_log() { [ -s "$1" ] || { mawk "${@:2}" > "$1.part" && mv "$1.part" "$1"; }; }
make_log "$work/conn-$lines.log" -v lines="$lines" -v path=conn -f "$here/zeek-log.awk"
make_log "$work/ssl-$lines.log" -v lines="$lines" -v path=ssl -f "$here/zeek-log.awk"
make_log "$work/eve-$lines.json" -v lines="$lines" -f "$here/eve-log.awk"
joined Zeek '!/^#/ { bytes[$5] += $20 } END { for (host in bytes) total += bytes[host]; printf "%.0f\n", total }' zeek \
  "$work/conn-$lines.log" "$work/ssl-$lines.log"
joined Suricata '' eve "$work/eve-$lines.json"
