import Bytes

/// A lease file's kind: told by its first lines, read line by line.
protocol LeaseReader: Sendable {
    /// The word for messages, such as `kea-leases`.
    static var kind: String { get }

    /// Whether `line` can only come from this kind of file; asked of the first lines.
    static func recognises(_ line: RawSpan) -> Bool

    init(_ context: LeaseContext)

    /// Takes in one line, without its end.
    mutating func take(_ line: RawSpan, into events: inout LeaseEvents) -> LeaseLine

    /// After the last line.
    mutating func finish(into events: inout LeaseEvents)
}

extension LeaseReader {
    mutating func finish(into events: inout LeaseEvents) {}
}

/// What became of a line.
enum LeaseLine: Equatable {
    case used
    /// Well-formed, and says nothing of who has an address.
    case passed
    /// With the reason.
    case rejected(String)
}

/// What a lease file does not say of itself.
struct LeaseContext: Sendable {
    /// The wall clock of servers that write local time.
    let zone: ZoneOffsets
    /// A moment of the input, which tells the year that a log leaves out; nil when nothing is known.
    let reference: Timestamp?
}

/// All kinds, in the order in which they are tried.
enum LeaseFormats {
    static var all: [any LeaseReader.Type] {
        [
            WindowsAudit.self, KeaLeases.self, ISCLeases.self, RADIUSDetail.self, ZeekDHCP.self,
            SuricataDHCP.self, DnsmasqLog.self, ISCLog.self, DnsmasqLeases.self,
        ]
    }

    /// Lines looked at before giving up: preambles have up to thirty.
    static let linesLooked = 400

    static func recognise(_ line: RawSpan) -> (any LeaseReader.Type)? { all.first { $0.recognises(line) } }
}

/// What is wrong with a lease file, or what was read of it.
package struct LeaseReport: Equatable, Sendable {
    package var path: String
    /// The kind of file, or `unrecognised`.
    package var kind: String
    package var linesRead = 0
    package var linesUsed = 0
    package var linesPassed = 0
    package var linesRejected = 0
    /// Why the file was not read whole; nil when it was.
    package var fault: String?
    package var isMissing = false
    /// The first three rejected lines.
    package var samples: [String] = []

    init(path: String, kind: String) {
        self.path = path
        self.kind = kind
    }

    package var isComplete: Bool { fault == nil }
}
