package import Bytes
import Packets

/// A 5-tuple in canonical order, so that both directions find the same entry: side A is the endpoint with the
/// smaller address (then port). Five integers, because table look-ups compare and hash them for every packet.
package struct FlowKey: Hashable, Sendable {
    let aHigh: UInt64
    let aLow: UInt64
    let bHigh: UInt64
    let bLow: UInt64
    /// Ports of A and B, protocol number, and whether the addresses are IPv4.
    let rest: UInt64

    /// The key of `packet`, and whether the packet goes from A to B.
    @inline(__always)
    static func of(_ packet: Packet) -> (key: FlowKey, fromA: Bool) {
        let source = packet.source
        let destination = packet.destination
        let fromA: Bool
        if source.high != destination.high {
            fromA = source.high < destination.high
        } else if source.low != destination.low {
            fromA = source.low < destination.low
        } else {
            fromA = packet.sourcePort <= packet.destinationPort
        }
        let family: UInt64 = source.isIPv4 ? 1 : 0
        let tail = UInt64(packet.transport) << 8 | family
        let sourcePort = UInt64(packet.sourcePort)
        let destinationPort = UInt64(packet.destinationPort)
        if fromA {
            let ports = sourcePort << 48 | destinationPort << 32
            return (
                FlowKey(
                    aHigh: source.high, aLow: source.low, bHigh: destination.high, bLow: destination.low,
                    rest: ports | tail), true
            )
        }
        let ports = destinationPort << 48 | sourcePort << 32
        return (
            FlowKey(
                aHigh: destination.high, aLow: destination.low, bHigh: source.high, bLow: source.low,
                rest: ports | tail), false
        )
    }

    package var isIPv4: Bool { rest & 1 == 1 }
    package var addressA: IPAddress { address(aHigh, aLow) }
    package var addressB: IPAddress { address(bHigh, bLow) }
    package var portA: UInt16 { UInt16(truncatingIfNeeded: rest >> 48) }
    package var portB: UInt16 { UInt16(truncatingIfNeeded: rest >> 32) }
    package var transport: UInt8 { UInt8(truncatingIfNeeded: rest >> 8) }

    private func address(_ high: UInt64, _ low: UInt64) -> IPAddress {
        isIPv4 ? IPAddress(ipv4: UInt32(truncatingIfNeeded: low)) : IPAddress(ipv6High: high, low: low)
    }

    /// A mix of the addresses alone: all flows between two hosts have the same.
    @inline(__always)
    private var addressHash: UInt64 {
        var mixed = (aLow ^ (bLow &* 0x9e37_79b9_7f4a_7c15)) &* 0xbf58_476d_1ce4_e5b9
        mixed ^= mixed >> 32
        mixed = (mixed ^ (aHigh &* 0x94d0_49bb_1331_11eb) ^ bHigh) &* 0x2545_f491_4f6c_dd1d
        return mixed ^ mixed >> 29
    }

    /// Which shard the flow belongs to: by its addresses, so that what concerns two hosts stays together.
    @inline(__always)
    var shard: Int {
        Int(truncatingIfNeeded: addressHash >> 60) & (SortedPackets.shardCount &- 1)
    }

    /// A mix whose every input bit reaches the low bits that index the table.
    @inline(__always)
    var hash: UInt64 {
        let mixed = (addressHash ^ rest) &* 0x9e37_79b9_7f4a_7c15
        return mixed ^ mixed >> 32
    }
}
