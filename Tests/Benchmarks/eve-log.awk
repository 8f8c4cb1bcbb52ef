# Writes a deterministic eve.json of Suricata: awk -v lines=N -f eve-log.awk
#
# Of each connection a tls event with its name and a flow event with its bytes. Hosts and clients are drawn as in
# squid-log.awk.
function draw() { seed = (seed * 48271) % 2147483647; return seed }
BEGIN {
    seed = 20260302
    hosts = 40000; clients = 2000
    split("www api cdn img static assets auth video", parts)
    for (n = 0; n < lines / 2; n++) {
        a = draw() / 2147483647; b = draw() / 2147483647
        h = int(hosts * a ^ 12)
        c = int(clients * b ^ 3)
        r = draw()
        second = int(n / 200)
        stamp = sprintf("2026-03-02T%02d:%02d:%02d.%06d-0600", 8 + int(second / 3600), int(second / 60) % 60, second % 60, (n % 200) * 5000)
        ends = "\"src_ip\":\"10.20." int(c / 250) "." c % 250 + 1 "\",\"src_port\":" 20000 + r % 40000 \
            ",\"dest_ip\":\"198.51." h % 256 "." (h * 7) % 254 + 1 "\",\"dest_port\":443,\"proto\":\"TCP\""
        head = "{\"timestamp\":\"" stamp "\",\"flow_id\":" sprintf("17%014d", n) ",\"in_iface\":\"ens3\",\"event_type\":"
        print head "\"tls\"," ends ",\"tls\":{\"sni\":\"" parts[h % 8 + 1] ".site" h ".example" \
            "\",\"version\":\"TLS 1.3\",\"ja4\":\"t13d1516h2_8daaf6152771_02713d6af862\"}}"
        print head "\"flow\"," ends ",\"app_proto\":\"tls\",\"flow\":{\"pkts_toserver\":18,\"pkts_toclient\":22," \
            "\"bytes_toserver\":1400,\"bytes_toclient\":" 200 + draw() % 200000 ",\"start\":\"" stamp "\",\"end\":\"" stamp \
            "\",\"age\":0,\"state\":\"closed\",\"reason\":\"timeout\",\"alerted\":false}}"
    }
}
