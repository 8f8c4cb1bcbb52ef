/// What a frame of an excerpt carries; raw values are the words of `frames.csv`.
package enum FrameFact: String, CaseIterable, Sendable, Comparable {
    case dnsQuestion = "dns_question"
    case dnsAnswer = "dns_answer"
    case syn
    case synAck = "syn_ack"
    case clientHello = "client_hello"
    case quicInitial = "quic_initial"
    case serverHello = "server_hello"
    case certificate
    case alert
    case httpRequest = "http_request"
    /// The status of a proxy's answer to CONNECT.
    case httpStatus = "http_status"
    case socksRequest = "socks_request"
    case socksReply = "socks_reply"
    /// Nothing but zeros and the shape of requests: it stands before what carries the fact in the same stream.
    case blanked
    /// The first packet of a direction, without payload: of a flow whose name the DNS alone tells, or whose beginning
    /// was not captured.
    case firstPacket = "first_packet"
    case fin
    case rst

    private var place: Int { FrameFact.allCases.firstIndex(of: self) ?? 0 }

    package static func < (a: FrameFact, b: FrameFact) -> Bool { a.place < b.place }
}
