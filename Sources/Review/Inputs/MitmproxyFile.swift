import Bytes

/// Reads a mitmproxy dump flow by flow.
struct MitmproxyFile {
    private(set) var isComplete = true
    private(set) var problems: [String] = []
    private(set) var bytes: UInt64 = 0
    private(set) var flows: UInt64 = 0
    /// Flows that are no HTTP: DNS, plain TCP and UDP.
    private(set) var others: UInt64 = 0

    /// A flow beyond that is passed over: a film, not a form.
    private static let flowLimit = 64 << 20

    /// Whether the first bytes begin a dictionary of a flow: a length, a colon, and a first key with its length.
    static func recognises(_ prefix: RawSpan) -> Bool {
        var index = 0
        while let byte = prefix.byte(at: index), isASCIIDigit(byte), index < 12 { index += 1 }
        guard index > 1, prefix.byte(at: index) == UInt8(ascii: ":") else { return false }
        guard case .value(let key) = Tnetstring.read(prefix, at: index + 1, end: prefix.byteCount) else {
            return false
        }
        return key.kind == .text || key.kind == .bytes
    }

    /// Calls `body` with each exchange.
    mutating func read(_ source: any ByteSource, head: [UInt8], _ body: (Exchange) -> Void) {
        var buffer = ByteBuffer(capacity: max(1 << 20, head.count))
        var filled = head.withRawSpan { buffer.write($0, at: 0) }
        bytes = UInt64(filled)
        var start = 0
        while true {
            switch Tnetstring.read(buffer.bytes(filled), at: start, end: filled) {
            case .value(let flow):
                flows += 1
                if let exchange = MitmproxyFlow.exchange(buffer.bytes(filled), flow) {
                    body(exchange)
                } else {
                    others += 1
                }
                start = flow.end
            case .malformed:
                return stop("at byte \(bytes - UInt64(filled - start)): no mitmproxy flow begins here")
            case .needs(let count):
                guard count <= MitmproxyFile.flowLimit else {
                    return stop("a flow is longer than \(MitmproxyFile.flowLimit >> 20) MiB")
                }
                buffer.moveToFront(from: start, to: filled)
                filled -= start
                start = 0
                if count > buffer.capacity { buffer.grow(to: count, keeping: filled) }
                guard let got = more(source, &buffer, filled) else { return }
                if got == 0 {
                    if filled > 0 { stop("it ends in the middle of a flow") }
                    return
                }
                filled += got
            }
        }
    }

    private mutating func more(_ source: any ByteSource, _ buffer: inout ByteBuffer, _ filled: Int) -> Int? {
        do throws(FileFault) {
            let got = try source.readNext(into: &buffer, at: filled, count: buffer.capacity - filled)
            bytes += UInt64(got)
            return got
        } catch {
            stop(error.cause)
            return nil
        }
    }

    private mutating func stop(_ problem: String) {
        isComplete = false
        problems.append("\(problem); \(flows) flows before it are used")
    }
}
