package import Bytes
package import Flows
import Packets

/// Which flows a run is to remember one by one: those behind the contacts that somebody has to show evidence for.
package struct TraceRequest: Sendable {
    /// Names of destinations as contacts have them: A-labels in lower case.
    package var names: Set<String>
    /// Whose flows; nil for every client's.
    package var clients: Set<IPAddress>?
    package var from: Timestamp
    package var to: Timestamp

    package init(names: Set<String>, clients: Set<IPAddress>?, from: Timestamp, to: Timestamp) {
        self.names = names
        self.clients = clients
        self.from = from
        self.to = to
    }
}

/// A flow whose contact has one of the names asked for.
package struct TracedFlow: Hashable, Sendable {
    package let key: FlowKey
    /// The times of its first and its last packet.
    package let first: Timestamp
    package let last: Timestamp
    package let client: IPAddress
    package let server: IPAddress
    package let port: UInt16
    package let name: String
    package let evidence: NameEvidence

    /// By time; at the same moment by whatever tells two flows apart.
    package static func precedes(_ a: TracedFlow, _ b: TracedFlow) -> Bool {
        if a.first != b.first { return a.first < b.first }
        if a.client != b.client { return a.client < b.client }
        if a.server != b.server { return a.server < b.server }
        if a.port != b.port { return a.port < b.port }
        if a.key != b.key { return a.key.clientPort(server: a.port) < b.key.clientPort(server: b.port) }
        return a.name < b.name
    }
}

/// The flows that a run remembered: of each client and name the earliest.
package struct FlowTraces: Sendable {
    /// Flows kept per client and name. A handful shows the fact; thousands more would show it no better.
    package static let limit = 8

    private struct Pair: Hashable {
        let client: IPAddress
        let name: String
    }

    private let request: TraceRequest
    /// Each list in order of time.
    private var kept: [Pair: [TracedFlow]] = [:]
    /// Flows that were left out for the limit.
    package private(set) var beyondLimit: UInt64 = 0
    /// Contacts left out since a load balancer spoke for the client: its packets name others than they belong to.
    package private(set) var spokenFor: UInt64 = 0
    /// Contacts left out since they are neither TCP nor UDP: nothing in their packets names anybody.
    package private(set) var withoutPorts: UInt64 = 0

    package init(_ request: TraceRequest) { self.request = request }

    /// All flows in order of time.
    package var flows: [TracedFlow] { kept.values.flatMap(\.self).sorted(by: TracedFlow.precedes) }

    /// Only those flows that are wanted.
    package func filter(_ isWanted: (TracedFlow) -> Bool) -> FlowTraces {
        var rest = self
        rest.kept = kept.mapValues { $0.filter(isWanted) }.filter { !$0.value.isEmpty }
        return rest
    }

    /// Takes a flow if its contact is one of those asked for.
    mutating func take(_ flow: Flow, _ contact: Contact) {
        guard let name = contact.name, request.names.contains(name), let client = contact.client,
            let server = contact.servers.first, contact.first >= request.from, contact.first <= request.to,
            request.clients?.contains(client) ?? true
        else { return }
        guard client == flow.key.addressA || client == flow.key.addressB else { return spokenFor &+= 1 }
        let hasPorts = flow.key.transport == IPProtocol.tcp || flow.key.transport == IPProtocol.udp
        guard hasPorts else { return withoutPorts &+= 1 }
        let traced = TracedFlow(
            key: flow.key, first: flow.first, last: max(flow.last, contact.last), client: client,
            server: server, port: contact.port, name: name, evidence: contact.evidence)
        insert(traced, Pair(client: client, name: name))
    }

    /// All that another collection holds.
    mutating func add(_ other: FlowTraces) {
        beyondLimit &+= other.beyondLimit
        spokenFor &+= other.spokenFor
        withoutPorts &+= other.withoutPorts
        for (pair, flows) in other.kept { for flow in flows { insert(flow, pair) } }
    }

    private mutating func insert(_ flow: TracedFlow, _ pair: Pair) {
        var flows = kept[pair] ?? []
        // A flow has a contact per hour.
        let known = flows.firstIndex { $0.key == flow.key && $0.first == flow.first }
        if let known {
            if flows[known].last < flow.last { flows[known] = flow }
        } else {
            let place = flows.firstIndex { TracedFlow.precedes(flow, $0) } ?? flows.count
            flows.insert(flow, at: place)
            if flows.count > FlowTraces.limit {
                flows.removeLast()
                beyondLimit &+= 1
            }
        }
        kept[pair] = flows
    }
}

extension FlowKey {
    /// The port of the side that is not at `port`; of two equal ones that one.
    fileprivate func clientPort(server port: UInt16) -> UInt16 { portA == port ? portB : portA }
}
