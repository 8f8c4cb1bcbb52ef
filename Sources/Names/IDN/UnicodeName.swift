/// How a name with A-labels reads in Unicode: shown beside the name, never instead of it.
package struct UnicodeName: Equatable, Sendable {
    /// The name with each A-label decoded that stands for something a person can read.
    package let text: String
    /// A label mixes scripts that no writing system mixes (the idea of UTS #39 §5.1, single script), as names do that
    /// imitate another.
    package let mixesScripts: Bool

    /// Nil for names without A-labels, and when none of them can be shown.
    package init?(_ name: String) {
        // A search for a text within a text costs more than all else that is written of a contact.
        guard name.utf8.contains(UInt8(ascii: "-")), name.contains("xn--") else { return nil }
        var labels: [String] = []
        var mixes = false
        var decoded = false
        for label in name.split(separator: ".", omittingEmptySubsequences: false) {
            guard label.hasPrefix("xn--"), let text = UnicodeName.decode(label.dropFirst(4)) else {
                labels.append(String(label))
                continue
            }
            decoded = true
            mixes = mixes || UnicodeName.mixesScripts(text)
            labels.append(text)
        }
        guard decoded else { return nil }
        text = labels.joined(separator: ".")
        mixesScripts = mixes
    }

    /// Only letters, marks, digits and hyphens are shown (IDNA 2008, RFC 5892, permits no others but a few joiners):
    /// no control, direction or blank character gets through.
    private static func decode(_ label: Substring) -> String? {
        guard let text = Punycode.decode(label), text.unicodeScalars.contains(where: { !$0.isASCII }) else {
            return nil
        }
        let isReadable = text.unicodeScalars.allSatisfy { scalar in
            if scalar == "-" || scalar == "\u{b7}" || scalar == "\u{30fb}" { return true }
            switch scalar.properties.generalCategory {
            case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark,
                .decimalNumber:
                return true
            default: return false
            }
        }
        return isReadable ? text : nil
    }

    /// Scripts that are written together: Japanese, Korean, and Chinese with its phonetic letters (UTS #39 §5.1).
    private static let together: [Set<Script>] = [
        [.han, .hiragana, .katakana], [.han, .hangul], [.han, .bopomofo],
    ]

    private static func mixesScripts(_ label: String) -> Bool {
        let scripts = Set(label.unicodeScalars.compactMap { Script($0) })
        return scripts.count > 1 && !together.contains { scripts.isSubset(of: $0) }
    }
}
