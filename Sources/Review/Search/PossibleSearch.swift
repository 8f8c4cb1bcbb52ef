import Bytes

/// What looks as if it told students or devices apart, without being planted: told as possible, never as certain.
package enum PossibleKind: String, Sendable, CaseIterable, Comparable {
    case advertisingID = "advertising id"
    case coordinates
    case fingerprint
    case sessionRecording = "session recording"

    package static func < (a: PossibleKind, b: PossibleKind) -> Bool { a.rawValue < b.rawValue }
}

/// Something of that kind in one exchange.
package struct PossibleHit: Hashable, Sendable {
    package var kind: PossibleKind
    package var place: HitPlace
    /// The key beneath which it stood; empty for what the host or path shows.
    package var field: String
}

/// Looks for identifiers by the names that senders give them and the shapes that they have.
struct PossibleSearch {
    /// Keys in lower case without punctuation, and what their values must look like.
    private static let advertising: Set<String> = [
        "idfa", "aaid", "gaid", "adid", "ifa", "rdid", "advertisingid", "advertiserid", "googleadid", "advid",
        "idfv",
    ]
    private static let fingerprints: Set<String> = [
        "fingerprint", "fp", "fphash", "browserfingerprint", "devicefingerprint", "visitorid", "canvashash",
        "canvasfp",
        "webglhash", "audiofp", "audiohash", "fonthash", "fonts", "canvas", "webgl", "hardwareconcurrency",
    ]
    private static let latitudes: Set<String> = ["lat", "latitude", "geolat", "userlat"]
    private static let longitudes: Set<String> = [
        "lon", "lng", "long", "longitude", "geolon", "geolng", "userlon",
    ]

    /// Paths by which known recorders of sessions upload what was typed and moved: from the documentation and the
    /// published scripts of FullStory, Hotjar, Clarity, LogRocket, rrweb and others, read 2026-11.
    private static let recorderPaths = [
        "/rec/bundle", "/rec/page", "/rrweb", "/session-replay", "/sessionreplay", "/api/v1/replay",
        "/replay/record",
        "/collect/recording", "/recordings/content", "/smartlook", "/mouseflow", "/clarity/collect",
    ]

    private let forms: PlantedForms?
    private var found: Set<PossibleHit> = []

    init(_ forms: PlantedForms?) { self.forms = forms }

    /// All hits of what an exchange sends, sorted.
    static func search(_ exchange: Exchange, _ forms: PlantedForms?) -> [PossibleHit] {
        guard exchange.url.leavesDevice else { return [] }
        var search = PossibleSearch(forms)
        let url = Array(exchange.url.text.utf8)
        search.take(url, .url)
        search.takePath(
            String(decoding: url[exchange.url.pathStart..<exchange.url.queryStart], as: UTF8.self))
        for header in exchange.request.headers where header.name == "cookie" {
            search.take(header.value, .cookie)
        }
        if !exchange.request.mediaType.hasPrefix("image/") { search.take(exchange.request.body, .body) }
        for message in exchange.socket where message.isSent { search.take(message.data, .webSocket) }
        return search.found.sorted { ($0.kind, $0.place, $0.field) < ($1.kind, $1.place, $1.field) }
    }

    private mutating func takePath(_ path: String) {
        let lower = path.lowercased()
        guard PossibleSearch.recorderPaths.contains(where: { lower.contains($0) }) else { return }
        found.insert(PossibleHit(kind: .sessionRecording, place: .url, field: ""))
    }

    /// A request that says more than this about a device is a file that is uploaded.
    private static let limit = 1 << 20

    private mutating func take(_ bytes: [UInt8], _ place: HitPlace) {
        bytes.withRawSpan { (span: RawSpan) in
            let head = span.clamped(from: 0, count: PossibleSearch.limit)
            pairs(head, place)
            if let decoded = Unescape.percent(head, plusIsSpace: false) {
                decoded.withRawSpan { pairs($0, place) }
            }
        }
    }

    /// Looks at each `key=value` and `"key": value`.
    private mutating func pairs(_ text: RawSpan, _ place: HitPlace) {
        var coordinates = (latitude: false, longitude: false)
        var field = ""
        for index in 0..<text.byteCount {
            let byte = text.byte(at: index)
            guard byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":"),
                let key = KeyContext.wordEnding(at: index, in: text)
            else { continue }
            let word = PossibleSearch.plain(key)
            let value = PossibleSearch.value(text, after: index)
            if PossibleSearch.advertising.contains(word), PossibleSearch.isUUID(value) {
                note(.advertisingID, place, key)
            } else if PossibleSearch.fingerprints.contains(word), PossibleSearch.isDigest(value) {
                note(.fingerprint, place, key)
            } else if PossibleSearch.latitudes.contains(word), PossibleSearch.isDegree(value, limit: 90) {
                coordinates.latitude = true
                field = shown(key)
            } else if PossibleSearch.longitudes.contains(word), PossibleSearch.isDegree(value, limit: 180) {
                coordinates.longitude = true
            }
        }
        if coordinates.latitude, coordinates.longitude {
            found.insert(PossibleHit(kind: .coordinates, place: place, field: field))
        }
    }

    private mutating func note(_ kind: PossibleKind, _ place: HitPlace, _ key: [UInt8]) {
        found.insert(PossibleHit(kind: kind, place: place, field: shown(key)))
    }

    private func shown(_ key: [UInt8]) -> String { FieldName.shown(key, forms) }

    private static func plain(_ key: [UInt8]) -> String {
        // The last part of `device[ifa]` or `user.lat` is what the value is.
        let last = key.split { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") }.last ?? []
        return String(decoding: last.filter { isASCIIAlphanumeric($0) }.map { asciiLower($0) }, as: UTF8.self)
    }

    /// The value behind a separator, without quotes, at most 80 bytes.
    private static func value(_ text: RawSpan, after separator: Int) -> [UInt8] {
        var index = separator + 1
        while let byte = text.byte(at: index),
            byte == 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
        {
            index += 1
        }
        let part = text.clamped(from: index, count: 80).copied()
        return Array(part.prefix { isASCIIAlphanumeric($0) || "-._+".utf8.contains($0) })
    }

    /// RFC 9562 §4, and not the one of zeros, which a device gives that refuses to be followed.
    private static func isUUID(_ value: [UInt8]) -> Bool {
        let parts = value.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12]
            && value.allSatisfy {
                isASCIIDigit($0) || (0x61...0x66).contains($0 | 0x20) || $0 == UInt8(ascii: "-")
            }
            && value.contains { $0 != UInt8(ascii: "0") && $0 != UInt8(ascii: "-") }
    }

    /// Twelve or more letters and digits, of both.
    private static func isDigest(_ value: [UInt8]) -> Bool {
        value.count >= 12 && value.contains(where: isASCIIDigit) && value.contains(where: isASCIILetter)
    }

    /// Degrees with three decimals or more, which tell a place to a hundred metres.
    private static func isDegree(_ value: [UInt8], limit: Double) -> Bool {
        let text = String(decoding: value, as: UTF8.self)
        guard let point = text.firstIndex(of: "."), text[point...].count > 3, let degrees = Double(text)
        else {
            return false
        }
        return abs(degrees) <= limit && degrees != 0
    }
}
