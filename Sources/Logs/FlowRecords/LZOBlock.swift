import Bytes

/// Unpacks one LZO1X block, the form that `nfcapd -z` stores. Written from the description of the stream format in
/// the Linux documentation (staging/lzo.rst).
struct LZOBlock {
    private var output: UnpackedBytes
    private var index = 0
    /// Literals behind the last instruction: 0 to 3, or 4 for a run of its own. Decides what a low instruction means.
    private var state = 0

    private init(limit: Int) { output = UnpackedBytes(limit: limit) }

    /// Nil when the block is damaged or unpacks to more than `limit` bytes.
    static func unpack(_ block: RawSpan, limit: Int) -> [UInt8]? {
        var unpacker = LZOBlock(limit: limit)
        return unpacker.run(block) ? unpacker.output.bytes : nil
    }

    private mutating func run(_ block: RawSpan) -> Bool {
        guard let first = block.byte(at: 0) else { return false }
        if first > 17 {
            index = 1
            let count = Int(first) - 17
            guard copyLiterals(block, count) else { return false }
            state = min(count, 4)
        }
        while let instruction = block.byte(at: index) {
            index += 1
            switch instruction {
            case 0..<16:
                guard runLow(block, Int(instruction)) else { return false }
            case 16..<32:
                guard let length = length(Int(instruction & 7), mask: 7, block),
                    let (distance, rest) = word(block)
                else { return false }
                let far = Int(instruction & 8) << 11 + distance
                // A far match of no distance ends the stream.
                if far == 0 { return index == block.byteCount }
                guard copyMatch(block, distance: 16384 + far, count: length + 2, rest) else { return false }
            case 32..<64:
                guard let length = length(Int(instruction & 31), mask: 31, block),
                    let (distance, rest) = word(block),
                    copyMatch(block, distance: distance + 1, count: length + 2, rest)
                else { return false }
            default:
                guard let high = block.byte(at: index) else { return false }
                index += 1
                let count = instruction < 128 ? 3 + Int(instruction >> 5 & 1) : 5 + Int(instruction >> 5 & 3)
                let distance = Int(high) << 3 + Int(instruction >> 2 & 7) + 1
                guard copyMatch(block, distance: distance, count: count, Int(instruction & 3)) else {
                    return false
                }
            }
        }
        return false
    }

    /// 0 to 15: a run of literals when none came before, else a short match.
    private mutating func runLow(_ block: RawSpan, _ instruction: Int) -> Bool {
        if state == 0 {
            guard let length = length(instruction, mask: 15, block), copyLiterals(block, length + 3) else {
                return false
            }
            state = 4
            return true
        }
        guard let high = block.byte(at: index) else { return false }
        index += 1
        let near = Int(high) << 2 + instruction >> 2
        return state == 4
            ? copyMatch(block, distance: near + 2049, count: 3, instruction & 3)
            : copyMatch(block, distance: near + 1, count: 2, instruction & 3)
    }

    /// A length of 0 goes on: every zero byte counts 255, the byte that is none ends it.
    private mutating func length(_ start: Int, mask: Int, _ block: RawSpan) -> Int? {
        if start != 0 { return start }
        var length = mask
        while let byte = block.byte(at: index) {
            index += 1
            if byte != 0 { return length + Int(byte) }
            length += 255
        }
        return nil
    }

    /// Fourteen bits of distance and two of literals, little-endian.
    private mutating func word(_ block: RawSpan) -> (distance: Int, literals: Int)? {
        guard let low = block.byte(at: index), let high = block.byte(at: index + 1) else { return nil }
        index += 2
        let value = Int(high) << 8 | Int(low)
        return (value >> 2, value & 3)
    }

    private mutating func copyMatch(_ block: RawSpan, distance: Int, count: Int, _ literals: Int) -> Bool {
        guard output.repeatBytes(distance: distance, count: count), copyLiterals(block, literals) else {
            return false
        }
        state = literals
        return true
    }

    private mutating func copyLiterals(_ block: RawSpan, _ count: Int) -> Bool {
        guard output.append(block, from: index, count: count) else { return false }
        index += count
        return true
    }
}
