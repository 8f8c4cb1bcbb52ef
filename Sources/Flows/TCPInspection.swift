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
    private var dialogue = Dialogue()

    /// One direction of the stream.
    struct Direction {
        var prefix = StreamPrefix(limit: TCPInspection.clientLimit)
        var stage = Stage.start
        /// The prefix length below which asking the decoder again is pointless.
        var needed = 1
        /// A segment was cut by the snap length: what lies behind it never comes.
        var isCut = false
        /// A request head was read: what follows is HTTP or nothing.
        var sawRequest = false
        /// Labels of an HTTP/2 connection by authority: requests for a few hosts alternate on it.
        var authorities: [String: Int32] = [:]
    }

    /// What one direction has to know of the other.
    struct Dialogue {
        /// Names of the other side tell nothing any more: this one speaks HTTP/2 or SSH, say.
        var otherIsMute = false
        /// The client's first packet may be that of OpenVPN under a key; the server's answer tells.
        var mayBeOpenVPN = false
        /// OpenVPN with a control channel in clear, in which the server's certificate is: the length of its
        /// signatures.
        var clearOpenVPN: Int?
        /// The version of SOCKS in which the client asked for a tunnel.
        var socks: UInt8 = 0
        /// The client that a PROXY header named.
        var proxiedClient: IPAddress?
    }

    enum Stage {
        case start
        /// Requests of an HTTP/1 client, one after the other.
        case requests
        /// The body of a request that has to be passed over before the next head.
        case body(BodySkipper)
        /// DNS messages, each behind its length.
        case dns
        /// Frames of an HTTP/2 client.
        case http2(HTTP2Requests)
        /// Behind a ClientHello: another one after a retry, an alert, or nothing of interest.
        case afterHello
        /// A SOCKS5 client behind its greeting.
        case socks5
        /// A SOCKS server: how many messages of the negotiation are behind.
        case socksReply(Int)
        /// The control channel of an OpenVPN server.
        case openVPN(OpenVPNControl)
        /// Something unknown or another protocol's beginning (STARTTLS): a handshake may begin in any later
        /// segment. The number of segments that were none.
        case searching(Int)
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
            sideA.take(segment, payload, flow: &flow, into: &output, &dialogue)
        } else {
            sideB.take(segment, payload, flow: &flow, into: &output, &dialogue)
        }
        if let client = dialogue.proxiedClient, flow.label >= 0 {
            output.labels[Int(flow.label)].proxiedClient = client
        }
        guard dialogue.otherIsMute else { return }
        dialogue.otherIsMute = false
        if segment.fromA { sideB.stop() } else { sideA.stop() }
    }

    /// The flow has ended: what could be decoded of a cut message still counts.
    func finish(_ context: Segment, flow: inout Flow, into output: inout FlowOutput) {
        sideA.finish(context.from(a: true), flow: &flow, into: &output, &dialogue)
        sideB.finish(context.from(a: false), flow: &flow, into: &output, &dialogue)
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
        _ segment: Segment, _ payload: RawSpan, flow: inout Flow, into output: inout FlowOutput,
        _ dialogue: inout TCPInspection.Dialogue
    ) {
        guard !stage.isDone else { return }
        let grew = prefix.add(sequence: segment.sequence, payload)
        if segment.isCut { isCut = true }
        // The second half is a gap that has grown too wide to wait for.
        let hasEnded = isCut || prefix.isExhausted
        if grew && prefix.bytes.count >= needed || hasEnded {
            decode(segment, hasEnded: hasEnded, flow: &flow, into: &output, &dialogue)
        }
        if hasEnded { giveUp(&flow, into: &output) }
    }

    mutating func finish(
        _ segment: Segment, flow: inout Flow, into output: inout FlowOutput,
        _ dialogue: inout TCPInspection.Dialogue
    ) {
        guard !stage.isDone else { return }
        if !prefix.bytes.isEmpty { decode(segment, hasEnded: true, flow: &flow, into: &output, &dialogue) }
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

    mutating func stop() {
        stage = .done
        prefix = StreamPrefix(limit: 0)
    }

    /// Decodes message after message; each step consumes one, waits for more, or stops.
    private mutating func decode(
        _ segment: Segment, hasEnded: Bool, flow: inout Flow, into output: inout FlowOutput,
        _ dialogue: inout TCPInspection.Dialogue
    ) {
        var goesOn = true
        while goesOn, !stage.isDone, !prefix.bytes.isEmpty {
            needed = 1
            switch stage {
            case .start: goesOn = start(segment, hasEnded, flow: &flow, into: &output, &dialogue)
            case .requests: goesOn = request(segment, hasEnded, flow: &flow, into: &output, &dialogue)
            case .body: goesOn = skipBody()
            case .dns: goesOn = message(segment, hasEnded, flow: &flow, into: &output)
            case .http2: goesOn = http2(segment, flow: &flow, into: &output)
            case .afterHello: goesOn = afterHello(segment, hasEnded, flow: &flow, into: &output)
            case .socks5: goesOn = socks5(segment, flow: &flow, into: &output, &dialogue)
            case .socksReply(let step): goesOn = socksReply(step, flow: &flow, into: &output, dialogue)
            case .openVPN: goesOn = openVPN(segment, hasEnded, flow: &flow, into: &output)
            case .searching(let segments): goesOn = search(after: segments, hasEnded)
            case .done: return
            }
        }
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

    /// Goes on under a label that the flow had before, other than its first.
    mutating func returnTo(label known: Int32) {
        guard label != known else { return }
        label = known
        flags.insert(.labelChanged)
    }

    /// Goes on under another label: what was counted so far stays with the one before.
    mutating func setLabel(_ new: FlowLabel, into output: inout FlowOutput) {
        let index = output.add(new, after: newestLabel)
        newestLabel = index
        if firstLabel < 0 { firstLabel = index }
        label = index
        flags.insert(.labelChanged)
    }
}
