import Bytes

/// One value found in one text.
struct TextHit: Hashable {
    var element: Element
    var note: String
    /// From the outside in.
    var form: [Encoding]
    /// The keys beneath which it stood, from the outside in, joined by points; empty when there were none.
    var field: String
}

/// Searches one text and everything that is encoded in it, layer by layer.
struct TextSearch {
    /// Encodings within encodings: three are common (a JSON text in base64 in a form), more than six are none.
    private static let depthLimit = 6

    private let forms: PlantedForms
    private(set) var hits: [TextHit] = []
    /// Bytes that may still be unpacked: layers in layers could double the work each time.
    private(set) var budget: Int
    private(set) var ranOut = false

    private var form: [Encoding] = []
    private var fields: [[UInt8]] = []

    /// A value that was recognised in its encoded form, without decoding.
    private struct Pending {
        var meaning: PlantedForms.Meaning
        var range: Range<Int>
    }

    init(_ forms: PlantedForms, budget: Int) {
        self.forms = forms
        self.budget = budget
    }

    /// Searches `text`; `isForm` where a plus sign stands for a space (URLs, forms, cookies).
    mutating func search(_ text: RawSpan, isForm: Bool) {
        let pending = scan(text)
        scanWeak(text)
        let mayGoOn = form.count < TextSearch.depthLimit
        let runs = mayGoOn ? searchRuns(text) : []
        settle(pending, runs, text)
        guard mayGoOn else { return }
        if let decoded = Unescape.percent(text, plusIsSpace: isForm), take(decoded.count) {
            enter(.url, nil) { $0.search(decoded, isForm: false) }
        }
        if let decoded = Unescape.json(text), take(decoded.count) {
            enter(.json, nil) { $0.search(decoded, isForm: false) }
        }
        if let (coding, decoded) = ContentDecoder.sniff(text, limit: budget), take(decoded.count) {
            enter(coding, nil) { $0.search(decoded, isForm: false) }
        }
    }

    mutating func search(_ bytes: [UInt8], isForm: Bool) {
        bytes.withRawSpan { search($0, isForm: isForm) }
    }

    private mutating func take(_ count: Int) -> Bool {
        guard count <= budget else {
            ranOut = true
            return false
        }
        budget -= count
        return true
    }

    /// Runs `body` one layer deeper.
    private mutating func enter(_ encoding: Encoding, _ field: [UInt8]?, _ body: (inout TextSearch) -> Void) {
        form.append(encoding)
        if let field { fields.append(field) }
        body(&self)
        if field != nil { fields.removeLast() }
        form.removeLast()
    }

    private mutating func note(_ element: Element, _ note: String, _ encoding: Encoding?, _ field: [UInt8]?) {
        let path = (fields + (field.map { [$0] } ?? [])).map { FieldName.shown($0, forms) }
        let whole = path.filter { !$0.isEmpty }.joined(separator: ".")
        hits.append(
            TextHit(element: element, note: note, form: form + (encoding.map { [$0] } ?? []), field: whole))
    }

    // MARK: - Values by themselves

    /// Notes what stands in the text as it is; gives back what stands there encoded.
    private mutating func scan(_ text: RawSpan) -> [Pending] {
        var pending: [Pending] = []
        var found: [(number: Int, range: Range<Int>)] = []
        forms.matcher.scan(text) { number, range in
            if found.count < TextSearch.hitLimit { found.append((number, range)) }
        }
        // The longest at each place: a full name is not its given name as well.
        found.sort {
            ($0.range.lowerBound, -$0.range.count, $0.number) < (
                $1.range.lowerBound, -$1.range.count, $1.number
            )
        }
        var ends: [Element: Int] = [:]
        for (number, range) in found {
            let meaning = forms.meanings[number]
            guard range.lowerBound >= ends[meaning.element] ?? 0, hasEdges(text, range, meaning.edges) else {
                continue
            }
            ends[meaning.element] = range.upperBound
            if meaning.encoding == nil {
                note(meaning.element, meaning.note, nil, KeyContext.key(of: range.lowerBound, in: text))
            } else {
                pending.append(Pending(meaning: meaning, range: range))
            }
        }
        return pending
    }

