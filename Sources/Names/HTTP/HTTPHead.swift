import Bytes

/// Limits that request and response heads share.
package enum HTTPLimits {
    /// Servers refuse heads of more than 8 to 64 KiB; the caller's prefix ends there too.
    package static let headLength = 64 * 1024
    /// No registered method is longer than 17 (UPDATEREDIRECTREF); some private ones are.
    static let methodLength = 32
}

/// How the body after a head ends (RFC 9112 §6.3).
package enum HTTPBodyFraming: Equatable, Sendable {
    case none
    /// Content-Length.
    case length(UInt64)
    /// Transfer-Encoding ending in `chunked`.
    case chunked
    /// Until the connection closes.
    case untilClose
    /// Fields that contradict each other: where the next message begins cannot be known.
    case unknown
}

/// The fields of a head that decide where it leads and where its body ends.
struct HTTPFields {
    var host: HostName?
    var hostRefusal: HostName.Refusal?
    var hasHost = false
    /// Host fields that differ (RFC 9112 §3.2 calls that an error).
    var hostsConflict = false
    var contentLength: UInt64?
    var lengthsConflict = false
    var transferEncoding = false
    var isChunked = false
    var upgradesToHTTP2 = false
    var hasUpgrade = false
    /// Offset behind the empty line; nil when it has not come yet.
    var end: Int?

    /// Reads field lines from `start` to the empty line, or to the end of what is there. A line ends in CRLF
    /// or a bare LF (RFC 9112 §2.2). At most `HTTPLimits.headLength` bytes are looked at.
    init(_ bytes: RawSpan, from start: Int) {
        let head = bytes.clamped(from: 0, count: HTTPLimits.headLength)
        var offset = start
        while let newline = head.firstIndex(of: 0x0a, from: offset) {
            var line = head.clamped(from: offset, count: newline - offset)
            if line.byte(at: line.byteCount - 1) == 0x0d {
                line = line.clamped(from: 0, count: line.byteCount - 1)
            }
            offset = newline + 1
            if line.byteCount == 0 {
                end = offset
                return
            }
            readField(line)
        }
    }

    private mutating func readField(_ line: RawSpan) {
        // A line that begins with a blank continues the one before (obs-fold): none of ours does that.
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return }
        let name = line.clamped(from: 0, count: colon)
        let value = line.clamped(from: colon + 1, count: line.byteCount).trimmingBlanks()
        switch name.byteCount {
        case 4 where name.equalsIgnoringCase("host"): readHost(value)
        case 7 where name.equalsIgnoringCase("upgrade"):
            hasUpgrade = true
            upgradesToHTTP2 = upgradesToHTTP2 || value.equalsIgnoringCase("h2c")
        case 14 where name.equalsIgnoringCase("content-length"): readLength(value)
        case 17 where name.equalsIgnoringCase("transfer-encoding"):
            transferEncoding = true
            // Only the last coding frames the message; before it stands nothing, a comma or a blank.
            let start = max(value.byteCount - 7, 0)
            let before = value.byte(at: start - 1) ?? UInt8(ascii: ",")
            isChunked =
                value.clamped(from: start, count: 7).equalsIgnoringCase("chunked")
                && (before == UInt8(ascii: ",") || before == 0x20 || before == 0x09)
        default: break
        }
    }

    /// The first Host counts.
    private mutating func readHost(_ value: RawSpan) {
        let first = !hasHost
        hasHost = true
        do throws(HostName.Refusal) {
            let name = try HostName.parse(HTTPAuthority.withoutUserinfo(value))
            if first { host = name } else if host != name { hostsConflict = true }
        } catch {
            if first { hostRefusal = error } else if host != nil { hostsConflict = true }
        }
    }

    /// RFC 9110 §8.6: equal values may repeat, in one line or in several.
    private mutating func readLength(_ value: RawSpan) {
        var offset = 0
        while offset <= value.byteCount {
            let comma = value.firstIndex(of: UInt8(ascii: ","), from: offset) ?? value.byteCount
            let item = value.clamped(from: offset, count: comma - offset).trimmingBlanks()
            if let length = item.decimal(), contentLength ?? length == length {
                contentLength = length
            } else {
                lengthsConflict = true
            }
            offset = comma + 1
        }
    }
}

/// Finding the host within a target or an authority (RFC 3986 §3.2).
enum HTTPAuthority {
    /// What follows the last `@`: credentials are never part of a name.
    @_lifetime(copy authority)
    static func withoutUserinfo(_ authority: RawSpan) -> RawSpan {
        var start = 0
        while let at = authority.firstIndex(of: UInt8(ascii: "@"), from: start) { start = at + 1 }
        return authority.clamped(from: start, count: authority.byteCount)
    }

    /// The authority of an absolute URI; nil when the target is none.
    @_lifetime(copy target)
    static func ofURI(_ target: RawSpan) -> RawSpan? {
        // scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ); 16 characters are more than any scheme with
        // hosts.
        var index = 0
        while index < 16, let byte = target.byte(at: index), byte != UInt8(ascii: ":") {
            let lower = asciiLowercase(byte)
            let isLetter = lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
            let isOther = isASCIIDigit(byte) || byte == 0x2b || byte == 0x2d || byte == 0x2e
            guard isLetter || index > 0 && isOther else { return nil }
            index += 1
        }
        guard index > 0, target.has("://", at: index) else { return nil }
        let start = index + 3
        var end = start
        while let byte = target.byte(at: end), byte != UInt8(ascii: "/"), byte != UInt8(ascii: "?"),
            byte != UInt8(ascii: "#")
        {
            end += 1
        }
        return withoutUserinfo(target.clamped(from: start, count: end - start))
    }
}
