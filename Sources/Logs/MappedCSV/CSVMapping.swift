package import Bytes

/// Which columns of an export mean what: with it, any filter's comma-separated export gives contacts.
///
/// A field is given by the headings that it may have, of which the first that the file has is taken. In files without
/// a line of headings the columns are called `1`, `2` and so on.
package struct CSVMapping: Sendable {
    package enum Field: String, Sendable, CaseIterable {
        /// The client's address.
        case client
        case user
        /// The client's host name.
        case device
        /// The destination: a URL, with or without scheme, of which only the host is kept.
        case url
        /// The destination's name or address.
        case host
        /// The destination's address.
        case server
        case port
        case bytesUp = "bytes_up"
        case bytesDown = "bytes_down"
        /// How many requests a row stands for.
        case count
    }

    /// What the rows say of whether data flowed.
    package struct Actions: Sendable {
        /// The column's possible headings; empty when all rows are of one sort.
        package var column: [String] = []
        /// Words in lower case.
        package var words: [String: LogAction] = [:]
        /// Of rows with an empty cell; nil: such rows are rejected.
        package var empty: LogAction?
        /// Of all rows, when there is no column.
        package var all = LogAction.attempted

        package init() {}
    }

    /// The word of reports.
    package var name: String
    /// Nil: found from the line of headings.
    package var separator: UInt8?
    package var hasHeadings = true
    /// The columns of the time, one after the other (date, clock), each with its possible headings. Their texts are
    /// read with one space between.
    package var time: [[String]]
    package var timeFormats: [CSVTimeFormat]
    /// The zone of the times; nil: the one that the user names for all logs.
    package var periods: [LogClock.Period]?
    package var columns: [Field: [String]]
    /// Bytes in a number of these columns.
    package var units: [Field: UInt64] = [:]
    package var actions = Actions()

    package init(
        name: String, time: [[String]], timeFormats: [CSVTimeFormat], columns: [Field: [String]]
    ) {
        self.name = name
        self.time = time
        self.timeFormats = timeFormats
        self.columns = columns
    }

    /// Characters that separate columns, with their words in mappings.
    package static let separators: [(word: String, byte: UInt8)] = [
        ("comma", UInt8(ascii: ",")), ("semicolon", UInt8(ascii: ";")), ("tab", UInt8(ascii: "\t")),
        ("pipe", UInt8(ascii: "|")),
    ]

    /// Bytes in one of a unit, such as 1000 in `KB` and 1024 in `KiB`; nil for an unknown word.
    package static func bytes(inUnit word: String) -> UInt64? {
        SizeText.units.first { $0.word == word }?.bytes
    }
}

extension LogFormat {
    /// Comma-separated values that the user described.
    package static func csv(_ mapping: CSVMapping) -> LogFormat {
        // A quoted value may hold line ends, so that a chunk from the middle cannot be read by itself.
        LogFormat(kind: mapping.name, isSplittable: false) { MappedCSV(mapping, head: $0) }
    }
}
