#!/bin/bash
# Measures Hallpass on a synthetic school day beside programs that only read, walk or name, in alternation.
#   bench.sh [GIGABYTES] [DIRECTORY]      ROUNDS=5
# All files stay in DIRECTORY and are used again. The other containers and compressed files hold the first gigabyte.
set -euo pipefail
gigabytes=${1:-1}
work=${2:-${TMPDIR:-/tmp}/hallpass-bench}
rounds=${ROUNDS:-5}
seed=1
root=$(cd "$(dirname "$0")/../.." && pwd)
bench=${BENCH:-$root/.build/release/hallpass-bench}
hallpass=${HALLPASS:-$root/.build/release/hallpass}
base=$(awk -v n="$gigabytes" 'BEGIN { print (n < 1 ? n : 1) }')
results=$work/results.tsv
missing=""
mkdir -p "$work"

# Files: a shorter day is the beginning of a longer one, so that slices are days too.
generate() { # NAME GIGABYTES OPTION...
  local file=$work/$1 size=$2
  shift 2
  [ -s "$file.truth.tsv" ] && return
  "$bench" generate --gigabytes "$size" --seed $seed --output "$file" "$@"
}
day=day-$gigabytes.pcap
first=day-$base.pcap
generate "$day" "$gigabytes"
generate "$first" "$base"
generate "day-$base.pcapng" "$base" --pcapng
generate "day-$base-256.pcap" "$base" --snaplen 256
generate slice.pcap 0.05
generate sliver.pcap 0.001
[ -s "$work/$first.gz" ] || { gzip -1c "$work/$first" > "$work/part" && mv "$work/part" "$work/$first.gz"; }
if command -v zstd > /dev/null; then
  [ -s "$work/$first.zst" ] || { zstd -q -1 -c "$work/$first" > "$work/part" && mv "$work/part" "$work/$first.zst"; }
fi

# Runs a command and adds a line to the results: label, round, wall seconds, processor seconds, peak kilobytes.
run() { # LABEL COMMAND...
  local label=$1 took
  shift
  command -v "$1" > /dev/null || { case $missing in *" $1 "*) ;; *) missing="$missing $1 " ;; esac; return 0; }
  took=$("$bench" measure --output "$work/out" "$@") || { cat "$work/out.err"; echo "failed: $*"; exit 1; }
  printf '%s\t%s\t%s\n' "$label" "$round" "${took// /$'\t'}" >> "$results"
}

# Runs `hallpass contacts` and compares what it finds with the truth; output that was compared before need not be again.
contacts() { # LABEL FILE JOBS TRUTH
  run "$1" "$hallpass" contacts --quiet --jobs "$3" "$work/$2"
  cmp -s "$work/out" "$work/checked-$4" && return
  "$bench" check "$work/$4.truth.tsv" "$work/out" > "$work/check" || { echo "$1: wrong result"; exit 1; }
  echo "$1: $(cat "$work/check")"
  cp "$work/out" "$work/checked-$4"
}

names='tls.handshake.extensions_server_name or http.host or dns.qry.name'
fields=(-T fields -e ip.src -e ipv6.src -e tls.handshake.extensions_server_name -e http.host -e dns.qry.name)
warm() { for file in "$@"; do [ ! -s "$work/$file" ] || cat "$work/$file" > /dev/null; done; }

: > "$results"
rm -f "$work"/checked-*
grep -m1 '^model name' /proc/cpuinfo || true
echo "$(nproc) processors, $(uname -sr), load before: $(cut -d' ' -f1-3 /proc/loadavg)"
for round in $(seq "$rounds"); do
  warm "$day"
  run dd dd if="$work/$day" of=/dev/null bs=1M
  run walk "$bench" walk "$work/$day"
  contacts jobs1 "$day" 1 "$day"
  contacts jobs2 "$day" 2 "$day"
  run tcpdump tcpdump -nr "$work/$day" -w /dev/null
  run capinfos capinfos "$work/$day"
  warm "$first" "day-$base.pcapng" "day-$base-256.pcap" "$first.gz" "$first.zst"
  contacts pcap "$first" 2 "$first"
  contacts pcapng "day-$base.pcapng" 2 "$first"
  run dd256 dd if="$work/day-$base-256.pcap" of=/dev/null bs=1M
  contacts snaplen256 "day-$base-256.pcap" 2 "day-$base-256.pcap"
  run gzip gzip -dc "$work/$first.gz"
  contacts gz "$first.gz" 2 "$first"
  if [ -s "$work/$first.zst" ]; then
    run zstd zstd -q -dc "$work/$first.zst"
    contacts zst "$first.zst" 2 "$first"
  fi
  for part in sliver slice; do
    run "tshark-$part" tshark -nr "$work/$part.pcap" -Y "$names" "${fields[@]}"
    run "ndpiReader-$part" ndpiReader -q -i "$work/$part.pcap"
  done
done
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)"
[ -z "$missing" ] || echo "not installed, left out:$missing"

size() { stat -c %s "$work/$1" 2> /dev/null || echo 0; }
packets() { awk -F'\t' 'NR > 1 { n += $6 + $7 } END { print n }' "$work/$1.truth.tsv"; }
awk -F'\t' -v rounds="$rounds" -v gigabytes="$gigabytes" -v base="$base" \
  -v day="$(size "$day")" -v first="$(size "$first")" -v ng="$(size "day-$base.pcapng")" \
  -v small="$(size "day-$base-256.pcap")" -v slice="$(size slice.pcap)" -v sliver="$(size sliver.pcap)" \
  -v dayPackets="$(packets "$day")" -v firstPackets="$(packets "$first")" \
  -f "$root/Tests/Benchmarks/bench-table.awk" "$results"
