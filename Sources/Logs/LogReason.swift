package import Bytes

/// Why a line was not used. Lines read = lines used + the sum over these (invariant 2).
package enum LogReason: UInt8, Sendable, CaseIterable {
    // Lines that are as they should be and tell no contact.
    case empty
    case comment
    case noDestination
    case internalRequest
    case cacheQuery
    case tunnelSetup
    case otherProgram
    case notTraffic
    case flowStart
    case noClient
    case outwardPacket
    case strayPacket
    case partOfRequest
    case otherTransport
    case resolverMessage
    case upstreamLookup
    case nameOfNoHost
    case clientHidden

    // Lines that could not be read.
    case lineTooLong
    case cutLine
    case fieldsMissing
    case timeInvalid
    case numberInvalid
    case clientInvalid
    case resultInvalid
    case actionUnknown
    case targetInvalid
    case hostInvalid
    case portInvalid
    case tableFull
    case quoteOpen
    case layoutUnknown
    case layoutOfNfdump16
    case layoutOfNfdump18
    case fileEncrypted
    case compressionUnknown
    case blockInvalid
    case ownServer
    case envelopeMissing
    case wrapperMissing
    case yearUnknown
    case headerMissing
    case headerInvalid
    case jsonInvalid
    case frameInvalid

    /// The first reason that means "could not be read"; everything before it was understood and set aside.
    private static let firstRejection = LogReason.lineTooLong

    /// Whether the line was rejected, as opposed to understood and set aside.
    package var isRejection: Bool { rawValue >= LogReason.firstRejection.rawValue }

    /// For reports: stable, sorts bytewise, names no value from the line.
    package var text: String {
        switch self {
        case .empty: "empty line"
        case .comment: "comment or header"
        case .noDestination: "no destination in the line"
        case .internalRequest: "request of the proxy itself"
        case .cacheQuery: "cache query between proxies"
        case .tunnelSetup: "tunnel set-up, logged again when it closes"
        case .otherProgram: "line of a program that tells no contacts"
        case .otherTransport: "neither TCP nor UDP"
        case .notTraffic: "line about something else than traffic"
        case .flowStart: "start of a session, counted at its end"
        case .noClient: "no client in the line"
        case .outwardPacket: "packet leaving the firewall, counted when it came in"
        case .strayPacket: "packet that opens no connection"
        case .partOfRequest: "part of a request that another line completes"
        case .resolverMessage: "message of the resolver that is no lookup"
        case .upstreamLookup: "lookup by the resolver itself"
        case .nameOfNoHost: "question for a name that no host has"
        case .clientHidden: "client hidden by the resolver's settings"
        case .lineTooLong: "line longer than 1 MiB"
        case .cutLine: "last line cut"
        case .fieldsMissing: "fields missing"
        case .timeInvalid: "time not readable"
        case .numberInvalid: "number not readable"
        case .clientInvalid: "client not readable"
        case .resultInvalid: "result code not readable"
        case .actionUnknown: "action that the mapping does not name"
        case .targetInvalid: "URL or target not readable"
        case .hostInvalid: "host name not valid"
        case .portInvalid: "port not valid"
        case .quoteOpen: "quoted value not closed"
        case .layoutUnknown:
            "flow file of a layout that nfdump 1.7 does not write; nfdump -r FILE -o csv makes one that is read"
        case .layoutOfNfdump16:
            "flow file of nfdump 1.6 (layout 1); nfdump -r FILE -o csv makes one that is read"
        case .layoutOfNfdump18:
            "flow record of nfdump 1.8 (version 4); nfdump -r FILE -o csv makes one that is read"
        case .fileEncrypted: "flow file encrypted; nfdump -r FILE -o csv makes one that is read"
        case .compressionUnknown:
            "block compressed with bzip2 or Zstandard; nfdump -r FILE -o csv makes a file that is read"
        case .blockInvalid: "damaged block of a flow file"
        case .ownServer: "request to the web server itself, not through a proxy"
        case .frameInvalid: "length of a frame impossible; what follows was not read"
        case .tableFull: "more contacts than the table holds"
        case .headerMissing: "no header that says what the columns are"
        case .headerInvalid: "header not readable"
        case .jsonInvalid: "not a JSON object, or one too large"
        case .envelopeMissing: "no syslog header"
        case .wrapperMissing: "no JSON object with a log line in it"
        case .yearUnknown: "no year in the line, and nothing says when the log ends (--logs-until)"
        }
    }
}

