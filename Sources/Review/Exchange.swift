package import Bytes
import Names

/// One request of a session and what came back, whatever program wrote it down.
///
/// It lives as long as it takes to search it: nothing of its bytes goes into a result.
package struct Exchange: Equatable, Sendable {
    package struct Header: Equatable, Sendable {
        /// In lower case.
        package var name: String
        package var value: [UInt8]

        package init(name: String, value: [UInt8]) {
            self.name = name.lowercased()
            self.value = value
        }
    }

    package struct Message: Equatable, Sendable {
        package var headers: [Header] = []
        package var body: [UInt8] = []
        /// The media type without parameters, in lower case; empty when nothing states it.
        package var mediaType = ""
        /// Bytes on the wire, headers included, as far as anybody counted them.
        package var bytes: UInt64 = 0

        package init() {}

        /// The first header of that name (in lower case).
        package func header(_ name: String) -> [UInt8]? {
            headers.first { $0.name == name }?.value
        }
    }

    /// A message of a WebSocket (RFC 6455), unmasked.
    package struct SocketMessage: Equatable, Sendable {
        package var isSent: Bool
        package var data: [UInt8]
    }

    /// Who caused the request, as the browser says.
    package struct Initiator: Equatable, Sendable {
        package var kind: String
        /// Of the script or document; the scripts of a call stack from the innermost frame on.
        package var urls: [String]
    }

    /// Nil when the entry states no time that can be read.
    package var start: Timestamp?
    package var method = "GET"
    package var url = URLParts()
    package var request = Message()
    package var response = Message()
    /// 0 when no answer came.
    package var status = 0
    /// The browser or a filter refused to send it, or no connection came about: nothing left the device.
    package var hasFailed = false
    /// Where the answer sends the browser next, as written.
    package var redirect: String?
    package var initiator: Initiator?
    package var server: IPAddress?
    package var socket: [SocketMessage] = []
    /// Names of cookies that the answer sets.
    package var cookiesSet: [String] = []
    /// Cookies of the request where no header holds them.
    package var cookiesSent: [Header] = []
    /// What could not be read of it.
    package var gaps: [Gap: Int] = [:]

    package init() {}

    /// Why something of an exchange could not be searched. The raw values are the words of every output.
    package enum Gap: String, Sendable, CaseIterable {
        /// What was sent may have arrived all the same.
        case noAnswer = "request without an answer"
        case bodyNotRecorded = "body not in the file"
        case bodyCut = "body cut short"
        case brokenBase64 = "broken base64"
        case brokenCompression = "damaged compression"
        case unknownCompression = "unknown compression"
        case budget = "nested encodings beyond the limit"
    }

    mutating func note(_ gap: Gap) { gaps[gap, default: 0] += 1 }
}

/// The parts of a URL (RFC 3986 §3) that a review asks for.
package struct URLParts: Equatable, Sendable {
    /// As written, without the fragment, which never leaves the browser.
    package var text = ""
    /// In lower case: `https`, `wss`, `data`...
    package var scheme = ""
    /// An A-label in lower case, or an address; nil for schemes that name no host.
    package var host: String?
    package var port: UInt16 = 0
    /// Bytes of `text` before the path.
    package var pathStart = 0
    /// Where the query begins, behind its question mark; the end of `text` when there is none.
    package var queryStart = 0

    package init() {}

    /// Schemes whose requests leave the device.
    private static let ports: [String: UInt16] = ["http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21]

    package var leavesDevice: Bool { host != nil && URLParts.ports[scheme] != nil }

    package init(_ whole: String) {
        let text = String(whole.prefix { $0 != "#" })
        self.text = text
        let bytes = Array(text.utf8)
        queryStart = bytes.count
        pathStart = bytes.count
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon <= 32 else { return }
        scheme = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
        port = URLParts.ports[scheme] ?? 0
        guard bytes[colon...].starts(with: "://".utf8) else { return }
        let start = colon + 3
        let delimiters: [UInt8] = [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "\\")]
        pathStart = bytes[start...].firstIndex { delimiters.contains($0) } ?? bytes.count
        queryStart = bytes[pathStart...].firstIndex(of: UInt8(ascii: "?")).map { $0 + 1 } ?? bytes.count
        setHost(Array(bytes[start..<pathStart]))
    }

    /// Reads host and port out of the authority; a user and password before them are passed over.
    private mutating func setHost(_ authority: [UInt8]) {
        let place = authority.lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? 0
        let parsed = Array(authority[place...]).withRawSpan { HostName($0) }
        host = parsed?.text
        if let stated = parsed?.port { port = stated }
    }
}

extension URLParts {
    /// The target of a redirect or reference, as RFC 3986 §5.2 resolves the forms that browsers meet.
    package func resolved(_ reference: String) -> URLParts {
        if reference.contains("://") { return URLParts(reference) }
        if reference.hasPrefix("//") { return URLParts(scheme + ":" + reference) }
        let bytes = Array(text.utf8)
        if reference.hasPrefix("/") {
            return URLParts(String(decoding: bytes[..<pathStart], as: UTF8.self) + reference)
        }
        let path = bytes[pathStart..<max(pathStart, queryStart == bytes.count ? bytes.count : queryStart - 1)]
        let folder = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? pathStart
        return URLParts(String(decoding: bytes[..<folder], as: UTF8.self) + reference)
    }
}
