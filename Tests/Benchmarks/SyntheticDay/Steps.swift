import Bytes

/// One packet of a conversation after the other.
extension SyntheticDay {
    /// Sends the packet that is due; returns the nanoseconds until the next one.
    mutating func advance(_ talk: inout Conversation, at now: UInt64, clock: UInt64) throws(FileFault)
        -> UInt64
    {
        switch talk.step {
        case .question, .answer: try resolve(&talk, at: now, clock)
        case .syn, .synAck, .ack, .hello, .helloRest, .serverHello, .finished: try open(&talk, clock)
        case .initial, .initialRest, .serverInitial: try openQUIC(&talk, clock)
        case .request: try request(&talk, clock)
        case .data: try data(&talk, clock)
        case .acknowledgement: try acknowledge(&talk, clock)
        case .fin, .finAck, .lastAck, .farewell: try close(&talk, at: now, clock)
        }
    }

    // MARK: The name

    private mutating func resolve(
        _ talk: inout Conversation, at now: UInt64, _ clock: UInt64
    ) throws(FileFault) -> UInt64 {
        let isQuestion = talk.step == .question
        if isQuestion {
            talk.questionPort = nextPort(of: talk.client)
            talk.questionNumber = UInt16(truncatingIfNeeded: random.next())
            talk.questionRow = row(client: talk.client, name: nil, port: 53, isTCP: false)
            sums[talk.questionRow].flows += 1
        }
        var ends = talk.ends
        ends.server = Cast.resolver(ipv6: talk.isIPv6)
        ends.clientPort = talk.questionPort
        ends.serverPort = 53
        let name = cast.all[talk.name]
        let message =
            isQuestion
            ? Messages.question(name.text, ipv6: talk.isIPv6)
            : Messages.answer(name.text, chain: name.chain, talk.ends.server)
        sink.open(ends, up: isQuestion, transport: TransportNumber.udp)
        sink.putUDP()
        sink.buffer.put(talk.questionNumber)
        sink.buffer.put(message, from: 2)
        try finish(ends, TransportNumber.udp, up: isQuestion, row: talk.questionRow, clock)
        guard !isQuestion else {
            talk.step = .answer
            return UInt64(random.number(300...20_000)) * Moment.microsecond
        }
        talk.asked = now
        beginFlow(&talk)
        return UInt64(random.number(100...3000)) * Moment.microsecond
    }

    private mutating func beginFlow(_ talk: inout Conversation) {
        let name = cast.all[talk.name]
        let isQUIC = name.speaksQUIC && random.chance(60)
        talk.service = isQUIC ? .quic : name.isPlain ? .http : .tls
        talk.ends.clientPort = nextPort(of: talk.client)
        talk.ends.serverPort = talk.service == .http ? 80 : 443
        talk.clientSequence = UInt32(truncatingIfNeeded: random.next())
        talk.serverSequence = UInt32(truncatingIfNeeded: random.next())
        talk.exchangesLeft = random.number(1...9)
        talk.unacknowledged = 0
        talk.step = isQUIC ? .initial : .syn
    }

    /// The flow's first packet is about to be written, and not merely planned.
    private mutating func countFlow(_ talk: inout Conversation) {
        talk.row = row(client: talk.client, name: talk.name, port: talk.ends.serverPort, isTCP: !talk.isQUIC)
        sums[talk.row].flows += 1
    }

    // MARK: TCP

    private mutating func tcp(_ talk: borrowing Conversation, up: Bool, _ flags: UInt8) {
        sink.open(talk.ends, up: up, transport: TransportNumber.tcp)
        let (own, other) =
            up
            ? (talk.clientSequence, talk.serverSequence) : (talk.serverSequence, talk.clientSequence)
        sink.putTCP(own, flags == TCPFlag.syn ? 0 : other, flags)
    }

    private mutating func finishTCP(
        _ talk: inout Conversation, up: Bool, _ payload: Int, _ clock: UInt64
    ) throws(FileFault) {
        if up { talk.clientSequence &+= UInt32(payload) } else { talk.serverSequence &+= UInt32(payload) }
        try finish(talk.ends, TransportNumber.tcp, up: up, row: talk.row, clock)
    }

