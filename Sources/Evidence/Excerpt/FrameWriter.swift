import Bytes
import Flows
import Packets

/// Writes a packet anew: Ethernet, then IP without options or extension headers, then TCP or UDP. Tunnels, VLAN tags
/// and other link layers around it are left away, since their headers name the district's own equipment.
struct FrameWriter {
    var mask: AddressMask

    /// The frame for a packet that carries `payload`.
    ///
    /// - Parameters:
    ///   - missing: bytes behind the payload that were on the wire and not captured; lengths count them.
    ///   - shift: what the TCP sequence number is moved by.
    mutating func write(
        _ watched: WatchedFrame, payload: [UInt8], missing: Int = 0, shift: UInt32 = 0
    ) -> [UInt8] {
        let packet = watched.packet
        let source = mask.mask(packet.source)
        let destination = mask.mask(packet.destination)
        var segment =
            packet.transport == IPProtocol.tcp
            ? FrameWriter.tcpHeader(watched, shift: shift)
            : FrameWriter.udpHeader(packet, payload.count + missing)
        let checksumAt = packet.transport == IPProtocol.tcp ? 16 : 6
        segment += payload
        var sum = FrameWriter.pseudoHeader(source, destination, packet.transport, segment.count + missing)
        sum = FrameWriter.checksum(segment, from: sum)
        // RFC 768: a sum of zero is sent as all ones.
        if packet.transport == IPProtocol.udp, sum == 0 { sum = 0xffff }
        segment[checksumAt] = UInt8(truncatingIfNeeded: sum >> 8)
        segment[checksumAt + 1] = UInt8(truncatingIfNeeded: sum)

        var frame = ethernet(packet)
        frame +=
            source.isIPv4
            ? FrameWriter.ipv4Header(watched, source, destination, segment.count + missing)
            : FrameWriter.ipv6Header(packet, source, destination, segment.count + missing)
        return frame + segment
    }

    private func ethernet(_ packet: Packet) -> [UInt8] {
        var bytes: [UInt8] = []
        // A link without addresses gets those that stand for nought.
        bytes.append(bigEndian: mask.mask(packet.destinationMAC ?? MACAddress(bits: 0)).bits, 6)
        bytes.append(bigEndian: mask.mask(packet.sourceMAC ?? MACAddress(bits: 0)).bits, 6)
        bytes.append(bigEndian: packet.source.isIPv4 ? 0x0800 : 0x86dd, 2)
        return bytes
    }

    /// RFC 791 section 3.1. Kept: the type of service, the identification, "don't fragment", and the time to live.
    private static func ipv4Header(
        _ watched: WatchedFrame, _ source: IPAddress, _ destination: IPAddress, _ count: Int
    ) -> [UInt8] {
        let start = watched.packet.layer3Start
        func original(_ offset: Int) -> UInt8 {
            watched.bytes.indices.contains(start + offset) ? watched.bytes[start + offset] : 0
        }
        var header: [UInt8] = [0x45, original(1)]
        header.append(bigEndian: UInt64(20 + count), 2)
        header += [original(4), original(5), original(6) & 0x40, 0]
        header += [watched.packet.hopLimit, watched.packet.transport, 0, 0]
        header.append(source)
        header.append(destination)
        let sum = checksum(header, from: 0)
        header[10] = UInt8(truncatingIfNeeded: sum >> 8)
        header[11] = UInt8(truncatingIfNeeded: sum)
        return header
    }

    /// RFC 8200 section 3. Traffic class and flow label are zero: some systems make the label from a secret of the
    /// machine.
    private static func ipv6Header(
        _ packet: Packet, _ source: IPAddress, _ destination: IPAddress, _ count: Int
    ) -> [UInt8] {
        var header: [UInt8] = [0x60, 0, 0, 0]
        header.append(bigEndian: UInt64(count), 2)
        header += [packet.transport, packet.hopLimit]
        header.append(source)
        header.append(destination)
        return header
    }

