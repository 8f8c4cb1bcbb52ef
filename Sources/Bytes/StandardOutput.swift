#if canImport(Glibc)
    import Glibc
#endif

/// The program's standard output, with every failure told: a full disk must not look like success.
package enum StandardOutput {
    /// Writes all bytes; the fault that stopped it, or nil.
    package static func write(_ bytes: [UInt8]) -> FileFault? {
        bytes.withRawSpan { span in
            var written = 0
            while written < span.byteCount {
                let rest = span.clamped(from: written, count: span.byteCount)
                let count = unsafe rest.withUnsafeBytes { bytes in
                    unsafe Glibc.write(STDOUT_FILENO, bytes.baseAddress, bytes.count)
                }
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return FileFault(path: "standard output", code: errno) }
                written += count
            }
            return nil
        }
    }
}
