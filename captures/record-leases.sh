#!/usr/bin/env bash
# Makes captures/leases-dnsmasq and captures/leases-kea again: real DHCP servers and clients in network namespaces,
# with the servers' own lease files beside the captures. Must run as root.
#
#     captures/record-leases.sh
#
#   device07  00:00:5e:00:53:2a --+
#   device08  00:00:5e:00:53:2b --+-- lan [gateway] 10.20.0.1, 2001:db8:20::1: the DHCP server and a web server
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)

need() { # need PROGRAM DEBIAN_PACKAGE
    command -v "$1" >/dev/null && return
    echo "record-leases.sh: '$1' is missing: apt-get install --no-install-recommends $2" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || { echo "record-leases.sh: must run as root (it makes network namespaces)" >&2; exit 1; }
need ip iproute2; need tcpdump tcpdump; need dnsmasq dnsmasq-base; need kea-dhcp4 kea-dhcp4-server
need udhcpc udhcpc; need dhclient isc-dhcp-client; need curl curl; need python3 python3

tmp=$(mktemp -d /tmp/leases.XXXXXX)
chmod 755 "$tmp"
pids=()

cleanup() {
    local pid host
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    sleep 0.5
    for host in gateway device07 device08; do
        for pid in $(ip netns pids "lease-$host" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null || true; done
        ip netns del "lease-$host" 2>/dev/null || true
    done
    rm -rf "$tmp"
}
trap cleanup EXIT

on() { ip netns exec "lease-$1" "${@:2}"; }

background() { # background NAME HOST COMMAND...
    ip netns exec "lease-$2" "${@:3}" >"$tmp/$1.log" 2>&1 </dev/null &
    pids+=($!)
}

network() {
    local host number
    ip netns add lease-gateway
    on gateway ip link add lan type bridge
    on gateway ip link set lan address 00:00:5e:00:53:01 up
    on gateway ip link set lo up
    on gateway ip addr add 10.20.0.1/16 dev lan
    on gateway ip addr add 2001:db8:20::1/64 dev lan nodad
    number=42
    for host in device07 device08; do
        ip netns add "lease-$host"
        ip link add eth0 address "00:00:5e:00:53:$(printf %02x $number)" netns "lease-$host" type veth \
            peer name "$host" netns lease-gateway
        on gateway ip link set "$host" master lan up
        on "$host" ip link set lo up
        on "$host" ip link set eth0 up
        number=$((number + 1))
    done
    # What udhcpc and dhclient do with a lease: set the address, nothing else on this machine.
    cat >"$tmp/udhcpc" <<'SCRIPT'
#!/bin/sh
case $1 in
    bound|renew) ip addr replace "$ip/16" dev "$interface" ;;
    deconfig) ip -4 addr flush dev "$interface" ;;
esac
SCRIPT
    cat >"$tmp/dhclient" <<'SCRIPT'
#!/bin/sh
case $reason in
    BOUND6) ip -6 addr add "$new_ip6_address/64" dev "$interface" nodad ;;
esac
SCRIPT
    chmod 755 "$tmp/udhcpc" "$tmp/dhclient"
    mkdir -p "$tmp/web"
    echo 'a page' >"$tmp/web/index.html"
    background web gateway python3 -m http.server --bind :: --directory "$tmp/web" 8080
    sleep 2 # duplicate address detection
}

record() {
    ip netns exec lease-gateway tcpdump -i lan -U -w "$1" >/dev/null 2>"$tmp/tcpdump.log" &
    recorder=$!
    sleep 1
}

recorded() {
    sleep 1
    kill "$recorder"
    wait "$recorder" || true
}

lease() { # lease HOST NAME: leases and stays
    ip netns exec "lease-$1" udhcpc -f -i eth0 -p "$tmp/$1.pid" -s "$tmp/udhcpc" -x "hostname:$2" \
        >"$tmp/$1.udhcpc" 2>&1 </dev/null &
    pids+=($!)
    for _ in $(seq 100); do on "$1" ip -4 addr show dev eth0 | grep -q 'inet ' && return; sleep 0.1; done
    echo "record-leases.sh: $1 got no lease" >&2
    exit 1
}

