/// Relays that take a client to destinations which the network does not see, by name.
///
/// Source: Apple, "Prepare your network for iCloud Private Relay" and "Use Apple products on enterprise networks"
/// (mask names); Apple's DNS answers for them (the names under apple-dns.net); Cloudflare's documentation of WARP
/// ("WARP with firewall"); the Mozilla VPN and Opera proxies by the names that their open sources carry.
/// Compiled 2026-11.
enum KnownRelays {
    /// Each for itself and every name beneath it.
    static let names: Set<String> = [
        // iCloud Private Relay
        "mask.icloud.com", "mask-h2.icloud.com", "mask-api.icloud.com", "mask-canary.icloud.com",
        "mask.apple-dns.net", "mask-h2.apple-dns.net", "mask-t.apple-dns.net",
        // Cloudflare WARP
        "engage.cloudflareclient.com", "connectivity.cloudflareclient.com",
        // Opera's built-in proxy
        "sec-tunnel.com",
    ]

    /// Names that clients put outside of an encrypted hello, as the providers' published configurations say: never a
    /// destination of their own. Source: Cloudflare, "Encrypted Client Hello" (cloudflare-ech.com), and the test
    /// services tls-ech.dev and defo.ie. Compiled 2026-11.
    static let helloCovers: Set<String> = ["cloudflare-ech.com", "public.tls-ech.dev", "cover.defo.ie"]
}
