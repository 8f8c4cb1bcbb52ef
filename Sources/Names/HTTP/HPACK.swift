import Bytes

/// A decoder of HTTP/2 header blocks (RFC 7541) that follows the dynamic table and keeps nothing but
/// authorities: of every other field only the length is remembered.
struct HPACKDecoder: Sendable {
    /// What a block says about whom it is for.
    struct Fields {
        var authority: [UInt8]?
        var host: [UInt8]?
    }

    private enum Kind: Sendable {
        case authority
        case host
        case other
    }

    private struct Entry: Sendable {
        var kind: Kind
        var nameLength: Int
        /// Kept for authorities and hosts only.
        var value: [UInt8]
        /// RFC 7541 §4.1: both lengths and 32.
        var size: Int
    }

    /// Newest last.
    private var table: [Entry] = []
    private var size = 0
    private var capacity = 4096

    /// RFC 9113 §6.5.2 starts with 4096 bytes; servers raise it to 64 KiB at most. More is nobody's.
    private static let capacityLimit = 1 << 16

    /// Decodes one block. After an error the table is not to be trusted any more: nothing follows on the
    /// connection.
    mutating func decode(_ block: RawSpan) throws(DecodeFault) -> Fields {
        var reader = ByteReader(block)
        var fields = Fields()
        // Each round consumes at least one byte.
        while let first = reader.peek() {
            if first & 0x80 != 0 {
                let entry = try entry(try HPACKDecoder.integer(&reader, bits: 7))
                HPACKDecoder.note(entry.kind, entry.value, &fields)
            } else if first & 0x40 != 0 {
                let entry = try literal(&reader, bits: 6)
                HPACKDecoder.note(entry.kind, entry.value, &fields)
                insert(entry)
            } else if first & 0x20 != 0 {
                let wanted = try HPACKDecoder.integer(&reader, bits: 5)
                guard wanted <= HPACKDecoder.capacityLimit else { throw .malformed }
                capacity = wanted
                evict()
            } else {
                let entry = try literal(&reader, bits: 4)
                HPACKDecoder.note(entry.kind, entry.value, &fields)
            }
        }
        return fields
    }

    private static func note(_ kind: Kind, _ value: [UInt8], _ fields: inout Fields) {
        switch kind {
        case .authority: fields.authority = fields.authority ?? value
        case .host: fields.host = fields.host ?? value
        case .other: break
        }
    }

    /// The entry at `index`: the static table, then the dynamic one from its newest on (RFC 7541 §2.3.3).
    private func entry(_ index: Int) throws(DecodeFault) -> Entry {
        guard index > 0 else { throw .malformed }
        if index <= HPACKTables.staticLengths.count {
            let lengths = HPACKTables.staticLengths[index - 1]
            let kind: Kind =
                switch index {
                case HPACKTables.authorityIndex: .authority
                case HPACKTables.hostIndex: .host
                default: .other
                }
            return Entry(
                kind: kind, nameLength: lengths.name, value: [], size: lengths.name + lengths.value + 32)
        }
        let place = table.count - (index - HPACKTables.staticLengths.count)
        guard place >= 0 else { throw .malformed }
        return table[place]
    }

    /// A literal field (RFC 7541 §6.2): its name by index or as text, then its value.
    private func literal(_ reader: inout ByteReader, bits: UInt8) throws(DecodeFault) -> Entry {
        let index = try HPACKDecoder.integer(&reader, bits: bits)
        let kind: Kind
        let nameLength: Int
        if index > 0 {
            let named = try entry(index)
            (kind, nameLength) = (named.kind, named.nameLength)
        } else {
            let name = try HPACKDecoder.text(&reader)
            nameLength = name.count
            kind =
                name.elementsEqual(":authority".utf8)
                ? .authority : name.elementsEqual("host".utf8) ? .host : .other
        }
        let value = try HPACKDecoder.text(&reader)
        return Entry(
            kind: kind, nameLength: nameLength, value: kind == .other ? [] : value,
            size: nameLength + value.count + 32)
    }

    private mutating func insert(_ entry: Entry) {
        table.append(entry)
        size += entry.size
        evict()
    }

    /// Every entry is at least 32 bytes in size, so the capacity bounds their number.
    private mutating func evict() {
        var gone = 0
        while size > capacity, gone < table.count {
            size -= table[gone].size
            gone += 1
        }
        if gone > 0 { table.removeFirst(gone) }
    }

    /// An integer with a prefix of `bits` bits (RFC 7541 §5.1), at most what a block's length can be.
    static func integer(_ reader: inout ByteReader, bits: UInt8) throws(DecodeFault) -> Int {
        let mask = UInt8(truncatingIfNeeded: (1 << Int(bits)) - 1)
        let first = try reader.u8() & mask
        guard first == mask else { return Int(first) }
        var value = Int(mask)
        // Four bytes of seven bits are more than any block's length.
        for shift in stride(from: 0, to: 28, by: 7) {
            let byte = try reader.u8()
            value += Int(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw .malformed
    }

    /// A string (RFC 7541 §5.2), decoded.
    static func text(_ reader: inout ByteReader) throws(DecodeFault) -> [UInt8] {
        let isHuffman = (reader.peek() ?? 0) & 0x80 != 0
        let content = try reader.take(try integer(&reader, bits: 7))
        return isHuffman ? try huffman(content) : content.copied()
    }

    /// Bit by bit through the canonical code; the longest code has 30 bits, the shortest 5.
    static func huffman(_ bytes: RawSpan) throws(DecodeFault) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.byteCount * 8 / 5)
        var code: UInt32 = 0
        var length = 0
        for index in 0..<bytes.byteCount {
            let byte = bytes.byte(at: index) ?? 0
            for bit in stride(from: UInt8(7), through: 0, by: -1) {
                code = code << 1 | UInt32(byte >> bit & 1)
                length += 1
                guard length <= HPACKTables.longestCode else { throw .malformed }
                let rank = Int(code) - Int(HPACKTables.firstCodes[length])
                let count = HPACKTables.firstSymbols[length + 1] - HPACKTables.firstSymbols[length]
                guard rank >= 0, rank < count else { continue }
                let symbol = HPACKTables.symbols[HPACKTables.firstSymbols[length] + rank]
                guard symbol != HPACKTables.endOfString else { throw .malformed }
                text.append(UInt8(truncatingIfNeeded: symbol))
                code = 0
                length = 0
            }
        }
        // What is left is padding: the first bits of end-of-string, all ones, fewer than eight.
        guard length < 8, code == (1 << UInt32(length)) - 1 else { throw .malformed }
        return text
    }
}
