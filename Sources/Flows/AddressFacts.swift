package import Bytes
import Names
import Packets

/// What the packets say of who has which address: leases, releases, host names, and hardware addresses seen.
///
/// The facts of two parts of a capture are joined by `append`; whoever reads them puts them in order of time, so
/// that it does not matter how the capture was cut.
package struct AddressFacts: Equatable, Sendable {
    /// A server's statement about one address.
    package struct Lease: Hashable, Sendable {
        package enum Kind: UInt8, Sendable {
            case given
            /// Released or declined by the client, or given back with a lifetime of zero.
            case ended
        }

        package let kind: Kind
        package let time: Timestamp
        package let address: IPAddress
        /// Nil for a DHCPv6 client whose DUID holds no hardware address.
        package let mac: MACAddress?
        /// Nil when the message states none; `UInt32.max` is for ever.
        package let seconds: UInt32?
    }

    /// What a client calls itself.
    package struct HostName: Hashable, Sendable {
        package let time: Timestamp
        package let mac: MACAddress
        package let name: String
    }

    /// A hardware address that spoke for an IP address (ARP, neighbour discovery) in one UTC clock hour.
    package struct Neighbour: Hashable, Sendable {
        package let address: IPAddress
        package let mac: MACAddress
        package let hour: Int64
    }

    /// When that was.
    package struct Span: Equatable, Sendable {
        package internal(set) var first: Timestamp
        package internal(set) var last: Timestamp
    }

    /// TCP connections that an address began in one UTC clock hour with one hop limit.
    package struct Opening: Hashable, Sendable {
        package let address: IPAddress
        package let hour: Int64
        package let hopLimit: UInt8
    }

    package private(set) var leases: [Lease] = []
    package private(set) var hostNames: [HostName] = []
    package private(set) var neighbours: [Neighbour: Span] = [:]
    package private(set) var openings: [Opening: UInt64] = [:]
    /// Facts beyond `limit`, which were not kept.
    package private(set) var dropped: UInt64 = 0

    /// Facts of each kind, at most: a day of 100,000 devices has fewer, and a flood must not fill the memory.
    package static let limit = 2_000_000

    package init() {}

    /// Adds the facts of a later part of the same input, or of another one.
    package mutating func append(_ other: AddressFacts) {
        for lease in other.leases { add(lease) }
        for name in other.hostNames { add(name) }
        for (neighbour, span) in other.neighbours {
            see(neighbour, at: span.first)
            see(neighbour, at: span.last)
        }
        for (opening, times) in other.openings { count(opening, times) }
        dropped &+= other.dropped
    }

    private mutating func add(_ lease: Lease) {
        if leases.count < AddressFacts.limit { leases.append(lease) } else { dropped &+= 1 }
    }

    private mutating func add(_ name: HostName) {
        if hostNames.count < AddressFacts.limit { hostNames.append(name) } else { dropped &+= 1 }
    }

    private mutating func see(_ neighbour: Neighbour, at time: Timestamp) {
        if let index = neighbours.index(forKey: neighbour) {
            neighbours.values[index].first = min(neighbours.values[index].first, time)
            neighbours.values[index].last = max(neighbours.values[index].last, time)
        } else if neighbours.count < AddressFacts.limit {
            neighbours[neighbour] = Span(first: time, last: time)
        } else {
            dropped &+= 1
        }
    }

    private mutating func count(_ opening: Opening, _ times: UInt64) {
        guard openings.count < AddressFacts.limit || openings[opening] != nil else {
            dropped &+= 1
            return
        }
        openings[opening, default: 0] &+= times
    }
}

extension AddressFacts {
    /// Takes in one decoded packet, whose frame is `bytes`.
    @inline(__always)
    mutating func take(_ packet: Packet, _ bytes: RawSpan, at time: Timestamp) {
        switch packet.transport {
        case IPProtocol.tcp:
            guard packet.tcpFlags.contains(.syn), !packet.tcpFlags.contains(.ack) else { return }
            let opening = Opening(address: packet.source, hour: time.hour, hopLimit: packet.hopLimit)
            count(opening, 1)
        case IPProtocol.udp:
            guard AddressFacts.isDHCP(packet.sourcePort) || AddressFacts.isDHCP(packet.destinationPort) else {
                return
            }
            takeDHCP(packet, bytes.clamped(from: packet.payloadStart, count: packet.payloadCaptured), time)
        case IPProtocol.icmpv6:
            let message = bytes.clamped(from: packet.payloadStart, count: packet.payloadCaptured)
            guard let claim = NeighbourMessage.claim(message, of: packet) else { return }
            see(Neighbour(address: claim.address, mac: claim.mac, hour: time.hour), at: time)
        default: return
        }
    }

    /// Takes in the ARP message of a frame that carries no IP packet.
    mutating func takeARP(_ packet: Packet, _ bytes: RawSpan, at time: Timestamp) {
        guard let start = packet.arpStart,
            let message = try? ARPMessage.parse(bytes.clamped(from: start, count: bytes.byteCount)),
            let claim = message.claim
        else { return }
        see(Neighbour(address: claim.address, mac: claim.mac, hour: time.hour), at: time)
    }

    /// 67 and 68 (RFC 2131 §4.1), 546 and 547 (RFC 8415 §7.2).
    private static func isDHCP(_ port: UInt16) -> Bool {
        port == 67 || port == 68 || port == 546 || port == 547
    }

    private mutating func takeDHCP(_ packet: Packet, _ payload: RawSpan, _ time: Timestamp) {
        if packet.source.isIPv4 {
            if let message = try? DHCPv4Message.parse(payload) { take(message, time) }
        } else if let message = try? DHCPv6Message.parse(payload) {
            take(message, time)
        }
    }

    private mutating func take(_ message: DHCPv4Message, _ time: Timestamp) {
        guard message.mac.isUnicast else { return }
        switch (message.kind, message.isFromServer) {
        case (.acknowledgment, true):
            // An answer to INFORM gives no address (RFC 2131 §4.3.5).
            guard let address = message.givenAddress, message.leaseSeconds != nil else { return }
            add(
                Lease(
                    kind: .given, time: time, address: address, mac: message.mac,
                    seconds: message.leaseSeconds))
        case (.release, false):
            guard let address = message.clientAddress else { return }
            add(Lease(kind: .ended, time: time, address: address, mac: message.mac, seconds: nil))
        case (.decline, false):
            guard let address = message.requestedAddress else { return }
            add(Lease(kind: .ended, time: time, address: address, mac: message.mac, seconds: nil))
        case (.discover, false), (.request, false), (.inform, false):
            guard let name = message.hostName else { return }
            add(HostName(time: time, mac: message.mac, name: name))
        default: return
        }
    }

    private mutating func take(_ message: DHCPv6Message, _ time: Timestamp) {
        let ends = message.type == DHCPv6Message.release || message.type == DHCPv6Message.decline
        if ends || message.type == DHCPv6Message.reply {
            for entry in message.addresses {
                let isOver = ends || entry.validSeconds == 0
                add(
                    Lease(
                        kind: isOver ? .ended : .given, time: time, address: entry.address, mac: message.mac,
                        seconds: isOver ? nil : entry.validSeconds))
            }
        }
        if let name = message.hostName, let mac = message.mac, message.type != DHCPv6Message.reply {
            add(HostName(time: time, mac: mac, name: name))
        }
    }
}
