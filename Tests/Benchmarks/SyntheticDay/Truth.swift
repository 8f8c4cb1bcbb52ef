/// What really happened: for every client, name, port and transport what flowed.
package struct Truth: Equatable, Sendable {
    package struct Key: Hashable, Comparable, Sendable {
        package let client: String
        /// `-` for destinations without a name.
        package let name: String
        package let port: UInt16
        package let transport: String

        package init(client: String, name: String?, port: UInt16, transport: String) {
            self.client = client
            self.name = name ?? "-"
            self.port = port
            self.transport = transport
        }

        var text: String { "\(client)\t\(name)\t\(port)\t\(transport)" }

        package static func < (a: Key, b: Key) -> Bool {
            a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
        }
    }

    /// Bytes are those of layer 3.
    package struct Sums: Equatable, Sendable {
        package var flows: UInt64 = 0
        package var packetsUp: UInt64 = 0
        package var packetsDown: UInt64 = 0
        package var bytesUp: UInt64 = 0
        package var bytesDown: UInt64 = 0

        package init() {}

        package mutating func add(_ other: Sums) {
            flows += other.flows
            packetsUp += other.packetsUp
            packetsDown += other.packetsDown
            bytesUp += other.bytesUp
            bytesDown += other.bytesDown
        }

        var text: String { "\(flows)\t\(packetsUp)\t\(packetsDown)\t\(bytesUp)\t\(bytesDown)" }
    }

    package private(set) var rows: [Key: Sums] = [:]

    package init() {}

    package mutating func add(_ key: Key, _ sums: Sums) { rows[key, default: Sums()].add(sums) }

    package var packets: UInt64 { rows.values.reduce(0) { $0 + $1.packetsUp + $1.packetsDown } }
    package var flows: UInt64 { rows.values.reduce(0) { $0 + $1.flows } }

    private static let header =
        "client\tname\tport\ttransport\tflows\tpackets_up\tpackets_down\tbytes_up\tbytes_down"

    /// A header line, then one line per key, sorted bytewise.
    package var text: String {
        let lines = rows.map { "\($0.key.text)\t\($0.value.text)\n" }
        let sorted = lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return Truth.header + "\n" + sorted.joined()
    }

    /// Nil when a line is not what `text` writes.
    package init?(text: String) {
        let lines = text.split(separator: "\n")
        guard lines.first.map(String.init) == Truth.header else { return nil }
        for line in lines.dropFirst() {
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard cells.count == 9, let port = UInt16(cells[2]) else { return nil }
            let numbers = cells[4...].compactMap { UInt64($0) }
            guard numbers.count == 5 else { return nil }
            var sums = Sums()
            sums.flows = numbers[0]
            sums.packetsUp = numbers[1]
            sums.packetsDown = numbers[2]
            sums.bytesUp = numbers[3]
            sums.bytesDown = numbers[4]
            add(Key(client: cells[0], name: cells[1], port: port, transport: cells[3]), sums)
        }
    }

    /// One line per row that is not the same in `found`, sorted; empty when all agree.
    package func differences(from found: Truth) -> [String] {
        let keys = Set(rows.keys).union(found.rows.keys).sorted()
        return keys.compactMap { key in
            let expected = rows[key]?.text ?? "nothing"
            let got = found.rows[key]?.text ?? "nothing"
            return expected == got ? nil : "\(key.text): expected \(expected), found \(got)"
        }
    }
}
