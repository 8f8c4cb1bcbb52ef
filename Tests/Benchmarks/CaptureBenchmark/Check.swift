import Foundation
import SyntheticDay

extension Command {
    /// The keys of a line of `hallpass contacts` that are compared.
    private struct Line: Decodable {
        let client: String
        let name: String?
        let port: UInt16
        let transport: String
        let flows: UInt64
        let packets_up: UInt64
        let packets_down: UInt64
        let bytes_up: UInt64
        let bytes_down: UInt64
    }

    /// Differences shown; a wrong program differs everywhere.
    private static let shown = 20

    static func check(_ arguments: [String]) throws {
        guard arguments.count == 2 else { throw Usage(text: help) }
        guard let truth = Truth(text: try String(contentsOfFile: arguments[0], encoding: .utf8)) else {
            throw Usage(text: "\(arguments[0]) is not what `generate` writes")
        }
        let differences = truth.differences(from: try contacts(arguments[1]))
        guard differences.isEmpty else {
            say(differences.prefix(shown).joined(separator: "\n"))
            say("\(differences.count) of \(truth.rows.count) contacts differ")
            exit(1)
        }
        print("all \(truth.rows.count) contacts agree: \(truth.flows) flows, \(truth.packets) packets")
    }

    private static func contacts(_ path: String) throws -> Truth {
        var found = Truth()
        let decoder = JSONDecoder()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for line in text.split(separator: "\n") {
            let row = try decoder.decode(Line.self, from: Data(line.utf8))
            var sums = Truth.Sums()
            sums.flows = row.flows
            sums.packetsUp = row.packets_up
            sums.packetsDown = row.packets_down
            sums.bytesUp = row.bytes_up
            sums.bytesDown = row.bytes_down
            found.add(
                Truth.Key(client: row.client, name: row.name, port: row.port, transport: row.transport), sums)
        }
        return found
    }
}