    /// Decoding tells more (the keys within), so what it found as well is not noted twice.
    private mutating func settle(_ pending: [Pending], _ runs: [DecodedRun], _ text: RawSpan) {
        for hit in pending {
            let isKnown = runs.contains {
                $0.range.lowerBound <= hit.range.lowerBound && hit.range.upperBound <= $0.range.upperBound
                    && $0.elements.contains(hit.meaning.element)
            }
            if isKnown { continue }
            let key = KeyContext.key(of: hit.range.lowerBound, in: text)
            note(hit.meaning.element, hit.meaning.note, hit.meaning.encoding, key)
        }
    }

    /// Hits that are kept of one text: more say nothing new.
    private static let hitLimit = 10_000

    private func hasEdges(_ text: RawSpan, _ range: Range<Int>, _ edges: PlantedForms.Edges) -> Bool {
        guard edges == .word else { return true }
        return !isSameKind(text.byte(at: range.lowerBound - 1), text.byte(at: range.lowerBound))
            && !isSameKind(text.byte(at: range.upperBound - 1), text.byte(at: range.upperBound))
    }

    private func isSameKind(_ a: UInt8?, _ b: UInt8?) -> Bool {
        guard let a, let b else { return false }
        return isASCIIDigit(a) && isASCIIDigit(b) || isASCIILetter(a) && isASCIILetter(b)
    }

    // MARK: - Values that need their key

