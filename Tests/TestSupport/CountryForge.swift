import Bytes

/// Makes databases in MaxMind's format (MaxMind DB File Format Specification 2.0): an IPv6 tree with records of 24 bits,
/// in which IPv4 networks stand beneath ::/96.
package struct CountryForge {
    private var nodes: [[Target]] = [[.nothing, .nothing]]
    private var data: [UInt8] = []

    private enum Target {
        case nothing
        case node(Int)
        case data(Int)
    }

    package init() {}

    /// A network of IPv4 and the country's letters as the database states them.
    package mutating func add(ipv4 bits: UInt32, length: Int, _ record: [UInt8]) {
        let path = Array(repeating: false, count: 96) + (0..<length).map { bits >> (31 - $0) & 1 == 1 }
        add(path, record)
    }

    /// A network of IPv6, whose first 64 bits tell it apart.
    package mutating func add(ipv6High high: UInt64, length: Int, _ record: [UInt8]) {
        add((0..<length).map { high >> (63 - $0) & 1 == 1 }, record)
    }

    private mutating func add(_ path: [Bool], _ record: [UInt8]) {
        let place = data.count
        data += record
        var node = 0
        for (number, bit) in path.enumerated() {
            let side = bit ? 1 : 0
            if number == path.count - 1 {
                nodes[node][side] = .data(place)
            } else if case .node(let next) = nodes[node][side] {
                node = next
            } else {
                nodes.append([.nothing, .nothing])
                nodes[node][side] = .node(nodes.count - 1)
                node = nodes.count - 1
            }
        }
    }

    // MARK: - Data types (§ Output Data Section)

    package static func map(_ pairs: [(String, [UInt8])]) -> [UInt8] {
        [0xe0 | UInt8(pairs.count)] ++ pairs.flatMap { text($0.0) ++ $0.1 }
    }

    /// Up to 28 bytes.
    package static func text(_ text: String) -> [UInt8] {
        [0x40 | UInt8(text.utf8.count)] ++ Array(text.utf8)
    }

    package static func country(_ code: String) -> [UInt8] {
        map([("country", map([("iso_code", text(code))]))])
    }

    private static func uint16(_ value: Int) -> [UInt8] { [0xa2] ++ Forge.be16(value) }
    private static func uint32(_ value: Int) -> [UInt8] { [0xc4] ++ Forge.be32(UInt32(value)) }
    private static func uint64(_ value: UInt64) -> [UInt8] { [0x08, 0x02] ++ Forge.number(value, 8) }

    /// The whole file.
    package func bytes(type: String = "Test-Country", built: UInt64 = 1_793_664_000) -> [UInt8] {
        func record(_ target: Target) -> [UInt8] {
            switch target {
            case .nothing: Forge.number(UInt64(nodes.count), 3)
            case .node(let number): Forge.number(UInt64(number), 3)
            // 16 bytes of nought separate the tree from the data.
            case .data(let place): Forge.number(UInt64(nodes.count + 16 + place), 3)
            }
        }
        let tree = nodes.flatMap { $0.flatMap(record) }
        let metadata = CountryForge.map([
            ("binary_format_major_version", CountryForge.uint16(2)),
            ("binary_format_minor_version", CountryForge.uint16(0)),
            ("build_epoch", CountryForge.uint64(built)), ("database_type", CountryForge.text(type)),
            ("description", CountryForge.map([("en", CountryForge.text("made by a test"))])),
            ("ip_version", CountryForge.uint16(6)),
            ("languages", [0x01, 0x04] ++ CountryForge.text("en")),
            ("node_count", CountryForge.uint32(nodes.count)), ("record_size", CountryForge.uint16(24)),
        ])
        return tree ++ Array(repeating: 0, count: 16) ++ data ++ [0xab, 0xcd, 0xef]
            ++ Array("MaxMind.com".utf8)
            ++ metadata
    }
}
