import Foundation
import Testing

@testable import Register

/// Small files in the forms of the lists, made for these tests.
@Suite struct ThirdPartyListTests {
    private func list(_ text: String) throws -> ThirdPartyList {
        try ThirdPartyList.read(SourceFile(path: "lists/l.txt", relative: "l.txt", bytes: Array(text.utf8)))
    }

    private func facts(_ list: ThirdPartyList) -> [String] {
        list.parties.flatMap { party in
            party.domains.map { "\($0.entry) \(party.owner ?? "-") \(party.category)" }
        }
    }

    @Test func disconnect() throws {
        let found = try list(
            """
            {"license": "...", "categories": {
              "Advertising": [{"Ads Inc": {"http://ads.example/": ["ads.example", "adserver.example"], "performance": "true"}}],
              "FingerprintingInvasive": [{"Finger": {"https://finger.example": ["finger.example", "co.uk"]}}]}}
            """)
        #expect(found.format == .disconnect)
        #expect(
            facts(found) == [
                "ads.example Ads Inc advertising", "adserver.example Ads Inc advertising",
                "finger.example Finger fingerprinting",
            ])
        #expect(found.leftOut == 1)
    }

    @Test(arguments: [
        (
            #"{"domain": "t.example", "owner": {"name": "T LLC", "displayName": "T"}, "categories": ["CDN", "Analytics"]}"#,
            ["t.example T analytics"]
        ),
        (#"{"domain": "t.example", "owner": {}, "categories": []}"#, ["t.example - listed"]),
        (
            #"{"name": "T LLC", "displayName": "T", "properties": ["t.example", "u.example"]}"#,
            ["t.example T listed", "u.example T listed"]
        ),
        (#"{"t.example": {"entityName": "T LLC", "displayName": "T"}}"#, ["t.example T listed"]),
        (#"{"T LLC": {"properties": ["t.example"], "displayName": "T"}}"#, ["t.example T listed"]),
        (
            #"{"trackers": {"t.example": {"owner": {"name": "T LLC"}, "categories": ["Session Replay"]}}, "entities": {}}"#,
            ["t.example T LLC session-recording"]
        ),
    ]) func trackerRadar(text: String, expected: [String]) throws {
        let found = try list(text)
        #expect(found.format == .trackerRadar)
        #expect(facts(found) == expected)
    }

    @Test func filterLists() throws {
        let found = try list(
            """
            [Adblock Plus 2.0]
            ! Title: EasyPrivacy
            ||tracker.example^
            ||stats.example^$third-party
            ||site.example^$script,domain=x.example
            ||site.example/pixel.gif
            @@||good.example^
            /beacon.js
            example.org##.ad
            """)
        #expect(found.format == .filterList)
        #expect(facts(found) == ["tracker.example - tracking", "stats.example - tracking"])
        #expect(found.parties.map(\.place.line) == [3, 4])
        #expect(found.leftOut == 5)
    }

    @Test func hostsFiles() throws {
        let found = try list(
            "# comment\n127.0.0.1 localhost\n::1 localhost\n0.0.0.0 0.0.0.0\n0.0.0.0 ads.example # x\n0.0.0.0 b.ads.example\n"
        )
        #expect(found.format == .hosts)
        #expect(facts(found) == ["=ads.example - listed", "=b.ads.example - listed"])
    }

    @Test(arguments: [
        "", "{}", "[1]", "{\"categories\": 1}", "hello\nworld\n", "{\"domain\": 7}", "[Adblock Plus]\n",
    ])
    func anythingElseIsRefused(text: String) {
        #expect {
            try list(text)
        } throws: { "\($0)".contains("is no list of third parties that is known") }
    }

    @Test func everyPrefixAndChangedByteEndsInAListOrAnError() {
        let samples = [
            #"{"license": "", "categories": {"Ads": [{"A": {"http://a.example/": ["a.example"]}}]}}"#,
            "[Adblock Plus 2.0]\n! Title: EasyList\n||t.example^$third-party\n", "0.0.0.0 a.example\n",
        ]
        for sample in samples.map({ Array($0.utf8) }) {
            for count in 0...sample.count {
                _ = try? list(String(decoding: sample.prefix(count), as: UTF8.self))
            }
            for index in sample.indices {
                for byte in [UInt8(0), UInt8(ascii: "\""), UInt8(ascii: "^"), 0xff] {
                    var bytes = sample
                    bytes[index] = byte
                    _ = try? ThirdPartyList.read(SourceFile(path: "l", relative: "l", bytes: bytes))
                }
            }
        }
        _ = try? list(String(repeating: "[", count: 100_000))
        _ = try? list(String(repeating: "{\"a\":", count: 100_000))
    }

    @Test func aListIsAskedOnlyWhereTheRegisterIsSilent() throws {
        let yaml = "third_parties: [{owner: Known, category: cdn, domains: [known.example]}]\n"
        let register = try Register.parse(yaml: yaml).adding([
            try list("||stats.known.example^\n||tracker.example^\n")
        ])
        #expect(register.firstMatch("stats.known.example") != nil)
        #expect(register.listMatches("stats.known.example").count == 1)
        #expect(register.firstMatch("x.tracker.example") == nil)
        #expect(register.listMatches("x.tracker.example").first?.domain.place.description == "lists/l.txt:2")
        #expect(register.listMatches("other.example").isEmpty)
    }
}