    private mutating func open(_ talk: inout Conversation, _ clock: UInt64) throws(FileFault) -> UInt64 {
        let half = talk.roundTrip / 2
        switch talk.step {
        case .syn:
            countFlow(&talk)
            tcp(talk, up: true, TCPFlag.syn)
            try finishTCP(&talk, up: true, 1, clock)
            return next(.synAck, &talk, half)
        case .synAck:
            tcp(talk, up: false, TCPFlag.syn | TCPFlag.ack)
            try finishTCP(&talk, up: false, 1, clock)
            return next(.ack, &talk, half)
        case .ack:
            tcp(talk, up: true, TCPFlag.ack)
            try finishTCP(&talk, up: true, 0, clock)
            return next(talk.service == .http ? .request : .hello, &talk, 60 * Moment.microsecond)
        case .hello, .helloRest:
            let hello = clientHellos[talk.name]
            let isFirst = talk.step == .hello
            let start = isFirst ? 0 : talk.fullSize
            let count = isFirst ? talk.fullSize : hello.count - talk.fullSize
            tcp(talk, up: true, TCPFlag.ack | (isFirst ? 0 : TCPFlag.push))
            sink.buffer.put(hello, from: start, count: count)
            try finishTCP(&talk, up: true, count, clock)
            return next(isFirst ? .helloRest : .serverHello, &talk, isFirst ? 20 * Moment.microsecond : half)
        case .serverHello:
            tcp(talk, up: false, TCPFlag.ack | TCPFlag.push)
            sink.buffer.put(serverHello)
            try finishTCP(&talk, up: false, serverHello.count, clock)
            return next(.finished, &talk, half)
        default:
            tcp(talk, up: true, TCPFlag.ack | TCPFlag.push)
            sink.buffer.put([20, 3, 3, 0, 1, 1, 23, 3, 3, 0, 53])
            sink.buffer.putNoise(53, &noise)
            try finishTCP(&talk, up: true, 64, clock)
            return next(.request, &talk, 200 * Moment.microsecond)
        }
    }

    private func next(_ step: Step, _ talk: inout Conversation, _ delay: UInt64) -> UInt64 {
        talk.step = step
        return delay
    }

    // MARK: QUIC

    private mutating func quic(_ talk: borrowing Conversation, up: Bool) {
        sink.open(talk.ends, up: up, transport: TransportNumber.udp)
        sink.putUDP()
    }

    private mutating func openQUIC(_ talk: inout Conversation, _ clock: UInt64) throws(FileFault) -> UInt64 {
        if talk.step == .initial { countFlow(&talk) }
        let isUp = talk.step != .serverInitial
        quic(talk, up: isUp)
        if let initials = initials[talk.name] {
            switch talk.step {
            case .initial: sink.buffer.put(initials.client[0])
            case .initialRest: sink.buffer.put(initials.client[1])
            default: sink.buffer.put(initials.server)
            }
        }
        try finish(talk.ends, TransportNumber.udp, up: isUp, row: talk.row, clock)
        switch talk.step {
        case .initial: return next(.initialRest, &talk, 20 * Moment.microsecond)
        case .initialRest: return next(.serverInitial, &talk, talk.roundTrip)
        default: return next(.request, &talk, 500 * Moment.microsecond)
        }
    }

    /// A packet with a short header (RFC 9000 §17.3); the server's go to an empty connection id.
    private mutating func short(
        _ talk: borrowing Conversation, up: Bool, _ payload: Int, _ clock: UInt64
    ) throws(FileFault) {
        quic(talk, up: up)
        sink.buffer.put(UInt8(0x40))
        if up, let id = initials[talk.name]?.serverID { sink.buffer.put(id) }
        sink.buffer.putNoise(max(payload - (up ? 9 : 1), 20), &noise)
        try finish(talk.ends, TransportNumber.udp, up: up, row: talk.row, clock)
    }

    // MARK: Exchanges

    private mutating func request(_ talk: inout Conversation, _ clock: UInt64) throws(FileFault) -> UInt64 {
        switch talk.service {
        case .quic: try short(talk, up: true, random.number(60...400), clock)
        case .tls: try sendRecord(&talk, up: true, random.number(80...600), clock)
        case .http:
            tcp(talk, up: true, TCPFlag.ack | TCPFlag.push)
            sink.buffer.put(requests[talk.name])
            try finishTCP(&talk, up: true, requests[talk.name].count, clock)
        }
        talk.exchangesLeft -= 1
        talk.packetsLeft = responsePackets()
        talk.packetsInAll = talk.packetsLeft
        talk.lastSize = random.number(200...1200)
        talk.isUpload = talk.service != .http && random.chance(8)
        talk.unacknowledged = 0
        return next(.data, &talk, talk.roundTrip)
    }

