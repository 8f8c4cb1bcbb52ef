import Bytes
import Contacts
import Flows
import Packets
import Pipeline

/// The DNS messages that a scan found, and which of them led to a flow.
struct DNSMessages {
    private let names: Set<String>
    private var byAsker: [Asker: [Entry]] = [:]

    private struct Asker: Hashable {
        let client: IPAddress
        let name: String
    }

    private struct Entry {
        let scanned: ScannedFrame
        let message: DNSBlanks.Message
    }

    init(names: Set<String>) { self.names = names }

    /// Takes a frame if it is a DNS message.
    mutating func take(_ scanned: ScannedFrame) {
        let packet = scanned.frame.packet
        guard packet.sourcePort == 53 || packet.destinationPort == 53 else { return }
        let payload = scanned.frame.payload
        let bytes = Array(payload.dropFirst(packet.transport == IPProtocol.tcp ? 2 : 0))
        guard let message = bytes.withRawSpan({ DNSBlanks.read($0, names: names) }) else { return }
        // An answer comes from the port, a question goes to it.
        guard message.isResponse ? packet.sourcePort == 53 : packet.destinationPort == 53 else { return }
        let client = message.isResponse ? packet.destination : packet.source
        byAsker[Asker(client: client, name: message.name), default: []].append(
            Entry(scanned: scanned, message: message))
    }

    /// The last answer before the flow began that gave its client the destination's address (else the last answer for
    /// its name with any address), and the question that it answers.
    func behind(_ flow: TracedFlow) -> [(ScannedFrame, FrameFact)] {
        let entries = (byAsker[Asker(client: flow.client, name: flow.name)] ?? [])
            .filter { $0.scanned.frame.time <= flow.first }
        let answers = entries.filter { $0.message.isResponse && !$0.message.addresses.isEmpty }
        guard
            let answer = answers.last(where: { $0.message.addresses.contains(flow.server) }) ?? answers.last
        else { return [] }
        let question = entries.last {
            !$0.message.isResponse && $0.message.id == answer.message.id
                && $0.message.type == answer.message.type
                && $0.scanned.frame.key == answer.scanned.frame.key
                && $0.scanned.frame.time <= answer.scanned.frame.time
        }
        let shown: [(ScannedFrame, FrameFact)] = [(answer.scanned, .dnsAnswer)]
        return question.map { [($0.scanned, .dnsQuestion)] + shown } ?? shown
    }
}
