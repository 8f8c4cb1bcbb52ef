import Bytes
package import Flows
import Packets

/// Distinct sightings of names, for checking against other tools (DESIGN.md §5).
package enum NamesRenderer {
    /// Tab-separated: a header line, then one line per fact, sorted bytewise.
    package static func tsv(_ sightings: [(sighting: Sighting, count: UInt64)]) -> String {
        let lines = sightings.map { cells($0.sighting, $0.count).joined(separator: "\t") }
        let header = columns.joined(separator: "\t")
        return ([header] + sorted(lines)).map { $0 + "\n" }.joined()
    }

    package static let columns = ["kind", "client", "server", "port", "transport", "name", "value", "count"]

    private static func cells(_ sighting: Sighting, _ count: UInt64) -> [String] {
        [
            sighting.kind.rawValue, sighting.client.description, sighting.server.description,
            String(sighting.port), IPProtocol.name(sighting.transport), escaped(sighting.name),
            escaped(sighting.value), String(count),
        ]
    }

    private static func sorted(_ lines: [String]) -> [String] {
        lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Names from the wire are printable by then; a tab or line end would break the table all the same.
    private static func escaped(_ text: String) -> String {
        text.contains { $0 == "\t" || $0.isNewline || $0 == "\u{1b}" }
            ? String(text.map { $0 == "\t" || $0.isNewline || $0 == "\u{1b}" ? "?" : $0 }) : text
    }
}

extension NamesRenderer {
    /// The same facts as JSON, one object a line, in the order of the TSV.
    package static func jsonl(_ sightings: [(sighting: Sighting, count: UInt64)]) -> String {
        let rows = sightings.map { ($0, cells($0.sighting, $0.count).joined(separator: "\t")) }
        return rows.sorted { $0.1.utf8.lexicographicallyPrecedes($1.1.utf8) }.map { row, _ in
            let sighting = row.sighting
            return JSONValue.object([
                ("kind", .string(sighting.kind.rawValue)), ("client", .string(sighting.client.description)),
                ("server", .string(sighting.server.description)), ("port", .integer(Int64(sighting.port))),
                ("transport", .string(IPProtocol.name(sighting.transport))), ("name", .string(sighting.name)),
                ("value", .string(sighting.value)), ("count", .unsigned(row.count)),
            ]).compact + "\n"
        }.joined()
    }
}
