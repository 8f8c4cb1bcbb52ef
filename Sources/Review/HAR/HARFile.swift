import Bytes
import Logs

/// Reads a HAR in windows and hands its entries on in batches.
struct HARFile {
    private let format: HARCutter.Format
    /// What is told of the file as a whole.
    private(set) var program: String?
    private(set) var isComplete = true
    private(set) var problems: [String] = []
    private(set) var bytes: UInt64 = 0
    private(set) var entries: UInt64 = 0

    private static let window = 1 << 20
    /// Entries that are worked on together: enough for every core, little enough for memory.
    private static let batchBytes = 24 << 20
    private static let batchCount = 512

    init(_ format: HARCutter.Format = .har) { self.format = format }

    /// Whether the first bytes are those of a HAR: an object whose first key is `log`.
    static func recognises(_ prefix: RawSpan) -> Bool {
        // "log" with its quotes.
        beginsObject(prefix) { index in prefix.word(at: index, count: 5) == 0x22_67_6f_6c_22 }
    }

    /// Whether they are those of a netlog, whose constants come first: no other document begins with that key.
    static func recognisesNetLog(_ prefix: RawSpan) -> Bool {
        let key = Array("\"constants\"".utf8)
        return beginsObject(prefix) { index in
            key.withRawSpan { prefix.equals(from: index, count: key.count, $0, from: 0) }
        }
    }

    /// Whether an object begins whose first key passes.
    private static func beginsObject(_ prefix: RawSpan, _ passes: (Int) -> Bool) -> Bool {
        var index = prefix.word(at: 0, count: 3) == 0xbfbbef ? 3 : 0
        func skipSpace() {
            while let byte = prefix.byte(at: index),
                byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
            {
                index += 1
            }
        }
        skipSpace()
        guard prefix.byte(at: index) == UInt8(ascii: "{") else { return false }
        index += 1
        skipSpace()
        return passes(index)
    }

    /// Reads to the end of `source`, or as far as it goes; `head` was read from it before.
    mutating func read(
        _ source: any ByteSource, head: [UInt8], _ batch: ([HARCutter.Piece]) -> Void
    ) {
        var cutter = HARCutter(format)
        do throws(HARCutter.Fault) {
            try head.withRawSpan { (span: RawSpan) throws(HARCutter.Fault) in try cutter.take(span) }
            bytes = UInt64(head.count)
            var buffer = ByteBuffer(capacity: HARFile.window)
            while let got = next(source, &buffer), got > 0 {
                bytes += UInt64(got)
                try cutter.take(buffer.bytes(got))
                if cutter.pieceBytes > HARFile.batchBytes || cutter.pieces.count > HARFile.batchCount {
                    hand(cutter.takePieces(), batch)
                }
            }
            hand(cutter.takePieces(), batch)
            finish(cutter)
        } catch {
            hand(cutter.takePieces(), batch)
            isComplete = false
            problems.append("at byte \(error.offset): \(error.reason)" + used)
        }
    }

    private var used: String { "; \(entries) entries before it are used" }

    private mutating func next(_ source: any ByteSource, _ buffer: inout ByteBuffer) -> Int? {
        do throws(FileFault) {
            return try source.readNext(into: &buffer, at: 0, count: buffer.capacity)
        } catch {
            isComplete = false
            problems.append(error.cause)
            return nil
        }
    }

    private mutating func finish(_ cutter: HARCutter) {
        if !cutter.isAtEnd {
            isComplete = false
            problems.append(
                "it ends in the middle of \(cutter.isInPiece ? "an entry" : "the archive")" + used)
        } else if !cutter.foundEntries {
            isComplete = false
            problems.append(
                format == .har
                    ? "it has no list log.entries: it is no HTTP archive"
                    : "it has no list of events: it is no netlog")
        }
    }

    private mutating func hand(_ pieces: [HARCutter.Piece], _ batch: ([HARCutter.Piece]) -> Void) {
        if format == .har { for piece in pieces where piece.kind == .program { note(program: piece) } }
        let found = pieces.filter { $0.kind == .entry || format == .netlog }
        entries += UInt64(found.filter { $0.kind == .entry }.count)
        if !found.isEmpty { batch(found) }
    }

    /// The browser where it is named, the exporting program elsewhere.
    private mutating func note(program piece: HARCutter.Piece) {
        let text = piece.bytes.withRawSpan { span in
            JSONDocument.with(span) { document -> String? in
                guard let name = document.string(document.member(JSONDocument.root, "name")) else {
                    return nil
                }
                let version = document.string(document.member(JSONDocument.root, "version")) ?? ""
                return version.isEmpty ? name : "\(name) \(version)"
            }
        }
        if let text = text ?? nil { program = program.map { "\($0), \(text)" } ?? text }
    }
}
