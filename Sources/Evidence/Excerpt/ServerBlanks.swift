import Bytes
import Names

/// What a TLS server says in the clear, as far as it is the fact: that it took part, and up to TLS 1.2 its certificate.
enum ServerBlanks {
    struct Flight {
        /// The records from the start on, with all but hello, certificate and alerts blanked.
        var text: [UInt8]
        var facts: Set<FrameFact>
    }

    private static let serverHello: UInt8 = 2
    private static let certificate: UInt8 = 11

    /// The flight that begins at `start` of `stream`; nil when none does.
    static func flight(_ stream: [UInt8], from start: Int) -> Flight? {
        var records = Walk(stream, at: start)
        records.run()
        guard !records.facts.isEmpty else { return nil }
        return Flight(text: records.text, facts: records.facts)
    }

    private struct Walk {
        let stream: [UInt8]
        let start: Int
        var at: Int
        var text: [UInt8] = []
        var facts: Set<FrameFact> = []
        /// Handshake bytes not yet taken as a message, and where each stands in `text`.
        private var pending: [UInt8] = []
        private var places: [Int] = []
        private var isOver = false

        init(_ stream: [UInt8], at start: Int) {
            self.stream = stream
            self.start = start
            at = start
        }

        mutating func run() {
            // Each round consumes at least the five bytes of a record's header.
            while !isOver, at + 5 <= stream.count, stream[at + 1] == 3 {
                let length = Int(stream[at + 3]) << 8 | Int(stream[at + 4])
                guard length > 0, at + 5 + length <= stream.count else { break }
                let content = Array(stream[(at + 5)..<(at + 5 + length)])
                switch stream[at] {
                case 21 where length == 2:
                    text += stream[at..<(at + 5)] + content
                    facts.insert(.alert)
                    isOver = content[0] == 2
                case 22:
                    text += stream[at..<(at + 5)]
                    places += Array(text.count..<(text.count + length))
                    text += [UInt8](repeating: 0, count: length)
                    pending += content
                    takeMessages()
                default: return
                }
                at += 5 + length
            }
            // A message that never became whole shows nothing.
            guard !facts.isEmpty else { return }
        }

        private mutating func takeMessages() {
            while !isOver, pending.count >= 4 {
                let length = Int(pending[1]) << 16 | Int(pending[2]) << 8 | Int(pending[3])
                guard pending.count >= 4 + length else { return }
                take(Array(pending[..<(4 + length)]))
                pending.removeFirst(4 + length)
                places.removeFirst(4 + length)
            }
        }

        private mutating func take(_ message: [UInt8]) {
            switch message[0] {
            case ServerBlanks.serverHello:
                var changed = message
                guard let version = message.withRawSpan({ ServerBlanks.version($0) }) else {
                    isOver = true
                    return
                }
                // The session id echoes the client's, or begins a new session of this device.
                if message.count > 38 { changed.fill(39..<(39 + Int(message[38]))) }
                put(changed)
                facts.insert(.serverHello)
                isOver = TLSValue.isTLS13(version)
            case ServerBlanks.certificate:
                put(message)
                facts.insert(.certificate)
                isOver = true
            // CertificateStatus comes behind; nothing in clear stands before but what is passed over here.
            default: if facts.isEmpty { isOver = true }
            }
        }

        private mutating func put(_ message: [UInt8]) {
            for (place, byte) in zip(places, message) { text[place] = byte }
        }
    }

    private static func version(_ message: RawSpan) -> UInt16? {
        var flight = ServerFlight()
        let body = message.clamped(from: 4, count: message.byteCount)
        guard (try? flight.readServerHello(body)) != nil else { return nil }
        return flight.version
    }
}