    /// RFC 9293 section 3.1, with the options of `keptOptions`.
    private static func tcpHeader(_ watched: WatchedFrame, shift: UInt32) -> [UInt8] {
        let packet = watched.packet
        let original = ByteView(watched.bytes)
        let start = packet.transportStart
        let headerBytes = max(packet.payloadStart - start, 20)
        var options: [UInt8] = []
        if headerBytes > 20, headerBytes <= 60 {
            options = keptOptions(original.slice(start + 20, headerBytes - 20))
        }
        var header: [UInt8] = []
        header.append(bigEndian: UInt64(packet.sourcePort), 2)
        header.append(bigEndian: UInt64(packet.destinationPort), 2)
        header.append(bigEndian: UInt64(packet.tcpSequence &+ shift), 4)
        header.append(bigEndian: UInt64(packet.tcpAcknowledgment), 4)
        header += [UInt8(truncatingIfNeeded: (20 + options.count) / 4) << 4, packet.tcpFlags.rawValue]
        header += [original[start + 14], original[start + 15], 0, 0, 0, 0]
        return header + options
    }

    /// The options as they were, with all but MSS, window scale and SACK turned into padding (RFC 9293 section 3.1):
    /// timestamps count from a device's start and fingerprint it (RFC 7323 section 7.1), and cookies and addresses of
    /// other options are made for one device.
    static func keptOptions(_ options: [UInt8]) -> [UInt8] {
        var kept = [UInt8](repeating: 1, count: (options.count + 3) / 4 * 4)
        var offset = 0
        while offset < options.count {
            let kind = options[offset]
            if kind == 0 { break }
            if kind == 1 {
                offset += 1
                continue
            }
            guard offset + 1 < options.count else { break }
            let length = Int(options[offset + 1])
            guard length >= 2, offset + length <= options.count else { break }
            if (2...5).contains(kind) {
                for place in offset..<(offset + length) { kept[place] = options[place] }
            }
            offset += length
        }
        return kept
    }

    private static func udpHeader(_ packet: Packet, _ count: Int) -> [UInt8] {
        var header: [UInt8] = []
        header.append(bigEndian: UInt64(packet.sourcePort), 2)
        header.append(bigEndian: UInt64(packet.destinationPort), 2)
        header.append(bigEndian: UInt64(8 + count), 2)
        return header + [0, 0]
    }

    /// What goes into the sum beside the segment (RFC 9293 section 3.1, RFC 8200 section 8.1).
    private static func pseudoHeader(
        _ source: IPAddress, _ destination: IPAddress, _ transport: UInt8, _ count: Int
    ) -> UInt64 {
        var bytes: [UInt8] = []
        bytes.append(source)
        bytes.append(destination)
        var sum: UInt64 = UInt64(transport) + UInt64(count)
        for index in stride(from: 0, to: bytes.count, by: 2) {
            sum += UInt64(bytes[index]) << 8 | UInt64(bytes[index + 1])
        }
        return sum
    }

    /// RFC 1071.
    private static func checksum(_ bytes: [UInt8], from start: UInt64) -> UInt64 {
        var sum = start
        for (index, byte) in bytes.enumerated() { sum += index % 2 == 0 ? UInt64(byte) << 8 : UInt64(byte) }
        while sum > 0xffff { sum = (sum >> 16) + (sum & 0xffff) }
        return ~sum & 0xffff
    }
}

/// Bytes that answer nought where there are none.
struct ByteView {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    subscript(_ offset: Int) -> UInt8 { bytes.indices.contains(offset) ? bytes[offset] : 0 }

    /// As much of `count` bytes from `start` on as there is.
    func slice(_ start: Int, _ count: Int) -> [UInt8] {
        let low = min(max(start, 0), bytes.count)
        return Array(bytes[low..<(low + min(max(count, 0), bytes.count - low))])
    }
}
