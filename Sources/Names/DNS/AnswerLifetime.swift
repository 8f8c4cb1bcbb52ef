package import Bytes

/// For how long a DNS answer may explain a connection to the address that it gave.
package enum AnswerLifetime {
    /// Clients keep using an address beyond its TTL (browsers for minutes, apps for as long as they run); an hour is
    /// the window that the project allows. In nanoseconds.
    package static let minimum: Int64 = 3600 * 1_000_000_000

    /// The last moment at which a connection may be the consequence of an answer given at `time`: after the TTL
    /// (seconds; 0 when not known) or after `minimum`, whichever is longer.
    package static func end(answeredAt time: Timestamp, ttl: UInt32) -> Timestamp {
        let window = max(Int64(ttl) * 1_000_000_000, minimum)
        let (end, overflow) = time.nanoseconds.addingReportingOverflow(window)
        return Timestamp(nanoseconds: overflow ? .max : end)
    }
}
