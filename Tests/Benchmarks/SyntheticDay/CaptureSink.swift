import Bytes
import Glibc

/// The container that frames are written into.
package enum CaptureForm: Sendable {
    case pcap
    case pcapng
}

/// A capture file under construction: packets of one interface, microseconds.
struct CaptureSink: ~Copyable {
    var buffer = PacketBuffer()
    private let path: String
    private let descriptor: Int32
    private let form: CaptureForm
    private let snapLength: Int

    /// Where the record, the frame, the IP header and the transport header in hand begin.
    private var recordStart = 0
    private var frameStart = 0
    private var ipStart = 0
    private var transportStart = 0

    /// What stands behind an Ethernet header of 14 bytes is 46 bytes at least (IEEE 802.3 §3.2.7).
    private static let smallestFrame = 60

    init(path: String, form: CaptureForm, snapLength: Int) throws(FileFault) {
        self.path = path
        self.form = form
        self.snapLength = snapLength
        unsafe descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileFault(path: path, code: errno) }
        putFileHeader()
    }

    deinit { Glibc.close(descriptor) }

    private mutating func putFileHeader() {
        switch form {
        case .pcap:
            buffer.put(little: UInt32(0xa1b2_c3d4))
            buffer.put(little: UInt32(0x0004_0002))
            buffer.put(little: UInt64(0))
            buffer.put(little: UInt32(snapLength))
            buffer.put(little: UInt32(1))
        case .pcapng:
            // A section header of unknown length, then an interface description: Ethernet.
            for word: UInt32 in [0x0a0d_0d0a, 28, 0x1a2b_3c4d, 1, .max, .max, 28] { buffer.put(little: word) }
            for word: UInt32 in [1, 20, 1, UInt32(snapLength), 20] { buffer.put(little: word) }
        }
    }

    /// Begins a frame with its Ethernet and IP header; lengths and checksums come at its end.
    mutating func open(_ ends: Ends, up: Bool, transport: UInt8) {
        recordStart = buffer.end
        // The record header is filled in at the end.
        buffer.putZeros(form == .pcap ? 16 : 28)
        frameStart = buffer.end
        putMAC(up ? Ends.gatewayMAC : ends.clientMAC)
        putMAC(up ? ends.clientMAC : Ends.gatewayMAC)
        buffer.put(UInt16(ends.client.isIPv4 ? 0x0800 : 0x86dd))
        ipStart = buffer.end
        let (source, target) = up ? (ends.client, ends.server) : (ends.server, ends.client)
        if source.isIPv4 {
            // Version and length, no services; total length and number; do not fragment, at the start.
            for word: UInt32 in [0x4500_0000, 0x4000, 0x4000_0000 | UInt32(transport) << 16] {
                buffer.put(word)
            }
            buffer.put(UInt32(truncatingIfNeeded: source.low))
            buffer.put(UInt32(truncatingIfNeeded: target.low))
        } else {
            buffer.put(UInt32(0x6000_0000))
            buffer.put(UInt32(transport) << 8 | 64)
            for word in [source.high, source.low, target.high, target.low] { buffer.put(word) }
        }
        transportStart = buffer.end
        buffer.put(up ? ends.clientPort : ends.serverPort)
        buffer.put(up ? ends.serverPort : ends.clientPort)
    }

    private mutating func putMAC(_ bits: UInt64) {
        buffer.put(UInt16(truncatingIfNeeded: bits >> 32))
        buffer.put(UInt32(truncatingIfNeeded: bits))
    }

    /// The rest of a TCP header; a SYN tells the largest segment.
    mutating func putTCP(_ sequence: UInt32, _ acknowledgement: UInt32, _ flags: UInt8) {
        let isSYN = flags & TCPFlag.syn != 0
        buffer.put(sequence)
        buffer.put(acknowledgement)
        buffer.put(UInt16(isSYN ? 0x6000 : 0x5000) | UInt16(flags))
        buffer.put(UInt16(0xfaf0))
        buffer.put(UInt32(0))
        if isSYN { buffer.put(UInt32(0x0204_05b4)) }
    }

    /// The rest of a UDP header.
    mutating func putUDP() { buffer.put(UInt32(0)) }

    /// Ends the frame; returns its layer-3 bytes and the bytes that a plain pcap record of it has.
    mutating func close(
        at time: UInt64, _ ends: Ends, transport: UInt8
    ) throws(FileFault) -> (layer3: Int, record: Int) {
        let layer3 = buffer.end - ipStart
        let segment = buffer.end - transportStart
        if ends.client.isIPv4 {
            buffer.set(UInt16(layer3), at: ipStart + 2)
            buffer.set(checksum(buffer.sum(from: ipStart, to: transportStart)), at: ipStart + 10)
        } else {
            buffer.set(UInt16(segment), at: ipStart + 4)
        }
        let isTCP = transport == TransportNumber.tcp
        if !isTCP { buffer.set(UInt16(segment), at: transportStart + 4) }
        // The pseudo-header: addresses, protocol and length (RFC 9293 §3.1, RFC 768, RFC 8200 §8.1).
        let addresses = ends.client.isIPv4 ? 8 : 32
        let fixed = UInt64((UInt16(segment) &+ UInt16(transport)).byteSwapped)
        let sum = buffer.sum(from: transportStart - addresses, to: buffer.end) &+ fixed
        buffer.set(checksum(sum), at: transportStart + (isTCP ? 16 : 6))
        buffer.putZeros(max(0, CaptureSink.smallestFrame - (buffer.end - frameStart)))
        let wire = buffer.end - frameStart
        buffer.cut(to: min(buffer.end, frameStart + snapLength))
        closeRecord(at: time, wire: wire)
        if buffer.isFull { try flush() }
        return (layer3, wire + 16)
    }

    private func checksum(_ sum: UInt64) -> UInt16 {
        var folded = sum
        while folded > 0xffff { folded = folded & 0xffff &+ folded >> 16 }
        let checksum = ~UInt16(truncatingIfNeeded: folded)
        // Sums of little-endian words are byte-swapped sums (RFC 1071 §2); a sum of zero is sent as ones.
        return checksum == 0 ? 0xffff : checksum.byteSwapped
    }

    private mutating func closeRecord(at time: UInt64, wire: Int) {
        let microseconds = time / 1000
        let captured = buffer.end - frameStart
        switch form {
        case .pcap:
            setField(0, UInt32(microseconds / 1_000_000))
            setField(1, UInt32(microseconds % 1_000_000))
            setField(2, UInt32(captured))
            setField(3, UInt32(wire))
        case .pcapng:
            buffer.putZeros((4 - captured % 4) % 4)
            let length = UInt32(buffer.end + 4 - recordStart)
            buffer.put(little: length)
            setField(0, 6)
            setField(1, length)
            setField(2, 0)
            setField(3, UInt32(truncatingIfNeeded: microseconds >> 32))
            setField(4, UInt32(truncatingIfNeeded: microseconds))
            setField(5, UInt32(captured))
            setField(6, UInt32(wire))
        }
    }

    /// Sets a little-endian word of the record header.
    @inline(__always)
    private mutating func setField(_ index: Int, _ value: UInt32) {
        buffer.set(value.byteSwapped, at: recordStart + 4 * index)
    }

    /// Writes what is left.
    mutating func flush() throws(FileFault) {
        guard buffer.flush(to: descriptor) else { throw FileFault(path: path, code: errno) }
    }
}

/// The two ends of a flow.
struct Ends {
    var clientMAC: UInt64 = 0
    var client: IPAddress = .zero
    var server: IPAddress = .zero
    var clientPort: UInt16 = 0
    var serverPort: UInt16 = 0

    /// Locally administered, like all hardware addresses here.
    static let gatewayMAC: UInt64 = 0x0200_5e00_0001
}

enum TransportNumber {
    static let tcp: UInt8 = 6
    static let udp: UInt8 = 17
}

enum TCPFlag {
    static let fin: UInt8 = 1
    static let syn: UInt8 = 2
    static let push: UInt8 = 8
    static let ack: UInt8 = 16
}
