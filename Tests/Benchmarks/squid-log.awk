# Writes a deterministic Squid native log: awk -v lines=N -f squid-log.awk
#
# Hosts and clients are drawn with a long tail, as in a school: a few hosts take most requests. The generator
# is its own (multiply and add modulo 2^31), so that every awk writes the same bytes.
function draw() { seed = (seed * 48271) % 2147483647; return seed }
BEGIN {
    seed = 20260302
    hosts = 40000; clients = 2000
    split("TCP_MISS/200 TCP_TUNNEL/200 TCP_MISS/304 TCP_DENIED/403 TCP_MEM_HIT/200", codes)
    split("www api cdn img static assets auth video", parts)
    for (h = 0; h < hosts; h++)
        names[h] = parts[h % 8 + 1] "." "site" h ".example" (h % 3 == 0 ? ".org" : h % 3 == 1 ? "" : ".net")
    time = 1772460000
    for (n = 0; n < lines; n++) {
        a = draw() / 2147483647; b = draw() / 2147483647
        h = int(hosts * a ^ 12)
        c = int(clients * b ^ 3)
        r = draw()
        if (n % 400 == 0) time++
        stamp = time "." sprintf("%03d", (n % 400) * 5 / 2)
        elapsed = r % 90000
        client = "10.20." int(c / 250) "." c % 250 + 1
        server = "198.51." h % 256 "." (h * 7) % 254 + 1
        k = r % 100
        bytes = 200 + draw() % 200000
        if (k < 55)
            printf "%s %6d %s TCP_TUNNEL/200 %d CONNECT %s:443 - HIER_DIRECT/%s -\n", \
                stamp, elapsed, client, bytes, names[h], server
        else if (k < 92)
            printf "%s %6d %s TCP_MISS/200 %d GET http://%s/a/%d/page? - HIER_DIRECT/%s text/html\n", \
                stamp, elapsed, client, bytes, names[h], r % 1000, server
        else if (k < 96)
            printf "%s %6d %s TCP_MEM_HIT/200 %d GET http://%s/a/%d.png - HIER_NONE/- image/png\n", \
                stamp, elapsed, client, bytes, names[h], r % 1000
        else
            printf "%s %6d %s TCP_DENIED/403 3977 CONNECT %s:443 - HIER_NONE/- text/html\n", \
                stamp, elapsed, client, names[h]
    }
}
