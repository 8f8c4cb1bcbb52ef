import Bytes

/// A frame around one and the same UDP datagram, and what a decoder is to find in it.
package struct GoldenFrame: Sendable, CustomStringConvertible {
    package let name: String
    package let linkType: UInt32
    package let bytes: [UInt8]
    package var isIPv6 = false
    package var tunnels = 0
    package var vlan: UInt16 = 0
    /// Bytes of extension headers between the innermost IP header and UDP.
    package var extensions = 0

    package var description: String { name }

    package static let payload = Array("hallpass".utf8)
    package static let datagram = Forge.udp(payload)
    package static let ip4 = Forge.ipv4(17, datagram)
    package static let ip6 = Forge.ipv6(17, datagram)

    package static let all: [GoldenFrame] = [
        ethernet, rawLinks, links, wireless, tunnels, tunnelsOverUDP, headers,
    ].flatMap { $0 }

    private static func on(_ type: Int, _ name: String, _ bytes: [UInt8]) -> GoldenFrame {
        GoldenFrame(name: name, linkType: 1, bytes: Forge.ethernet(type, bytes))
    }

    private static func link(_ type: UInt32, _ name: String, _ bytes: [UInt8]) -> GoldenFrame {
        GoldenFrame(name: name, linkType: type, bytes: bytes)
    }

    private func with(_ change: (inout GoldenFrame) -> Void) -> GoldenFrame {
        var copy = self
        change(&copy)
        return copy
    }

    private var v6: GoldenFrame { with { $0.isIPv6 = true } }

    package static let ethernet: [GoldenFrame] = [
        on(0x0800, "Ethernet", ip4),
        on(0x86dd, "Ethernet, IPv6", ip6).v6,
        on(0x0800, "Ethernet, padded", ip4 ++ [UInt8](repeating: 0xee, count: 18)),
        on(0x8100, "VLAN", Forge.tag(0x6005, 0x0800, ip4)).with { $0.vlan = 5 },
        on(0x88a8, "QinQ", Forge.tag(100, 0x8100, Forge.tag(7, 0x86dd, ip6))).v6.with { $0.vlan = 7 },
        on(0x9100, "old QinQ", Forge.tag(100, 0x8100, Forge.tag(8, 0x0800, ip4))).with { $0.vlan = 8 },
        on(0x8847, "MPLS", Forge.mpls(16, isBottom: true, ip4)),
        on(0x8848, "MPLS, two labels", Forge.mpls(16, isBottom: false, Forge.mpls(17, isBottom: true, ip6)))
            .v6,
        on(
            0x8847, "MPLS pseudowire",
            Forge.mpls(16, isBottom: true, [0, 0, 0, 1] ++ Forge.ethernet(0x0800, ip4))),
        on(0x8864, "PPPoE", Forge.pppoe([0x00, 0x21] ++ ip4)),
        on(0x8864, "PPPoE, IPv6", Forge.pppoe([0x00, 0x57] ++ ip6)).v6,
        on(8 + ip4.count, "LLC and SNAP", Forge.snap(0x0800, ip4)),
        on(8 + ip4.count, "802.1H", Forge.snap(0x0800, ip4, organisation: [0, 0, 0xf8])),
        on(3 + ip4.count, "IP over LLC", [0x06, 0x06, 0x03] ++ ip4),
    ]

    private static let cooked = Forge.be16(0) ++ Forge.be16(1) ++ Forge.be16(6) ++ Forge.clientMAC ++ [0, 0]
    private static let cooked2 =
        Forge.be16(0) ++ Forge.be32(3) ++ Forge.be16(1) ++ [0, 6] ++ Forge.clientMAC ++ [0, 0]

    package static let rawLinks: [GoldenFrame] = {
        let four = [12, 14, 101, 228] as [UInt32]
        let six = [12, 14, 101, 229] as [UInt32]
        let families = [10, 24, 28, 30] as [UInt32]
        let raw4 = four.map { link($0, "raw \($0)", ip4) }
        let raw6 = six.map { link($0, "raw IPv6 \($0)", ip6).v6 }
        let loopback6 = families.map { link(0, "NULL, family \($0)", Forge.le32($0) ++ ip6).v6 }
        return [raw4, raw6, loopback6].flatMap { $0 }
    }()

    package static let links: [GoldenFrame] = [
        link(0, "NULL, little", Forge.le32(2) ++ ip4), link(0, "NULL, big", Forge.be32(2) ++ ip4),
        link(108, "LOOP", Forge.be32(2) ++ ip4),
        link(113, "SLL", cooked ++ Forge.be16(0x0800) ++ ip4),
        link(113, "SLL, VLAN", cooked ++ Forge.be16(0x8100) ++ Forge.tag(9, 0x86dd, ip6)).v6
            .with { $0.vlan = 9 },
        link(276, "SLL2", Forge.be16(0x0800) ++ cooked2 ++ ip4),
        link(9, "PPP", [0x00, 0x21] ++ ip4), link(9, "PPP, framed", [0xff, 0x03, 0x00, 0x21] ++ ip4),
        link(9, "PPP, short protocol", [0x21] ++ ip4),
        link(50, "PPP, IPv6", [0xff, 0x03, 0x00, 0x57] ++ ip6).v6,
        link(51, "PPPoE", Forge.pppoe([0x00, 0x21] ++ ip4)),
        link(104, "Cisco HDLC", [0x0f, 0x00, 0x08, 0x00] ++ ip4),
        link(104, "PPP in HDLC", [0xff, 0x03, 0x00, 0x21] ++ ip4),
        link(239, "NFLOG", [2, 0, 0, 0] ++ attribute(1, [0, 0, 0, 0]) ++ attribute(9, ip4)),
        link(239, "NFLOG, odd prefix", [10, 0, 0, 0] ++ attribute(10, [65, 66, 0]) ++ attribute(9, ip6)).v6,
        link(242, "IPoIB", [UInt8](repeating: 0, count: 40) ++ [0x08, 0x00, 0, 0] ++ ip4),
    ]

    /// An NFLOG attribute: length, type, value padded to four bytes.
    private static func attribute(_ type: Int, _ value: [UInt8]) -> [UInt8] {
        Forge.le16(value.count + 4) ++ Forge.le16(type) ++ value
            ++ [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    }
}

extension GoldenFrame {
    /// An 802.11 frame: frame control, duration, three addresses, sequence, then `rest`.
    package static func wlan(_ type: UInt8, _ flags: UInt8, _ rest: [UInt8]) -> [UInt8] {
        // Both address orders hold: to the network the third is the destination, from it the source.
        [type, flags, 0, 0] ++ Forge.serverMAC ++ Forge.clientMAC
            ++ (flags & 2 == 0 ? Forge.serverMAC : Forge.clientMAC)
            ++ [0x10, 0] ++ rest
    }

    package static func subframe(_ body: [UInt8], isLast: Bool = false) -> [UInt8] {
        let size = 14 + body.count
        return Forge.serverMAC ++ Forge.clientMAC ++ Forge.be16(body.count) ++ body
            ++ [UInt8](repeating: 0, count: isLast ? 0 : (4 - size % 4) % 4)
    }

    package static func radiotap(_ frame: [UInt8], flags: UInt8) -> [UInt8] {
        // TSFT and Flags are present, and a second presence word.
        [0, 0] ++ Forge.le16(25) ++ Forge.le32(0x8000_0003) ++ Forge.le32(0) ++ [0, 0, 0, 0]
            ++ [UInt8](repeating: 0x55, count: 8) ++ [flags] ++ frame
    }

    private static let checksum: [UInt8] = [0xde, 0xad, 0xbe, 0xef]

    package static let wireless: [GoldenFrame] = {
        let data = wlan(0x08, 0x01, Forge.snap(0x0800, ip4))
        let plain: [GoldenFrame] = [
            link(105, "802.11", data),
            link(105, "802.11 from the network", wlan(0x08, 0x02, Forge.snap(0x86dd, ip6))).v6,
            link(105, "802.11 QoS", wlan(0x88, 0x01, [0, 0] ++ Forge.snap(0x0800, ip4))),
            link(105, "802.11 HT", wlan(0x88, 0x81, [0, 0, 0, 0, 0, 0] ++ Forge.snap(0x0800, ip4))),
            link(105, "802.11 4-address", wlan(0x08, 0x03, Forge.clientMAC ++ Forge.snap(0x0800, ip4))),
            link(
                105, "802.11 A-MSDU",
                wlan(0x88, 0x01, [0x80, 0] ++ subframe(Forge.snap(0x0800, ip4), isLast: true))),
        ]
        let avs = Forge.be32(0x8021_1001) ++ Forge.be32(64) ++ [UInt8](repeating: 0, count: 56)
        let prism = Forge.le32(0x44) ++ Forge.le32(144) ++ [UInt8](repeating: 0, count: 136)
        let prefixed: [GoldenFrame] = [
            link(127, "radiotap", radiotap(data, flags: 0)),
            link(127, "radiotap with checksum", radiotap(data ++ checksum, flags: 0x10)),
            link(192, "PPI", [0, 0] ++ Forge.le16(12) ++ Forge.le32(105) ++ [1, 2, 3, 4] ++ data),
            link(163, "AVS", avs ++ data), link(119, "Prism", prism ++ data),
        ]
        return [plain, prefixed].flatMap { $0 }
    }()

    /// A GRE header with its optional fields.
    private static func gre(_ flags: Int, _ type: Int, _ rest: [UInt8]) -> [UInt8] {
        let fields = [0x8000, 0x2000, 0x1000, 0x0080].filter { flags & $0 != 0 }.count
        return Forge.be16(flags) ++ Forge.be16(type) ++ [UInt8](repeating: 7, count: fields * 4) ++ rest
    }

    private static func tunnel(_ name: String, _ transport: UInt8, _ bytes: [UInt8], depth: Int = 1)
        -> GoldenFrame
    {
        on(0x0800, name, outer(transport, bytes)).with { $0.tunnels = depth }
    }

    /// An outer packet has other addresses, so that a decoder that stops there is found out.
    private static func outer(_ transport: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        Forge.ipv4(transport, bytes) {
            $0.source = [203, 0, 113, 1]
            $0.destination = [203, 0, 113, 2]
        }
    }

    private static func outer6(_ transport: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        Forge.ipv6(transport, bytes) { $0.source = Forge.server6 }
    }

    package static let tunnels: [GoldenFrame] = {
        let frame = Forge.ethernet(0x0800, ip4)
        let eight = [UInt8](repeating: 1, count: 8)
        return [
            tunnel("GRE", 47, gre(0, 0x0800, ip4)),
            tunnel("GRE with key and sequence", 47, gre(0x3000, 0x86dd, ip6)).v6,
            tunnel("GRE with checksum", 47, gre(0x8000, 0x0800, ip4)),
            tunnel("GRE, Ethernet", 47, gre(0x2000, 0x6558, frame)),
            tunnel("GRE, MPLS", 47, gre(0, 0x8847, Forge.mpls(3, isBottom: true, ip4))),
            tunnel("PPTP", 47, gre(0x3081, 0x880b, [0xff, 0x03, 0x00, 0x21] ++ ip4)),
            tunnel("ERSPAN I", 47, gre(0, 0x88be, frame)),
            tunnel("ERSPAN II", 47, gre(0x1000, 0x88be, eight ++ frame)),
            tunnel("ERSPAN III", 47, gre(0x1000, 0x22eb, eight ++ [0, 0, 0, 0] ++ frame)),
            tunnel(
                "ERSPAN III, subheader", 47, gre(0x1000, 0x22eb, eight ++ [0, 0, 0, 1] ++ eight ++ frame)),
            tunnel("ERSPAN III, IP", 47, gre(0x1000, 0x22eb, eight ++ [0, 0, 0x08, 0] ++ ip4)),
            tunnel("IP in IP", 4, ip4), tunnel("6in4", 41, ip6).v6,
            tunnel("MPLS in IP", 137, Forge.mpls(3, isBottom: true, ip4)),
            on(0x86dd, "4in6", outer6(4, ip4)).with { $0.tunnels = 1 },
            on(0x86dd, "6in6", outer6(41, ip6)).v6.with { $0.tunnels = 1 },
            tunnel("three tunnels", 47, gre(0, 0x0800, outer(4, outer(41, ip6))), depth: 3).v6,
        ]
    }()

    private static func udpTunnel(_ name: String, _ port: Int, _ bytes: [UInt8]) -> GoldenFrame {
        tunnel(name, 17, Forge.udp(40000, port, bytes))
    }

    package static let tunnelsOverUDP: [GoldenFrame] = {
        let frame = Forge.ethernet(0x0800, ip4)
        let vxlan: [UInt8] = [8, 0, 0, 0, 0, 0, 5, 0]
        let length = Forge.be16(ip4.count)
        let l2tp = [0x00, 0x02, 0, 1, 0, 2] ++ [0xff, 0x03, 0x00, 0x21] ++ ip4
        let l2tpFull =
            Forge.be16(0x4a02) ++ Forge.be16(14) ++ [0, 1, 0, 2, 0, 0, 0, 0, 0, 2, 9, 9, 0x00, 0x21] ++ ip4
        return [
            udpTunnel("VXLAN", 4789, vxlan ++ frame), udpTunnel("VXLAN, old port", 8472, vxlan ++ frame),
            udpTunnel("VXLAN, VLAN", 4789, vxlan ++ Forge.ethernet(0x8100, Forge.tag(6, 0x0800, ip4)))
                .with { $0.vlan = 6 },
            udpTunnel("GENEVE", 6081, [0, 0, 0x65, 0x58, 0, 0, 5, 0] ++ frame),
            udpTunnel("GENEVE, options", 6081, [1, 0, 0x86, 0xdd, 0, 0, 5, 0, 1, 2, 3, 0] ++ ip6).v6,
            udpTunnel("Teredo", 3544, ip6).v6,
            udpTunnel("Teredo, origin", 3544, [0, 0, 1, 2, 3, 4, 5, 6] ++ ip6).v6,
            udpTunnel("Teredo, authentication", 3544, [0, 1, 0, 0] ++ [UInt8](repeating: 5, count: 9) ++ ip6)
                .v6,
            udpTunnel("GTP-U", 2152, [0x30, 255] ++ length ++ [0, 0, 0, 9] ++ ip4),
            udpTunnel(
                "GTP-U, extension", 2152,
                [0x34, 255] ++ length ++ [0, 0, 0, 9, 0, 1, 0, 0x85, 1, 0, 9, 0] ++ ip4),
            udpTunnel("L2TP", 1701, l2tp), udpTunnel("L2TP, all fields", 1701, l2tpFull),
        ]
    }()

    package static let headers: [GoldenFrame] = {
        let chain = Forge.extension6(43, Forge.extension6(60, Forge.extension6(17, datagram)))
        let atomic = Forge.fragment6(17, identification: 1, offset: 0, more: false, datagram)
        let authentication = [17, 4, 0, 0] ++ [UInt8](repeating: 3, count: 20) ++ datagram
        return [
            on(0x0800, "IPv4 options", Forge.ipv4(17, datagram) { $0.options = [1, 1, 1, 0] })
                .with { $0.extensions = 4 },
            on(0x0800, "IPv4 of length zero", Forge.ipv4(17, datagram) { $0.length = 0 }),
            on(0x86dd, "IPv6 of length zero", Forge.ipv6(17, datagram) { $0.length = 0 }).v6,
            on(0x86dd, "IPv6 extension headers", Forge.ipv6(0, chain)).v6.with { $0.extensions = 24 },
            on(0x86dd, "IPv6 atomic fragment", Forge.ipv6(44, atomic)).v6.with { $0.extensions = 8 },
            on(0x0800, "AH", Forge.ipv4(51, authentication)).with { $0.extensions = 24 },
        ]
    }()
}
