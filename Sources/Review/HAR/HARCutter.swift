import Bytes

/// Cuts a HAR file (HTTP Archive 1.2) into the pieces that are worth a parser, while it is read in windows.
///
/// A HAR is one JSON document that may be larger than memory. Only its brackets, strings and the keys of the two
/// outermost objects are looked at here; each entry, page and description of a program is handed on whole.
struct HARCutter {
    /// Which JSON document it is, and so where its entries are.
    enum Format: Sendable {
        /// `log.entries`, `log.pages`, `log.creator`.
        case har
        /// Chrome's netlog: `events`, `constants`.
        case netlog
    }

    enum Kind: Equatable, Sendable {
        case entry
        case page
        /// `log.creator` or `log.browser`.
        case program
    }

    struct Piece: Equatable, Sendable {
        var kind: Kind
        var bytes: [UInt8]
        /// Where it begins in the file.
        var offset: Int64
        /// Strings that were longer than `stringLimit` and were cut.
        var cutStrings = 0
        /// The piece was longer than `pieceLimit`: `bytes` is empty.
        var isTooLong = false
    }

    /// What ends the reading of a file.
    struct Fault: Error, Equatable, Sendable {
        var offset: Int64
        var reason: String
    }

    /// Real HARs nest some forty levels (call stacks of call stacks); deeper is an attack on whoever parses it.
    static let depthLimit = 512
    /// A body of more than that is cut: what an app says about a student is said long before.
    static let stringLimit = 16 << 20
    /// Several bodies at their limit; it bounds memory.
    static let pieceLimit = 64 << 20

    private let format: Format
    private(set) var pieces: [Piece] = []
    /// Bytes in `pieces`.
    private(set) var pieceBytes = 0
    /// Whether `log` and its `entries` were seen.
    private(set) var foundEntries = false

    private var stack: [UInt8] = []
    private var isInString = false
    private var isEscaped = false
    private var stringBytes = 0
    /// The next string is a key of one of the two outermost objects.
    private var isAwaitingKey = false
    private var isReadingKey = false
    private var key: [UInt8] = []
    private var outerKeys = ["", ""]
    /// The piece that is being copied, without its bytes, which grow in place in `copied`.
    private var collecting: Piece?
    private var copied: [UInt8] = []
    private var collectingDepth = 0
    private var isFinished = false
    /// Bytes that were taken in before the window at hand.
    private var position: Int64 = 0

    init(_ format: Format = .har) { self.format = format }

    /// Within an entry, for messages about files that end there.
    var isInPiece: Bool { collecting != nil }
    var isAtEnd: Bool { isFinished }

    mutating func takePieces() -> [Piece] {
        defer {
            pieces = []
            pieceBytes = 0
        }
        return pieces
    }

    /// Takes in the file's next bytes.
    mutating func take(_ window: RawSpan) throws(Fault) {
        var index = 0
        /// From where on the window's bytes belong to the piece and are not copied yet.
        var start = 0
        while index < window.byteCount {
            if isInString {
                index = passString(window, from: index, start: &start)
            } else {
                try step(window, &index, &start)
            }
        }
        copy(window, &start, to: window.byteCount)
        position += Int64(window.byteCount)
    }

    // MARK: - Strings

    /// Goes on to behind the string's end, or the window's.
    private mutating func passString(_ window: RawSpan, from first: Int, start: inout Int) -> Int {
        var index = first
        while index < window.byteCount {
            if isEscaped {
                isEscaped = false
                index += 1
                continue
            }
            let next = HARCutter.quoteOrBackslash(window, from: index)
            if next == window.byteCount {
                index = next
                break
            }
            index = next + 1
            if window.byte(at: next) == UInt8(ascii: "\\") {
                isEscaped = true
                continue
            }
            endString(window, from: first, at: next, &start)
            return index
        }
        noteString(window, from: first, to: index, &start)
        return index
    }

    private mutating func endString(_ window: RawSpan, from first: Int, at quote: Int, _ start: inout Int) {
        noteString(window, from: first, to: quote, &start)
        if stringBytes > HARCutter.stringLimit { start = quote }
        isInString = false
        guard isReadingKey else { return }
        isReadingKey = false
        outerKeys[stack.count - 1] = String(decoding: key, as: UTF8.self)
    }

    /// Counts bytes of the string, and leaves out those beyond the limit.
    private mutating func noteString(_ window: RawSpan, from first: Int, to end: Int, _ start: inout Int) {
        if isReadingKey, key.count < 64 {
            window.clamped(from: first, count: min(end - first, 64)).append(to: &key)
        }
        let before = stringBytes
        stringBytes += end - first
        guard collecting != nil, stringBytes > HARCutter.stringLimit else { return }
        if before <= HARCutter.stringLimit {
            copy(window, &start, to: first + HARCutter.stringLimit - before)
            dropOpenEscape()
            collecting?.cutStrings += 1
        }
        start = end
    }