    /// Half of all answers fit one packet, three in a hundred bring most of the bytes.
    private mutating func responsePackets() -> Int {
        switch random.number(0...99) {
        case 0..<50: 1
        case 50..<80: random.number(2...6)
        case 80..<97: random.number(7...40)
        default: random.number(41...240)
        }
    }

    /// A segment that holds one TLS record of `count` bytes of ciphertext.
    private mutating func sendRecord(
        _ talk: inout Conversation, up: Bool, _ count: Int, _ clock: UInt64
    ) throws(FileFault) {
        tcp(talk, up: up, TCPFlag.ack | TCPFlag.push)
        sink.buffer.put(UInt8(23))
        sink.buffer.put(UInt16(0x0303))
        sink.buffer.put(UInt16(count))
        sink.buffer.putNoise(count, &noise)
        try finishTCP(&talk, up: up, count + 5, clock)
    }

    private mutating func data(_ talk: inout Conversation, _ clock: UInt64) throws(FileFault) -> UInt64 {
        let size = talk.packetsLeft == 1 ? talk.lastSize : talk.fullSize
        switch talk.service {
        case .quic: try short(talk, up: talk.isUpload, size, clock)
        case .tls: try sendRecord(&talk, up: talk.isUpload, size - 5, clock)
        case .http: try sendBody(&talk, size, clock)
        }
        talk.packetsLeft -= 1
        talk.unacknowledged += 1
        if talk.packetsLeft == 0 || talk.unacknowledged >= (talk.isQUIC ? 4 : 2) {
            return next(.acknowledgement, &talk, 30 * Moment.microsecond)
        }
        return UInt64(random.number(12...400)) * Moment.microsecond
    }

    private mutating func sendBody(
        _ talk: inout Conversation, _ size: Int, _ clock: UInt64
    ) throws(FileFault) {
        tcp(talk, up: false, TCPFlag.ack)
        var rest = size
        if talk.packetsLeft == talk.packetsInAll {
            let inAll = (talk.packetsInAll - 1) * talk.fullSize + talk.lastSize
            // The length field has a fixed width, so that the head's size is known beforehand.
            let head = Messages.response(length: inAll - Messages.response(length: 0).count)
            sink.buffer.put(head)
            rest -= head.count
        }
        sink.buffer.putNoise(rest, &noise)
        try finishTCP(&talk, up: false, size, clock)
    }

    private mutating func acknowledge(_ talk: inout Conversation, _ clock: UInt64) throws(FileFault) -> UInt64
    {
        if talk.isQUIC {
            try short(talk, up: !talk.isUpload, 36, clock)
        } else {
            tcp(talk, up: !talk.isUpload, TCPFlag.ack)
            try finishTCP(&talk, up: !talk.isUpload, 0, clock)
        }
        talk.unacknowledged = 0
        if talk.packetsLeft > 0 {
            return next(.data, &talk, UInt64(random.number(12...400)) * Moment.microsecond)
        }
        if talk.exchangesLeft > 0 {
            // Shorter than any table's patience with a quiet flow.
            return next(.request, &talk, UInt64(random.number(100...40_000)) * Moment.millisecond)
        }
        return next(
            talk.isQUIC ? .farewell : .fin, &talk, UInt64(random.number(1...5000)) * Moment.millisecond)
    }

    // MARK: The end

    private mutating func close(
        _ talk: inout Conversation, at now: UInt64, _ clock: UInt64
    ) throws(FileFault) -> UInt64 {
        switch talk.step {
        case .fin:
            tcp(talk, up: true, TCPFlag.fin | TCPFlag.ack)
            try finishTCP(&talk, up: true, 1, clock)
            return next(.finAck, &talk, talk.roundTrip)
        case .finAck:
            tcp(talk, up: false, TCPFlag.fin | TCPFlag.ack)
            try finishTCP(&talk, up: false, 1, clock)
            return next(.lastAck, &talk, 50 * Moment.microsecond)
        case .lastAck:
            tcp(talk, up: true, TCPFlag.ack)
            try finishTCP(&talk, up: true, 0, clock)
        default:
            try short(talk, up: true, 30, clock)
        }
        talk.flowsLeft -= 1
        if talk.flowsLeft > 0, now - talk.asked < 10 * Moment.minute {
            beginFlow(&talk)
            return UInt64(random.number(10...20_000)) * Moment.millisecond
        }
        begin(&talk)
        return UInt64(random.number(1000...90_000)) * Moment.millisecond
    }
}
