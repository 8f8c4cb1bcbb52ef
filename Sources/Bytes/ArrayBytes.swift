extension Span where Element == UInt8 {
    /// The same bytes as a `RawSpan`: the one place where the conversion, which strict mode calls unsafe, is made.
    @inlinable package var bytesView: RawSpan {
        @_lifetime(copy self) get { unsafe bytes }
    }
}

extension [UInt8] {
    /// Runs `body` over the array's bytes without copying.
    @inlinable package func withRawSpan<R: ~Copyable, E: Error>(
        _ body: (RawSpan) throws(E) -> R
    ) throws(E) -> R {
        try body(span.bytesView)
    }
}
