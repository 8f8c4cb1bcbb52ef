import Bytes

/// Public resolvers that answer DNS over HTTPS (RFC 8484), by name and by address.
///
/// Source: the operators' own set-up pages (Google Public DNS, Cloudflare 1.1.1.1, Quad9, Cisco OpenDNS and Umbrella,
/// AdGuard DNS, CleanBrowsing, NextDNS, Control D, Mullvad, CIRA Canadian Shield, SWITCH, CZ.NIC, DNS4EU, Wikimedia,
/// DNSPod, AliDNS and others named beside their lines), and the list of public servers in the wiki of the curl
/// project. Compiled 2026-11. A name is listed only where its operator gives it as the address of the service.
enum KnownResolvers {
    /// Names that stand for themselves and for every name beneath them (resolvers per customer or per filter).
    static let names: Set<String> = [
        // Google
        "dns.google", "dns64.dns.google",
        // Cloudflare, with the doors of Firefox and Chrome and those of its gateway
        "cloudflare-dns.com", "one.one.one.one", "cloudflare-gateway.com",
        // Quad9
        "dns.quad9.net", "dns9.quad9.net", "dns10.quad9.net", "dns11.quad9.net", "dns12.quad9.net",
        // Cisco
        "doh.opendns.com", "doh.familyshield.opendns.com", "doh.sandbox.opendns.com", "doh.umbrella.com",
        "dns.umbrella.com",
        // AdGuard
        "adguard-dns.com", "dns.adguard.com", "dns-family.adguard.com", "dns-unfiltered.adguard.com",
        // Filters for families and schools
        "doh.cleanbrowsing.org", "dns.nextdns.io", "dns.controld.com", "freedns.controld.com",
        "canadianshield.cira.ca", "dns0.eu", "joindns4.eu", "rethinkdns.com",
        // Privacy services
        "dns.mullvad.net", "doh.mullvad.net", "doh.libredns.gr", "doh.applied-privacy.net", "dns.njal.la",
        "dns.digitale-gesellschaft.ch", "doh.dns.sb", "doh.ffmuc.net", "wikimedia-dns.org", "doh.tiar.app",
        "doh.tiarap.org", "doh.crypto.sx", "dns.blokada.org",
        // Networks and registries
        "dns.switch.ch", "odvr.nic.cz", "ordns.he.net", "public.dns.iij.jp", "dns.twnic.tw",
        "doh.xfinity.com",
        "doh.cox.net", "dns.surfnet.nl",
        // China
        "dns.alidns.com", "doh.pub", "dns.pub", "doh.360.cn",
    ]

    /// Addresses on which the operators above answer HTTPS: they count where a flow to port 443 names nothing else.
    static let addresses: Set<IPAddress> = Set(
        [
            // Google
            "8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844", "2001:4860:4860::64",
            "2001:4860:4860::6464",
            // Cloudflare: plain, against malware, for families
            "1.1.1.1", "1.0.0.1", "1.1.1.2", "1.0.0.2", "1.1.1.3", "1.0.0.3", "2606:4700:4700::1111",
            "2606:4700:4700::1001", "2606:4700:4700::1112", "2606:4700:4700::1002", "2606:4700:4700::1113",
            "2606:4700:4700::1003",
            // Quad9
            "9.9.9.9", "149.112.112.112", "9.9.9.10", "149.112.112.10", "9.9.9.11", "149.112.112.11",
            "2620:fe::fe",
            "2620:fe::9", "2620:fe::10", "2620:fe::fe:10", "2620:fe::11", "2620:fe::fe:11",
            // Cisco OpenDNS
            "208.67.222.222", "208.67.220.220", "208.67.222.123", "208.67.220.123", "2620:119:35::35",
            "2620:119:53::53",
            // AdGuard
            "94.140.14.14", "94.140.15.15", "94.140.14.15", "94.140.15.16", "94.140.14.140", "94.140.14.141",
            "2a10:50c0::ad1:ff", "2a10:50c0::ad2:ff",
            // CleanBrowsing
            "185.228.168.9", "185.228.169.9", "185.228.168.10", "185.228.169.11", "185.228.168.168",
            "185.228.169.168",
        ].compactMap { IPAddress($0) })
}
