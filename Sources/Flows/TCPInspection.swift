import Bytes
import Names

/// The search for names in one TCP flow: both directions' prefixes, and what each has turned out to be.
///
/// An inspection lives only until the flow has its name (or is known to have none); after that the flow costs
/// counters alone.
final class TCPInspection: FlowInspection {
    /// A ClientHello with post-quantum keys takes 2 kB, a request head up to 64 kB.
    static let clientLimit = 64 * 1024
    /// A certificate chain of a few links; the first certificate stands in front.
    static let serverLimit = 32 * 1024

    private var sideA = Direction()
    private var sideB = Direction()

    /// One direction of the stream.
    struct Direction {
        var prefix = StreamPrefix(limit: TCPInspection.clientLimit)
        var stage = Stage.start
        /// The prefix length below which asking the decoder again is pointless.
        var needed = 1
        /// A segment was cut by the snap length: what lies behind it never comes.
        var isCut = false
    }

    enum Stage {
        case start
        /// Requests of an HTTP/1 client, one after the other.
        case requests
        /// The body of a request that has to be passed over before the next head.
        case body(BodySkipper)
        /// DNS messages, each behind its length.
        case dns
        /// Nothing more is wanted from this direction.
        case done

        var isDone: Bool {
            if case .done = self { return true }
            return false
        }
    }

    /// An inspection of `flow`, whose SYN says where the stream of one side begins.
    init(for flow: borrowing Flow) {
        if flow.flags.contains(.synFromA) {
            anchor(fromA: true, firstSequence: flow.initialSequence &+ 1)
        } else if flow.flags.contains(.synFromB) {
            anchor(fromA: false, firstSequence: flow.initialSequence &+ 1)
        }
    }

    /// Sets where the stream of one side begins, from its SYN.
    func anchor(fromA: Bool, firstSequence: UInt32) {
        if fromA { sideA.prefix.anchor(firstSequence) } else { sideB.prefix.anchor(firstSequence) }
    }

    func wants(fromA: Bool) -> Bool { fromA ? !sideA.stage.isDone : !sideB.stage.isDone }

    /// Takes in a segment and decodes what it completes.
    func take(_ segment: Segment, _ payload: RawSpan, flow: inout Flow, into output: inout FlowOutput) {
        if segment.fromA {
            sideA.take(segment, payload, flow: &flow, into: &output)
        } else {
            sideB.take(segment, payload, flow: &flow, into: &output)
        }
    }

    /// The flow has ended: what could be decoded of a cut message still counts.
    func finish(_ context: Segment, flow: inout Flow, into output: inout FlowOutput) {
        sideA.finish(context.from(a: true), flow: &flow, into: &output)
        sideB.finish(context.from(a: false), flow: &flow, into: &output)
    }
}

/// What the inspection needs to know of the packet in hand.
struct Segment {
    var fromA: Bool
    var sequence: UInt32
    /// The capture holds less of the payload than was sent.
    var isCut: Bool
    /// Position of the packet in the input, and its time.
    var packet: UInt64
    var time: Timestamp

    func from(a: Bool) -> Segment {
        var copy = self
        copy.fromA = a
        return copy
    }
}

extension TCPInspection.Direction {
    mutating func take(
        _ segment: Segment, _ payload: RawSpan, flow: inout Flow, into output: inout FlowOutput
    ) {
        guard !stage.isDone else { return }
        let grew = prefix.add(sequence: segment.sequence, payload)
        if segment.isCut { isCut = true }
        // The second half is a gap that has grown too wide to wait for.
        let hasEnded = isCut || prefix.isExhausted
        if grew && prefix.bytes.count >= needed || hasEnded {
            decode(segment, hasEnded: hasEnded, flow: &flow, into: &output)
        }
        if hasEnded { giveUp(&flow, into: &output) }
    }

    mutating func finish(_ segment: Segment, flow: inout Flow, into output: inout FlowOutput) {
        guard !stage.isDone else { return }
        if !prefix.bytes.isEmpty { decode(segment, hasEnded: true, flow: &flow, into: &output) }
        if !stage.isDone { giveUp(&flow, into: &output) }
    }

    private mutating func giveUp(_ flow: inout Flow, into output: inout FlowOutput) {
        if prefix.sawConflict { output.tally.retransmissionsThatDiffer &+= 1 }
        if prefix.hasGap || isCut {
            flow.flags.insert(.gap)
            output.tally.streamsWithGap &+= 1
        }
        stop()
    }

    private mutating func stop() {
        stage = .done
        prefix = StreamPrefix(limit: 0)
    }

    /// Decodes message after message; each step consumes one, waits for more, or stops.
    private mutating func decode(
        _ segment: Segment, hasEnded: Bool, flow: inout Flow, into output: inout FlowOutput
    ) {
        var goesOn = true
        while goesOn, !stage.isDone, !prefix.bytes.isEmpty {
            needed = 1
            switch stage {
            case .start: goesOn = start(segment, hasEnded, flow: &flow, into: &output)
            case .requests: goesOn = request(segment, hasEnded, flow: &flow, into: &output)
            case .body: goesOn = skipBody()
            case .dns: goesOn = message(segment, hasEnded, flow: &flow, into: &output)
            case .done: return
            }
        }
    }

