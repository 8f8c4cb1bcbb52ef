import Bytes
import Captures
import Logs

/// What an input is, told by its first bytes and never by its name.
enum InputKind: Sendable {
    case pcap(PCAPHeader)
    case pcapng
    case log(LogFormat)
    case unrecognised(String)

    /// Bytes that recognition looks at: enough for a few lines of any log.
    static let prefixBytes = 64 * 1024

    static func recognise(_ prefix: RawSpan) -> InputKind {
        if prefix.byteCount == 0 { return .unrecognised("the file is empty") }
        if let header = PCAPHeader(prefix) { return .pcap(header) }
        if PCAPHeader.hasMagic(prefix) {
            return .unrecognised("a pcap file that ends inside its 24-byte header")
        }
        var reader = ByteReader(prefix)
        if let type = try? reader.u32LE(), type == PCAPNGWalker.sectionHeaderType { return .pcapng }
        if let log = LogFormat.recognise(head: prefix) { return .log(log) }
        return .unrecognised(description(of: prefix))
    }

    /// The word of every output.
    var name: String {
        switch self {
        case .pcap: "pcap"
        case .pcapng: "pcapng"
        case .log(let format): format.kind
        case .unrecognised: "unrecognised"
        }
    }

    private static func description(of prefix: RawSpan) -> String {
        var reader = ByteReader(prefix)
        switch try? reader.u32() {
        case .some(let magic) where magic >> 16 == 0x1f8b: return "gzip data, which is not read yet; unpack it first"
        case 0x28b5_2ffd: return "zstd data, which is not read yet; unpack it first"
        case 0xfd37_7a58: return "xz data, which is not read yet; unpack it first"
        case 0x504b_0304: return "a zip archive, which is not read yet; unpack it first"
        default: return "neither a pcap or pcapng capture nor a known log format (Squid native)"
        }
    }
}
