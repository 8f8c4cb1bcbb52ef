import Bytes

/// What a client of Google's own QUIC says first: a CHLO message of tagged values.
package struct GoogleHello: Equatable, Sendable {
    /// The tag SNI; nil when absent or refused.
    package var serverName: HostName?
    package var serverNameRefusal: HostName.Refusal?

    /// ```
    /// "CHLO" | count 2 LE | padding 2 | count × (tag 4, end of its value 4 LE) | values
    /// ```
    /// Nil when `message` is no CHLO, or when the index is cut.
    package static func parse(_ message: RawSpan) -> GoogleHello? {
        guard message.has("CHLO", at: 0) else { return nil }
        var reader = ByteReader(message, at: 4)
        var hello = GoogleHello()
        do throws(DecodeFault) {
            let count = Int(try reader.u16LE())
            // Chromium sends some 25 tags and its parser refuses more than 128.
            guard count <= 128 else { return nil }
            try reader.skip(2)
            let values = reader.offset + 8 * count
            var start = 0
            for _ in 0..<count {
                let tag = try reader.u32()
                let end = Int(try reader.u32LE())
                guard end >= start else { return nil }
                if tag == 0x534e_4900 {
                    let name = message.clamped(from: values + start, count: end - start)
                    guard name.byteCount == end - start else { return nil }
                    hello.readName(name)
                }
                start = end
            }
            return hello
        } catch {
            return nil
        }
    }

    private mutating func readName(_ name: RawSpan) {
        guard serverName == nil, name.byteCount > 0 else { return }
        do {
            serverName = try HostName.parse(name)
        } catch {
            serverNameRefusal = error
        }
    }
}

/// Google's QUIC before it took the IETF's shape: Q023 to Q043 with the public header, Q046 to Q049 with a
/// long one; the first packets are in clear behind a checksum of 12 bytes. (Documents: "QUIC Wire Layout
/// Specification" and "QUIC Crypto", both of 2016.)
enum GoogleQUIC {
    /// Whether a datagram begins with a public header that names a version, `Q0` and two digits.
    static func probePublic(_ datagram: RawSpan) -> Bool { versionOffset(datagram) != nil }

    private static let hashLength = 12

    /// The place of the version in a client's public header. Flags: 0x01 version follows, 0x0c length of the
    /// connection id (later 0x08: eight bytes), 0x30 length of the packet number.
    private static func versionOffset(_ datagram: RawSpan) -> Int? {
        guard let flags = datagram.byte(at: 0), flags & 0x81 == 0x01, flags & 0x02 == 0 else { return nil }
        let shortID = [0, 1, 4, 8][Int(flags >> 2 & 3)]
        if flags & 0x08 != 0, isVersion(datagram, at: 9) { return 9 }
        return isVersion(datagram, at: 1 + shortID) ? 1 + shortID : nil
    }

    private static func isVersion(_ datagram: RawSpan, at offset: Int) -> Bool {
        datagram.has("Q0", at: offset) && datagram.byte(at: offset + 2).map(isASCIIDigit) == true
            && datagram.byte(at: offset + 3).map(isASCIIDigit) == true
    }

    /// The hello in a client's datagram with the public header.
    static func parsePublic(_ datagram: RawSpan) -> GoogleHello? {
        guard let place = versionOffset(datagram), let flags = datagram.byte(at: 0),
            let tens = datagram.byte(at: place + 2), let ones = datagram.byte(at: place + 3)
        else { return nil }
        let version = Int(tens & 15) * 10 + Int(ones & 15)
        let numberLength = [1, 2, 4, 6][Int(flags >> 4 & 3)]
        // Up to Q033 a byte of private flags follows the checksum.
        let payload = place + 4 + numberLength + hashLength + (version < 34 ? 1 : 0)
        return frames(datagram, from: payload, version: version, numberLength: numberLength)
    }

    /// The hello in a datagram with the long header of Q046 to Q049.
    ///
    /// ```
    /// first 1 | version 4 | lengths of both ids 1 (four bits each, 0 or 3 more) | ids
    ///   | packet number | hash 12
    /// ```
    static func parseLong(_ datagram: RawSpan) -> GoogleHello? {
        guard let first = datagram.byte(at: 0), let lengths = datagram.byte(at: 5) else { return nil }
        var ids = 0
        for length in [Int(lengths >> 4), Int(lengths & 15)] where length > 0 { ids += length + 3 }
        let numberLength = Int(first & 3) + 1
        return frames(
            datagram, from: 6 + ids + numberLength + hashLength, version: 46, numberLength: numberLength)
    }

    /// Walks over frames to the stream data that begins with CHLO.
    private static func frames(
        _ datagram: RawSpan, from start: Int, version: Int, numberLength: Int
    ) -> GoogleHello? {
        var reader = ByteReader(datagram, at: start)
        do throws(DecodeFault) {
            // Each round consumes at least one byte.
            while !reader.isAtEnd {
                let type = try reader.u8()
                if type & 0x80 != 0 {
                    let data = try streamData(&reader, type, version: version)
                    if let hello = GoogleHello.parse(data) { return hello }
                    continue
                }
                switch type {
                case 0x00, 0x07: continue
                // STOP_WAITING: [entropy 1 |] a difference as long as the packet number.
                case 0x06: try reader.skip(numberLength + (version < 34 ? 1 : 0))
                default: return nil
                }
            }
        } catch {
            return nil
        }
        return nil
    }

    /// A STREAM frame, `1FDOOOSS`: length there (D), length of the offset (O), length of the stream id (S).
    @_lifetime(copy reader)
    private static func streamData(
        _ reader: inout ByteReader, _ type: UInt8, version: Int
    ) throws(DecodeFault) -> RawSpan {
        try reader.skip(Int(type & 3) + 1)
        let offsetLength = Int(type >> 2 & 7)
        try reader.skip(offsetLength == 0 ? 0 : offsetLength + 1)
        guard type & 0x20 != 0 else { return reader.takeRest() }
        // Numbers became big-endian with Q039.
        let length = Int(version < 39 ? try reader.u16LE() : try reader.u16())
        return try reader.take(min(length, reader.remaining))
    }
}
