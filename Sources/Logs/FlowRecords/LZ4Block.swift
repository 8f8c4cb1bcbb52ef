import Bytes

/// Unpacks one raw LZ4 block (lz4_Block_format): no frame, no checksum, the form in which nfdump stores blocks.
enum LZ4Block {
    /// Nil when the block is damaged or unpacks to more than `limit` bytes.
    static func unpack(_ block: RawSpan, limit: Int) -> [UInt8]? {
        var output = UnpackedBytes(limit: limit)
        var index = 0
        while let token = block.byte(at: index) {
            index += 1
            guard let literals = length(Int(token >> 4), block, &index),
                output.append(block, from: index, count: literals)
            else { return nil }
            index += literals
            // The last sequence has literals only.
            if index == block.byteCount { return output.bytes }
            guard let low = block.byte(at: index), let high = block.byte(at: index + 1) else { return nil }
            index += 2
            guard let more = length(Int(token & 15), block, &index),
                output.repeatBytes(distance: Int(high) << 8 | Int(low), count: more + 4)
            else { return nil }
        }
        return nil
    }

    /// A length of 15 goes on in further bytes, each but the last 255.
    private static func length(_ start: Int, _ block: RawSpan, _ index: inout Int) -> Int? {
        var length = start
        guard start == 15 else { return length }
        while let byte = block.byte(at: index) {
            index += 1
            length += Int(byte)
            if byte != 255 { return length }
        }
        return nil
    }
}

/// What a block unpacks to, with its limit: repeats may be long, and a damaged block may not fill the memory.
struct UnpackedBytes {
    private(set) var bytes: [UInt8] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Appends `count` bytes from `start`; false when they are not there or do not fit.
    mutating func append(_ source: RawSpan, from start: Int, count: Int) -> Bool {
        guard count >= 0, start >= 0, count <= source.byteCount - start, count <= limit - bytes.count else {
            return false
        }
        source.clamped(from: start, count: count).append(to: &bytes)
        return true
    }

    /// Appends `count` bytes from `distance` bytes back, which may reach into what it appends.
    mutating func repeatBytes(distance: Int, count: Int) -> Bool {
        guard distance > 0, distance <= bytes.count, count <= limit - bytes.count else { return false }
        let start = bytes.count - distance
        for index in start..<(start + count) { bytes.append(bytes[index]) }
        return true
    }
}