/// What became of the lines of a chunk or, once chunks are appended in file order, of a file.
package struct LogTally: Equatable, Sendable {
    /// A rejected line, for the reader of the report to look up; never its content.
    package struct Sample: Equatable, Sendable {
        /// Counted from 1.
        package var line: UInt64
        package var reason: LogReason
    }

    /// Three are enough to see what is wrong and few enough to print.
    package static let sampleLimit = 3

    package private(set) var linesRead: UInt64 = 0
    package private(set) var linesUsed: UInt64 = 0
    /// Of the lines used, those without a time zone, read as UTC.
    package private(set) var linesOfAssumedZone: UInt64 = 0
    /// Of the lines used, those without a year.
    package private(set) var linesOfInferredYear: UInt64 = 0
    /// Bytes of text, line ends included.
    package private(set) var bytesRead: UInt64 = 0
    /// The first `sampleLimit` rejected lines.
    package private(set) var samples: [Sample] = []
    /// The earliest start and the latest end of a used record.
    package private(set) var first: Timestamp?
    package private(set) var last: Timestamp?
    private var counts = [UInt64](repeating: 0, count: LogReason.allCases.count)
    private var bytes = [UInt64](repeating: 0, count: LogReason.allCases.count)

    package init() {}

    /// Lines and their bytes set aside or rejected for `reason`.
    package subscript(_ reason: LogReason) -> (count: UInt64, bytes: UInt64) {
        (counts[Int(reason.rawValue)], bytes[Int(reason.rawValue)])
    }

    /// Lines that could not be read.
    package var linesRejected: UInt64 {
        LogReason.allCases.reduce(0) { $0 + ($1.isRejection ? self[$1].count : 0) }
    }

    mutating func use(bytes count: UInt64, from start: Timestamp, to end: Timestamp, flags: LogFlags) {
        if !flags.isDisjoint(with: .assumptions) {
            if flags.contains(.zoneAssumed) { linesOfAssumedZone &+= 1 }
            if flags.contains(.yearInferred) { linesOfInferredYear &+= 1 }
        }
        linesRead &+= 1
        linesUsed &+= 1
        bytesRead &+= count
        first = min(first ?? start, start)
        last = max(last ?? end, end)
    }

    mutating func setAside(_ reason: LogReason, bytes count: UInt64) {
        linesRead &+= 1
        bytesRead &+= count
        counts[Int(reason.rawValue)] &+= 1
        bytes[Int(reason.rawValue)] &+= count
        if reason.isRejection, samples.count < LogTally.sampleLimit {
            samples.append(Sample(line: linesRead, reason: reason))
        }
    }

    /// Counts lines that were set aside as parts of a request as rejected after all: those read since the tally had
    /// `lines` lines and `bytes` bytes of such parts.
    mutating func rejectSetAside(since lines: UInt64, bytes before: UInt64, as reason: LogReason) {
        let part = Int(LogReason.partOfRequest.rawValue)
        let count = min(linesRead &- lines, counts[part])
        let moved = bytes[part] &- min(before, bytes[part])
        counts[part] &-= count
        bytes[part] &-= moved
        counts[Int(reason.rawValue)] &+= count
        bytes[Int(reason.rawValue)] &+= moved
        if count > 0, samples.count < LogTally.sampleLimit {
            samples.append(Sample(line: lines &+ 1, reason: reason))
        }
    }

    /// Appends the tally of the chunk that follows in the same file; its line numbers move on accordingly.
    package mutating func append(_ next: LogTally) {
        for sample in next.samples where samples.count < LogTally.sampleLimit {
            samples.append(Sample(line: linesRead &+ sample.line, reason: sample.reason))
        }
        linesRead &+= next.linesRead
        linesUsed &+= next.linesUsed
        bytesRead &+= next.bytesRead
        linesOfAssumedZone &+= next.linesOfAssumedZone
        linesOfInferredYear &+= next.linesOfInferredYear
        for index in counts.indices {
            counts[index] &+= next.counts[index]
            bytes[index] &+= next.bytes[index]
        }
        if let other = next.first { first = min(first ?? other, other) }
        if let other = next.last { last = max(last ?? other, other) }
    }
}
