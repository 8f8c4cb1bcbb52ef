package import Bytes
package import Flows
import Packets
package import Roster

/// Distinct sightings of names, for checking against other tools (DESIGN.md §5).
package struct NamesRenderer {
    private let gate: IdentityGate
    private let homeNetworks: [IPPrefix]

    /// A pseudonymising gate hides the addresses inside `homeNetworks` and every client.
    package init(
        gate: IdentityGate = .identified, homeNetworks: [IPPrefix] = IPPrefix.defaultHomeNetworks
    ) {
        self.gate = gate
        self.homeNetworks = homeNetworks
    }

    /// Tab-separated: a header line, then one line per fact, sorted bytewise.
    package func tsv(_ sightings: [(sighting: Sighting, count: UInt64)]) -> String {
        let lines = sightings.map { (cells($0.sighting) + [String($0.count)]).joined(separator: "\t") }
        let header = NamesRenderer.columns.joined(separator: "\t")
        return ([header] + sorted(lines)).map { $0 + "\n" }.joined()
    }

    /// The same facts as JSON, one object a line, in the order of the TSV.
    package func jsonl(_ sightings: [(sighting: Sighting, count: UInt64)]) -> String {
        let rows = sightings.map { row -> (key: String, line: String) in
            let cells = cells(row.sighting)
            var pairs = zip(NamesRenderer.columns, cells).map { ($0, JSONValue?.some(.string($1))) }
            pairs[3].1 = .integer(Int64(row.sighting.port))
            pairs.append(("count", .unsigned(row.count)))
            let key = (cells + [String(row.count)]).joined(separator: "\t")
            return (key, JSONValue.object(pairs).compact + "\n")
        }
        return rows.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.line).joined()
    }

    package static let columns = ["kind", "client", "server", "port", "transport", "name", "value", "count"]

    /// All but the count.
    private func cells(_ sighting: Sighting) -> [String] {
        [
            sighting.kind.rawValue, gate.pseudonym(forClient: sighting.client), shown(sighting.server),
            String(sighting.port), IPProtocol.name(sighting.transport), escaped(sighting.name),
            gate.isIdentifying ? escaped(sighting.value) : shown(value: sighting.value),
        ]
    }

    private func shown(_ address: IPAddress) -> String {
        let isInside = homeNetworks.contains { $0.contains(address) }
        return isInside ? gate.pseudonym(forClient: address) : address.description
    }

    private func shown(value: String) -> String { IPAddress(value).map(shown) ?? escaped(value) }

    private func sorted(_ lines: [String]) -> [String] {
        lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Names from the wire are printable by then; a tab or line end would break the table all the same.
    private func escaped(_ text: String) -> String {
        text.contains { $0 == "\t" || $0.isNewline || $0 == "\u{1b}" }
            ? String(text.map { $0 == "\t" || $0.isNewline || $0 == "\u{1b}" ? "?" : $0 }) : text
    }
}
