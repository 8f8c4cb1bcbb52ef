#!/usr/bin/env bash
# Makes the captures of this folder again, with real programs in a little
# school of network namespaces. Must run as root.
#
#     captures/record.sh               every case
#     captures/record.sh CASE...       these cases only
#     captures/expect.sh               then: the expected files, by tshark
#
# PYTHON=... says which Python has aioquic, when python3 has not.
#
# The school (every packet is recorded once, on the router's bridge `lan`):
#
#   student   10.20.4.17  2001:db8:20::17 --+
#   student2  10.20.4.23  2001:db8:20::23 --+-- lan [router] infra -- resolver 10.10.0.53   2001:db8:10::53
#   staff     10.30.2.5   2001:db8:30::5  --+        wan              proxy    10.10.0.80   2001:db8:10::80
#                                                     |
#                                                    net: all servers, on documentation addresses
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE http_proxy https_proxy all_proxy no_proxy

# ---------------------------------------------------------------- what it needs

need() { # need PROGRAM DEBIAN_PACKAGE
    command -v "$1" >/dev/null && return
    echo "record.sh: '$1' is missing: apt-get install --no-install-recommends $2" >&2
    exit 1
}

check_programs() {
    [ "$(id -u)" = 0 ] || { echo "record.sh: must run as root (it makes network namespaces)" >&2; exit 1; }
    need ip iproute2;          need ethtool ethtool;      need tcpdump tcpdump
    need dnsmasq dnsmasq;      need nginx nginx-light;    need squid squid
    need curl curl;            need dig bind9-dnsutils;   need openssl openssl
    need chromium chromium;    need nc netcat-openbsd;    need ping iputils-ping
    need "$python" python3;    need editcap tshark;       need microsocks microsocks
    need nghttp nghttp2-client
    need gzip gzip;            need zstd zstd;            need xz xz-utils
}

# -------------------------------------------------- programs in the background

tmp=''
pids=()

background() { # background NAME HOST COMMAND...: output goes to $tmp/NAME.log
    local name=$1 host=$2; shift 2
    ip netns exec "school-$host" "$@" >"$tmp/$name.log" 2>&1 </dev/null &
    pids+=($!)
}

