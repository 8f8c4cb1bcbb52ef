package import Bytes
package import Flows

/// What one client did with one destination over one service in one clock hour (UTC): the fact that everything
/// downstream reads. It depends on nothing but the input; roster and register are applied later.
package struct Contact: Equatable, Sendable {
    /// Who began the exchange. Nil only for logs that name a user or host instead of an address.
    package var client: IPAddress?
    package var clientMAC: MACAddress?
    /// The VLAN that the client's frames were tagged with (IEEE 802.1Q, the innermost tag); nil when there was none,
    /// or more than one.
    package var clientVLAN: UInt16?
    package var clientUser: String?
    package var clientHost: String?
    /// The first `serverListLimit` addresses in ascending order; `serverCount` counts all distinct ones.
    package var servers: [IPAddress]
    package var serverCount: Int
    /// The destination's name as an A-label in lower case without trailing dot; nil when nothing named it.
    package var name: String?
    package var evidence: NameEvidence
    package var ambiguity: Ambiguity
    /// All names that fit, sorted, when `ambiguity` is `shared`.
    package var candidates: [String]
    /// The targets of the CNAME chain by which `name` was resolved, in order; empty when there was none.
    package var cnameChain: [String]
    /// Why what lies behind is hidden; nil when nothing hides it.
    package var concealment: Concealment?
    /// What the handshake showed beside its name.
    package var signs: ContactSigns
    /// Who issued the server's certificate, by common name and organization, sorted; empty when none was in clear.
    package var issuers: [String]
    /// JA4 fingerprints of the client software, sorted, at most `fingerprintLimit`.
    package var ja4: [String]
    /// The server's port; 0 for protocols without ports.
    package var port: UInt16
    /// IP protocol name: `tcp`, `udp`, `icmp`, ... or `ip-N`.
    package var transport: String
    /// What was spoken: `tls`, `quic`, `http`, `dns`, ... or `unknown`.
    package var service: String
    package var action: ContactAction
    /// UTC clock hours since 1970; nil once merged over all hours.
    package var hour: Int64?
    package var first: Timestamp
    package var last: Timestamp
    /// Minutes of `hour` in which a flow or a logged exchange began, bit 0 being the hour's first; 0 when all
    /// of it began in an earlier hour, and once merged over all hours.
    package var starts: UInt64
    /// Minutes of `hour` between the first and the last packet of a flow, or of a logged exchange's start.
    package var active: UInt64
    package var flows: UInt64
    package var packetsUp: UInt64
    package var packetsDown: UInt64
    package var bytesUp: UInt64
    package var bytesDown: UInt64
    package var bytesScope: BytesScope
    /// The kind of input that told it: `capture`, `squid`, ...
    package var source: String

    /// Enough to see what stands behind a name; a CDN's thousands of addresses would drown a report.
    package static let serverListLimit = 16
    /// One app has one or two; a contact with more is a mix that tells nothing.
    package static let fingerprintLimit = 8

    package init(client: IPAddress?, servers: [IPAddress], port: UInt16, transport: String, first: Timestamp)
    {
        self.client = client
        self.servers = servers
        self.serverCount = servers.count
        self.evidence = .none
        self.ambiguity = .exact
        self.candidates = []
        self.cnameChain = []
        self.concealment = nil
        self.signs = []
        self.issuers = []
        self.ja4 = []
        self.port = port
        self.transport = transport
        self.service = "unknown"
        self.action = .allowed
        self.first = first
        self.last = first
        self.starts = MinuteMask.bit(first)
        self.active = self.starts
        self.flows = 0
        self.packetsUp = 0
        self.packetsDown = 0
        self.bytesUp = 0
        self.bytesDown = 0
        self.bytesScope = .layer3
        self.source = "capture"
    }
}

/// How the destination's name is known (DESIGN.md §4); raw values are the words of every output.
package enum NameEvidence: String, Sendable, CaseIterable {
    case tlsSNI = "tls_sni"
    case quicSNI = "quic_sni"
    case dtlsSNI = "dtls_sni"
    case httpConnect = "http_connect"
    case socks = "socks"
    case httpHost = "http_host"
    case proxyURL = "proxy_url"
    case logSNI = "log_sni"
    case logHost = "log_host"
    case dnsAnswer = "dns_answer"
    case tlsCertificate = "tls_certificate"
    case none = "none"
}

/// How certain the name is.
package enum Ambiguity: String, Sendable, CaseIterable {
    /// The client itself stated the name on this flow.
    case exact
    /// Several names fit; all are listed as candidates.
    case shared
    /// The name was concluded from a DNS answer or a certificate.
    case inferred
    /// The destination was hidden on purpose: ECH, VPN, relay, opaque tunnel.
    case concealed
}

/// Whether data flowed.
package enum ContactAction: String, Sendable, CaseIterable {
    case allowed
    /// A filter or proxy refused it.
    case blocked
    /// The other side never answered.
    case attempted
}

/// What the byte counters count.
package enum BytesScope: String, Sendable, CaseIterable {
    /// IP header and up.
    case layer3 = "l3"
    /// Payload of TCP or UDP only.
    case layer4Payload = "l4-payload"
    /// Whole HTTP messages, headers included.
    case httpTotal = "http-total"
    /// HTTP bodies only.
    case httpBody = "http-body"
    case unknown
}
