import Bytes

/// The packet that a conversation sends next.
enum Step: UInt8 {
    case question, answer
    // TCP
    case syn, synAck, ack, hello, helloRest, serverHello, finished
    // QUIC
    case initial, initialRest, serverInitial
    // Both
    case request, data, acknowledgement
    case fin, finAck, lastAck, farewell
}

/// A client that asks for one name after the other, and exchanges data with it over one flow after the other.
struct Conversation {
    var client = 0
    var name = 0
    var service = Cast.Service.tls
    var ends = Ends()
    var step = Step.question
    /// Between a client and this server there and back, in nanoseconds.
    var roundTrip: UInt64 = 0
    /// When the name was resolved.
    var asked: UInt64 = 0
    var flowsLeft = 0

    // The flow under way.
    /// Its row of the truth.
    var row = 0
    var clientSequence: UInt32 = 0
    var serverSequence: UInt32 = 0
    var exchangesLeft = 0

    // The exchange under way.
    var packetsLeft = 0
    var packetsInAll = 0
    var isUpload = false
    /// Payload of the last packet.
    var lastSize = 0
    var unacknowledged = 0

    // The question under way.
    var questionRow = 0
    var questionPort: UInt16 = 0
    var questionNumber: UInt16 = 0

    var isIPv6: Bool { !ends.client.isIPv4 }
    var isQUIC: Bool { service == .quic }
    /// Payload of a full packet: 1500 bytes of IP for TCP, what QUIC stacks send for UDP.
    var fullSize: Int { isQUIC ? 1250 : isIPv6 ? 1440 : 1460 }
}

/// The time at which each conversation sends next: a heap whose top is the earliest.
struct Agenda {
    /// Time in nanoseconds above, number of the conversation in the twelve bits below.
    private var heap: [UInt64]

    static let limit = 4096

    init(times: [UInt64]) {
        heap = times.prefix(Agenda.limit).enumerated().map { $1 << 12 | UInt64($0) }.sorted()
    }

    var time: UInt64 { heap[0] >> 12 }
    var number: Int { Int(truncatingIfNeeded: heap[0] & 4095) }

    /// Gives the earliest another time.
    mutating func postpone(to time: UInt64) {
        let entry = time << 12 | heap[0] & 4095
        var place = 0
        while true {
            var child = 2 * place + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            guard heap[child] < entry else { break }
            heap[place] = heap[child]
            place = child
        }
        heap[place] = entry
    }
}
