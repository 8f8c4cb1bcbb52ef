package import Bytes
package import Contacts
import Crypto
import Flows
package import Pipeline

/// Which facts an excerpt is to show, and from which captures.
package struct ExcerptRequest: Sendable {
    /// Destinations whose contacts are the fact: A-labels in lower case.
    package var names: [String]
    /// Whose contacts; nil for every client's.
    package var clients: [IPAddress]?
    package var from: Timestamp
    package var to: Timestamp
    /// From which the addresses that stand for the district's are made.
    package var key: [UInt8]
    /// Files and directories, as they are named to a run.
    package var captures: [String]
    /// Where all addresses are replaced.
    package var homeNetworks = IPPrefix.defaultHomeNetworks
    /// Threads; 0 for one per core. The excerpt does not depend on it.
    package var jobs = 0
    /// Bytes of a capture that are worked on together. The excerpt does not depend on it.
    package var chunkBytes = 1 << 20

    package init(
        names: [String], clients: [IPAddress]? = nil, from: Timestamp, to: Timestamp, key: [UInt8],
        captures: [String]
    ) {
        self.names = names
        self.clients = clients
        self.from = from
        self.to = to
        self.key = key
        self.captures = captures
    }

    /// What a run has to be asked for (`RunOptions.tracing`), so that its traces serve for an excerpt.
    package var tracing: TraceRequest {
        TraceRequest(names: Set(names), clients: clients.map { Set($0) }, from: from, to: to)
    }
}

/// One frame of an excerpt, and the frame that it was made from.
package struct ExcerptFrame: Equatable, Sendable {
    /// Number in the excerpt, from 1.
    package var number: Int
    package var time: Timestamp
    /// The capture, relative to the argument that named it.
    package var file: String
    /// Number of the frame in that capture, from 1.
    package var originalNumber: UInt64
    /// Where the frame begins in the capture's bytes, once these are unpacked.
    package var offset: Int64
    /// Bytes of the frame that were captured.
    package var originalBytes: Int
    /// SHA-256 of these bytes, in lower-case hexadecimal.
    package var sha256: String
    package var carries: [FrameFact]
}

/// The packets that carry some facts and nothing else, with the district's addresses replaced.
package struct Excerpt: Sendable {
    /// A pcap file (draft-ietf-opsawg-pcap) of Ethernet frames, with nanoseconds.
    package let pcap: [UInt8]
    package let frames: [ExcerptFrame]
    /// What was done to the frames, and what is missing: one sentence each.
    package let notes: [String]
    /// The captures that were read, by the names that frames give.
    package let captures: [String]

    /// Flows in one excerpt, at most: what they show fits into some 100 MB of memory.
    package static let flowLimit = 1000

    /// Analyses the captures to find the flows behind the facts, then reads them once more for their frames.
    package static func make(_ request: ExcerptRequest) -> Excerpt {
        var options = RunOptions()
        options.homeNetworks = request.homeNetworks
        options.jobs = request.jobs
        options.chunkBytes = request.chunkBytes
        options.tracing = request.tracing
        let run = Run(request.captures, options: options)
        return make(request, run.traces ?? FlowTraces(request.tracing))
    }

    /// The same when a run over the same captures has traced the flows already (`ExcerptRequest.tracing`).
    package static func make(_ request: ExcerptRequest, _ traces: FlowTraces) -> Excerpt {
        var builder = ExcerptBuilder(request, traces)
        return builder.make()
    }

    init(pcap: [UInt8], frames: [ExcerptFrame], notes: [String], captures: [String]) {
        self.pcap = pcap
        self.frames = frames
        self.notes = notes
        self.captures = captures
    }
}
