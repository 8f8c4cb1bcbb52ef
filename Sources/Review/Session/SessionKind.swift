package import Bytes
import Captures

/// What recorded a session, told by the first bytes; in order of how much it tells: of a host that several
/// recorded, the first speaks. The raw values are the words of every output.
package enum SessionKind: String, Sendable, CaseIterable, Comparable {
    case har
    case mitmproxy
    case fiddler
    case netlog
    case capture
    case appReport = "app-privacy-report"

    package static func < (a: SessionKind, b: SessionKind) -> Bool { a.rank < b.rank }

    private var rank: Int { SessionKind.allCases.firstIndex(of: self) ?? 0 }

    /// How messages call it.
    package var words: String {
        switch self {
        case .har: "the HAR"
        case .mitmproxy: "the mitmproxy dump"
        case .fiddler: "the Fiddler archive"
        case .netlog: "the netlog"
        case .capture: "the capture"
        case .appReport: "the app report"
        }
    }

    /// Nil for what may be a capture or a log.
    static func recognise(_ head: RawSpan) -> SessionKind? {
        if HARFile.recognises(head) { return .har }
        if HARFile.recognisesNetLog(head) { return .netlog }
        if AppPrivacyLine.recognises(head) { return .appReport }
        if isFiddler(head) { return .fiddler }
        return MitmproxyFile.recognises(head) ? .mitmproxy : nil
    }

    /// A zip archive whose first members are Fiddler's (APPNOTE.TXT §4.3.7: names stand behind a header of 30 bytes).
    private static func isFiddler(_ head: RawSpan) -> Bool {
        guard head.word(at: 0, count: 4) == 0x0403_4b50 else { return false }
        let names = String(decoding: head.clamped(from: 0, count: 4096).copied(), as: UTF8.self).lowercased()
        return names.contains("raw/") || names.contains("raw\\") || names.contains("_index.htm")
    }
}
