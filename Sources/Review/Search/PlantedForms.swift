import Bytes
import Crypto

/// Everything that a persona's values are searched as, made once for a whole session.
struct PlantedForms: Sendable {
    struct Meaning: Sendable {
        var element: Element
        var note: String
        /// How the pattern itself encodes the value; nil for plain text.
        var encoding: Encoding?
        /// What may not stand beside it: a longer number or word would be another value.
        var edges: Edges
    }

    enum Edges: Sendable {
        /// Anything may: the text has hardly a chance by chance.
        case any
        /// Where the value begins or ends with a letter, no letter; with a digit, no digit.
        case word
    }

    struct Weak: Sendable {
        var element: Element
        var note: String
        /// In lower case.
        var bytes: [UInt8]
    }

    private(set) var meanings: [Meaning] = []
    /// By digest, for MD5, SHA-1 and SHA-256.
    private(set) var digests: [[UInt8]: Meaning] = [:]
    private(set) var weak: [Weak] = []
    /// Elements whose values hold another's: a mail address is often made of the name.
    private(set) var holders: [Element: Set<Element>] = [:]
    /// Whether a weak value begins with that byte, in either case.
    private(set) var beginsWeak = Array(repeating: false, count: 256)
    private(set) var matcher = PatternMatcher([])

    init(_ persona: Persona) {
        var patterns: [PatternMatcher.Pattern] = []
        let all = ElementForms.all(of: persona)
        for planted in all {
            for other in all where other.element != planted.element {
                if other.text.lowercased().contains(planted.text.lowercased()) {
                    holders[planted.element, default: []].insert(other.element)
                }
            }
            if planted.isWeak {
                weak.append(
                    Weak(
                        element: planted.element, note: planted.note,
                        bytes: Array(planted.text.lowercased().utf8)))
            } else {
                PlantedForms.add(planted, &patterns, &meanings)
            }
            // A hash of a single letter or digit is a hash that anybody may have made of anything.
            if ElementForms.bits(planted.text) >= PlantedForms.hashBits { addDigests(planted) }
        }
        for value in weak {
            guard let first = value.bytes.first else { continue }
            beginsWeak[Int(first)] = true
            if isASCIILetter(first) { beginsWeak[Int(first ^ 0x20)] = true }
        }
        matcher = PatternMatcher(patterns)
    }

    /// Four letters, or five digits.
    private static let hashBits = 16.0

    /// Spellings whose encodings differ: as planted, in lower and in upper case.
    private static func spellings(_ text: String) -> [String] {
        var all = [text]
        for other in [text.lowercased(), text.uppercased()] where !all.contains(other) { all.append(other) }
        return all
    }

    private static func add(
        _ planted: PlantedText, _ patterns: inout [PatternMatcher.Pattern], _ meanings: inout [Meaning]
    ) {
        var seen: Set<[UInt8]> = []
        func add(_ bytes: [UInt8], _ encoding: Encoding?, _ edges: Edges) {
            guard bytes.count >= PatternMatcher.minimum, seen.insert(bytes).inserted else { return }
            patterns.append(PatternMatcher.Pattern(bytes: bytes, isExact: encoding == .base64))
            meanings.append(
                Meaning(element: planted.element, note: planted.note, encoding: encoding, edges: edges))
        }
        for text in spellings(planted.text) {
            let bytes = Array(text.utf8)
            // Letters beyond ASCII are the same in each spelling's own case only.
            add(bytes.map(asciiLower), nil, .word)
            for shift in 0..<3 {
                for urlSafe in [false, true] {
                    let core = Base64Text.core(bytes, shift: shift, urlSafe: urlSafe)
                    // Eight characters are 48 bits, beyond chance.
                    if core.count >= 8 { add(core, .base64, .any) }
                }
            }
            add(hexadecimalDigits(bytes), .hex, .any)
        }
    }

    private mutating func addDigests(_ planted: PlantedText) {
        for text in spellings(of: planted) {
            let bytes = Array(text.utf8)
            func note(_ digest: some Sequence<UInt8>, _ encoding: Encoding) {
                let key = Array(digest)
                guard digests[key] == nil else { return }
                digests[key] = Meaning(
                    element: planted.element, note: planted.note, encoding: encoding, edges: .any)
            }
            note(Insecure.MD5.hash(data: bytes), .md5)
            note(Insecure.SHA1.hash(data: bytes), .sha1)
            note(SHA256.hash(data: bytes), .sha256)
        }
    }

    /// What senders make of a value before they hash it: either case, no spaces, no punctuation, a space at the end.
    private func spellings(of planted: PlantedText) -> [String] {
        var all = PlantedForms.spellings(planted.text)
        for text in all {
            let plain = text.filter { $0.isLetter || $0.isNumber }
            let spaceless = text.filter { $0 != " " }
            for other in [plain, spaceless, text + " ", text + "\n"] where !all.contains(other) {
                all.append(other)
            }
        }
        return all
    }
}

/// Lower-case hexadecimal digits.
func hexadecimalDigits(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
}
