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
    /// Flows that were ended early to make room.
    package internal(set) var flowsEvicted: UInt64 = 0
    /// TCP flows of which only one direction was captured though both sides must have spoken: a mirror of one
    /// direction.
    package internal(set) var tcpSeenFromOneSide: UInt64 = 0
    /// Statements about addresses beyond `AddressFacts.limit`, which were not kept.
    package internal(set) var addressFactsDropped: UInt64 = 0
    package internal(set) var tunnelledPackets: UInt64 = 0
    package internal(set) var framesWithSeveralPackets: UInt64 = 0
    /// QUIC flows without a name, by reason.
    package internal(set) var quicUnknownVersion: UInt64 = 0
    package internal(set) var quicUndecryptable: UInt64 = 0
    package internal(set) var quicIncomplete: UInt64 = 0

    package init() {}

    package mutating func add(_ other: FlowTally) {
        tcpMidStream &+= other.tcpMidStream
        streamsWithGap &+= other.streamsWithGap
        retransmissionsThatDiffer &+= other.retransmissionsThatDiffer
        malformedDNS &+= other.malformedDNS
        fragmentsIncomplete &+= other.fragmentsIncomplete
        namesRefused &+= other.namesRefused
        packetsCutBySnapLength &+= other.packetsCutBySnapLength
        packetsOutOfOrder &+= other.packetsOutOfOrder
        timeJumps &+= other.timeJumps
        inspectionsEvicted &+= other.inspectionsEvicted
        flowsEvicted &+= other.flowsEvicted
        tcpSeenFromOneSide &+= other.tcpSeenFromOneSide
        addressFactsDropped &+= other.addressFactsDropped
        tunnelledPackets &+= other.tunnelledPackets
        framesWithSeveralPackets &+= other.framesWithSeveralPackets
        quicUnknownVersion &+= other.quicUnknownVersion
        quicUndecryptable &+= other.quicUndecryptable
        quicIncomplete &+= other.quicIncomplete
    }

    /// All counts under their words, in alphabetical order.
    package var entries: [(key: String, count: UInt64)] {
        [
            ("address_facts_dropped", addressFactsDropped),
            ("dns_malformed", malformedDNS),
            ("flows_evicted", flowsEvicted),
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
            ("tcp_flows_seen_from_one_side", tcpSeenFromOneSide),
            ("tcp_streams_with_gap", streamsWithGap),
        ]
    }
}