    /// The first quote or backslash at or after `first`, or the window's end; eight bytes at a time.
    private static func quoteOrBackslash(_ window: RawSpan, from first: Int) -> Int {
        var index = first
        while index &+ 8 <= window.byteCount {
            let word = window.word(at: index)
            let quotes = zeroBytes(word ^ 0x2222_2222_2222_2222)
            let backslashes = zeroBytes(word ^ 0x5c5c_5c5c_5c5c_5c5c)
            let found = quotes | backslashes
            if found != 0 { return index &+ found.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while let byte = window.byte(at: index), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            index &+= 1
        }
        return index
    }

    /// A word whose lowest set bit lies in the lowest zero byte of `word`; 0 when there is none.
    private static func zeroBytes(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }

    // MARK: - Structure

    private mutating func step(_ window: RawSpan, _ index: inout Int, _ start: inout Int) throws(Fault) {
        let byte = window.byte(at: index) ?? 0
        switch byte {
        case UInt8(ascii: "\""):
            beginString()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            try open(byte, at: index, &start)
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            try close(byte, window, at: index, &start)
        case UInt8(ascii: ","):
            isAwaitingKey = stack.count <= 2 && stack.last == UInt8(ascii: "{")
        case UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
            break
        default:
            guard !stack.isEmpty || isMark(byte, at: position + Int64(index)) else {
                throw fault(index, "no JSON object begins here")
            }
        }
        index += 1
    }

    /// The byte order mark that some programs write.
    private func isMark(_ byte: UInt8, at offset: Int64) -> Bool {
        switch offset {
        case 0: byte == 0xef
        case 1: byte == 0xbb
        case 2: byte == 0xbf
        default: false
        }
    }

    private mutating func beginString() {
        isInString = true
        isEscaped = false
        stringBytes = 0
        guard isAwaitingKey else { return }
        isAwaitingKey = false
        isReadingKey = true
        key.removeAll(keepingCapacity: true)
    }

    private mutating func open(_ byte: UInt8, at index: Int, _ start: inout Int) throws(Fault) {
        if stack.isEmpty, isFinished || byte != UInt8(ascii: "{") {
            throw fault(index, isFinished ? "another value follows the HAR" : "a HAR is a JSON object")
        }
        guard stack.count < HARCutter.depthLimit else {
            throw fault(index, "nested deeper than \(HARCutter.depthLimit) levels")
        }
        if collecting == nil, let kind = pieceKind(byte) {
            collecting = Piece(kind: kind, bytes: [], offset: position + Int64(index))
            collectingDepth = stack.count
            start = index
        }
        stack.append(byte)
        isAwaitingKey = stack.count <= 2 && byte == UInt8(ascii: "{")
        if byte == UInt8(ascii: "["), isList { foundEntries = true }
    }

    /// Whether the list that was just opened is that of the entries.
    private var isList: Bool {
        switch format {
        case .har: stack.count == 3 && outerKeys == ["log", "entries"]
        case .netlog: stack.count == 2 && outerKeys[0] == "events"
        }
    }

    /// What a value that opens here is a piece of.
    private func pieceKind(_ byte: UInt8) -> Kind? {
        guard byte == UInt8(ascii: "{") else { return nil }
        if format == .netlog {
            if stack.count == 1, outerKeys[0] == "constants" { return .program }
            let isEvent = stack.count == 2 && outerKeys[0] == "events" && stack[1] == UInt8(ascii: "[")
            return isEvent ? .entry : nil
        }
        guard outerKeys[0] == "log" else { return nil }
        switch (stack.count, outerKeys[1]) {
        case (3, "entries") where stack[2] == UInt8(ascii: "["): return .entry
        case (3, "pages") where stack[2] == UInt8(ascii: "["): return .page
        case (2, "creator"), (2, "browser"): return .program
        default: return nil
        }
    }

    private mutating func close(_ byte: UInt8, _ window: RawSpan, at index: Int, _ start: inout Int)
        throws(Fault)
    {
        let opened: UInt8 = byte == UInt8(ascii: "}") ? UInt8(ascii: "{") : UInt8(ascii: "[")
        guard stack.popLast() == opened else { throw fault(index, "a bracket closes what was not opened") }
        isAwaitingKey = false
        if collecting != nil, stack.count == collectingDepth {
            copy(window, &start, to: index + 1)
            finishPiece()
        }
        if stack.isEmpty { isFinished = true }
    }

    private mutating func finishPiece() {
        guard var piece = collecting else { return }
        piece.bytes = copied
        copied = []
        pieces.append(piece)
        pieceBytes += piece.bytes.count
        collecting = nil
    }

    private mutating func copy(_ window: RawSpan, _ start: inout Int, to end: Int) {
        defer { start = max(start, end) }
        guard end > start, let piece = collecting, !piece.isTooLong else { return }
        guard copied.count + end - start <= HARCutter.pieceLimit else {
            collecting?.isTooLong = true
            copied = []
            return
        }
        window.clamped(from: start, count: end - start).append(to: &copied)
    }

    /// Takes back an escape sequence that a cut left without its end: at most `\` and `uXXXX`.
    private mutating func dropOpenEscape() {
        guard let place = copied.suffix(6).lastIndex(of: UInt8(ascii: "\\")) else { return }
        // A backslash before it would make it a plain character; dropping all of them is as good.
        let before = copied[..<place].reversed().prefix { $0 == UInt8(ascii: "\\") }.count
        copied.removeSubrange((place - before)...)
    }

    private func fault(_ index: Int, _ reason: String) -> Fault {
        Fault(offset: position + Int64(index), reason: reason)
    }
}
