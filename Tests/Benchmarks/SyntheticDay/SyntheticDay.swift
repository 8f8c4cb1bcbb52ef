package import Bytes

/// What a synthetic day is made of. The same values give the same bytes on every machine.
package struct DayOptions: Sendable {
    /// Size of the traffic as a plain pcap file, in bytes; the container and the snap length do not change the traffic.
    package var bytes: UInt64
    package var seed: UInt64
    package var form = CaptureForm.pcap
    package var snapLength = 262_144
    /// Conversations at the same time, at most 4096.
    package var conversations = 4096
    /// When it begins, in seconds since 1970: 2026-11-24 08:00 in New York.
    package var start: UInt64 = 1_795_525_200

    package init(bytes: UInt64, seed: UInt64) {
        self.bytes = bytes
        self.seed = seed
    }
}

/// Writes a capture of a school's morning, and knows what is in it.
///
/// Clients resolve names, then speak TLS 1.3, QUIC or HTTP to them over some flows of some exchanges each; thousands
/// of them at the same time. Memory does not grow with the size of the capture. A shorter capture is the beginning of a
/// longer one.
package struct SyntheticDay: ~Copyable {
    let cast: Cast
    var random: SplitMix64
    var noise: SplitMix64
    var sink: CaptureSink
    private var conversations: [Conversation]
    private var agenda: Agenda
    private let options: DayOptions

    let clientHellos: [[UInt8]]
    let serverHello: [UInt8]
    let requests: [[UInt8]]
    /// By name; nil for names that do not speak QUIC.
    let initials: [Initials?]
    /// The next port of each client: they are taken in turn, so that no 5-tuple comes again for a long time.
    private var ports: [UInt16]

    private var rows: [UInt32: Int] = [:]
    private var keys: [Truth.Key] = []
    var sums: [Truth.Sums] = []
    private var written: UInt64 = 0

    package init(path: String, _ options: DayOptions) throws(FileFault) {
        self.options = options
        let cast = Cast(seed: options.seed)
        self.cast = cast
        var random = SplitMix64(options.seed)
        noise = SplitMix64(~options.seed)
        sink = try CaptureSink(path: path, form: options.form, snapLength: options.snapLength)
        let names = cast.all.map(\.text)
        clientHellos = names.map {
            Messages.record(22, Messages.clientHello($0, alpn: "h2", isQUIC: false, &random))
        }
        serverHello =
            Messages.record(22, Messages.serverHello(isQUIC: false, &random)) + Messages.record(20, [1])
        requests = names.map(Messages.request)
        initials = cast.all.map { $0.speaksQUIC ? Initials($0.text, &random) : nil }
        ports = (0..<Cast.clients).map { _ in UInt16(random.number(49_152...65_535)) }
        let count = min(max(options.conversations, 1), Agenda.limit)
        conversations = (0..<count).map { _ in Conversation() }
        // They begin during the first minute.
        agenda = Agenda(times: (0..<count).map { _ in random.next() % Moment.minute })
        self.random = random
        for number in 0..<count {
            var talk = Conversation()
            begin(&talk)
            conversations[number] = talk
        }
    }

    /// Writes the whole capture; returns what is in it.
    package mutating func write() throws(FileFault) -> Truth {
        let start = options.start * Moment.second
        while written < options.bytes {
            let now = agenda.time
            let number = agenda.number
            var talk = conversations[number]
            let delay = try advance(&talk, at: now, clock: start + now)
            conversations[number] = talk
            agenda.postpone(to: now + max(delay, 1))
        }
        try sink.flush()
        var truth = Truth()
        for (key, sums) in zip(keys, sums) { truth.add(key, sums) }
        return truth
    }

    /// Some client turns to one of its destinations.
    mutating func begin(_ talk: inout Conversation) {
        let client = random.number(0...(Cast.clients - 1))
        // The smaller of two: a client has favourites.
        let habit = min(random.number(0...(Cast.habits - 1)), random.number(0...(Cast.habits - 1)))
        talk.client = client
        talk.name = cast.name(of: client, habit: habit)
        talk.ends.client = Cast.address(ofClient: client)
        talk.ends.clientMAC = 0x0200_0000_0000 | UInt64(client)
        talk.ends.server = Cast.address(ofName: talk.name, ipv6: Cast.speaksIPv6(client))
        talk.roundTrip = UInt64(random.number(2...60)) * Moment.millisecond
        talk.flowsLeft = random.number(1...3)
        talk.step = .question
    }

    mutating func nextPort(of client: Int) -> UInt16 {
        let port = ports[client]
        ports[client] = port == .max ? 49_152 : port + 1
        return port
    }

    /// The row of the truth for a flow to `name`, or for questions to the resolver when it is nil.
    mutating func row(client: Int, name: Int?, port: UInt16, isTCP: Bool) -> Int {
        let code = UInt32(client) << 16 | UInt32(name ?? 4095) << 4 | (isTCP ? 1 : 0) | (port == 80 ? 2 : 0)
        if let known = rows[code] { return known }
        rows[code] = sums.count
        sums.append(Truth.Sums())
        keys.append(
            Truth.Key(
                client: Cast.address(ofClient: client).description, name: name.map { cast.all[$0].text },
                port: port, transport: isTCP ? "tcp" : "udp"))
        return sums.count - 1
    }

    /// Ends the frame in hand and counts it.
    @inline(__always)
    mutating func finish(_ ends: Ends, _ transport: UInt8, up: Bool, row: Int, _ clock: UInt64)
        throws(FileFault)
    {
        let size = try sink.close(at: clock, ends, transport: transport)
        written += UInt64(size.record)
        if up {
            sums[row].packetsUp += 1
            sums[row].bytesUp += UInt64(size.layer3)
        } else {
            sums[row].packetsDown += 1
            sums[row].bytesDown += UInt64(size.layer3)
        }
    }
}

/// Spans of time in nanoseconds.
enum Moment {
    static let microsecond: UInt64 = 1000
    static let millisecond: UInt64 = 1_000_000
    static let second: UInt64 = 1_000_000_000
    static let minute: UInt64 = 60_000_000_000
}