    /// Recognises what the stream speaks by its first bytes, on any port. Returns whether to go on decoding.
    private mutating func start(
        _ segment: Segment, _ hasEnded: Bool, flow: inout Flow, into output: inout FlowOutput
    ) -> Bool {
        if flow.key.portA == 53 || flow.key.portB == 53 {
            stage = .dns
            return true
        }
        enum Guess { case hello, serverFlight, request, response, none }
        let guess = prefix.bytes.withRawSpan { bytes -> Guess in
            if ClientHello.probe(bytes) { return .hello }
            if ServerFlight.probe(bytes) { return .serverFlight }
            if RequestHead.probe(bytes) { return .request }
            return ResponseHead.probe(bytes) ? .response : .none
        }
        switch guess {
        case .hello: hello(segment, hasEnded, flow: &flow, into: &output)
        case .serverFlight: serverFlight(segment, hasEnded, flow: &flow, into: &output)
        case .request: stage = .requests
        case .response: return response(hasEnded, flow: &flow, into: &output)
        case .none: stop()
        }
        return guess == .request
    }

    private mutating func hello(
        _ segment: Segment, _ hasEnded: Bool, flow: inout Flow, into output: inout FlowOutput
    ) {
        let progress = prefix.bytes.withRawSpan { ClientHello.parse(stream: $0, ended: hasEnded) }
        switch progress {
        case .needMore(let until): needed = until
        case .notMine:
            // A server's flight and a client's hello look alike in their first bytes.
            serverFlight(segment, hasEnded, flow: &flow, into: &output)
        case .done(let hello):
            TLSFacts.take(hello, ends: flow.ends(clientIsA: segment.fromA), flow: &flow, into: &output)
            stop()
        }
    }

    private mutating func serverFlight(
        _ segment: Segment, _ hasEnded: Bool, flow: inout Flow, into output: inout FlowOutput
    ) {
        let progress = prefix.bytes.withRawSpan { ServerFlight.parse(stream: $0, ended: hasEnded) }
        switch progress {
        case .needMore(let until): needed = until
        case .notMine: stop()
        case .done(let flight):
            TLSFacts.take(flight, ends: flow.ends(clientIsA: !segment.fromA), flow: &flow, into: &output)
            stop()
        }
    }

    private mutating func request(
        _ segment: Segment, _ hasEnded: Bool, flow: inout Flow, into output: inout FlowOutput
    ) -> Bool {
        let progress = prefix.bytes.withRawSpan { RequestHead.parse(stream: $0, ended: hasEnded) }
        switch progress {
        case .needMore(let until): needed = until
        case .notMine: stop()
        case .done(let head):
            HTTPFacts.take(head, ends: flow.ends(clientIsA: segment.fromA), flow: &flow, into: &output)
            guard let length = head.headLength, !head.hasUpgrade else {
                stop()
                return false
            }
            prefix.consume(length)
            if head.isConnect {
                // Behind the tunnel's request the client speaks to the tunnel's other end.
                stage = .start
                return true
            }
            let skipper = BodySkipper(head.bodyFraming)
            stage = skipper.isDone ? .requests : .body(skipper)
            return true
        }
        return false
    }

    /// An answer matters only where it opens or refuses a tunnel; then the server's flight follows.
    private mutating func response(
        _ hasEnded: Bool, flow: inout Flow, into output: inout FlowOutput
    ) -> Bool {
        guard flow.label >= 0, output.labels[Int(flow.label)].kind == .httpConnect else {
            stop()
            return false
        }
        switch prefix.bytes.withRawSpan({ ResponseHead.parse(stream: $0, ended: hasEnded) }) {
        case .needMore(let until): needed = until
        case .notMine: stop()
        case .done(let head):
            output.labels[Int(flow.label)].tunnelStatus = head.status
            guard let length = head.headLength, head.status / 100 == 2 else {
                stop()
                return false
            }
            prefix.consume(length)
            return true
        }
        return false
    }

    private mutating func skipBody() -> Bool {
        guard case .body(var skipper) = stage else { return false }
        let skipped = prefix.bytes.withRawSpan { skipper.skip($0) }
        prefix.consume(skipped)
        stage = skipper.isDone ? .requests : .body(skipper)
        if skipper.isLost { stop() }
        return skipper.isDone
    }

    private mutating func message(
        _ segment: Segment, _ hasEnded: Bool, flow: inout Flow, into output: inout FlowOutput
    ) -> Bool {
        let progress = prefix.bytes.withRawSpan { DNSMessage.nextFrame(in: $0, from: 0, ended: hasEnded) }
        switch progress {
        case .needMore(let until): needed = until
        case .notMine: stop()
        case .done(let range):
            let serverIsA = flow.key.portA == 53
            let ends = flow.ends(clientIsA: !serverIsA)
            prefix.bytes.withRawSpan { bytes in
                DNSFacts.take(
                    bytes.clamped(from: range.lowerBound, count: range.count),
                    fromServer: segment.fromA == serverIsA, ends: ends, packet: segment.packet,
                    time: segment.time, into: &output)
            }
            prefix.consume(range.upperBound)
            return true
        }
        return false
    }
}

extension Flow {
    /// The endpoints with one side taken as the client.
    func ends(clientIsA: Bool) -> MessageEnds {
        clientIsA
            ? MessageEnds(
                client: key.addressA, server: key.addressB, port: key.portB, transport: key.transport)
            : MessageEnds(
                client: key.addressB, server: key.addressA, port: key.portA, transport: key.transport)
    }

    /// Goes on under another label: what was counted so far stays with the one before.
    mutating func setLabel(_ new: FlowLabel, into output: inout FlowOutput) {
        let index = output.add(new)
        if firstLabel < 0 { firstLabel = index }
        label = index
        flags.insert(.labelChanged)
    }
}
