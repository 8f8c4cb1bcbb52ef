import Bytes
import Names

/// What inspecting payload yields: the labels that live flows point into, and facts in packet order.
package struct FlowOutput: Sendable {
    /// Whether sightings are collected: only `hallpass names` wants them.
    package let collectsSightings: Bool
    package internal(set) var sightings: [Sighting: UInt64] = [:]
    /// Labels of live flows; a place is used again once its flow has ended.
    var labels: [FlowLabel] = []
    /// The label that the flow had before, parallel to `labels`; -1 at its first.
    private var labelsBefore: [Int32] = []
    private var freeLabels: [Int32] = []
    package internal(set) var dns: [DNSObservation] = []
    package internal(set) var tally = FlowTally()

    init(collectsSightings: Bool) { self.collectsSightings = collectsSightings }

    mutating func see(_ kind: SightingKind, _ name: String, value: String = "-", ends: MessageEnds) {
        guard collectsSightings else { return }
        let sighting = Sighting(
            kind: kind, client: ends.client, server: ends.server, port: ends.port, transport: ends.transport,
            name: name, value: value)
        sightings[sighting, default: 0] &+= 1
    }

    /// Adds a label of a flow whose newest so far is `before` (-1: none).
    mutating func add(_ label: FlowLabel, after before: Int32) -> Int32 {
        if let index = freeLabels.popLast() {
            labels[Int(index)] = label
            labelsBefore[Int(index)] = before
            return index
        }
        labels.append(label)
        labelsBefore.append(before)
        return Int32(truncatingIfNeeded: labels.count - 1)
    }

    /// Gives up all labels of a flow whose newest is `newest`; `body` sees each, newest first.
    mutating func release(from newest: Int32, _ body: (Int32, FlowLabel) -> Void) {
        var index = newest
        while index >= 0 {
            body(index, labels[Int(index)])
            labels[Int(index)] = FlowLabel(service: .unknown)
            freeLabels.append(index)
            index = labelsBefore[Int(index)]
        }
    }

    /// Hands out the observations made since the last call.
    mutating func takeDNS() -> [DNSObservation] {
        defer { dns.removeAll(keepingCapacity: true) }
        return dns
    }
}
