#!/usr/bin/env bash
# Makes the logs of this folder again: real programs write them while the little
# school of captures/record.sh is at work. Must run as root.
#
#     logs/record.sh               every case
#     logs/record.sh CASE...       these cases only
#
# SQUID=... says which Squid was built with OpenSSL (Debian: squid-openssl) and
# CERTGEN=... where its security_file_certgen is; Debian's plain squid cannot
# open TLS.
set -euo pipefail

folder=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=captures/record.sh
source "$folder/../captures/record.sh"
here=$folder
squid=${SQUID:-squid}
certgen=${CERTGEN:-/usr/lib/squid/security_file_certgen}

check_log_programs() {
    [ "$(id -u)" = 0 ] || { echo "record.sh: must run as root (it makes network namespaces)" >&2; exit 1; }
    need ip iproute2;          need ethtool ethtool;      need tcpdump tcpdump
    need dnsmasq dnsmasq;      need dig bind9-dnsutils;   need curl curl
    need openssl openssl;      need nc netcat-openbsd;    need nginx nginx-light
    need haproxy haproxy;      need tinyproxy tinyproxy;  need nfpcapd nfdump
    [ -e /usr/lib/nginx/modules/ngx_stream_module.so ] || {
        echo "record.sh: nginx has no stream module: apt-get install libnginx-mod-stream" >&2
        exit 1
    }
}

settle() { sleep 0.7; } # until a program has written what it has to say

