import Bytes
import Names

/// What inspecting payload yields: pools that flows point into, and facts in packet order.
package struct FlowOutput: Sendable {
    /// Whether sightings are collected: only `hallpass names` wants them.
    package let collectsSightings: Bool
    package internal(set) var sightings: [Sighting: UInt64] = [:]
    package internal(set) var labels: [FlowLabel] = []
    package internal(set) var dns: [DNSObservation] = []
    package internal(set) var addresses = AddressFacts()
    package internal(set) var tally = FlowTally()

    init(collectsSightings: Bool) { self.collectsSightings = collectsSightings }

    mutating func see(_ kind: SightingKind, _ name: String, value: String = "-", ends: MessageEnds) {
        guard collectsSightings else { return }
        let sighting = Sighting(
            kind: kind, client: ends.client, server: ends.server, port: ends.port, transport: ends.transport,
            name: name, value: value)
        sightings[sighting, default: 0] &+= 1
    }

    mutating func add(_ label: FlowLabel) -> Int32 {
        labels.append(label)
        return Int32(truncatingIfNeeded: labels.count - 1)
    }
}

/// Counted oddities of flows and names, for the coverage block.
package struct FlowTally: Equatable, Sendable {
    package internal(set) var tcpMidStream: UInt64 = 0
    package internal(set) var streamsWithGap: UInt64 = 0
    package internal(set) var retransmissionsThatDiffer: UInt64 = 0
    package internal(set) var malformedDNS: UInt64 = 0
    package internal(set) var fragmentsIncomplete: UInt64 = 0
    package internal(set) var namesRefused: UInt64 = 0
    package internal(set) var packetsCutBySnapLength: UInt64 = 0
    package internal(set) var packetsOutOfOrder: UInt64 = 0
    package internal(set) var timeJumps: UInt64 = 0
    package internal(set) var inspectionsEvicted: UInt64 = 0
    package internal(set) var tunnelledPackets: UInt64 = 0
    package internal(set) var framesWithSeveralPackets: UInt64 = 0
    /// QUIC flows without a name, by reason.
    package internal(set) var quicUnknownVersion: UInt64 = 0
    package internal(set) var quicUndecryptable: UInt64 = 0
    package internal(set) var quicIncomplete: UInt64 = 0

    package init() {}

    /// All counts under their words, in alphabetical order.
    package var entries: [(key: String, count: UInt64)] {
        [
            ("dns_malformed", malformedDNS),
            ("fragments_incomplete", fragmentsIncomplete),
            ("frames_with_several_packets", framesWithSeveralPackets),
            ("inspections_evicted", inspectionsEvicted),
            ("names_refused", namesRefused),
            ("packets_cut_by_snap_length", packetsCutBySnapLength),
            ("packets_out_of_order", packetsOutOfOrder),
            ("packets_tunnelled", tunnelledPackets),
            ("quic_flows_undecryptable", quicUndecryptable),
            ("quic_flows_with_incomplete_hello", quicIncomplete),
            ("quic_flows_with_unknown_version", quicUnknownVersion),
            ("retransmissions_that_differ", retransmissionsThatDiffer),
            ("time_jumps", timeJumps),
            ("tcp_flows_first_seen_in_the_middle", tcpMidStream),
            ("tcp_streams_with_gap", streamsWithGap),
        ]
    }
}
