import Bytes

/// The fourth column of a Squid native line, `TAGS/NNN` (`src/LogTags.cc`), taken apart.
struct SquidResult: Equatable, Sendable {
    struct Tags: OptionSet, Sendable {
        let rawValue: UInt16

        /// Begins with `NONE` or `TAG`: the request never reached the cache or the network.
        static let none = Tags(rawValue: 1)
        /// Nothing but `NONE`, `NONE_NONE` or `TAG_NONE`: no tag was set at all.
        static let bare = Tags(rawValue: 2)
        static let udp = Tags(rawValue: 4)
        static let hit = Tags(rawValue: 8)
        static let denied = Tags(rawValue: 16)
        static let reply = Tags(rawValue: 32)
        static let redirect = Tags(rawValue: 64)
        static let tunnel = Tags(rawValue: 128)
        static let aborted = Tags(rawValue: 256)
    }

    var tags: Tags
    /// The status sent to the client; 0 when none was.
    var status: UInt16

    /// Nil unless the text is one of the four transports, further tags, a slash and three digits. Tags that
    /// are not known are let through: they come and go between versions, and the transport and status stay.
    init?(_ text: RawSpan) {
        let slash = text.byteCount - 4
        guard slash >= 3, text.byte(at: slash) == UInt8(ascii: "/"),
            let status = DecimalText.read(text, from: slash + 1, to: text.byteCount, maxDigits: 3)
        else { return nil }
        self.init(tags: text.clamped(from: 0, count: slash), status: UInt16(truncatingIfNeeded: status))
    }

    /// The tags alone, with the status from elsewhere in the line.
    init?(tags text: RawSpan, status: UInt16) {
        let slash = text.byteCount
        self.status = status
        tags = []
        var isFirst = true
        var start = 0
        for index in 0...slash {
            guard index == slash || text.byte(at: index) == UInt8(ascii: "_") else {
                guard let byte = text.byte(at: index), SquidResult.isTagByte(byte) else { return nil }
                continue
            }
            let word = text.clamped(from: start, count: index - start)
            guard !isFirst || readTransport(word) else { return nil }
            if !isFirst { readTag(word) }
            isFirst = false
            start = index + 1
        }
    }

    private static func isTagByte(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z"))
            || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }

    private mutating func readTransport(_ word: RawSpan) -> Bool {
        switch String(ascii: word) {
        case "TCP": break
        case "UDP": tags.insert(.udp)
        case "NONE", "TAG": tags.formUnion([.none, .bare])
        default: return false
        }
        return true
    }

    private mutating func readTag(_ word: RawSpan) {
        let text = String(ascii: word)
        if text != "NONE" { tags.remove(.bare) }
        switch text {
        case "HIT": tags.insert(.hit)
        case "DENIED": tags.insert(.denied)
        case "REPLY": tags.insert(.reply)
        case "REDIRECT": tags.insert(.redirect)
        case "TUNNEL": tags.insert(.tunnel)
        case "ABORTED": tags.insert(.aborted)
        default: break
        }
    }
}

/// The code of the ninth column, `CODE/peer` (`src/hier_code.h`): how the request was sent on.
struct SquidHierarchy: Equatable, Sendable {
    enum Route: UInt8, Sendable {
        /// Not sent on.
        case nowhere
        /// To the origin: the peer is the server.
        case origin
        /// To another proxy: the peer is that proxy.
        case proxy
    }

    var route: Route

    /// Nil when `text` (without slash and peer) is no hierarchy code of any Squid version.
    init?(_ text: RawSpan) {
        var code = String(ascii: text)
        if code.hasPrefix("TIMEOUT_") { code.removeFirst("TIMEOUT_".count) }
        if let route = SquidHierarchy.routes[code] {
            self.route = route
        } else if code.hasPrefix("HIER_"), code.utf8.count <= 32 {
            // A code of a later version: something was contacted, and nobody knows whether it is the origin.
            route = .proxy
        } else {
            return nil
        }
    }

    private static let routes: [String: Route] = [
        "HIER_NONE": .nowhere, "NONE": .nowhere, "NO_DIRECT_FAIL": .nowhere,
        "HIER_DIRECT": .origin, "DIRECT": .origin, "CLOSEST_DIRECT": .origin, "ORIGINAL_DST": .origin,
        "PINNED": .origin,
        "SIBLING_HIT": .proxy, "PARENT_HIT": .proxy, "DEFAULT_PARENT": .proxy, "SINGLE_PARENT": .proxy,
        "FIRSTUP_PARENT": .proxy, "FIRST_UP_PARENT": .proxy, "FIRST_PARENT_MISS": .proxy,
        "CLOSEST_PARENT_MISS": .proxy, "CLOSEST_PARENT": .proxy, "SOURCE_FASTEST": .proxy,
        "ROUNDROBIN_PARENT": .proxy, "ROUND_ROBIN_PARENT": .proxy, "CD_PARENT_HIT": .proxy,
        "CD_SIBLING_HIT": .proxy, "CARP": .proxy, "ANY_OLD_PARENT": .proxy, "ANY_PARENT": .proxy,
        "USERHASH_PARENT": .proxy, "SOURCEHASH_PARENT": .proxy, "STANDBY_POOL": .proxy,
        "HIER_STANDBY_POOL": .proxy,
    ]
}

extension String {
    /// The text of bytes that are expected to be ASCII; other bytes come out as replacement characters.
    init(ascii bytes: RawSpan) { self = String(decoding: bytes.copied(), as: UTF8.self) }
}
