package import Bytes

/// The header values of one packet, refilled for each: those of the innermost IP packet once tunnels are opened.
package struct Packet: Sendable {
    package internal(set) var source = IPAddress.zero
    package internal(set) var destination = IPAddress.zero
    /// The IP protocol number (RFC 790 registry): 6 TCP, 17 UDP, 1 ICMP, ...
    package internal(set) var transport: UInt8 = 0
    package internal(set) var sourcePort: UInt16 = 0
    package internal(set) var destinationPort: UInt16 = 0
    /// Length of the IP packet, header included, as its header says; from the frame's length where the header
    /// says zero (segmentation offload).
    package internal(set) var layer3Bytes: UInt32 = 0
    /// Offset of the IP header in the frame.
    package internal(set) var layer3Start = 0
    /// Offset of the TCP or UDP header in the frame.
    package internal(set) var transportStart = 0
    package internal(set) var hopLimit: UInt8 = 0
    /// Offset of the transport payload in the frame, and how many of its bytes were captured.
    package internal(set) var payloadStart = 0
    package internal(set) var payloadCaptured = 0
    /// Payload bytes that the headers announce; more than `payloadCaptured` in a cut packet.
    package internal(set) var payloadLength = 0
    package internal(set) var tcpSequence: UInt32 = 0
    package internal(set) var tcpAcknowledgment: UInt32 = 0
    package internal(set) var tcpFlags = TCPFlags()
    /// The innermost link-layer source; nil when the link has none.
    package internal(set) var sourceMAC: MACAddress?
    package internal(set) var destinationMAC: MACAddress?
    /// The innermost 802.1Q VLAN id; 0 when untagged.
    package internal(set) var vlan: UInt16 = 0
    /// How many tunnels were opened to reach this IP packet.
    package internal(set) var tunnelDepth = 0
    /// What a fragment says of itself; nil for a whole packet.
    package internal(set) var fragment: FragmentInfo?
    /// Whether the transport header could be read; false for cut packets and for later fragments.
    package internal(set) var hasTransportHeader = false
    /// Offset in the frame of a further packet in the same frame (802.11 A-MSDU); nil when this was the last.
    package internal(set) var nextSubframe: Int?
    /// Offset in the frame of an ARP message; nil when the frame holds none.
    package internal(set) var arpStart: Int?
    /// Whether the payload was put together from fragments, so that it lies outside the frame. Set by who did that.
    package var isJoined = false
    /// Bytes of the frame on the wire that were not captured.
    var uncapturedBytes = 0
    var ipLayers = 0

    package init() {}
}

/// A fragment's place in its datagram (RFC 791 §3.2, RFC 8200 §4.5).
package struct FragmentInfo: Equatable, Sendable {
    package let identification: UInt32
    /// Bytes of the datagram's payload before this fragment.
    package let offset: Int
    package let moreFragments: Bool
}

/// TCP control bits (RFC 9293 §3.1).
package struct TCPFlags: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let fin = TCPFlags(rawValue: 0x01)
    package static let syn = TCPFlags(rawValue: 0x02)
    package static let rst = TCPFlags(rawValue: 0x04)
    package static let ack = TCPFlags(rawValue: 0x10)
}

/// IP protocol numbers that are treated specially.
package enum IPProtocol {
    package static let icmp: UInt8 = 1
    package static let ipInIP: UInt8 = 4
    package static let tcp: UInt8 = 6
    package static let udp: UInt8 = 17
    package static let ipv6: UInt8 = 41
    package static let gre: UInt8 = 47
    package static let esp: UInt8 = 50
    package static let icmpv6: UInt8 = 58
    package static let sctp: UInt8 = 132
    package static let mplsInIP: UInt8 = 137

    /// The word of every output: `tcp`, `udp`, ..., `ip-N` for a protocol without a short name here.
    package static func name(_ number: UInt8) -> String {
        switch number {
        case icmp: "icmp"
        case 2: "igmp"
        case ipInIP: "ipip"
        case tcp: "tcp"
        case udp: "udp"
        case 33: "dccp"
        case ipv6: "6in4"
        case gre: "gre"
        case esp: "esp"
        case 51: "ah"
        case icmpv6: "icmpv6"
        case 89: "ospf"
        case 103: "pim"
        case 112: "vrrp"
        case 115: "l2tp"
        case sctp: "sctp"
        case 136: "udplite"
        default: "ip-\(number)"
        }
    }
}

extension Packet {
    /// Forgets the payload: for packets that are counted without being looked into.
    package mutating func dropPayload() {
        payloadCaptured = 0
        payloadLength = 0
    }
}
