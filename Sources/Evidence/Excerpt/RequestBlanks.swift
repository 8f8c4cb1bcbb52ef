import Bytes
import Names

/// Blanks what in the head of an HTTP/1 message may tell who asked, and for what: paths, the values of queries,
/// cookies, credentials, referrers and all other fields that are not on a short list. Every byte keeps its place.
enum RequestBlanks {
    private static let blank = UInt8(ascii: "x")

    /// Fields whose values are shown.
    private static let shown: Set<String> = [
        "host", "connection", "proxy-connection", "upgrade", "accept", "accept-encoding", "content-type",
        "content-length", "transfer-encoding", "cache-control", "pragma",
    ]

    /// The request head at the beginning of `bytes` if it is whole and for one of `names`.
    ///
    /// - Returns: the head with blanks, which names the same host.
    static func request(_ bytes: [UInt8], names: Set<String>) -> (
        text: [UInt8], host: String, isConnect: Bool
    )? {
        guard let head = parse(bytes), let length = head.headLength, length <= bytes.count,
            let host = head.host?.text, names.contains(host)
        else { return nil }
        var text = Array(bytes[..<length])
        eachLine(&text) { line, number in
            if number == 0 { return requestLine(line) }
            return field(line, names)
        }
        // Blanking must not have made another request of it.
        guard let again = parse(text), again.host == head.host, again.method == head.method,
            again.headLength == length
        else { return nil }
        return (text, host, head.isConnect)
    }

    /// The request head at the beginning of `bytes`, whoever it is for, with nothing left of whom; nil when it is not
    /// whole.
    static func withoutHost(_ bytes: [UInt8]) -> [UInt8]? {
        guard let head = parse(bytes), let length = head.headLength, length <= bytes.count else { return nil }
        var text = Array(bytes[..<length])
        eachLine(&text) { line, number in
            if number > 0 { return field(line, []) }
            guard let first = line.firstIndex(of: 0x20), let last = line.lastIndex(of: 0x20), first + 1 < last
            else { return blanked(line, from: 0) }
            let path = [UInt8(ascii: "/")] + [UInt8](repeating: blank, count: last - first - 2)
            return line[...first] + path + line[last...]
        }
        // A name of dots is none: nobody takes it for a destination.
        return parse(text)?.host == nil ? text : nil
    }

    /// The head of the answer to CONNECT, of which only the status is shown.
    static func response(_ bytes: [UInt8]) -> [UInt8]? {
        guard let end = headEnd(bytes), bytes.starts(with: Array("HTTP/1.".utf8)) else { return nil }
        var text = Array(bytes[..<end])
        eachLine(&text) { line, number in
            // "HTTP/1.1 200": the phrase behind it is free text.
            number == 0 ? blanked(line, from: 12) : field(line, [])
        }
        return text
    }

    private static func parse(_ bytes: [UInt8]) -> RequestHead? {
        bytes.withRawSpan { RequestHead.parse(stream: $0) }.value
    }

    /// Behind the empty line; nil when there is none in the first 8 kB.
    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        let end: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a]
        for start in 0..<max(min(bytes.count, 8192) - 3, 0)
        where bytes[start] == 0x0d && bytes[start..<(start + 4)].elementsEqual(end) {
            return start + 4
        }
        return nil
    }

    /// Replaces each line, without its end; empty lines before the first are no lines.
    private static func eachLine(_ text: inout [UInt8], _ change: ([UInt8], Int) -> [UInt8]) {
        var start = 0
        var number = 0
        while start < text.count {
            let newline = text[start...].firstIndex(of: 0x0a) ?? text.count
            var end = newline
            if end > start, text[end - 1] == 0x0d { end -= 1 }
            if end > start {
                text.replaceSubrange(start..<end, with: change(Array(text[start..<end]), number))
                number += 1
            }
            start = newline + 1
        }
    }

    private static func blanked(_ line: [UInt8], from start: Int) -> [UInt8] {
        var changed = line
        for place in line.indices where place >= start && line[place] != 0x20 && line[place] != 0x09 {
            changed[place] = blank
        }
        return changed
    }

    /// `method SP target SP version`.
    private static func requestLine(_ line: [UInt8]) -> [UInt8] {
        guard let first = line.firstIndex(of: 0x20), let last = line.lastIndex(of: 0x20), first < last else {
            return blanked(line, from: 0)
        }
        return line[...first] + target(Array(line[(first + 1)..<last])) + line[last...]
    }

    /// A target in any of its forms: what stands before the path is the authority, which stays without its user.
    private static func target(_ target: [UInt8]) -> [UInt8] {
        var changed = target
        var path = 0
        if target.first != UInt8(ascii: "/") {
            let mark = Array("://".utf8)
            let authority =
                target.indices.first { target[$0...].starts(with: mark) }.map { $0 + mark.count } ?? 0
            let end = target[authority...].firstIndex { "/?#".utf8.contains($0) } ?? target.count
            if let user = target[authority..<end].lastIndex(of: UInt8(ascii: "@")) {
                for place in authority..<user { changed[place] = blank }
            }
            path = end
        }
        let query = target[path...].firstIndex { "?#".utf8.contains($0) } ?? target.count
        for place in path..<query where target[place] != UInt8(ascii: "/") { changed[place] = blank }
        if query < target.count {
            changed.replaceSubrange((query + 1)..., with: RequestBlanks.query(target[(query + 1)...]))
        }
        return changed
    }

    /// Parameters with plain names keep these; their values are blanked, and so is everything else.
    private static func query(_ query: ArraySlice<UInt8>) -> [UInt8] {
        var changed: [UInt8] = []
        for (index, part) in query.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
            .enumerated()
        {
            if index > 0 { changed.append(UInt8(ascii: "&")) }
            let sign = part.firstIndex(of: UInt8(ascii: "=")) ?? part.startIndex
            let name = part[..<sign]
            let isPlain = name.count <= 24 && name.allSatisfy { isLetter($0) || $0 == UInt8(ascii: "_") }
            guard isPlain, !name.isEmpty else {
                changed += [UInt8](repeating: blank, count: part.count)
                continue
            }
            changed += name + [UInt8(ascii: "=")]
            changed += [UInt8](repeating: blank, count: part.endIndex - sign - 1)
        }
        return changed
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte & 0xdf) }

    private static func field(_ line: [UInt8], _ names: Set<String>) -> [UInt8] {
        // A line that begins with a blank continues the one before.
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), line[0] != 0x20, line[0] != 0x09 else {
            return blanked(line, from: 0)
        }
        let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        guard shown.contains(name) else { return blanked(line, from: colon + 1) }
        if name == "host" {
            let value = Array(line[(colon + 1)...])
            let trimmed = value.filter { $0 != 0x20 && $0 != 0x09 }
            let host = trimmed.withRawSpan { try? HostName.parse($0) }
            guard let host, names.contains(host.text) else {
                return blanked(line, from: colon + 1).map { $0 == blank ? UInt8(ascii: ".") : $0 }
            }
        }
        return line
    }
}