release() { # release HOST: gives the lease back
    kill -USR2 "$(cat "$tmp/$1.pid")"
    sleep 1
    kill "$(cat "$tmp/$1.pid")"
    on "$1" ip -4 addr flush dev eth0
}

visits() { # visits HOST ADDRESS NAME
    on "$1" curl -q -s -o /dev/null --max-time 5 -H "Host: $3" "http://$2:8080/"
}

with_dnsmasq() {
    local dir="$here/leases-dnsmasq"
    mkdir -p "$dir"
    : >"$tmp/dnsmasq.leases"
    background dnsmasq gateway dnsmasq --keep-in-foreground --no-resolv --port=0 --conf-file=/dev/null \
        --interface=lan --bind-interfaces --log-facility="$tmp/dnsmasq.syslog" --user=root \
        --dhcp-leasefile="$tmp/dnsmasq.leases" --dhcp-range=10.20.30.40,10.20.30.60,1h \
        --dhcp-range=2001:db8:20::100,2001:db8:20::1ff,64,1h --domain=lakeside.example
    local dnsmasq=${pids[-1]}
    sleep 1
    record "$tmp/capture.pcap"
    lease device07 CB-LIB-07
    lease device08 CB-LIB-08
    on device07 dhclient -6 -1 -D LL -sf "$tmp/dhclient" -lf "$tmp/v6.leases" -pf "$tmp/v6.pid" -cf /dev/null eth0 \
        >"$tmp/v6.log" 2>&1
    visits device07 10.20.0.1 portal.lakeside.k12.example
    visits device08 10.20.0.1 library.lakeside.k12.example
    visits device07 '[2001:db8:20::1]' portal.lakeside.k12.example
    recorded
    cp "$tmp/dnsmasq.leases" "$dir/dnsmasq.leases"
    # The identifier of the server holds the clock of this machine; no lease needs it.
    sed -i 's/^duid .*/duid 00:03:00:01:00:00:5e:00:53:01/' "$dir/dnsmasq.leases"
    cp "$tmp/capture.pcap" "$dir/capture.pcap"
    release device07
    release device08
    kill "$dnsmasq" 2>/dev/null || true
    on device07 pkill -F "$tmp/v6.pid" 2>/dev/null || true
    sleep 1
}

with_kea() { # one address for two devices, one after the other
    local dir="$here/leases-kea"
    mkdir -p "$dir" "$tmp/kea"
    cat >"$tmp/kea.conf" <<CONF
{"Dhcp4": {
    "interfaces-config": {"interfaces": ["lan"]},
    "lease-database": {"type": "memfile", "persist": true, "name": "$tmp/kea/leases4.csv", "lfc-interval": 0},
    "valid-lifetime": 3600,
    "subnet4": [{"id": 30, "subnet": "10.20.0.0/16", "pools": [{"pool": "10.20.30.40 - 10.20.30.40"}]}],
    "loggers": [{"name": "kea-dhcp4", "severity": "INFO", "output_options": [{"output": "stdout"}]}]
}}
CONF
    mkdir -p "$tmp/run"
    ip netns exec lease-gateway env KEA_PIDFILE_DIR="$tmp/run" KEA_LOCKFILE_DIR="$tmp/run" \
        kea-dhcp4 -c "$tmp/kea.conf" >"$tmp/kea.log" 2>&1 </dev/null &
    pids+=($!)
    sleep 3
    record "$tmp/kea.pcap"
    lease device07 CB-LIB-07
    visits device07 10.20.0.1 portal.lakeside.k12.example
    release device07
    sleep 2
    lease device08 CB-LIB-08
    visits device08 10.20.0.1 library.lakeside.k12.example
    recorded
    cp "$tmp/kea/leases4.csv" "$dir/kea-leases4.csv"
    cp "$tmp/kea.pcap" "$dir/capture.pcap"
}

network
with_dnsmasq
with_kea
echo "captures/leases-dnsmasq and captures/leases-kea are made"
