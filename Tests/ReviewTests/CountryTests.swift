import Bytes
import Foundation
import TestSupport
import Testing

@testable import Review

/// Countries by a database that is made here, of addresses that RFC 5737 and RFC 3849 keep for documentation.
@Suite struct CountryTests {
    static func database() -> [UInt8] {
        var forge = CountryForge()
        forge.add(ipv4: 0xc000_0200, length: 24, CountryForge.country("US"))  // 192.0.2.0/24
        forge.add(ipv4: 0xc633_6400, length: 25, CountryForge.country("DE"))  // 198.51.100.0/25
        forge.add(ipv4: 0xcb00_7100, length: 24, CountryForge.map([("continent", CountryForge.text("EU"))]))
        forge.add(ipv6High: 0x2001_0db8_0000_0000, length: 32, CountryForge.country("NO"))
        return forge.bytes()
    }

    static func open<Value>(_ bytes: [UInt8], _ body: (CountryDatabase) throws -> Value) throws -> Value {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "countries-\(UUID().uuidString).mmdb")
        try Data(bytes).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(CountryDatabase(url.path))
    }

    @Test func addressesHaveTheirCountries() throws {
        try CountryTests.open(CountryTests.database()) { (database: CountryDatabase) throws in
            func country(_ text: String) -> String? {
                IPAddress(text).flatMap { database.country(of: $0) }
            }
            #expect(country("192.0.2.1") == "US")
            #expect(country("192.0.2.255") == "US")
            #expect(country("192.0.3.0") == nil)
            #expect(country("198.51.100.127") == "DE")
            #expect(country("198.51.100.128") == nil)
            #expect(country("203.0.113.9") == nil, "a network of which only the continent is known")
            #expect(country("2001:db8::1") == "NO")
            #expect(country("2001:db9::1") == nil)
            #expect(database.type == "Test-Country")
            #expect(database.built?.description == "2026-11-03T00:00:00.000000Z")
            #expect(database.damaged == 0)
        }
    }

    @Test func whatIsNoCodeIsNoCountry() throws {
        var forge = CountryForge()
        forge.add(ipv4: 0xc000_0200, length: 25, CountryForge.country("Utopia"))
        forge.add(ipv4: 0xc000_0280, length: 25, CountryForge.country("u\u{1b}"))
        try CountryTests.open(forge.bytes()) { database in
            #expect(database.country(of: IPAddress(ipv4: 0xc000_0201)) == nil)
            #expect(database.country(of: IPAddress(ipv4: 0xc000_0281)) == nil)
            #expect(database.damaged == 2)
        }
    }

    @Test func filesThatAreNoDatabaseAreRefused() throws {
        for bytes in [[], Array("no database".utf8), Array(CountryTests.database().prefix(200))] {
            let fault = #expect(throws: FileFault.self) { try CountryTests.open(bytes) { _ in } }
            #expect(fault?.cause.contains("database") == true, "\(fault?.cause ?? "")")
        }
        let missing = #expect(throws: FileFault.self) { try CountryDatabase("/nowhere/countries.mmdb") }
        #expect(missing?.isMissing == true)
    }

    @Test func everyPrefixAndFlipIsReadOrRefused() throws {
        let whole = CountryTests.database()
        let addresses = ["192.0.2.1", "198.51.100.1", "2001:db8::1"].compactMap { IPAddress($0) }
        func ask(_ bytes: [UInt8]) {
            _ = try? CountryTests.open(bytes) { database in
                for address in addresses {
                    if let code = database.country(of: address) { #expect(code.utf8.count == 2) }
                }
            }
        }
        // The metadata, and a stretch of the tree: the rest of it is the same.
        for length in stride(from: 0, to: whole.count, by: 13) { ask(Array(whole.prefix(length))) }
        let tail = max(0, whole.count - 420)
        for place in Array(0..<60) + Array(tail..<whole.count) {
            var bytes = whole
            bytes[place] ^= 0xff
            ask(bytes)
        }
    }

    @Test func partiesHaveTheCountriesOfTheirServers() throws {
        func entry(_ second: Int, _ host: String, _ server: String) -> String {
            Recorded.entry(second, "https://\(host)/", rest: #","serverIPAddress":"\#(server)""#)
        }
        let entries = [
            entry(1, "app.quizly.example", "192.0.2.7"), entry(2, "cdn.tag.example", "198.51.100.7"),
            entry(3, "collect.tag.example", "[2001:db8::7]"), entry(4, "go.ads.example", "10.1.2.3"),
            Recorded.entry(5, "http://192.0.2.9/beacon"),
        ]
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "review-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("session.har")
        try Data(Recorded.har(entries).utf8).write(to: file)
        let session = Session([file.path], search: nil)
        try CountryTests.open(CountryTests.database()) { (database: CountryDatabase) throws in
            var builder = ReviewBuilder(
                session, ReviewQuestion(app: "Quizly", vendor: "quizly"), judge: try Recorded.judge(),
                countries: database)
            let review = builder.build()
            let countries = Dictionary(
                review.parties.map { ($0.domain, $0.countries) }, uniquingKeysWith: { first, _ in first })
            #expect(
                countries == [
                    "quizly.example": ["US"], "tag.example": ["DE", "NO"], "ads.example": [],
                    "192.0.2.9": ["US"],
                ])
            let table = ReviewTable(timezone: "America/New_York").render(review)
            #expect(table.contains("country: DE, NO") && table.contains("country: unknown"))
            #expect(table.contains("Test-Country of 2026-11-03"))
            let html = ReviewHTML(tool: "1", district: nil, timezone: "America/New_York").render(review)
            #expect(ParsedPage(html).faults == [])
            #expect(html.contains("Test-Country of 2026-11-03"))
        }
        var without = ReviewBuilder(
            session, ReviewQuestion(app: "Quizly", vendor: "quizly"), judge: try Recorded.judge())
        let review = without.build()
        #expect(review.countrySource == nil && review.parties.allSatisfy(\.countries.isEmpty))
        #expect(!ReviewTable(timezone: "America/New_York").render(review).contains("country"))
    }
}
