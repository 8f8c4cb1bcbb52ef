import Bytes

/// Numbers distinct texts and keeps each once: a lease journal names the same host thousands of times, and a
/// million `String`s would take more memory than all else.
struct TextPool: Sendable {
    private var bytes: [UInt8] = []
    /// Where each text ends in `bytes`.
    private var ends: [Int] = []
    /// `hash << 32 | id + 1`; 0 when free. Open addressing.
    private var slots = [UInt64](repeating: 0, count: 64)

    /// No text.
    static let none: Int32 = -1
    /// Bytes of one text, at most: names and users are far shorter, and a log's line may be a megabyte.
    static let lengthLimit = 320

    var count: Int { ends.count }

    /// The number of `text`; `none` for an empty or overlong one.
    mutating func add(_ text: RawSpan) -> Int32 {
        guard text.byteCount > 0, text.byteCount <= TextPool.lengthLimit, ends.count < Int(Int32.max) else {
            return TextPool.none
        }
        let hash = TextPool.hash(text)
        let mask = slots.count &- 1
        var index = Int(hash) & mask
        while slots[index] != 0 {
            let slot = slots[index]
            let id = Int(slot & 0xffff_ffff) &- 1
            if UInt32(truncatingIfNeeded: slot >> 32) == hash, holds(id, text) {
                return Int32(truncatingIfNeeded: id)
            }
            index = (index &+ 1) & mask
        }
        text.append(to: &bytes)
        ends.append(bytes.count)
        slots[index] = UInt64(hash) << 32 | UInt64(ends.count)
        if ends.count &* 3 > slots.count &* 2 { grow() }
        return Int32(truncatingIfNeeded: ends.count &- 1)
    }

    mutating func add(_ text: String) -> Int32 {
        let utf8 = Array(text.utf8)
        return utf8.withRawSpan { add($0) }
    }

    /// The text of a number; nil for `none`. What is not UTF-8 is read as Latin-1, so that no byte is lost.
    func text(_ id: Int32) -> String? {
        let index = Int(id)
        guard ends.indices.contains(index) else { return nil }
        let slice = bytes[start(index)..<ends[index]]
        if let text = String(validating: slice, as: UTF8.self) { return text }
        return String(String.UnicodeScalarView(slice.map { Unicode.Scalar($0) }))
    }

    private func start(_ index: Int) -> Int { index == 0 ? 0 : ends[index &- 1] }

    private func holds(_ id: Int, _ text: RawSpan) -> Bool {
        let from = start(id)
        guard ends[id] &- from == text.byteCount else { return false }
        return bytes.span.bytesView.clamped(from: from, count: text.byteCount).equals(text)
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        let mask = slots.count &- 1
        for slot in old where slot != 0 {
            var index = Int(slot >> 32) & mask
            while slots[index] != 0 { index = (index &+ 1) & mask }
            slots[index] = slot
        }
    }

    private static func hash(_ text: RawSpan) -> UInt32 {
        UInt32(truncatingIfNeeded: fingerprint(text) >> 32)
    }

    /// FNV-1a, then a multiplication that spreads its low bits upwards.
    static func fingerprint(_ text: RawSpan) -> UInt64 {
        var state: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in 0..<text.byteCount {
            state = (state ^ UInt64(text.byte(at: index) ?? 0)) &* 0x100_0000_01b3
        }
        return state &* 0x9e37_79b9_7f4a_7c15
    }
}
