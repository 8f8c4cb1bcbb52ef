#!/usr/bin/env bash
# Makes the logs of this folder again: real resolvers, asked by dig, in one network namespace whose loopback has the
# addresses of a small school. Must run as root.
#
#     logs/record-dns.sh            every case
#     logs/record-dns.sh CASE...    these cases only
#
# Every case asks the same questions, so that the same lookups are expected of each (dns-expected.tsv, written by hand).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
space=school-logs
tmp=''
pids=()

need() { # need PROGRAM DEBIAN_PACKAGE
    command -v "$1" >/dev/null && return
    echo "record-dns.sh: '$1' is missing: apt-get install --no-install-recommends $2" >&2
    exit 1
}

on() { ip netns exec "$space" "$@"; }

background() { # background NAME COMMAND...
    local name=$1; shift
    on "$@" >"$tmp/$name.out" 2>&1 </dev/null &
    pids+=($!)
}

cleanup() {
    local pid
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    sleep 0.5
    for pid in $(ip netns pids "$space" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null || true; done
    ip netns del "$space" 2>/dev/null || true
    [ -z "$tmp" ] || rm -rf "$tmp"
}

# Students 10.20.4.17 and 2001:db8:20::17, 10.20.4.23; staff 10.30.2.5; resolver 10.10.0.53 and 2001:db8:10::53; the
# world's name server 10.99.0.53.
school_up() {
    local address
    ip netns add "$space"
    ip -n "$space" link set lo up
    for address in 10.20.4.17/32 10.20.4.23/32 10.30.2.5/32 10.10.0.53/32 10.99.0.53/32 \
        2001:db8:20::17/128 2001:db8:10::53/128; do
        ip -n "$space" addr add "$address" dev lo
    done
    background world dnsmasq --keep-in-foreground --conf-file=/dev/null --no-hosts --no-resolv --pid-file= \
        --listen-address=10.99.0.53 --bind-interfaces --port=53 --local-ttl=300 --auth-ttl=300 \
        --host-record=edge.cdn.example,198.51.100.20,2001:db8:99::20 \
        --cname=app.quizly.example,edge.cdn.example,300 \
        --host-record=readalong.example,203.0.113.30 \
        --host-record=pixel.adtrack.example,203.0.113.66 \
        --local=/example/ --local=/org/
    wait_for 10.99.0.53
}

wait_for() { # wait_for ADDRESS: until it answers
    local i
    for i in $(seq 50); do
        on dig +time=1 +tries=1 @"$1" readalong.example A >/dev/null 2>&1 && return
        sleep 0.2
    done
    echo "record-dns.sh: the resolver at $1 did not come up" >&2
    tail -n 20 "$tmp"/* >&2
    exit 1
}

ask() { # ask CLIENT NAME TYPE [OPTION...]
    local client=$1 name=$2 type=$3 resolver=10.10.0.53; shift 3
    case $client in *:*) resolver=2001:db8:10::53 ;; esac
    on dig -b "$client" @"$resolver" +time=2 +tries=1 "$@" "$name" "$type" >/dev/null
    sleep 0.1
}

questions() {
    ask 10.20.4.17 app.quizly.example A
    ask 10.20.4.17 app.quizly.example AAAA
    ask 10.20.4.23 App.Quizly.Example A
    ask 2001:db8:20::17 app.quizly.example AAAA
    ask 10.20.4.23 readalong.example A +tcp
    ask 10.20.4.23 readalong.example AAAA
    ask 10.30.2.5 gone.example A
    ask 10.20.4.17 pixel.adtrack.example A
    ask 10.20.4.23 pixel.adtrack.example A
}

# ---------------------------------------------------------------- the cases

dnsmasq_case() { # dnsmasq_case FOLDER LOG_QUERIES
    mkdir -p "$here/$1"
    rm -f "$tmp/dnsmasq.log"
    background "$1" dnsmasq --keep-in-foreground --conf-file=/dev/null --no-hosts --no-resolv --pid-file= --user=root \
        --listen-address=10.10.0.53,2001:db8:10::53 --bind-interfaces --server=10.99.0.53 \
        --address=/adtrack.example/0.0.0.0 "$2" --log-facility="$tmp/dnsmasq.log"
    sleep 1
    questions
    finish_log "$1" "$tmp/dnsmasq.log"
}

finish_log() { # finish_log FOLDER LOG
    sleep 0.5
    kill "${pids[-1]}" 2>/dev/null || true
    wait "${pids[-1]}" 2>/dev/null || true
    unset 'pids[-1]'
    cp "$2" "$here/$1/query.log"
    chmod 644 "$here/$1/query.log"
    wc -l "$here/$1/query.log"
}

record_dnsmasq() { dnsmasq_case dnsmasq --log-queries; }
record_dnsmasq-extra() { dnsmasq_case dnsmasq-extra --log-queries=extra; }

record_bind() {
    mkdir -p "$here/bind" "$tmp/bind"
    cat >"$tmp/bind/named.conf" <<END
options {
    directory "$tmp/bind"; pid-file none; listen-on { 10.10.0.53; }; listen-on-v6 { 2001:db8:10::53; };
    forward only; forwarders { 10.99.0.53; }; dnssec-validation no; recursion yes;
    allow-query { any; }; allow-recursion { any; }; querylog yes; empty-zones-enable no;
    response-policy { zone "filter.lakeside"; };
};
zone "filter.lakeside" { type primary; file "filter.zone"; };
controls { };
logging {
    channel queries { file "query.log"; print-time iso8601-utc; print-category yes; print-severity yes; };
    category queries { queries; };
    category rpz { queries; };
};
END
    printf '$TTL 300\n@ SOA localhost. root.localhost. 1 3600 600 86400 300\n@ NS localhost.\n*.adtrack.example CNAME .\n' \
        >"$tmp/bind/filter.zone"
    chmod -R a+rwX "$tmp" "$tmp/bind"
    background bind named -f -u root -c "$tmp/bind/named.conf"
    wait_for_quietly bind
    questions
    finish_log bind "$tmp/bind/query.log"
}

wait_for_quietly() { # gives the resolver time without asking it: its log is to hold the questions only
    sleep 3
    kill -0 "${pids[-1]}" || { tail "$tmp/$1.out" >&2; exit 1; }
}

record_unbound() {
    mkdir -p "$here/unbound" "$tmp/unbound"
    cat >"$tmp/unbound/unbound.conf" <<END
server:
    directory: "$tmp/unbound"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    logfile: "$tmp/unbound/unbound.log"
    interface: 10.10.0.53
    interface: 2001:db8:10::53
    access-control: 0.0.0.0/0 allow
    access-control: ::/0 allow
    module-config: "iterator"
    do-not-query-localhost: no
    log-queries: yes
    log-replies: yes
    log-local-actions: yes
    local-zone: "example." nodefault
    local-zone: "adtrack.example." always_null
forward-zone:
    name: "."
    forward-addr: 10.99.0.53
remote-control:
    control-enable: no
END
    background unbound unbound -d -c "$tmp/unbound/unbound.conf"
    wait_for_quietly unbound
    questions
    finish_log unbound "$tmp/unbound/unbound.log"
}

[ "$(id -u)" = 0 ] || { echo "record-dns.sh: must run as root (it makes a network namespace)" >&2; exit 1; }
need ip iproute2; need dnsmasq dnsmasq; need dig bind9-dnsutils; need named bind9; need unbound unbound
trap cleanup EXIT
tmp=$(mktemp -d)
school_up
for case in "${@:-dnsmasq dnsmasq-extra bind unbound}"; do
    for one in $case; do "record_$one"; done
done
