import Bytes
import Foundation
import Testing

@testable import Logs

/// Every folder under `Fixtures` holds a log of one format, `access.log`, and what is to come of it,
/// `expected.txt`: its first line is the format's word. A difference shows the text that was made. For times that
/// leave something open, `settings.txt` says `chicago` and the time at which the log ends.
@Suite struct FixtureTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    static func names() -> [String] {
        let found = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (found ?? []).sorted().filter { $0 != "README.md" }
    }

    /// Chicago's clocks from November 2025 to November 2026 (tz database).
    private static let chicago = [
        LogClock.Period(start: 1_762_066_800, offset: -21600),
        LogClock.Period(start: 1_772_956_800, offset: -18000),
        LogClock.Period(start: 1_793_516_400, offset: -21600),
    ]

    private func settings(_ place: URL) throws -> LogSettings {
        var settings = LogSettings.test
        let file = place.appendingPathComponent("settings.txt")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return settings }
        let words = text.split { $0.isWhitespace }
        try #require(words.count == 2 && words[0] == "chicago")
        let latest = Array(words[1].utf8).withRawSpan { CivilTime.iso($0, from: 0, to: $0.byteCount) }
        settings.clock = LogClock(
            periods: FixtureTests.chicago, latest: try #require(latest?.moment(LogClock())?.time))
        return settings
    }

    @Test(arguments: names()) func givesTheExpectedContacts(name: String) throws {
        let place = FixtureTests.folder.appendingPathComponent(name)
        let bytes = [UInt8](try Data(contentsOf: place.appendingPathComponent("access.log")))
        let expected = try String(contentsOf: place.appendingPathComponent("expected.txt"), encoding: .utf8)
        let format = try #require(bytes.withRawSpan { LogFormat.recognise(head: $0, settings: .test) })
        let settings = try settings(place)
        #expect(
            FixtureTests.text(read(bytes, as: format, settings: settings), kind: format.kind) == expected)
        // In pieces of odd sizes, with CRLF, and compared with itself cut anywhere.
        for step in [1, 7, 64] {
            let again = FixtureTests.text(
                read(bytes, as: format, step: step, settings: settings), kind: format.kind)
            #expect(again == expected)
        }
    }

    @Test(arguments: names()) func survivesEveryPrefixAndChangedByte(name: String) throws {
        let place = FixtureTests.folder.appendingPathComponent(name)
        let bytes = [UInt8](try Data(contentsOf: place.appendingPathComponent("access.log")))
        let format = try #require(bytes.withRawSpan { LogFormat.recognise(head: $0, settings: .test) })
        // Long fixtures at fewer places: the time is that of reading the file at each.
        for count in stride(from: 0, to: bytes.count, by: max(3, bytes.count / 500)) {
            check(read(Array(bytes[..<count]), as: format))
        }
        for index in bytes.indices {
            var changed = bytes
            for value: UInt8 in [0, 10, 32, 34, 91, 255] {
                changed[index] = value
                if (index + Int(value)) % max(5, bytes.count / 100) == 0 { check(read(changed, as: format)) }
            }
        }
    }

    private func check(_ chunk: LogChunk) {
        let others = LogReason.allCases.reduce(UInt64(0)) { $0 + chunk.tally[$1].count }
        #expect(chunk.tally.linesRead == chunk.tally.linesUsed + others)
    }

    static func text(_ chunk: LogChunk, kind: String) -> String {
        var lines = ["\(kind): \(chunk.tally.linesRead) lines, \(chunk.tally.linesUsed) used"]
        for reason in LogReason.allCases where chunk.tally[reason].count > 0 {
            lines.append("\(chunk.tally[reason].count) x \(reason.text)")
        }
        for row in chunk.contacts.makeRows() + chunk.connections.join().makeRows() {
            let servers = row.servers.map(\.description).joined(separator: ",")
            let client = row.client?.description ?? row.clientHost ?? "-"
            let format = row.format == 0 ? "" : LogSettings.test.kind(of: row.format, else: "") + " "
            lines.append(
                "\(format)\(client) user=\(row.clientUser ?? "-") \(row.name ?? "-") [\(servers)] \(row.port)"
                    + " \(row.transport.word) \(row.service.word) \(row.nameSource.word) \(row.action.word)"
                    + " \(row.first) \(row.last) n=\(row.records) cache=\(row.recordsFromCache)"
                    + " up=\(row.bytesUp.map(String.init) ?? "-") down=\(row.bytesDown.map(String.init) ?? "-")"
                    + " aside=\(row.bytesAside) \(row.bytesScope.word) flags=\(row.flags.rawValue)")
        }
        return (lines + lookups(chunk.dns)).joined(separator: "\n") + "\n"
    }

    /// What a resolver's log adds up to: lookups, what clients were told, contacts with resolvers.
    static func lookups(_ table: LogDNSTable) -> [String] {
        var lookups: [String] = []
        var told: [String] = []
        var asked: [String] = []
        table.forEachLookup { row in
            lookups.append(
                "lookup \(row.client) \(row.resolver?.description ?? "-") \(row.name) \(row.outcome.word) \(row.first)"
                    + " \(row.last) n=\(row.count)")
        }
        table.forEachAnswer { row in
            let spans = row.windows.spans.map { "\($0.lowerBound)..\($0.upperBound)" }.joined(separator: ",")
            told.append(
                "told \(row.client) \(row.address) \(row.name) chain=\(row.chain.joined(separator: ",")) \(spans)"
            )
        }
        table.forEachExchange { row in
            asked.append(
                "asked \(row.client) \(row.resolver) \(row.carrier.service) \(row.first) \(row.last) n=\(row.count)"
            )
        }
        return lookups.sorted() + told.sorted() + asked.sorted()
    }
}
