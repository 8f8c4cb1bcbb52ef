import Bytes
import Contacts
import Flows
import Names
import Packets

/// What is shown of one flow: which of its frames, and what stays of their payload.
struct FlowExcerpt {
    /// What is shown of the frame at `index` of the flow's list.
    struct Shown {
        let index: Int
        var facts: Set<FrameFact>
        var payload: [UInt8] = []
        /// Bytes of the payload that were sent and not captured, behind those that are shown.
        var missing = 0
        /// Bytes of payload that were left away in front of what is shown.
        var shift: UInt32 = 0
    }

    private(set) var shown: [Shown] = []
    /// The names that its frames carry; a name that the DNS alone told needs none.
    private(set) var carried: Set<String> = []
    private let frames: [WatchedFrame]
    private let flow: TracedFlow
    /// How the flow's names are known.
    private let evidence: Set<NameEvidence>
    private let names: Set<String>
    private let clientIsA: Bool

    /// Frames that say hello, at most: a hello takes one to three.
    private static let datagramLimit = 8

    /// - Parameters:
    ///   - flow: any of its names.
    ///   - all: the flow under each of its names.
    ///   - frames: the flow's, in file order.
    ///   - names: those that may be shown.
    init(_ flow: TracedFlow, _ all: [TracedFlow], _ frames: [WatchedFrame], names: Set<String>) {
        self.flow = flow
        evidence = Set(all.map(\.evidence))
        self.frames = frames
        self.names = names
        clientIsA =
            flow.client == flow.key.addressA
            && (flow.client != flow.server || flow.key.portB == flow.port)
        if flow.key.transport == IPProtocol.tcp { takeTCP() } else { takeUDP() }
        for named in all where named.evidence == .dnsAnswer { carried.insert(named.name) }
        shown.sort { $0.index < $1.index }
    }

    private mutating func add(
        _ index: Int, _ facts: Set<FrameFact>, _ change: (inout Shown) -> Void = { _ in }
    ) {
        if let known = shown.firstIndex(where: { $0.index == index }) {
            shown[known].facts.formUnion(facts)
            return
        }
        var new = Shown(index: index, facts: facts)
        change(&new)
        shown.append(new)
    }

    // MARK: TCP

    private mutating func takeTCP() {
        var client = FlowText(frames, fromA: clientIsA)
        var server = FlowText(frames, fromA: !clientIsA)
        // A load balancer's header names the client (ProxyHeader): nothing behind it is shown.
        guard !client.bytes.withRawSpan({ ProxyHeader.parse($0).isMine && $0.byteCount > 5 }) else { return }
        var stream = ClientStream(
            names: names, isNameless: !evidence.isDisjoint(with: [.tlsCertificate, .dnsAnswer]))
        stream.take(&client)
        if stream.sawConnect, let text = RequestBlanks.response(server.bytes) {
            server.keep(0..<text.count, text, .httpStatus)
        }
        if stream.sawSOCKS { SOCKSBlanks.keepReplies(&server) }
        if stream.sawHello { takeFlight(&server) }
        carried = stream.carried
        if evidence.contains(.tlsCertificate), server.kept.contains(where: { $0.fact == .certificate }) {
            carried.insert(flow.name)
        }
        takePieces(client)
        takePieces(server)
        takeLooseRequests(client)
        takeControl()
        if !shown.contains(where: { frames[$0.index].fromA == clientIsA }) { addFirst(fromA: clientIsA) }
        if !shown.contains(where: { frames[$0.index].fromA != clientIsA }) { addFirst(fromA: !clientIsA) }
    }

    /// A server's flight at the beginning of its stream, or of a segment when another protocol went before.
    private func takeFlight(_ server: inout FlowText) {
        for start in server.starts where start < server.bytes.count {
            let rest = server.bytes.withRawSpan { $0.clamped(from: start, count: 11).copied() }
            let begins = rest.withRawSpan { ServerFlight.probe($0) && $0.byteCount > 5 }
            guard begins, let flight = ServerBlanks.flight(server.bytes, from: start) else { continue }
            for fact in flight.facts.sorted() {
                server.keep(start..<(start + flight.text.count), flight.text, fact)
            }
            return
        }
    }

    /// The segments that show something, each byte once.
    private mutating func takePieces(_ text: FlowText) {
        var done = [Bool](repeating: false, count: text.shown.count)
        for piece in text.pieces {
            guard let (payload, facts) = text.shown(piece) else { continue }
            let range = piece.start..<(piece.start + payload.count)
            // A retransmission shows nothing new.
            guard range.contains(where: { !done[$0] }) else { continue }
            for place in range { done[place] = true }
            let packet = frames[piece.frame].packet
            add(piece.frame, facts) { shown in
                shown.payload = payload
                if payload.count == packet.payloadCaptured {
                    shown.missing = packet.payloadLength - packet.payloadCaptured
                }
            }
        }
    }

