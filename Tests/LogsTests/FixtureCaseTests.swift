import Foundation
import Testing

@testable import Logs

/// The table of `Fixtures/README.md` against the fixtures: every format has a row, and a case that it says is there is.
@Suite struct FixtureCaseTests {
    private struct Row {
        var name: String
        var log: [UInt8]
        var expected: String

        /// Whether the files show the case of this column; nil for cases that a program cannot see.
        func shows(_ column: String) -> Bool? {
            func told(_ words: String...) -> Bool { words.contains { expected.contains($0) } }
            func holds(_ words: String...) -> Bool {
                let text = String(decoding: log, as: UTF8.self)
                return words.contains { text.contains($0) }
            }
            switch column {
            case "IPv6": return told("2001:db8")
            case "not UTF-8": return String(validating: log, as: UTF8.self) == nil
            case "CRLF": return log.indices.dropLast().contains { log[$0] == 13 && log[$0 + 1] == 10 }
            case "cut": return log.last != 10
            case "injected": return holds("10.9.9.9", "9.9.9.9", "evil.example", "192.0.2.66", "quiz.evil")
            case "blocked": return told(" blocked")
            case "attempted": return told(" attempted ", " unanswered ")
            case "tunnel": return told("l4-payload", "log_sni", "http_connect")
            case "DST night": return told("2026-03-08T07:59", "2026-03-08T08:00")
            case "New Year": return told("-12-31T23:59", "-01-01T00:00", "-01-01T05:59", "-01-01T06:00")
            default: return nil
            }
        }
    }

    private static func cells(_ line: Substring) -> [String] {
        line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// Head and rows of the first table.
    private static func table() throws -> (head: [String], rows: [[String]]) {
        let text = try String(
            contentsOf: FixtureTests.folder.appendingPathComponent("README.md"), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let table = lines.drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
        return (cells(try #require(table.first)), table.dropFirst(2).map { cells($0) })
    }

    @Test func theTableIsTrue() throws {
        let (head, rows) = try FixtureCaseTests.table()
        #expect(head.count == 14)
        for cells in rows {
            try #require(cells.count == head.count)
            let name = cells[0].trimmingCharacters(in: ["`"])
            let place = FixtureTests.folder.appendingPathComponent(name)
            let row = Row(
                name: name, log: [UInt8](try Data(contentsOf: place.appendingPathComponent("access.log"))),
                expected: try String(
                    contentsOf: place.appendingPathComponent("expected.txt"), encoding: .utf8))
            for (column, cell) in zip(head, cells).dropFirst() {
                #expect(
                    ["x", "d", "f", "h", "n", "s", "u", "w"].contains(cell), "\(name), \(column): \(cell)")
                if cell == "x", let isShown = row.shows(column) {
                    #expect(isShown, "\(name) has no case: \(column)")
                }
            }
        }
    }

    @Test func everyFormatHasAFixture() throws {
        let rows = try FixtureCaseTests.table().rows.map { $0[0].trimmingCharacters(in: ["`"]) }
        var kinds = Set<String>()
        for name in rows {
            let place = FixtureTests.folder.appendingPathComponent(name).appendingPathComponent(
                "expected.txt")
            let text = try String(contentsOf: place, encoding: .utf8)
            // Of a syslog file the folder is named for its sender's format.
            let kind = String(text.prefix { $0 != ":" })
            kinds.insert(kind == "syslog" ? name : kind)
        }
        // Files of frames, which `FlowRecordTests` reads as nfdump wrote them.
        let missing = LogFormat.all.map(\.kind).filter { !kinds.contains($0) && $0 != "nfdump" }
        #expect(missing == [])
    }
}
