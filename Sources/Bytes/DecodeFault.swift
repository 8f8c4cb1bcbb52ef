/// Why a decoder stopped. Small and payload-free, so that throwing one costs nothing on the packet path.
///
/// Four outcomes exist for any piece of wire data: decoded (no fault), `truncated` (the capture cut it, or more
/// is to come), `malformed` (enough bytes, but they contradict the format) and `unknown` (a valid shape that
/// Hallpass does not interpret).
@usableFromInline package enum DecodeFault: Error, Equatable, Sendable {
    /// The bytes end before the field does.
    case truncated
    /// The bytes contradict the format.
    case malformed
    /// A version, type or code that is not interpreted.
    case unknown
}
