# Writes a deterministic conn.log or ssl.log of Zeek: awk -v lines=N -v path=conn|ssl -f zeek-log.awk
#
# One connection a line of conn.log; every second one has a server name in ssl.log under the same uid, of two in
# between one is a lookup. Hosts and clients are drawn as in squid-log.awk.
function draw() { seed = (seed * 48271) % 2147483647; return seed }
BEGIN {
    OFS = "\t"
    seed = 20260302
    hosts = 40000; clients = 2000
    split("www api cdn img static assets auth video", parts)
    print "#separator \\x09"
    print "#set_separator", ","
    print "#empty_field", "(empty)"
    print "#unset_field", "-"
    print "#path", path
    if (path == "conn")
        print "#fields", "ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "duration", \
            "orig_bytes", "resp_bytes", "conn_state", "local_orig", "local_resp", "missed_bytes", "history", "orig_pkts", \
            "orig_ip_bytes", "resp_pkts", "resp_ip_bytes", "tunnel_parents"
    else
        print "#fields", "ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "version", "cipher", "curve", \
            "server_name", "resumed", "last_alert", "next_protocol", "established", "ssl_history"
    time = 1772460000
    for (n = 0; n < lines; n++) {
        a = draw() / 2147483647; b = draw() / 2147483647
        h = int(hosts * a ^ 12)
        c = int(clients * b ^ 3)
        r = draw()
        bytes = 200 + draw() % 200000
        if (n % 400 == 0) time++
        stamp = time "." sprintf("%06d", (n % 400) * 2500)
        uid = sprintf("C%07x%07xAq1", n, r)
        client = "10.20." int(c / 250) "." c % 250 + 1
        server = "198.51." h % 256 "." (h * 7) % 254 + 1
        kind = n % 4
        if (path == "conn") {
            if (kind == 1)
                print stamp, uid, client, 20000 + r % 40000, "10.20.0.53", 53, "udp", "dns", "0.011", 40, 80, "SF", "T", "T", \
                    0, "Dd", 1, 68, 1, 108, "-"
            else
                print stamp, uid, client, 20000 + r % 40000, server, 443, "tcp", kind == 3 ? "-" : "ssl", r % 90 ".388112", \
                    700, bytes, "SF", "T", "F", 0, "ShADadFf", 18, 1400, 22, bytes + 900, "-"
        } else if (kind == 0 || kind == 2)
            print stamp, uid, client, 20000 + r % 40000, server, 443, "TLSv13", "TLS_AES_128_GCM_SHA256", "x25519", \
                parts[h % 8 + 1] ".site" h ".example" (h % 3 == 0 ? ".org" : h % 3 == 1 ? "" : ".net"), "F", "-", "h2", "T", \
                "CsiI"
    }
}
