import Bytes

/// The directory authorities of Tor and the ports on which they speak Tor: every client that starts anew reaches
/// for them or for a relay. A flow to one of them, on its port, is Tor and nothing else.
///
/// Source: the Tor project's list of trusted directories (`src/app/config/auth_dirs.inc` of its source code), as it
/// stood in 2023 and with the moves announced since. Compiled 2026-11. Relays themselves change hourly and are not
/// listed: beyond the authorities Tor is told by the certificate of its links (`TorLink`).
enum KnownTorAuthorities {
    struct Door: Hashable {
        let address: IPAddress
        let port: UInt16
    }

    static let doors: Set<Door> = Set(
        [
            ("128.31.0.39", [9101, 9131, 9201, 9231]), ("86.59.21.38", [443, 80]),
            ("217.196.147.77", [443, 80]),
            ("45.66.35.11", [443, 80]), ("66.111.2.131", [9001, 9030]), ("131.188.40.189", [443, 80]),
            ("193.23.244.244", [443, 80]), ("171.25.193.9", [443, 80]), ("154.35.175.225", [443, 80]),
            ("216.218.219.41", [443, 80]), ("199.58.81.140", [443, 80]), ("204.13.164.118", [443, 80]),
            ("2001:858:2:2:aabb:0:563b:1526", [443]), ("2001:638:a000:4140::ffff:189", [443]),
            ("2001:678:558:1000::244", [443]), ("2001:67c:289c::9", [80]),
            ("2620:13:4000:6000::1000:118", [443]),
        ].flatMap { (text: String, ports: [UInt16]) in
            ports.compactMap { port in IPAddress(text).map { Door(address: $0, port: port) } }
        })
}
