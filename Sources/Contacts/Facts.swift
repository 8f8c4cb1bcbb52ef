package import Bytes

/// All that reading the inputs yields: facts, and what could not be seen.
package struct Facts: Equatable, Sendable {
    /// One per client, destination, service and hour; in output order (see `ContactOrder`).
    package var contacts: [Contact]
    /// Sorted by client, name, resolver (unknown first).
    package var lookups: [Lookup]
    package var coverage: Coverage
    package var inputs: [InputReport]

    package init(
        contacts: [Contact] = [], lookups: [Lookup] = [], coverage: Coverage = Coverage(),
        inputs: [InputReport] = []
    ) {
        self.contacts = contacts
        self.lookups = lookups
        self.coverage = coverage
        self.inputs = inputs
    }
}

/// What happened with one input.
package struct InputReport: Equatable, Sendable {
    package var path: String
    /// `pcap`, `squid`, ... or `unrecognised`.
    package var kind: String
    /// Size of the input in bytes, as read.
    package var bytes: UInt64
    /// Packets or lines read.
    package var records: UInt64
    /// Whether it was read to its end.
    package var complete: Bool
    /// What went wrong, each naming an offset or a line; empty when nothing did.
    package var problems: [String]
    package var first: Timestamp?
    package var last: Timestamp?

    package init(path: String, kind: String) {
        self.path = path
        self.kind = kind
        self.bytes = 0
        self.records = 0
        self.complete = true
        self.problems = []
    }
}

/// What the inputs could not show, in counted packets, lines and flows (invariant 2):
/// packets read = packets used + the sum over `unusedPackets`; the same for lines.
package struct Coverage: Equatable, Sendable {
    package struct Unused: Equatable, Sendable {
        package var reason: String
        package var count: UInt64
        /// Layer-2 bytes on the wire for packets; bytes of text for lines.
        package var bytes: UInt64

        package init(reason: String, count: UInt64, bytes: UInt64) {
            self.reason = reason
            self.count = count
            self.bytes = bytes
        }
    }

    package struct Note: Equatable, Sendable {
        package var key: String
        package var count: UInt64
        /// Bytes concerned, where they were counted: layer 3 for flows, on the wire for packets.
        package var bytes: UInt64?

        package init(key: String, count: UInt64, bytes: UInt64? = nil) {
            self.key = key
            self.count = count
            self.bytes = bytes
        }
    }

    package var packetsRead: UInt64 = 0
    package var packetsUsed: UInt64 = 0
    /// Sorted by reason.
    package var unusedPackets: [Unused] = []
    package var linesRead: UInt64 = 0
    package var linesUsed: UInt64 = 0
    /// Sorted by reason.
    package var unusedLines: [Unused] = []
    /// Counted oddities and blind spots that are not whole packets or lines, sorted by key.
    package var notes: [Note] = []
    package var flows: UInt64 = 0
    package var first: Timestamp?
    package var last: Timestamp?

    package init() {}
}
