/// Counted oddities of flows and names, for the coverage block.
package struct FlowTally: Equatable, Sendable {
    package internal(set) var tcpMidStream: UInt64 = 0
    package internal(set) var streamsWithGap: UInt64 = 0
    package internal(set) var retransmissionsThatDiffer: UInt64 = 0
    package internal(set) var malformedDNS: UInt64 = 0
    package internal(set) var fragmentsIncomplete: UInt64 = 0
    package internal(set) var namesRefused: UInt64 = 0
    package internal(set) var packetsCutBySnapLength: UInt64 = 0
    /// Payload bytes of those packets that were not captured.
    package internal(set) var bytesCutBySnapLength: UInt64 = 0
    package internal(set) var packetsOutOfOrder: UInt64 = 0
    package internal(set) var timeJumps: UInt64 = 0
    package internal(set) var inspectionsEvicted: UInt64 = 0
    /// Flows that were ended early to make room.
    package internal(set) var flowsEvicted: UInt64 = 0
    /// TCP flows of which only one direction was captured though both sides must have spoken: a mirror of one
    /// direction.
    package internal(set) var tcpSeenFromOneSide: UInt64 = 0
    /// Layer-3 bytes of those flows in the direction that was captured.
    package internal(set) var bytesSeenFromOneSide: UInt64 = 0
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
        bytesCutBySnapLength &+= other.bytesCutBySnapLength
        packetsOutOfOrder &+= other.packetsOutOfOrder
        timeJumps &+= other.timeJumps
        inspectionsEvicted &+= other.inspectionsEvicted
        flowsEvicted &+= other.flowsEvicted
        tcpSeenFromOneSide &+= other.tcpSeenFromOneSide
        bytesSeenFromOneSide &+= other.bytesSeenFromOneSide
        addressFactsDropped &+= other.addressFactsDropped
        tunnelledPackets &+= other.tunnelledPackets
        framesWithSeveralPackets &+= other.framesWithSeveralPackets
        quicUnknownVersion &+= other.quicUnknownVersion
        quicUndecryptable &+= other.quicUndecryptable
        quicIncomplete &+= other.quicIncomplete
    }

    /// All counts under their words, in alphabetical order, with the bytes concerned where they are counted.
    package var entries: [(key: String, count: UInt64, bytes: UInt64?)] {
        [
            ("address_facts_dropped", addressFactsDropped, nil),
            ("dns_malformed", malformedDNS, nil),
            ("flows_evicted", flowsEvicted, nil),
            ("fragments_incomplete", fragmentsIncomplete, nil),
            ("frames_with_several_packets", framesWithSeveralPackets, nil),
            ("inspections_evicted", inspectionsEvicted, nil),
            ("names_refused", namesRefused, nil),
            ("packets_cut_by_snap_length", packetsCutBySnapLength, bytesCutBySnapLength),
            ("packets_out_of_order", packetsOutOfOrder, nil),
            ("packets_tunnelled", tunnelledPackets, nil),
            ("quic_flows_undecryptable", quicUndecryptable, nil),
            ("quic_flows_with_incomplete_hello", quicIncomplete, nil),
            ("quic_flows_with_unknown_version", quicUnknownVersion, nil),
            ("retransmissions_that_differ", retransmissionsThatDiffer, nil),
            ("time_jumps", timeJumps, nil),
            ("tcp_flows_first_seen_in_the_middle", tcpMidStream, nil),
            ("tcp_flows_seen_from_one_side", tcpSeenFromOneSide, bytesSeenFromOneSide),
            ("tcp_streams_with_gap", streamsWithGap, nil),
        ]
    }
}
