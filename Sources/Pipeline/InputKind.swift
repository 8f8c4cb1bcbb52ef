import Bytes
import Captures
import Logs

/// What an input is, told by its first bytes and never by its name.
enum InputKind: Sendable {
    case capture(CaptureWalker)
    case log(LogFormat)
    /// A database, which a library reads by its path.
    case database
    /// An archive: what is inside has a kind of its own.
    case packed
    /// A compressed stream: the same.
    case compressed
    /// UTF-16 text: a log once it is UTF-8.
    case wide
    /// Syslog messages framed by their lengths: a log once each stands on a line.
    case counted
    case unrecognised(String)

    /// Bytes that recognition looks at: enough for a few lines of any log.
    static let prefixBytes = 64 * 1024

    static func recognise(_ prefix: RawSpan, _ settings: LogSettings = LogSettings()) -> InputKind {
        if prefix.byteCount == 0 { return .unrecognised("the file is empty") }
        if let walker = CaptureWalker(prefix) { return .capture(walker) }
        if PiholeDatabase.recognises(prefix) { return .database }
        if UnpackSource.recognises(prefix) { return .compressed }
        if PCAPHeader.hasMagic(prefix) {
            return .unrecognised("a pcap file that ends inside its 24-byte header")
        }
        if Decompressor.recognises(prefix) { return .packed }
        if UTF16Source.recognises(prefix) { return .wide }
        if OctetCountedSource.recognises(prefix) { return .counted }
        // Last, since the format has no magic number.
        if ERFWalker.recognises(prefix) { return .capture(.erf(ERFWalker())) }
        if let log = LogFormat.recognise(head: prefix, settings: settings) { return .log(log) }
        return .unrecognised("neither a pcap or pcapng capture nor a known log format")
    }

    /// The word of every output.
    var name: String {
        switch self {
        case .capture(let walker): walker.name
        case .log(let format): format.kind
        case .database: PiholeDatabase.kind
        case .packed: "packed"
        case .compressed: "compressed"
        case .wide: "utf-16"
        case .counted: "syslog frames"
        case .unrecognised: "unrecognised"
        }
    }
}