wait_for() { # wait_for WHAT COMMAND...: until the command succeeds, 30 times at most
    local what=$1 i; shift
    for i in $(seq 30); do "$@" >/dev/null 2>&1 && return; sleep 0.2; done
    echo "record.sh: $what did not come up; see its log:" >&2
    tail -n 20 "$tmp"/*.log >&2 || true
    exit 1
}

cleanup() {
    local host pid
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    sleep 0.5
    exec 2>/dev/null # of the programs that are killed now, bash need not tell
    for host in $hosts; do
        for pid in $(ip netns pids "school-$host" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null || true; done
        ip netns del "school-$host" 2>/dev/null || true
        rm -rf "/etc/netns/school-$host"
    done
    rmdir /etc/netns 2>/dev/null || true
    [ -z "$tmp" ] || rm -rf "$tmp"
}

# ------------------------------------------------------------------- the school

hosts='student student2 staff infra net router'

on() { # on HOST COMMAND...
    local host=$1; shift
    ip netns exec "school-$host" "$@"
}

cable() { # cable HOST ROUTER_PORT MAC
    ip -n school-router link add "$2" type veth peer name eth0 netns "school-$1"
    ip -n "school-$1" link set eth0 address "$3"
    # No offloading: packets on the wire are as long as a real wire has them,
    # with right checksums.
    on router ethtool -K "$2" tx off sg off tso off gso off gro off >/dev/null
    on "$1" ethtool -K eth0 tx off sg off tso off gso off gro off >/dev/null
    ip -n school-router link set "$2" up
    ip -n "school-$1" link set eth0 up
}

address() { # address HOST DEVICE ADDRESS/LENGTH...
    local host=$1 device=$2 a; shift 2
    for a in "$@"; do
        case $a in *:*) ip -n "school-$host" addr add "$a" dev "$device" nodad ;;
                     *) ip -n "school-$host" addr add "$a" dev "$device" ;; esac
    done
}

gateway() { # gateway HOST V4 V6
    ip -n "school-$1" route add default via "$2"
    ip -n "school-$1" -6 route add default via "$3"
}

resolver() { # resolver HOST ADDRESS: what /etc/resolv.conf says there
    mkdir -p "/etc/netns/school-$1"
    echo "nameserver $2" >"/etc/netns/school-$1/resolv.conf"
}

school_up() {
    local host port
    for host in $hosts; do
        ip netns add "school-$host"
        ip -n "school-$host" link set lo up
        resolver "$host" 10.10.0.53
    done
    on router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1

    ip -n school-router link add lan address 02:00:00:00:00:01 type bridge mcast_snooping 0
    ip -n school-router link set lan up
    cable student student 02:00:00:20:04:17
    cable student2 student2 02:00:00:20:04:23
    cable staff staff 02:00:00:30:02:05
    for port in student student2 staff; do ip -n school-router link set "$port" master lan; done
    cable infra infra 02:00:00:10:00:53
    cable net wan 02:00:00:99:00:02

    address router lan 10.20.0.1/16 10.30.0.1/16 2001:db8:20::1/64 2001:db8:30::1/64
    address router infra 10.10.0.1/16 2001:db8:10::1/64
    address router wan 192.0.2.1/30 2001:db8:ffff::1/64
    address student eth0 10.20.4.17/16 2001:db8:20::17/64
    address student2 eth0 10.20.4.23/16 2001:db8:20::23/64
    address staff eth0 10.30.2.5/16 2001:db8:30::5/64
    address infra eth0 10.10.0.53/16 10.10.0.80/16 2001:db8:10::53/64 2001:db8:10::80/64
    address net eth0 192.0.2.2/30 2001:db8:ffff::2/64
    for host in student student2; do gateway $host 10.20.0.1 2001:db8:20::1; done
    gateway staff 10.30.0.1 2001:db8:30::1
    gateway infra 10.10.0.1 2001:db8:10::1
    gateway net 192.0.2.1 2001:db8:ffff::1
    for net in 192.0.2.0/24 198.51.100.0/24 203.0.113.0/24; do
        ip -n school-router route add $net via 192.0.2.2
    done
    for net in 2001:db8:100::/48 2001:db8:192::/48 2001:db8:203::/48; do
        ip -n school-router -6 route add $net via 2001:db8:ffff::2
    done
    # A host that never answers.
    ip -n school-router route add blackhole 203.0.113.98
}

# ---------------------------------------------------------- names and certificates

# certificate | addresses | names
sites='
quizly       198.51.100.10 2001:db8:100::10  quizly.example www.quizly.example api.quizly.example
quizlystatic 198.51.100.11 2001:db8:100::11  cdn.quizly-static.example *.quizly-static.example
quizlyshop   198.51.100.12 -                 shop.quizly.example
quizlymail   198.51.100.13 -                 mail.quizly.example db.quizly.example
readalong    198.51.100.20 2001:db8:100::20  readalong.example app.readalong.example
mathpath     198.51.100.30 -                 mathpath.example www.mathpath.example
metrica      203.0.113.44  2001:db8:203::44  quizly.collect.metrica.example insights.quizly.example
adtrack      203.0.113.50  2001:db8:203::50  pixel.adtrack.example
fastedge     203.0.113.60  -                 cdn.fastedge.example
video        203.0.113.61  -                 video.quizly.example
osmaker      203.0.113.70  2001:db8:203::70  update.osmaker.example time.osmaker.example
randomgame   203.0.113.80  -                 randomgame.example
oldnews      203.0.113.90  -                 oldnews.example
portal       192.0.2.10    2001:db8:192::10  portal.lakeside.k12.example
nameless     203.0.113.99  -                 box.nameless.example
shared       203.0.113.120 -                 alpha.example beta.example
'

each_site() { # each_site FUNCTION: FUNCTION CERTIFICATE V4 V6 NAME...
    local line
    while read -r line; do
        # shellcheck disable=SC2086
        [ -z "$line" ] || (set -f; "$1" $line)
    done <<<"$sites"
}

dns_line() {
    local v4=$2 v6=$3 name; shift 3
    for name in "$@"; do
        case $name in
        insights.quizly.example) echo "cname=$name,quizly.collect.metrica.example" ;;
        box.nameless.example | '*'*) ;;
        *) if [ "$v6" = - ]; then echo "host-record=$name,$v4"; else echo "host-record=$name,$v4,$v6"; fi ;;
        esac
    done
}

dns_up() {
    {
        echo "no-resolv"; echo "no-hosts"; echo "bind-interfaces"; echo "user=root"; echo "pid-file="
        echo "listen-address=10.10.0.53,2001:db8:10::53"
        echo "local=/example/"; echo "local-ttl=300"
        each_site dns_line
        echo "host-record=neverseen.example,203.0.113.100,2001:db8:203::100"
        echo "host-record=silent.example,203.0.113.98"
        # Answers that are too long for UDP.
        echo "edns-packet-max=1232"
        for i in $(seq 130 161); do echo "address=/many.example/203.0.113.$i"; done
        text=$(printf 'long-%.0s' $(seq 50))
        for i in 1 2 3; do echo "txt-record=long.example,$i,$text,$text"; done
        # HTTPS records: one for itself, with alpn and an address, and one that is an alias.
        echo "dns-rr=service.quizly.example,65,0001000001000602683202683300040004c633640a"
        echo "dns-rr=alias.quizly.example,65,00000363646e086661737465646765076578616d706c6500"
    } >"$tmp/dnsmasq.conf"
    background dnsmasq infra dnsmasq --keep-in-foreground --log-facility=- --conf-file="$tmp/dnsmasq.conf"
    wait_for dnsmasq on infra dig +short +tries=1 +time=1 @10.10.0.53 quizly.example
}

authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
        -subj '/O=Little School/CN=Little School Test CA' -keyout "$tmp/ca.key" -out "$tmp/ca.pem" 2>/dev/null
}

certificate() { # certificate NAME V4 V6 DNS_NAME...
    local file=$tmp/$1 common=$4 alternatives; shift 3
    alternatives=$(printf ',DNS:%s' "$@")
    openssl req -new -newkey rsa:2048 -nodes -subj "/O=Little School/CN=$common" \
        -keyout "$file.key" -out "$file.csr" 2>/dev/null
    openssl x509 -req -in "$file.csr" -CA "$tmp/ca.pem" -CAkey "$tmp/ca.key" -CAcreateserial -days 3650 \
        -extfile <(echo "subjectAltName=${alternatives#,}") -out "$file.crt" 2>/dev/null
    cat "$tmp/ca.pem" >>"$file.crt"
}

# -------------------------------------------------------------------- web servers

site_addresses() {
    address net lo "$2/32"
    [ "$3" = - ] || address net lo "$3/128"
}

nginx_site() {
    local cert=$1 v4=$2 v6=$3 listen; shift 3
    listen="listen $v4:80; "
    [ "$cert" = oldnews ] || listen+="listen $v4:443 ssl http2; "
    [ "$cert" != fastedge ] || listen+="listen $v4:8080 http2; " # HTTP/2 in clear
    [ "$v6" = - ] || listen+="listen [$v6]:80; listen [$v6]:443 ssl http2; "
    echo "server { $listen server_name $*; ssl_certificate $tmp/$cert.crt; ssl_certificate_key $tmp/$cert.key; }"
}

web_pages() {
    mkdir -p "$tmp/www"
    cat >"$tmp/www/index.html" <<'HTML'
<!doctype html><html><head><meta charset="utf-8"><title>Quizly</title>
<link rel="icon" href="data:,">
<script src="https://cdn.quizly-static.example/app.js"></script></head>
<body><h1>Quizly</h1>
<img src="https://pixel.adtrack.example/p.gif?page=home" alt="">
<img src="https://insights.quizly.example/collect.gif" alt=""></body></html>
HTML
    echo 'document.title = "Quizly!";' >"$tmp/www/app.js"
    printf 'GIF89a\1\0\1\0\200\0\0\0\0\0\377\377\377!\371\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;' >"$tmp/www/p.gif"
    cp "$tmp/www/p.gif" "$tmp/www/collect.gif"
    head -c 6000 /dev/zero | tr '\0' 'u' >"$tmp/www/update.bin"
    head -c 50000 /dev/zero | tr '\0' 'e' >"$tmp/events.json"
}

web_up() {
    authority
    each_site certificate
    each_site site_addresses
    web_pages
    {
        echo "daemon off; pid $tmp/nginx.pid; error_log stderr; worker_processes 1; user root;"
        echo "events { } http { access_log off; root $tmp/www; default_type text/plain; client_max_body_size 1m;"
        for d in client_body proxy fastcgi uwsgi scgi; do echo "${d}_temp_path $tmp/nginx-$d;"; done
        echo "types { text/html html; application/javascript js; image/gif gif; }"
        echo "ssl_protocols TLSv1.2 TLSv1.3; error_page 405 =200 /p.gif;"
        each_site nginx_site
        echo "}"
    } >"$tmp/nginx.conf"
    background nginx net nginx -e stderr -c "$tmp/nginx.conf"
    wait_for nginx on net curl -qso /dev/null http://203.0.113.90/
    background port4444 net nc -lkd 203.0.113.99 4444
}

# ---------------------------------------------------------------------- recording

recorder=''

record() { # record FILE DEVICE [TCPDUMP ARGUMENT...]: on the router
    local file=$1 device=$2; shift 2
    # The neighbours are asked for again in every case.
    for host in student student2 staff router; do
        ip -n "school-$host" neigh flush all
        ip -n "school-$host" -6 neigh flush all
    done
    background tcpdump router tcpdump -i "$device" -n -U -Z root -w "$file" "$@"
    recorder=${pids[-1]}
    wait_for tcpdump grep -q 'listening on' "$tmp/tcpdump.log"
}

recorded() {
    sleep 1.5
    kill "$recorder"
    wait "$recorder" || true
    grep -q '^0 packets dropped by kernel' "$tmp/tcpdump.log" || { cat "$tmp/tcpdump.log" >&2; exit 1; }
}

case_dir() { mkdir -p "$here/$1"; echo "$here/$1"; }

visit() { # visit HOST CURL_ARGUMENT...
    local host=$1; shift
    on "$host" curl -q --silent --show-error --output /dev/null --cacert "$tmp/ca.pem" --max-time 10 "$@"
}

asks() { # asks HOST DIG_ARGUMENT...
    local host=$1; shift
    on "$host" dig +nocookie +tries=1 +time=2 "$@" >/dev/null
}

# -------------------------------------------------------------------------- cases

case_school_morning() {
    local dir; dir=$(case_dir school-morning)
    record "$dir/capture.pcap" lan
    visit student -4 https://quizly.example/
    visit student -4 https://api.quizly.example/app.js
    visit student -4 https://cdn.quizly-static.example/app.js
    visit student -4 https://insights.quizly.example/collect.gif
    visit student -4 --data-binary "@$tmp/events.json" https://pixel.adtrack.example/events
    visit student -4 https://pixel.adtrack.example/p.gif
    visit student -4 https://shop.quizly.example/
    visit student -4 https://readalong.example/
    visit student -4 https://mathpath.example/
    visit student -4 https://randomgame.example/
    visit student -4 https://cdn.fastedge.example/app.js
    visit student -4 http://oldnews.example/
    visit student -4 http://OldNews.example:80/app.js
    visit student -4 https://update.osmaker.example/update.bin
    visit student -4 https://portal.lakeside.k12.example/
    # By both kinds of address, as the programs choose.
    visit student https://www.quizly.example/
    visit student -6 https://app.readalong.example/
    visit student -6 https://insights.quizly.example/collect.gif
    # Staff.
    visit staff -4 https://readalong.example/
    visit staff https://portal.lakeside.k12.example/
    visit staff -4 https://randomgame.example/
    # A host without a name, by TLS and by plain TCP.
    on student openssl s_client -connect 203.0.113.99:443 -noservername </dev/null >/dev/null 2>&1
    on student nc -N -w 2 203.0.113.99 4444 <<<'hello from a game'
    # Names that are asked for and never visited.
    asks student neverseen.example A
    asks student neverseen.example AAAA
    asks student typo.example A
    asks student -x 198.51.100.10
    # A port that is closed, a host that never answers, a UDP port that is closed, a ping.
    visit student -4 https://randomgame.example:8443/ || true
    visit student -4 --connect-timeout 2 https://silent.example/ || true
    on student "$python" -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(b"\x23" + bytes(47), (socket.getaddrinfo("time.osmaker.example", 123, socket.AF_INET)[0][4]))'
    on student ping -q -c 3 -i 0.2 198.51.100.10 >/dev/null
    on student ping -q -c 3 -i 0.2 2001:db8:100::10 >/dev/null
    recorded
}

browse() { # browse HOST URL CHROMIUM_ARGUMENT...: headless, and only to names under .example
    local host=$1 url=$2; shift 2
    on "$host" env HOME="$tmp" timeout 60 chromium --headless=new --no-sandbox --user-data-dir="$tmp/chromium-$RANDOM" \
        --disable-gpu --disable-dev-shm-usage --no-first-run --no-default-browser-check --disable-default-apps \
        --disable-background-networking --disable-component-update --disable-sync --disable-extensions \
        --disable-domain-reliability --disable-client-side-phishing-detection --disable-breakpad \
        --disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication,CertificateTransparencyComponentUpdater,NetworkTimeServiceQuerying \
        --host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE *.example' \
        --ignore-certificate-errors --virtual-time-budget=4000 --dump-dom "$@" "$url" \
        >"$tmp/chromium.html" 2>"$tmp/chromium.log" || { tail "$tmp/chromium.log" >&2; return 1; }
}

case_post_quantum_hello() {
    local dir; dir=$(case_dir post-quantum-hello)
    record "$dir/capture.pcap" lan
    browse student https://quizly.example/
    recorded
    grep -q 'Quizly!' "$tmp/chromium.html" || { echo "record.sh: the page did not run its script" >&2; exit 1; }
}

trunk_up() { # puts an 802.1Q trunk between student2 and the bridge
    ip -n school-router link set student2 nomaster
    ip -n school-router link add trunk1 type veth peer name trunk2
    ip -n school-router link add uplink1 type veth peer name uplink2
    for port in trunk1 trunk2 uplink1 uplink2; do
        on router ethtool -K $port tx off sg off tso off gso off gro off >/dev/null
        on router sysctl -qw net.ipv6.conf.$port.disable_ipv6=1
        ip -n school-router link set $port up
    done
    on router sysctl -qw net.ipv6.conf.student2.disable_ipv6=1
    ip -n school-router link set uplink2 master lan
    background trunk router "$python" "$here/trunk.py" 120 student2 trunk1 trunk2 uplink1
    wait_for 'the trunk' on student2 ping -c 1 -W 1 10.20.0.1
}


case_vlan_nanoseconds() {
    local dir switches; dir=$(case_dir vlan-nanoseconds)
    trunk_up
    switches=${pids[-1]}
    record "$dir/capture.pcap" trunk1 --time-stamp-precision=nano
    visit student2 -4 https://quizly.example/
    visit student2 -4 https://mathpath.example/app.js
    visit student2 -6 https://readalong.example/update.bin
    visit student2 -4 http://oldnews.example/update.bin
    recorded
    kill "$switches"
    ip -n school-router link del trunk1
    ip -n school-router link del uplink1
    ip -n school-router link set student2 master lan
}

case_big_endian() {
    local dir; dir=$(case_dir big-endian)
    record "$tmp/little.pcap" lan
    visit student2 -4 https://quizly.example/
    visit student2 -4 https://app.readalong.example/
    recorded
    "$python" "$here/big_endian.py" "$tmp/little.pcap" "$dir/capture.pcap"
}

case_ipv6_only() {
    local dir; dir=$(case_dir ipv6-only)
    resolver student 2001:db8:10::53
    ip -n school-student addr del 10.20.4.17/16 dev eth0
    record "$dir/capture.pcap" lan
    visit student https://quizly.example/
    visit student https://insights.quizly.example/collect.gif
    visit student https://portal.lakeside.k12.example/update.bin
    visit student http://pixel.adtrack.example/p.gif
    visit student https://randomgame.example/ || true   # has no IPv6 address
    asks student @2001:db8:10::53 readalong.example AAAA
    on student ping -q -c 2 -i 0.2 2001:db8:203::70 >/dev/null
    recorded
    address student eth0 10.20.4.17/16
    ip -n school-student route add default via 10.20.0.1
    resolver student 10.10.0.53
}

squid_up() {
    [ ! -e "$tmp/squid.conf" ] || return 0 # it is up already
    mkdir -p "$tmp/squid"
    echo "t.reader:$(openssl passwd -apr1 correct-horse)" >"$tmp/squid/users"
    cat >"$tmp/squid.conf" <<CONF
http_port 3128
visible_hostname proxy.lakeside.k12.example
pid_filename $tmp/squid/squid.pid
access_log stdio:$tmp/squid/access.log squid
cache_log $tmp/squid/cache.log
coredump_dir $tmp/squid
cache deny all
cache_effective_user proxy
dns_nameservers 10.10.0.53
hosts_file none
pinger_enable off
shutdown_lifetime 1 seconds
auth_param basic program /usr/lib/squid/basic_ncsa_auth $tmp/squid/users
acl known proxy_auth REQUIRED
acl readalong dstdomain .readalong.example
acl games dstdomain .randomgame.example
acl https_port port 443
acl CONNECT method CONNECT
http_access deny CONNECT !https_port
http_access deny games
http_access deny readalong !known
http_access allow all
CONF
    chmod 755 "$tmp"
    chown -R proxy "$tmp/squid"
    background squid infra squid -N -f "$tmp/squid.conf"
    wait_for squid on infra nc -z 10.10.0.80 3128
}

case_squid() {
    local dir proxy='-x http://10.10.0.80:3128'; dir=$(case_dir squid)
    squid_up
    # The check that Squid is up is not part of the log.
    sleep 0.5
    on infra truncate -s 0 "$tmp/squid/access.log"
    record "$dir/capture.pcap" lan tcp port 3128 or arp or icmp6
    visit student $proxy https://quizly.example/
    visit student $proxy https://pixel.adtrack.example/p.gif
    visit student $proxy --data-binary "@$tmp/events.json" https://pixel.adtrack.example/events
    visit student $proxy http://oldnews.example/app.js
    visit student $proxy 'http://oldnews.example/missing%20page.html?q=a%20b|c'
    visit student $proxy --head http://oldnews.example:80/
    visit student $proxy https://readalong.example/ || true                        # 407: who are you?
    visit student $proxy -U t.reader:correct-horse https://readalong.example/
    visit student2 $proxy https://randomgame.example/ || true                      # denied
    visit student2 $proxy http://randomgame.example/play || true                   # denied
    visit student2 $proxy http://typo.example/ || true                             # no such name
    visit student2 $proxy https://typo.example/ || true
    visit student2 $proxy https://198.51.100.10:8443/ || true                      # port denied
    visit student2 $proxy --insecure https://203.0.113.99/                         # no name
    visit student2 $proxy --max-time 3 http://203.0.113.98/ || true                # never answers; the client leaves
    visit staff -x 'http://[2001:db8:10::80]:3128' https://portal.lakeside.k12.example/
    visit staff -x 'http://[2001:db8:10::80]:3128' 'https://[2001:db8:100::10]/' --insecure
    on student2 nc -z 10.10.0.80 3128                                              # connects and says nothing
    sleep 1
    recorded
    cp "$tmp/squid/access.log" "$dir/access.log"
    chmod 644 "$dir/access.log"
}

quic_up() {
    "$python" -c 'import aioquic' 2>/dev/null || {
        echo "record.sh: $python has no aioquic: pip install aioquic, or say another with PYTHON=" >&2
        exit 1
    }
    background h3server net "$python" "$here/h3server.py" 203.0.113.61 443 "$tmp/video.crt" "$tmp/video.key"
    wait_for 'the HTTP/3 server' on net "$python" "$here/h3client.py" video.quizly.example 443 "$tmp/ca.pem"
}

case_quic_http3() {
    local dir key; dir=$(case_dir quic-http3)
    key=$(openssl x509 -in "$tmp/video.crt" -noout -pubkey | openssl pkey -pubin -outform der |
        openssl dgst -sha256 -binary | base64)
    quic_up
    record "$dir/capture.pcap" lan
    browse student https://video.quizly.example/ --enable-quic \
        --origin-to-force-quic-on=video.quizly.example:443 --ignore-certificate-errors-spki-list="$key"
    on student2 "$python" "$here/h3client.py" video.quizly.example 443 "$tmp/ca.pem"
    recorded
    grep -q 'HTTP/3' "$tmp/chromium.html" || { echo "record.sh: the page did not come by HTTP/3" >&2; exit 1; }
}

hello() { # hello HOST ADDRESS PORT S_CLIENT_ARGUMENT...: a TLS handshake and no more
    local host=$1 to=$2 port=$3; shift 3
    on "$host" timeout 10 openssl s_client -connect "$to:$port" "$@" </dev/null >/dev/null 2>&1
}

case_tls12() {
    local dir; dir=$(case_dir tls12)
    record "$dir/capture.pcap" lan
    visit student -4 --tls-max 1.2 https://quizly.example/
    visit student -4 --tls-max 1.2 https://cdn.quizly-static.example/app.js
    visit student -6 --tls-max 1.2 https://readalong.example/
    # No name in the hello: the certificate alone says who it is.
    hello student 203.0.113.99 443 -tls1_2 -noservername
    # A session that is taken up again shows no certificate.
    hello student 198.51.100.30 443 -tls1_2 -servername mathpath.example -sess_out "$tmp/session"
    hello student 198.51.100.30 443 -tls1_2 -servername mathpath.example -sess_in "$tmp/session"
    recorded
}

case_shared_address() {
    local dir; dir=$(case_dir shared-address)
    record "$dir/capture.pcap" lan
    asks student alpha.example A
    asks student beta.example A
    hello student 203.0.113.120 443 -noservername
    asks student2 alpha.example A
    hello student2 203.0.113.120 443 -noservername
    recorded
}

case_shared_join() { # bytes that say nothing of a name: only the lookups before them do
    local dir; dir=$(case_dir shared-join)
    background opaque net nc -lkd 203.0.113.120 4444
    wait_for 'the opaque server' on net nc -z 203.0.113.120 4444
    record "$dir/capture.pcap" lan
    asks student alpha.example A
    asks student beta.example A
    on student nc -N -w 2 203.0.113.120 4444 <<<'first visit'
    sleep 1
    on student nc -N -w 2 203.0.113.120 4444 <<<'second visit'
    asks student2 alpha.example A
    on student2 nc -N -w 2 203.0.113.120 4444 <<<'the only visit'
    # A third one visits without having asked.
    on staff nc -N -w 2 203.0.113.120 4444 <<<'a visit without a question'
    recorded
}

case_dns_tcp() {
    local dir; dir=$(case_dir dns-tcp)
    record "$dir/capture.pcap" lan
    asks student +tcp +keepopen quizly.example A readalong.example AAAA insights.quizly.example A
    asks student +bufsize=512 many.example A # the answer in UDP is cut, and dig asks again by TCP
    asks student long.example TXT
    asks student service.quizly.example HTTPS
    asks student alias.quizly.example HTTPS
    # Three questions in one segment; then one in three segments, of which the
    # first is half of the message's length.
    on student "$python" -c 'import socket, struct, time
def ask(n, name):
    labels = b"".join(bytes([len(l)]) + l.encode() for l in name.split("."))
    m = struct.pack(">HHHHHH", n, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", 1, 1)
    return struct.pack(">H", len(m)) + m
s = socket.create_connection(("10.10.0.53", 53))
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
s.sendall(ask(1, "mathpath.example") + ask(2, "RandomGame.example") + ask(3, "pixel.adtrack.example"))
time.sleep(0.3)
m = ask(4, "update.osmaker.example")
for part in m[:1], m[1:20], m[20:]:
    s.sendall(part)
    time.sleep(0.1)
time.sleep(0.3)
s.close()'
    recorded
}

case_http_proxy() {
    local dir; dir=$(case_dir http-proxy)
    squid_up
    background microsocks infra microsocks -i 10.10.0.80 -p 1080
    wait_for microsocks on infra nc -z 10.10.0.80 1080
    record "$dir/capture.pcap" lan
    # One connection to the proxy, two hosts.
    visit student -x http://10.10.0.80:3128 -o /dev/null http://oldnews.example/app.js http://pixel.adtrack.example/p.gif
    # Three requests in one segment, one of them in two halves.
    on student "$python" -c 'import socket, time
s = socket.create_connection(("203.0.113.90", 80))
get = "GET /app.js HTTP/1.1\r\nHost: %s\r\nUser-Agent: pipeline\r\n\r\n"
s.sendall((get % "oldnews.example" + get % "archive.oldnews.example:80" + "GET /p.gif HTTP/1.1\r\nUser-Agent: pipe").encode())
time.sleep(0.2)
s.sendall(b"line\r\nhOsT:   Pictures.OldNews.example  \r\nConnection: close\r\n\r\n")
while s.recv(4096):
    pass'
    # HTTP/2 in clear; nghttp makes two requests on one connection.
    visit student --http2-prior-knowledge http://cdn.fastedge.example:8080/app.js
    on student nghttp -n http://cdn.fastedge.example:8080/app.js http://cdn.fastedge.example:8080/p.gif
    # SOCKS 5, by name and by address.
    visit student --socks5-hostname 10.10.0.80:1080 https://quizly.example/
    visit student --socks5-hostname 10.10.0.80:1080 http://oldnews.example/app.js
    visit student -4 --socks5 10.10.0.80:1080 https://readalong.example/
    recorded
}

case_starttls() {
    local dir; dir=$(case_dir starttls)
    background starttls net "$python" "$here/starttls_server.py" 198.51.100.13 "$tmp/quizlymail.crt" "$tmp/quizlymail.key"
    wait_for 'the mail server' on net nc -z 198.51.100.13 5432
    record "$dir/capture.pcap" lan
    hello student 198.51.100.13 587 -starttls smtp -servername mail.quizly.example
    hello student 198.51.100.13 143 -starttls imap -servername mail.quizly.example
    hello student 198.51.100.13 5432 -starttls postgres -servername db.quizly.example
    # And by TLS 1.2, so that the certificate is seen.
    hello student 198.51.100.13 587 -starttls smtp -servername mail.quizly.example -tls1_2
    recorded
}

case_dtls() {
    local dir; dir=$(case_dir dtls)
    background dtls net openssl s_server -dtls -accept 203.0.113.61:4433 -cert "$tmp/video.crt" -key "$tmp/video.key" -quiet
    sleep 0.5
    record "$dir/capture.pcap" lan
    on student timeout 3 openssl s_client -dtls1_2 -connect 203.0.113.61:4433 -servername video.quizly.example \
        </dev/null >/dev/null 2>&1 || true
    recorded
}

case_containers() { # of recordings that are there already
    local dir os morning=$here/school-morning/capture.pcap; dir=$(case_dir containers)
    editcap -F pcapng "$morning" "$dir/morning.pcapng"
    mergecap -F pcapng -w "$dir/two-interfaces.pcapng" "$here/big-endian/capture.pcap" "$here/vlan-nanoseconds/capture.pcap"
    # Which kernel it was made on is nothing to keep; the length stays.
    os=$(uname -sr)
    LC_ALL=C sed -i "s|$os|$(printf '%-*s' ${#os} Linux)|g" "$dir"/*.pcapng
    gzip -9nc "$morning" >"$dir/morning.pcap.gz"
    zstd -q -19 -c "$morning" >"$dir/morning.pcap.zst"
    xz -9c "$morning" >"$dir/morning.pcap.xz"
}

# --------------------------------------------------------------------------- main

all='school-morning post-quantum-hello vlan-nanoseconds big-endian ipv6-only squid
quic-http3 tls12 shared-address shared-join dns-tcp http-proxy starttls dtls containers'

main() {
    check_programs
    trap cleanup EXIT
    tmp=$(mktemp -d "${TMPDIR:-/tmp}/school.XXXXXX")
    school_up
    web_up
    dns_up
    sleep 3 # until the router solicitations and neighbour reports are over
    local case
    for case in ${*:-$all}; do
        echo "recording $case"
        "case_${case//-/_}"
    done
}

# Other recorders (logs/record.sh) take the school from here.
[[ ${BASH_SOURCE[0]} != "$0" ]] || main "$@"