    /// Looks behind every `=` and `:`, and every slash between path segments, for a short value beneath its own key.
    private mutating func scanWeak(_ text: RawSpan) {
        guard !forms.weak.isEmpty else { return }
        for index in 0..<text.byteCount {
            let byte = text.byte(at: index) ?? 0
            guard byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "/") else {
                continue
            }
            if let start = valueStart(text, after: index, isPath: byte == UInt8(ascii: "/")) {
                matchWeak(text, at: start) { KeyContext.wordEnding(at: index, in: text) }
            }
            if byte == UInt8(ascii: "="), let (name, start) = multipartValue(text, at: index) {
                matchWeak(text, at: start) { name }
            }
        }
    }

    /// Where the value behind a separator begins, when its first byte is one of a short value.
    private func valueStart(_ text: RawSpan, after separator: Int, isPath: Bool) -> Int? {
        var index = separator + 1
        let end = index + 8
        while !isPath, index < end, let byte = text.byte(at: index),
            byte == 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
                || byte == UInt8(ascii: "[")
        {
            index += 1
        }
        guard let byte = text.byte(at: index), forms.beginsWeak[Int(byte)] else { return nil }
        return index
    }

    /// `name="key"` of a multipart form, and where the value begins behind the empty line.
    private func multipartValue(_ text: RawSpan, at equals: Int) -> (name: [UInt8], start: Int)? {
        guard text.byte(at: equals + 1) == UInt8(ascii: "\""), text.byte(at: equals - 1) == UInt8(ascii: "e"),
            text.byte(at: equals - 4) == UInt8(ascii: "n"),
            let quote = text.firstIndex(of: UInt8(ascii: "\""), from: equals + 2), quote - equals < 66
        else { return nil }
        var index = quote
        while index < quote + 200, let byte = text.byte(at: index) {
            let next = text.byte(at: index + 1)
            if byte == 0x0a, next == 0x0a { return (name(text, equals, quote), index + 2) }
            if byte == 0x0a, next == 0x0d, text.byte(at: index + 2) == 0x0a {
                return (name(text, equals, quote), index + 3)
            }
            index += 1
        }
        return nil
    }

    private func name(_ text: RawSpan, _ equals: Int, _ quote: Int) -> [UInt8] {
        text.clamped(from: equals + 2, count: quote - equals - 2).copied()
    }

    private mutating func matchWeak(_ text: RawSpan, at start: Int, _ key: () -> [UInt8]?) {
        for value in forms.weak where stands(value.bytes, in: text, at: start) {
            guard let key = key(), value.element.isKey(key) else { continue }
            note(value.element, value.note, nil, key)
            return
        }
    }

    /// Whether the value stands there and ends there.
    private func stands(_ value: [UInt8], in text: RawSpan, at start: Int) -> Bool {
        for (offset, byte) in value.enumerated() where asciiLower(text.byte(at: start + offset) ?? 0) != byte
        {
            return false
        }
        guard let next = text.byte(at: start + value.count) else { return true }
        if next == UInt8(ascii: "."), let digit = text.byte(at: start + value.count + 1), isASCIIDigit(digit)
        {
            return false
        }
        return !isASCIIAlphanumeric(next) && next != UInt8(ascii: "_") && next != UInt8(ascii: "-")
            && next < 0x80
    }

    // MARK: - Runs of characters that may be digests, base64 or hexadecimal

    /// A run that stood for something, and what was found in it.
    private struct DecodedRun {
        var range: Range<Int>
        var elements: Set<Element>
    }

    /// Gives back the runs in which something was found.
    private mutating func searchRuns(_ text: RawSpan) -> [DecodedRun] {
        var runs: [DecodedRun] = []
        var index = 0
        let table = Base64Text.values
        let values = table.span
        while index < text.byteCount {
            guard values[Int(text.byte(at: index) ?? 0)] < 64 else {
                index &+= 1
                continue
            }
            let start = index
            while index < text.byteCount, values[Int(text.byte(at: index) ?? 0)] < 64 { index &+= 1 }
            guard index - start >= TextSearch.runMinimum else { continue }
            let before = hits.count
            searchRun(text, start, index)
            if hits.count > before {
                runs.append(DecodedRun(range: start..<index, elements: Set(hits[before...].map(\.element))))
            }
        }
        return runs
    }

    /// Nine bytes in base64: hardly anything shorter holds a key and a value.
    private static let runMinimum = 12

    private mutating func searchRun(_ text: RawSpan, _ start: Int, _ end: Int) {
        findBase64Digest(text, start, end)
        tryBase64(text, start, end)
        var part = start
        for index in start...end {
            let isPunctuation = index == end || !isASCIIAlphanumeric(text.byte(at: index) ?? 0)
            if isPunctuation {
                if index - part >= TextSearch.runMinimum { searchPart(text, part, index, of: start..<end) }
                part = index + 1
            }
        }
    }

    /// A stretch of letters and digits within a run, whose signs may have been separators.
    private mutating func searchPart(_ text: RawSpan, _ start: Int, _ end: Int, of run: Range<Int>) {
        if let bytes = Unescape.hexadecimal(text, start, end) {
            if let meaning = forms.digests[bytes] {
                note(meaning.element, meaning.note, meaning.encoding, KeyContext.key(of: start, in: text))
            } else if Unescape.isText(bytes), take(bytes.count) {
                enter(.hex, KeyContext.key(of: start, in: text)) { $0.search(bytes, isForm: false) }
            }
        }
        // Base64 rarely lacks both of its signs for long, but in paths and names it stands behind them.
        if start > run.lowerBound { tryBase64(text, start, min(end, run.upperBound)) }
    }

    private mutating func findBase64Digest(_ text: RawSpan, _ start: Int, _ end: Int) {
        // 16, 20 and 32 bytes, without padding.
        guard [22, 27, 43].contains(end - start) else { return }
        let bytes = Base64Text.decode(text, from: start, to: end).bytes
        guard let meaning = forms.digests[bytes] else { return }
        form.append(.base64)
        note(meaning.element, meaning.note, meaning.encoding, KeyContext.key(of: start, in: text))
        form.removeLast()
    }

    private mutating func tryBase64(_ text: RawSpan, _ start: Int, _ end: Int) {
        let head = Base64Text.decode(text, from: start, to: min(end, start + 32)).bytes
        guard Unescape.isText(head) || ContentDecoder.isPacked(head) else { return }
        let bytes = Base64Text.decode(text, from: start, to: end).bytes
        guard take(bytes.count) else { return }
        enter(isJWT(text, start, end) ? .jwt : .base64, KeyContext.key(of: start, in: text)) {
            $0.search(bytes, isForm: false)
        }
    }

    /// Whether the run is the header or the payload of a JSON Web Token (RFC 7519): JSON objects joined by points.
    private func isJWT(_ text: RawSpan, _ start: Int, _ end: Int) -> Bool {
        guard text.byte(at: start) == UInt8(ascii: "e"), text.byte(at: start + 1) == UInt8(ascii: "y") else {
            return false
        }
        return text.byte(at: end) == UInt8(ascii: ".") || text.byte(at: start - 1) == UInt8(ascii: ".")
    }
}

/// Keys as they may be shown: themselves a place where values stand.
enum FieldName {
    private static let limit = 40

    static func shown(_ key: [UInt8], _ forms: PlantedForms?) -> String {
        var holdsValue = false
        key.withRawSpan { forms?.matcher.scan($0) { _, _ in holdsValue = true } }
        if holdsValue { return "(value)" }
        let plain = key.filter { isASCIIAlphanumeric($0) || "_-[].".utf8.contains($0) }
        return String(decoding: plain.prefix(limit), as: UTF8.self)
    }
}
