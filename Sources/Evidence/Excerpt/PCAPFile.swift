import Bytes

/// A pcap file of Ethernet frames with nanoseconds, little-endian (draft-ietf-opsawg-pcap sections 4 and 5).
struct PCAPFile {
    private(set) var bytes: [UInt8] = []

    init() {
        append(0xa1b2_3c4d, 4)
        append(2, 2)
        append(4, 2)
        append(0, 8)
        append(262_144, 4)
        append(1, 4)
    }

    /// Adds a frame; `missing` bytes of it were on the wire and not captured. Its time lies in 1970 to 2106.
    mutating func add(_ frame: [UInt8], at time: Timestamp, missing: Int) {
        let seconds = time.seconds
        append(UInt64(clamping: seconds), 4)
        append(UInt64(clamping: time.nanoseconds &- seconds &* 1_000_000_000), 4)
        append(UInt64(frame.count), 4)
        append(UInt64(frame.count + missing), 4)
        bytes += frame
    }

    private mutating func append(_ value: UInt64, _ count: Int) {
        for place in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * place))) }
    }
}
