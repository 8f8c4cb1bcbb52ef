import Bytes
import Logs

/// One line of the App Privacy Report that iOS exports (one JSON object a line): a host that an app called, or
/// something of the device that it looked at.
enum AppPrivacyLine: Equatable {
    case network(bundle: String, host: String, hits: Int, first: Timestamp?, last: Timestamp?)
    case access(bundle: String, category: String, time: Timestamp?)
    case other

    /// Whether the first line is one of such a report.
    static func recognises(_ prefix: RawSpan) -> Bool {
        let end = prefix.firstIndex(of: 0x0a) ?? prefix.byteCount
        switch read(prefix.clamped(from: 0, count: end)) {
        case .network, .access: return true
        default: return false
        }
    }

    /// Nil when the line is no JSON.
    static func read(_ line: RawSpan) -> AppPrivacyLine? {
        JSONDocument.with(line) { document in
            let root = JSONDocument.root
            let type = document.string(document.member(root, "type"))
            if type == "networkActivity", let domain = document.string(document.member(root, "domain")) {
                let bundle = document.string(document.member(root, "bundleID")) ?? ""
                let hits = document.unsigned(document.member(root, "hits")).flatMap { Int(exactly: $0) } ?? 1
                return .network(
                    bundle: bundle, host: domain.lowercased(), hits: min(max(hits, 1), 1_000_000_000),
                    first: time(document, document.member(root, "firstTimeStamp")),
                    last: time(document, document.member(root, "timeStamp")))
            }
            guard type == "access", let category = document.string(document.member(root, "category")) else {
                return .other
            }
            // An access has a beginning and an end; the beginning speaks for both.
            if document.string(document.member(root, "kind")) == "intervalEnd" { return .other }
            var bundle = ""
            if let accessor = document.member(root, "accessor") {
                bundle = document.string(document.member(accessor, "identifier")) ?? ""
            }
            return .access(
                bundle: bundle, category: category, time: time(document, document.member(root, "timeStamp")))
        }
    }

    private static func time(_ document: borrowing JSONDocument, _ index: Int?) -> Timestamp? {
        guard let range = document.text(index) else { return nil }
        return HARTime.read(document.texts.clamped(from: range.start, count: range.count))
    }
}
