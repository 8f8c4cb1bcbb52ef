import Testing

@testable import Register

@Suite struct DomainTests {
    @Test(arguments: [
        ("https://quizly.example/login", "write \"quizly.example\""),
        ("*.quizly.example", "write \"quizly.example\""),
        (".quizly.example", "write \"quizly.example\""),
        ("a*.quizly.example", "wildcards"),
        ("quizly.example/app", "write \"quizly.example\""),
        ("quizly.example:443", "write \"quizly.example\""),
        ("quizly example", "space"),
        ("help@quizly.example", "mail"),
        ("192.0.2.1", "address"),
        ("2001:db8::1", "address"),
        ("quizly..example", "empty label"),
        ("-a.example", "hyphen"),
        ("schöne.example", "A-label"),
        ("", "empty"),
        ("co.uk", "public suffix"),
        ("example", "public suffix"),
        ("github.io", "public suffix"),
        ("=com", "public suffix"),
    ]) func refusesWithAdvice(text: String, advice: String) {
        #expect {
            try DomainEntry(parsing: text)
        } throws: { error in
            (error as? DomainFault)?.message.contains(advice) == true
        }
    }

    @Test func namesAreComparedInLowerCaseWithoutTrailingDot() throws {
        #expect(
            try DomainEntry(parsing: "Quizly.Example.") == DomainEntry(name: "quizly.example", isExact: false)
        )
        #expect(try DomainEntry(parsing: "=CDN.quizly.example").description == "=cdn.quizly.example")
        #expect(try DomainEntry(parsing: "=github.io").isExact)
    }

    @Test func registrableDomainsFollowTheListWithItsPrivateSection() {
        #expect(PublicSuffixList.registrableDomain(of: "a.b.quizly.example") == "quizly.example")
        #expect(PublicSuffixList.registrableDomain(of: "x.school.co.uk") == "school.co.uk")
        #expect(PublicSuffixList.registrableDomain(of: "a.alice.github.io") == "alice.github.io")
        #expect(PublicSuffixList.registrableDomain(of: "github.io") == nil)
        #expect(PublicSuffixList.registrableDomain(of: "") == nil)
    }

    private let entries = [
        "quizly.example", "=cdn.static.example", "ads.quizly.example", "static.example", "=quizly.example",
    ].map { text in
        DomainEntry(name: text.hasPrefix("=") ? String(text.dropFirst()) : text, isExact: text.hasPrefix("="))
    }

    private func walk(_ name: String) -> [[Int]] {
        let index = DomainIndex(entries)
        var groups: [[Int]] = []
        var step = index.first(for: name)
        while let current = step {
            groups.append(index.claims(at: current))
            step = index.next(after: current)
        }
        return groups
    }

    @Test func theLongestEntryComesFirstAndExactBeforeItsOwnSubtree() {
        #expect(walk("x.ads.quizly.example") == [[2], [0]])
        #expect(walk("quizly.example") == [[4], [0]])
        #expect(walk("www.quizly.example") == [[0]])
        #expect(walk("cdn.static.example") == [[1], [3]])
        #expect(walk("x.cdn.static.example") == [[3]])
    }

    @Test func labelsAreWholeAndOtherNamesDoNotMatch() {
        #expect(walk("notquizly.example").isEmpty)
        #expect(walk("example").isEmpty)
        #expect(walk("").isEmpty)
        #expect(walk(".").isEmpty)
        #expect(walk("quizly.example.evil.example").isEmpty)
    }

    @Test func theIndexAgreesWithTheRuleOnManyGeneratedNames() {
        var state: UInt64 = 42
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        func name() -> String {
            (0...random(4)).map { _ in ["a", "b", "cc", "ab"][random(4)] }.joined(separator: ".")
        }
        let entries = (0..<200).map { _ in DomainEntry(name: name(), isExact: random(4) == 0) }
        let index = DomainIndex(entries)
        for _ in 0..<2000 {
            let name = name()
            var found: [Int] = []
            var step = index.first(for: name)
            while let current = step {
                found += index.claims(at: current)
                step = index.next(after: current)
            }
            let covering = entries.indices.filter { entries[$0].covers(name) }
            #expect(found.sorted() == covering)
            let lengths = found.map { entries[$0].name.utf8.count }
            #expect(lengths == lengths.sorted(by: >))
        }
    }

    @Test func gradesAndHoursAreReadAndWritten() {
        #expect(GradeSet("6-12")?.description == "6-12")
        #expect(GradeSet("PK,K-2,5")?.description == "PK-2,5")
        #expect(GradeSet("12-6") == nil)
        #expect(GradeSet("13") == nil)
        #expect(HourScope("Mon-Fri 07:00-16:00")?.contains(weekday: 4, minute: 959) == true)
        #expect(HourScope("Mon-Fri 07:00-16:00")?.contains(weekday: 5, minute: 600) == false)
        #expect(HourScope("Mon 16:00-07:00") == nil)
        #expect(HourScope("Sat 00:00-24:00")?.description == "Sat 00:00-24:00")
    }
}