# nginx as a forward proxy for plain HTTP, in the combined format, and as a
# proxy that passes TLS on by the server name.
case_nginx() {
    local dir; dir=$(case_dir nginx)
    cat >"$tmp/forward.conf" <<CONF
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off; pid $tmp/forward.pid; error_log stderr; worker_processes 1; user root;
events { }
http {
    access_log $tmp/forward-access.log combined;
    resolver 10.10.0.53 ipv6=off;
    client_body_temp_path $tmp/f-body; proxy_temp_path $tmp/f-proxy; fastcgi_temp_path $tmp/f-fastcgi;
    uwsgi_temp_path $tmp/f-uwsgi; scgi_temp_path $tmp/f-scgi;
    server {
        listen 10.10.0.80:8888;
        listen [2001:db8:10::80]:8888;
        if (\$host ~ randomgame) { return 403; }
        location /status { return 200 "up"; }
        location / { proxy_pass http://\$http_host\$request_uri; }
    }
}
stream {
    log_format names '\$remote_addr [\$time_local] \$protocol \$status \$bytes_sent \$bytes_received '
                     '\$session_time "\$ssl_preread_server_name"';
    access_log $tmp/stream-access.log names;
    resolver 10.10.0.53 ipv6=off;
    server {
        listen 10.10.0.80:4443;
        listen [2001:db8:10::80]:4443;
        ssl_preread on;
        proxy_pass \$ssl_preread_server_name:443;
    }
}
CONF
    background forward infra nginx -e stderr -c "$tmp/forward.conf"
    wait_for nginx on infra nc -z 10.10.0.80 4443
    settle
    on infra truncate -s 0 "$tmp/forward-access.log" "$tmp/stream-access.log"
    local proxy='-x http://10.10.0.80:8888' through='--connect-to ::10.10.0.80:4443'
    visit student $proxy http://oldnews.example/app.js
    visit student $proxy 'http://oldnews.example/missing%20page.html?q=a%20b|c' -A 'says "hello" \ there'
    visit student $proxy http://quizly.example/p.gif
    visit student2 $proxy http://randomgame.example/play
    visit student2 $proxy http://typo.example/
    visit staff -x 'http://[2001:db8:10::80]:8888' http://portal.lakeside.k12.example/update.bin
    visit student2 http://10.10.0.80:8888/status                                # of the proxy itself
    visit student $through https://quizly.example/
    visit student $through https://insights.quizly.example/collect.gif --data-binary "@$tmp/events.json"
    visit student2 $through https://typo.example/ || true                       # no such name
    visit staff --connect-to '::[2001:db8:10::80]:4443' https://portal.lakeside.k12.example/
    settle
    cp "$tmp/forward-access.log" "$dir/access.log"
    cp "$tmp/stream-access.log" "$dir/stream.log"
}

# HAProxy as a forward proxy for plain HTTP (option httplog with the Host header
# captured) and as one that passes TLS on by the server name.
case_haproxy() {
    local dir; dir=$(case_dir haproxy)
    cat >"$tmp/haproxy.cfg" <<CONF
global
    log stdout format raw local0
defaults
    log global
    timeout connect 2s
    timeout client 10s
    timeout server 10s
resolvers school
    nameserver one 10.10.0.53:53
frontend web
    mode http
    bind 10.10.0.80:8888
    bind 2001:db8:10::80:8888
    option httplog
    capture request header Host len 80
    http-request deny if { hdr(host) -i randomgame.example }
    http-request do-resolve(txn.to,school,ipv4) hdr(host),field(1,:)
    http-request return status 502 if !{ var(txn.to) -m found }
    default_backend origins
backend origins
    mode http
    http-request set-dst var(txn.to)
    server any 0.0.0.0:80
frontend names
    mode tcp
    bind 10.10.0.80:4443
    bind 2001:db8:10::80:4443
    log-format "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq %hr"
    tcp-request inspect-delay 5s
    tcp-request content capture req.ssl_sni len 80
    tcp-request content reject if { req.ssl_sni -i pixel.adtrack.example }
    tcp-request content do-resolve(sess.to,school,ipv4) req.ssl_sni if { req.ssl_hello_type 1 }
    tcp-request content set-dst var(sess.to) if { var(sess.to) -m found }
    default_backend tunnels
backend tunnels
    mode tcp
    server any 0.0.0.0:443
CONF
    background haproxy infra haproxy -db -f "$tmp/haproxy.cfg"
    wait_for haproxy on infra nc -z 10.10.0.80 4443
    settle
    local proxy='-x http://10.10.0.80:8888' through='--connect-to ::10.10.0.80:4443'
    visit student $proxy http://oldnews.example/app.js
    visit student $proxy 'http://quizly.example/p.gif?name=Jane%20Doe'
    visit student2 $proxy http://randomgame.example/play
    visit student2 $proxy http://typo.example/
    visit staff -x 'http://[2001:db8:10::80]:8888' http://portal.lakeside.k12.example/update.bin
    visit student $through https://quizly.example/
    visit student $through https://pixel.adtrack.example/p.gif || true          # refused
    visit staff --connect-to '::[2001:db8:10::80]:4443' https://portal.lakeside.k12.example/
    settle
    # What it says of itself, and the test that it is up, are not part of the log.
    grep -E '^[0-9a-f:.]+:[0-9]+ \[' "$tmp/haproxy.log" | grep -v '^10\.10\.0\.' >"$dir/access.log"
}

case_tinyproxy() {
    local dir; dir=$(case_dir tinyproxy)
    mkdir -p "$tmp/tinyproxy"
    echo '^randomgame\.example$' >"$tmp/tinyproxy/filter"
    cat >"$tmp/tinyproxy/conf" <<CONF
Port 8888
Timeout 20
LogFile "$tmp/tinyproxy/log"
LogLevel Info
MaxClients 20
Filter "$tmp/tinyproxy/filter"
FilterExtended On
ConnectPort 443
CONF
    background tinyproxy infra tinyproxy -d -c "$tmp/tinyproxy/conf"
    wait_for tinyproxy on infra nc -z 10.10.0.80 8888
    settle
    local proxy='-x http://10.10.0.80:8888'
    visit student $proxy https://quizly.example/
    visit student $proxy http://oldnews.example/app.js
    visit student $proxy --data-binary "@$tmp/events.json" https://pixel.adtrack.example/events
    visit student2 $proxy http://randomgame.example/play || true                # filtered
    visit student2 $proxy https://typo.example/ || true                         # no such name
    visit student2 $proxy https://198.51.100.10:8443/ || true                   # port refused
    visit staff -x 'http://[2001:db8:10::80]:8888' https://portal.lakeside.k12.example/
    settle
    cp "$tmp/tinyproxy/log" "$dir/access.log"
    chmod 644 "$dir/access.log"
}

# Squid that opens TLS but for one site, which it passes on.
case_squid_bump() {
    local dir; dir=$(case_dir squid-bump)
    "$squid" -v | grep -q -- --with-openssl || {
        echo "record.sh: $squid cannot open TLS; name one that can with SQUID= (Debian: squid-openssl)" >&2
        exit 1
    }
    mkdir -p "$tmp/bump"
    "$certgen" -c -s "$tmp/bump/certificates" -M 4MB >/dev/null
    cat "$tmp/ca.key" "$tmp/ca.pem" >"$tmp/bump/ca.pem"
    cat >"$tmp/bump.conf" <<CONF
http_port 3129 ssl-bump generate-host-certificates=on tls-cert=$tmp/bump/ca.pem
sslcrtd_program $certgen -s $tmp/bump/certificates -M 4MB
tls_outgoing_options cafile=$tmp/ca.pem
visible_hostname proxy.lakeside.k12.example
pid_filename $tmp/bump/squid.pid
access_log stdio:$tmp/bump/access.log squid
cache_log $tmp/bump/cache.log
coredump_dir $tmp/bump
cache deny all
cache_effective_user proxy
dns_nameservers 10.10.0.53
hosts_file none
pinger_enable off
shutdown_lifetime 1 seconds
acl step1 at_step SslBump1
acl private ssl::server_name .readalong.example
acl games ssl::server_name .randomgame.example
acl trackers dstdomain .adtrack.example
ssl_bump peek step1
ssl_bump terminate games
ssl_bump splice private
ssl_bump bump all
http_access deny !CONNECT trackers
http_access allow all
CONF
    sed -i "/^acl step1/i acl CONNECT method CONNECT" "$tmp/bump.conf"
    chmod 755 "$tmp"
    chown -R proxy "$tmp/bump"
    background bump infra "$squid" -N -f "$tmp/bump.conf"
    wait_for squid on infra nc -z 10.10.0.80 3129
    settle
    on infra truncate -s 0 "$tmp/bump/access.log"
    local proxy='-x http://10.10.0.80:3129'
    record "$dir/capture.pcap" lan tcp port 3129
    visit student $proxy https://quizly.example/ https://quizly.example/app.js -o /dev/null
    visit student $proxy https://readalong.example/                             # passed on
    visit student $proxy https://pixel.adtrack.example/p.gif                    # opened, then refused
    visit student2 $proxy https://randomgame.example/ || true                   # ended at its name
    visit student2 $proxy http://oldnews.example/app.js
    visit staff -x 'http://[2001:db8:10::80]:3129' https://portal.lakeside.k12.example/
    settle
    recorded
    cp "$tmp/bump/access.log" "$dir/access.log"
    chmod 644 "$dir/access.log"
}

# Flows of a committed capture, as nfdump's own capturing daemon adds them up.
case_nfdump() {
    local dir option name; dir=$(case_dir nfdump)
    for option in '' -z -y; do
        name=flows${option/-z/-lzo}; name=${name/-y/-lz4}
        mkdir -p "$tmp/flows$option"
        nfpcapd $option -r "$folder/../captures/school-morning/capture.pcap" -w "$tmp/flows$option" >/dev/null 2>&1
        cp "$tmp/flows$option"/nfcapd.* "$dir/$name.nfcapd"
        chmod 644 "$dir/$name.nfcapd"
    done
    TZ=UTC nfdump -r "$dir/flows.nfcapd" -o csv > "$dir/flows.csv"
}

all_logs='nginx haproxy tinyproxy squid-bump nfdump'

record_logs() {
    check_log_programs
    trap cleanup EXIT
    tmp=$(mktemp -d "${TMPDIR:-/tmp}/school.XXXXXX")
    school_up
    web_up
    dns_up
    local case pid school=${#pids[@]}
    for case in ${*:-$all_logs}; do
        echo "recording $case"
        "case_${case//-/_}"
        # The programs of a case let go of their ports.
        for pid in "${pids[@]:school}"; do kill "$pid" 2>/dev/null || true; done
        pids=("${pids[@]:0:school}")
        settle
    done
}

record_logs "$@"
