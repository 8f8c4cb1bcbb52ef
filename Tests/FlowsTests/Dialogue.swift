import Bytes
import Captures
import Contacts
import Flows
import TestSupport

/// A TCP or UDP conversation as raw IPv4 frames, shown to an engine packet by packet.
struct Dialogue {
    private var engine = FlowEngine(collectsSightings: true)
    private var transport: UInt8
    private var port: Int
    private var clientPort = 50_000
    private var server: [UInt8] = [192, 0, 2, 9]
    private var sequences: [Bool: Int] = [true: 1000, false: 5000]
    private var clock: Int64 = 0

    init(tcp port: Int) {
        self.port = port
        transport = 6
        send([], fromClient: true, flags: 0x02)
        send([], fromClient: false, flags: 0x12)
        sequences = [true: 1001, false: 5001]
    }

    init(udp port: Int) {
        self.port = port
        transport = 17
    }

    /// Goes on with another conversation of the same client.
    mutating func open(tcp next: Int, to address: [UInt8] = [192, 0, 2, 9]) {
        (transport, port, server) = (6, next, address)
        clientPort += 1
        sequences = [true: 1000, false: 5000]
        send([], fromClient: true, flags: 0x02)
        send([], fromClient: false, flags: 0x12)
        sequences = [true: 1001, false: 5001]
    }

    mutating func open(udp next: Int, to address: [UInt8] = [192, 0, 2, 9]) {
        (transport, port, server) = (17, next, address)
        clientPort += 1
    }

    /// Ends the input; the contacts that it comes to, without those of DNS.
    mutating func contacts(sinkholes: Set<IPAddress> = []) -> (contacts: [Contact], lookups: [Lookup]) {
        engine.finish()
        var builder = ContactBuilder(sinkholes: sinkholes)
        let lookups = builder.take(engine)
        let contacts = builder.takeContacts()
        return (contacts.filter { $0.service != "dns" }, lookups.lookups(contacts: contacts))
    }

    mutating func client(_ payload: [UInt8]) { send(payload, fromClient: true, flags: 0x18) }
    mutating func server(_ payload: [UInt8]) { send(payload, fromClient: false, flags: 0x18) }
    mutating func client(_ text: String) { client(Array(text.utf8)) }
    mutating func server(_ text: String) { server(Array(text.utf8)) }

    private mutating func send(_ payload: [UInt8], fromClient: Bool, flags: UInt8) {
        func two(_ value: Int) -> [UInt8] {
            [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
        }
        func four(_ value: Int) -> [UInt8] { two(value >> 16) + two(value) }
        let ports = fromClient ? two(clientPort) + two(port) : two(port) + two(clientPort)
        var segment = ports
        if transport == 6 {
            let other = sequences[!fromClient] ?? 0
            segment +=
                four(sequences[fromClient] ?? 0) + four(other) + [0x50, flags] + two(8192) + [0, 0, 0, 0]
            sequences[fromClient, default: 0] += payload.count
        } else {
            segment += two(8 + payload.count) + [0, 0]
        }
        segment += payload
        let addresses: [UInt8] = fromClient ? [10, 0, 0, 5] + server : server + [10, 0, 0, 5]
        let frame: [UInt8] =
            [0x45, 0] + two(20 + segment.count) + [0, 0, 0, 0, 64, transport, 0, 0] + addresses + segment
        clock += 1_000_000
        var batch = FrameBatch()
        batch.append(
            FrameRecord(
                offset: 0, captured: frame.count, original: UInt64(frame.count),
                timestamp: Timestamp(nanoseconds: clock), linkType: LinkType(rawValue: 101)))
        frame.withRawSpan { engine.process($0, batch) }
    }

    /// Ends the input; what was seen, as `kind name`, and the flow's labels.
    mutating func finish() -> (sightings: Set<String>, labels: [FlowLabel], tally: FlowTally) {
        engine.finish()
        let seen = engine.sightings.keys.map { "\($0.kind.rawValue) \($0.name)" }
        return (Set(seen), engine.flows.flatMap(\.labels), engine.tally)
    }

    /// Whether any payload of the flow is still of interest.
    var isOpen: Bool {
        engine.isInspecting
    }
}

/// Handshakes for tests.
enum Hellos {
    private static func counted(_ width: Int, _ content: [UInt8]) -> [UInt8] {
        (0..<width).reversed().map { UInt8(truncatingIfNeeded: content.count >> (8 * $0)) } + content
    }

    static func client(_ host: String, more: [UInt8] = []) -> [UInt8] {
        let name = counted(2, [0] + counted(2, Array(host.utf8)))
        let extensions = [0, 0] + counted(2, name) + more
        let body =
            [3, 3] + noise(32, seed: 5) + [0] + counted(2, [0x13, 1]) + counted(1, [0])
            + counted(2, extensions)
        return [22, 3, 1] + counted(2, [1] + counted(3, body))
    }

    /// A ServerHello of TLS 1.3, or with the random of a HelloRetryRequest.
    static func server(retry: Bool = false) -> [UInt8] {
        let random =
            retry
            ? hex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c") : noise(32, seed: 6)
        let body = [3, 3] + random + [0] + [0x13, 1, 0] + counted(2, [0, 43] + counted(2, [3, 4]))
        return [22, 3, 3] + counted(2, [2] + counted(3, body))
    }

    static let changeCipherSpec: [UInt8] = [20, 3, 3, 0, 1, 1]
    static let applicationData: [UInt8] = [23, 3, 3, 0, 4, 1, 2, 3, 4]
    static let alert: [UInt8] = [21, 3, 3, 0, 2, 2, 48]
}
