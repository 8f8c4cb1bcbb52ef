import Bytes

/// Who takes part in the synthetic day: clients of a school, a resolver, and named servers.
struct Cast {
    static let students = 1200
    static let staff = 300
    static let names = 2000
    /// Destinations that one client knows; each client has its own, the well-known ones are in most lists.
    static let habits = 40

    /// How a name is spoken to.
    enum Service: UInt8 {
        case tls
        case quic
        case http
    }

    struct Name {
        let text: String
        /// Targets of the CNAME records between the name and its address.
        let chain: [String]
        let speaksQUIC: Bool
        let isPlain: Bool
    }

    let all: [Name]
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
        all = (0..<Cast.names).map(Cast.name)
    }

    static var clients: Int { students + staff }

    /// Schools' applications, each with several hosts, and between them those who watch.
    private static func name(_ number: Int) -> Name {
        let hosts = ["www", "app", "api", "static", "login"]
        var text = "\(hosts[number % 5]).lesson\(number / 5).example"
        var chain: [String] = []
        if number % 7 == 3 {
            text = "p\(number).adtrack\(number % 40).example"
        } else if number % 11 == 4 {
            text = "insights.lesson\(number).example"
            chain = [
                "lesson\(number).collect.metrica\(number % 25).example", "edge\(number % 7).cdn.example",
            ]
        }
        return Name(text: text, chain: chain, speaksQUIC: number % 4 == 1, isPlain: number % 16 == 0)
    }

    /// One client in five speaks IPv6, with all its destinations.
    static func speaksIPv6(_ client: Int) -> Bool { client % 5 == 0 }

    /// Students in 10.20.0.0/16 or fd00:20::/64, staff in 10.30.0.0/16 or fd00:30::/64.
    static func address(ofClient client: Int) -> IPAddress {
        let isStudent = client < students
        if speaksIPv6(client) {
            let network: UInt64 = isStudent ? 0xfd00_0020_0000_0000 : 0xfd00_0030_0000_0000
            return IPAddress(ipv6High: network, low: UInt64(client + 1))
        }
        let network: UInt32 = isStudent ? 0x0a14_0000 : 0x0a1e_0000
        return IPAddress(ipv4: network + UInt32(client / 250 * 256 + client % 250 + 1))
    }

    /// Blocks that are set aside for benchmarks (RFC 2544, RFC 5180); one address belongs to one name.
    static func address(ofName name: Int, ipv6: Bool) -> IPAddress {
        ipv6
            ? IPAddress(ipv6High: 0x2001_0002_0000_0000, low: UInt64(name + 1))
            : IPAddress(ipv4: 0xc612_0001 + UInt32(name))
    }

    static func resolver(ipv6: Bool) -> IPAddress {
        ipv6 ? IPAddress(ipv6High: 0xfd00_0010_0000_0000, low: 0x53) : IPAddress(ipv4: 0x0a0a_0035)
    }

    /// The destination at place `habit` of a client's list: low numbers of names are in most lists.
    func name(of client: Int, habit: Int) -> Int {
        let hash = SplitMix64.mixed(seed ^ UInt64(client) << 20 ^ UInt64(habit) &* 0x9e37_79b9)
        let part = hash >> 44
        // The cube of a number between 0 and 1, in units of 2^-20.
        let cube = (((part * part) >> 20) * part) >> 20
        return Int((cube * UInt64(Cast.names)) >> 20)
    }
}
