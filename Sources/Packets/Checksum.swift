import Bytes

/// Internet checksums (RFC 1071) of the innermost IP packet. Captures taken on the sending machine show wrong ones,
/// since the network card fills them in later: that is why nothing is refused for its checksum unless asked.
package enum Checksum {
    /// Whether the checksums of the IPv4 header and of TCP or UDP hold, as far as the capture has all the bytes.
    package static func holds(_ frame: RawSpan, _ packet: Packet) -> Bool {
        let start = packet.layer3Start
        if packet.source.isIPv4 {
            let headerBytes = Int((frame.byte(at: start) ?? 0) & 15) * 4
            guard fold(sum(frame, from: start, count: headerBytes)) == 0xffff else { return false }
        }
        return transportHolds(frame, packet)
    }

    private static func transportHolds(_ frame: RawSpan, _ packet: Packet) -> Bool {
        let isTCP = packet.transport == IPProtocol.tcp
        guard isTCP || packet.transport == IPProtocol.udp, packet.hasTransportHeader, packet.fragment == nil,
            packet.payloadCaptured == packet.payloadLength
        else { return true }
        let start = packet.transportStart
        let count = packet.payloadStart - start + packet.payloadLength
        if !isTCP {
            // UDP over IPv4 may leave it out (RFC 768).
            let stored = UInt16(frame.byte(at: start + 6) ?? 0) << 8 | UInt16(frame.byte(at: start + 7) ?? 0)
            if stored == 0 { return true }
        }
        var total = sum(frame, from: start, count: count)
        for address in [packet.source, packet.destination] {
            for word in [address.high, address.low] {
                for shift in stride(from: UInt64(0), to: 64, by: 16) { total += word >> shift & 0xffff }
            }
        }
        total += UInt64(count) + UInt64(packet.transport)
        return fold(total) == 0xffff
    }

    private static func sum(_ frame: RawSpan, from start: Int, count: Int) -> UInt64 {
        var total: UInt64 = 0
        for index in 0..<max(count, 0) {
            let byte = UInt64(frame.byte(at: start + index) ?? 0)
            total += index % 2 == 0 ? byte << 8 : byte
        }
        return total
    }

    private static func fold(_ total: UInt64) -> UInt64 {
        var total = total
        while total > 0xffff { total = (total >> 16) + (total & 0xffff) }
        return total
    }
}