    /// A request deep in a connection to a proxy, whose head lies in one segment.
    private mutating func takeLooseRequests(_ client: FlowText) {
        guard !evidence.isDisjoint(with: [.httpHost, .httpConnect]) else { return }
        for index in frames.indices where frames[index].fromA == clientIsA {
            let packet = frames[index].packet
            let payload = frames[index].payload
            guard let request = RequestBlanks.request(payload, names: names),
                carried.insert(request.host).inserted
            else { continue }
            add(index, [.httpRequest]) { $0.payload = request.text }
        }
    }

    /// The first SYN, FIN and RST of each side.
    private mutating func takeControl() {
        for fromA in [true, false] {
            let own = frames.indices.filter { frames[$0].fromA == fromA }
            for (flag, other) in [(TCPFlags.syn, FrameFact.syn), (.fin, .fin), (.rst, .rst)] {
                guard let index = own.first(where: { frames[$0].packet.tcpFlags.contains(flag) }) else {
                    continue
                }
                let isAnswer = flag == .syn && frames[index].packet.tcpFlags.contains(.ack)
                // A FIN stands behind its payload.
                let behind = flag == .syn ? 0 : frames[index].packet.payloadLength
                add(index, [isAnswer ? .synAck : other]) { $0.shift = UInt32(truncatingIfNeeded: behind) }
            }
        }
    }

    private mutating func addFirst(fromA: Bool) {
        guard let index = frames.indices.first(where: { frames[$0].fromA == fromA }) else { return }
        add(index, [.firstPacket])
    }

    // MARK: UDP

    private mutating func takeUDP() {
        let client = Array(
            frames.indices.filter { frames[$0].fromA == clientIsA }.prefix(FlowExcerpt.datagramLimit))
        let server = frames.indices.filter { frames[$0].fromA != clientIsA }
        if evidence != [.dnsAnswer] {
            takeQUIC(client)
            if carried.isEmpty { takeDTLS(client) }
            // The server's first Initial shows that it took part; its keys follow from the client's packets.
            if !carried.isEmpty, let index = server.first, let end = initials(payload(index)) {
                let shown = Array(payload(index).prefix(end))
                add(index, [.quicInitial]) { $0.payload = shown }
            }
        }
        if !shown.contains(where: { frames[$0.index].fromA == clientIsA }) { addFirst(fromA: clientIsA) }
        if !shown.contains(where: { frames[$0.index].fromA != clientIsA }) { addFirst(fromA: !clientIsA) }
    }

    private func payload(_ index: Int) -> [UInt8] {
        let packet = frames[index].packet
        return frames[index].payload
    }

    private func initials(_ datagram: [UInt8]) -> Int? {
        datagram.withRawSpan { QUICInitialEditor.initials($0)?.upperBound }
    }

    private mutating func takeQUIC(_ client: [Int]) {
        var wanted: String?
        let changed = QUICInitialEditor.rewrite(client.map { payload($0) }) { hello in
            guard HelloBlanks.apply(to: &hello) else { return false }
            let name = hello.withRawSpan { ClientHello.parse(handshakeMessage: $0) }.value?.serverName?.text
            wanted = name.flatMap { names.contains($0) ? $0 : nil }
            return wanted != nil
        }
        guard let wanted else { return }
        for (index, datagram) in zip(client, changed) {
            guard let datagram else { continue }
            add(index, [.quicInitial]) { $0.payload = datagram }
            carried.insert(wanted)
        }
    }

    /// A hello that lies whole in one record of one datagram (RFC 6347 section 4.2.2).
    private mutating func takeDTLS(_ client: [Int]) {
        for index in client {
            let datagram = payload(index)
            guard datagram.withRawSpan({ DTLSSearch.probe($0) }), datagram.count >= 25 else { continue }
            let end = 13 + Int(datagram[11]) << 8 + Int(datagram[12])
            guard end <= datagram.count, datagram[14..<17].elementsEqual(datagram[22..<25]) else { continue }
            var message = Array(datagram[13..<end])
            guard HelloBlanks.apply(to: &message, isDTLS: true) else { continue }
            var search = DTLSSearch()
            let text = Array(datagram[..<13]) + message
            guard let name = text.withRawSpan({ search.takeHello($0) })?.serverName?.text,
                names.contains(name)
            else { continue }
            add(index, [.clientHello]) { $0.payload = text }
            carried.insert(name)
        }
    }
}
