package import Bytes
package import Names

/// One place where a name showed itself on the wire, as `hallpass names` lists it.
package struct Sighting: Hashable, Sendable {
    package let kind: SightingKind
    /// Who asked or said hello, and whom.
    package let client: IPAddress
    package let server: IPAddress
    package let port: UInt16
    package let transport: UInt8
    package let name: String
    /// The address or target of an answer, the type of a query, `san` or `cn`, else `-`.
    package let value: String
}

/// How a name showed itself; raw values are the words of `hallpass names`.
package enum SightingKind: String, Sendable, CaseIterable {
    case tlsSNI = "tls_sni"
    case quicSNI = "quic_sni"
    case googleQUICSNI = "gquic_sni"
    case dtlsSNI = "dtls_sni"
    case httpHost = "http_host"
    case httpConnect = "http_connect"
    case http2Authority = "h2_authority"
    case socksHost = "socks_host"
    case dnsQuery = "dns_query"
    case dnsAnswerA = "dns_answer_a"
    case dnsAnswerAAAA = "dns_answer_aaaa"
    case dnsAnswerCNAME = "dns_answer_cname"
    case dnsAnswerHTTPS = "dns_answer_https"
    case tlsCertificateName = "tls_cert_name"
}

/// The endpoints of the message in hand: which side speaks as client.
package struct MessageEnds: Sendable {
    package let client: IPAddress
    package let server: IPAddress
    package let port: UInt16
    package let transport: UInt8
}

/// What a flow is called and what it speaks, once that is known.
package struct FlowLabel: Equatable, Sendable {
    /// Where the name comes from; nil when only the service is known.
    package var kind: SightingKind?
    package var name: String?
    package var service: FlowService
    /// The other side refused the handshake: the name is what was wanted, not what was reached.
    package var handshakeFailed = false
    /// The hello carried an encrypted one; its outer name is not the destination if the server accepted.
    package var offersECH = false
    /// config_id of that encrypted hello: a client that only pretends (GREASE) makes one up, so that a true
    /// one is known by the HTTPS record that this client was given (`DNSObservation.echPublicNames`).
    package var echConfigID: UInt8?
    /// The client's JA4 fingerprint.
    package var ja4: String?
    /// For whom a load balancer speaks, as its PROXY header says.
    package var proxiedClient: IPAddress?
    /// The proxy's answer to CONNECT; nil when none was seen.
    package var tunnelStatus: UInt16?
    /// Names in the server's certificate, where it was in clear and nothing better is known.
    package var certificateNames: [String] = []
    /// Who issued that certificate, by common name and organization, as far as it says so.
    package var certificateIssuers: [String] = []

    package init(kind: SightingKind? = nil, name: String? = nil, service: FlowService) {
        self.kind = kind
        self.name = name
        self.service = service
    }

    /// The name is what a proxy was asked for; names inside the tunnel do not replace it.
    var isTunnel: Bool { name != nil && (kind == .httpConnect || kind == .socksHost) }
}

/// What a flow speaks; raw values are the words of every output.
package enum FlowService: String, Sendable {
    case tls
    case quic
    case dtls
    case http
    case http2 = "h2"
    case dns
    case dnsOverTLS = "dot"
    case dnsOverQUIC = "doq"
    case dnsOverHTTPS = "doh"
    case tor
    case socks
    case ssh
    case wireGuard = "wireguard"
    case openVPN = "openvpn"
    case ike
    case espInUDP = "esp-udp"
    case stun
    case ntp
    case dhcp
    case mdns
    case llmnr
    case netBIOS = "netbios"
    case ssdp
    case unknown

    init(_ probe: DatagramProbe) {
        switch probe {
        case .wireGuard: self = .wireGuard
        case .openVPN: self = .openVPN
        case .ike: self = .ike
        case .espInUDP: self = .espInUDP
        case .stun: self = .stun
        case .ntp: self = .ntp
        case .dhcp: self = .dhcp
        case .mdns: self = .mdns
        case .llmnr: self = .llmnr
        case .netBIOS: self = .netBIOS
        case .ssdp: self = .ssdp
        }
    }

    /// Why what happens inside cannot be named, whatever name the outside has; nil for services that hide
    /// nothing.
    package var concealment: Concealment? {
        switch self {
        case .wireGuard, .openVPN, .ike, .espInUDP: .vpn
        case .dnsOverTLS, .dnsOverQUIC, .dnsOverHTTPS: .encryptedDNS
        case .tor: .tor
        default: nil
        }
    }
}

/// Why a flow's true destinations are hidden by design.
package enum Concealment: String, Sendable, CaseIterable {
    case vpn
    case encryptedDNS = "encrypted_dns"
    /// A relay that takes clients to other destinations, such as iCloud Private Relay.
    case relay
    case tor
    /// The true hello is encrypted; the name outside is that of a provider (RFC 9849).
    case encryptedHello = "ech"
}

/// A DNS message as a fact, for the join of names with addresses and for the list of lookups.
package struct DNSObservation: Sendable {
    /// Position of the packet in the input, to tell what came before which flow.
    package let packet: UInt64
    package let time: Timestamp
    package let client: IPAddress
    package let resolver: IPAddress
    package let isResponse: Bool
    package let responseCode: DNSResponseCode
    /// The first question.
    package let name: String
    package let type: DNSType
    /// Address records of the answer with their TTL in seconds, whatever name they are under.
    package let addresses: [DNSAddress]
    /// CNAME and DNAME targets in the order of the chain from `name`.
    package let chain: [String]
    /// Outer names of the encrypted hellos that the answer's HTTPS records invite to (RFC 9848), sorted.
    package let echPublicNames: [String]
    /// Resolvers that the answer's SVCB records offer over HTTPS (RFC 9461, RFC 9462), sorted.
    package let dohNames: [String]
}

/// An address that an answer gave, and for how many seconds.
package struct DNSAddress: Hashable, Sendable {
    package let address: IPAddress
    package let ttl: UInt32
}
