import Bytes

/// One domain of the register: its name and every name beneath it, or with `=` only the name itself.
package struct DomainEntry: Hashable, Sendable, CustomStringConvertible {
    /// Lower-case A-labels without a trailing dot.
    package let name: String
    /// Written as `=name`: names beneath it are not meant.
    package let isExact: Bool

    package init(name: String, isExact: Bool) {
        self.name = name
        self.isExact = isExact
    }

    package var description: String { isExact ? "=\(name)" : name }

    /// Whether the entry covers `other`, by the domain rule.
    package func covers(_ other: String) -> Bool {
        other == name || (!isExact && other.hasSuffix(".\(name)"))
    }
}

/// A domain entry and where it is written.
package struct ListedDomain: Hashable, Sendable {
    package let entry: DomainEntry
    package let place: Place

    package init(_ entry: DomainEntry, at place: Place) {
        self.entry = entry
        self.place = place
    }
}

/// Why a text is not a domain of the register; the message says what to write instead.
package struct DomainFault: Error, Equatable, Sendable {
    package let message: String
}

extension DomainEntry {
    /// Reads an entry as people write it, and refuses what would never match or would match too much.
    ///
    /// `sharedSuffix` admits a company's own suffix such as `cloudfront.net`: for the owner of shared
    /// infrastructure, which everything beneath it belongs to whoever rents it.
    package init(parsing text: String, sharedSuffix: Bool = false) throws(DomainFault) {
        let isExact = text.hasPrefix("=")
        let name = try DomainEntry.normalise(isExact ? String(text.dropFirst()) : text, written: text)
        if PublicSuffixList.isSuffix(name) {
            // `=name` cannot reach other parties' names beneath it, so a company's own suffix may stand
            // alone.
            guard isExact || sharedSuffix, name.contains("."), !PublicSuffixList.isRegistrySuffix(name)
            else {
                throw DomainFault(
                    message:
                        "\(quoted(text)) is a public suffix: names beneath it belong to different parties; "
                        + "write the registered name, such as \(quoted("vendor.\(name)"))")
            }
        }
        self.init(name: name, isExact: isExact)
    }

    /// A host name in the form in which names are compared: lower case, no trailing dot, A-labels.
    ///
    /// `written` is the text as it stands in the file, for messages.
    package static func normalise(_ text: String, written: String) throws(DomainFault) -> String {
        if isPlainName(text) { return text }
        var name = text.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        if let advice = adviceAgainst(name) {
            throw DomainFault(message: "\(quoted(written)) is not a domain: \(advice)")
        }
        return name
    }

    /// Whether `text` is a well-formed name as it stands: nearly all are, and of a million the long way would take
    /// half a minute. A last label that ends in a digit may belong to an address and goes the long way.
    private static func isPlainName(_ text: String) -> Bool {
        var labelBytes = 0
        var last = UInt8(ascii: ".")
        var count = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"):
                labelBytes += 1
            case UInt8(ascii: "-"):
                if labelBytes == 0 { return false }
                labelBytes += 1
            case UInt8(ascii: "."):
                if labelBytes == 0 || last == UInt8(ascii: "-") { return false }
                labelBytes = 0
            default: return false
            }
            if labelBytes > 63 { return false }
            last = byte
            count += 1
        }
        return count <= 253 && last >= UInt8(ascii: "a")
    }

    /// What is wrong with a lower-case name, as advice; nil when it is well formed.
    private static func adviceAgainst(_ name: String) -> String? {
        if name.isEmpty { return "it is empty" }
        if let scheme = firstRange(of: "://", in: name) {
            return "leave out the scheme and path; write \(quoted(hostPart(name[scheme...])))"
        }
        if name.contains(where: \.isWhitespace) { return "it contains a space; write one domain per entry" }
        if name.hasPrefix("*.") || name.hasPrefix(".") {
            let rest = name.drop { $0 == "*" || $0 == "." }
            return "an entry covers every name beneath it already; write \(quoted(String(rest)))"
        }
        if name.contains("*") { return "wildcards are not used; write the name that all of them end with" }
        if name.contains("/") { return "leave out the path; write \(quoted(hostPart(name[...])))" }
        if name.contains("@") { return "it is a mail address; write what stands after the @" }
        if IPAddress(name) != nil { return "it is an address; entries are names" }
        if name.contains(":") { return "leave out the port; write \(quoted(hostPart(name[...])))" }
        if !name.utf8.allSatisfy({ $0 < 128 }) {
            return "write an international name as its A-label (it begins with xn--)"
        }
        if name.utf8.count > 253 { return "it is longer than 253 characters" }
        return adviceAgainstLabels(name)
    }

    private static func adviceAgainstLabels(_ name: String) -> String? {
        for label in name.split(separator: ".", omittingEmptySubsequences: false) {
            if label.isEmpty { return "it has an empty label (two dots in a row, or a dot at its start)" }
            if label.utf8.count > 63 {
                return "the label \(quoted(String(label))) is longer than 63 characters"
            }
            if label.hasPrefix("-") || label.hasSuffix("-") {
                return "the label \(quoted(String(label))) begins or ends with a hyphen"
            }
            if let odd = label.first(where: { !isNameCharacter($0) }) {
                return "it contains \(quoted(String(odd)))"
            }
        }
        return nil
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        switch character {
        case "a"..."z", "0"..."9", "-", "_": true
        default: false
        }
    }

    /// The host in `text`: what stands before the first slash, colon or question mark.
    private static func hostPart(_ text: Substring) -> String {
        String(text.prefix { $0 != "/" && $0 != ":" && $0 != "?" })
    }

    /// The index after the first `needle` in `text`.
    private static func firstRange(of needle: String, in text: String) -> String.Index? {
        var start = text.startIndex
        while start < text.endIndex {
            if text[start...].hasPrefix(needle) { return text.index(start, offsetBy: needle.count) }
            start = text.index(after: start)
        }
        return nil
    }
}

/// `text` in double quotes for a message, without characters that could disturb a terminal.
package func quoted(_ text: String) -> String {
    let safe = text.unicodeScalars.map { scalar -> String in
        let control = scalar.value < 32 || scalar.value == 127 || scalar.properties.generalCategory == .format
        return control ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
    return "\"\(safe.joined())\""
}
