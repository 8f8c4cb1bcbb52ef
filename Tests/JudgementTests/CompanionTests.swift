import Bytes
import Contacts
import Register
import Roster
import Testing

@testable import Judgement

/// A generated school day with a known truth: pages of vendor A load tracker T, pages of vendor B do not.
@Suite struct CompanionTests {
    private static let yaml = """
        vendors:
          - {id: a, name: Vendor A, products: [{id: a, name: App A, domains: [a.example]}],
             agreements: [{id: A-1, status: signed, effective: 2020-01-01}]}
          - {id: b, name: Vendor B, products: [{id: b, name: App B, domains: [b.example]}],
             agreements: [{id: B-1, status: signed, effective: 2020-01-01}]}
          - {id: c, name: Vendor C, products: [{id: c, name: App C, domains: [c.example]}]}
        third_parties: [{owner: Tracker, category: advertising, domains: [tracker.example]}]
        """

    /// Minutes of one contact-hour, for a device and a name.
    private struct Use: Hashable {
        var device: Int
        var name: String
        var hour: Int64
    }

    private struct Day {
        var state: UInt64
        var uses: [Use: UInt64] = [:]

        mutating func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }

        mutating func use(_ device: Int, _ name: String, minute: Int) {
            let key = Use(device: device, name: name, hour: 495_000 + Int64(minute / 60))
            uses[key, default: 0] |= 1 << UInt64(minute % 60)
        }

        func contacts() -> [Contact] {
            uses.map { use, minutes in
                let first = use.hour * 3600 + Int64(minutes.trailingZeroBitCount) * 60
                let address = IPAddress(ipv4: 0x0a14_0000 + UInt32(use.device))
                var contact = Contact(
                    client: address, servers: [IPAddress(ipv4: 0xc000_0207)], port: 443, transport: "tcp",
                    first: Timestamp(nanoseconds: first * 1_000_000_000))
                contact.name = use.name
                contact.evidence = .tlsSNI
                contact.hour = use.hour
                contact.starts = minutes
                contact.active = minutes
                contact.flows = UInt64(minutes.nonzeroBitCount)
                return contact
            }
        }
    }

    /// 30 devices, six hours. Each opens a page of A or B now and then, other sites all the time, and the tracker
    /// comes with nine of ten pages of A and now and then by itself.
    private func day(withC: Bool = false, seed: UInt64 = 7) -> Day {
        var day = Day(state: seed)
        for device in 1...30 {
            for minute in 0..<360 {
                if day.random(3) == 0 { day.use(device, "site\(day.random(8)).example", minute: minute) }
                if day.random(20) == 0 { day.use(device, "b.example", minute: minute) }
                if day.random(200) == 0 { day.use(device, "tracker.example", minute: minute) }
                if day.random(20) == 0 {
                    day.use(device, "a.example", minute: minute)
                    // C is opened in the same minute as A, always.
                    if withC { day.use(device, "c.example", minute: minute) }
                    if day.random(10) > 0 { day.use(device, "tracker.example", minute: minute) }
                }
            }
        }
        return day
    }

    private func assess(_ day: Day, jobs: Int = 1) throws -> Assessment {
        let judge = Judge(register: try Register.parse(yaml: CompanionTests.yaml), roster: .empty)
        return Assessment(Facts(contacts: day.contacts()), judge: judge, jobs: jobs) { count, body in
            for number in (0..<count).reversed() { body(number) }
        }
    }

    @Test(arguments: [7, 11, 2026] as [UInt64])
    func theTrackerAppearsWithAAndNotWithB(seed: UInt64) throws {
        let assessment = try assess(day(seed: seed))
        let tracker = try #require(assessment.findings.first { $0.domain == "tracker.example" })
        #expect(tracker.companions.map(\.product) == ["App A"])
        let companion = try #require(tracker.companions.first)
        #expect(companion.owner == "Vendor A")
        #expect(companion.lift.low > 1)
        #expect(companion.lift.low < companion.lift.value && companion.lift.value < companion.lift.high)
        #expect(companion.devices == 30)
        #expect(companion.alikeWith.isEmpty)
        #expect(Double(companion.together) > 0.8 * Double(companion.minutes))
        // Sites that every device is busy with all day belong to nobody's pages.
        for finding in assessment.findings where finding.domain.hasPrefix("site") {
            #expect(finding.companions.isEmpty, "\(finding.domain) \(finding.companions)")
        }
    }

    @Test func productsThatAlwaysComeTogetherCannotBeToldApart() throws {
        let tracker = try #require(
            try assess(day(withC: true)).findings.first { $0.domain == "tracker.example" })
        #expect(tracker.companions.map(\.product) == ["App A", "App C"])
        #expect(tracker.companions.map(\.alikeWith) == [["App C"], ["App A"]])
    }

    /// C is used only while A is, and A also without C: then the tracker without C shows that it is A's.
    @Test func aProductThatAnotherExplainsIsDropped() throws {
        var day = self.day()
        for (use, minutes) in day.uses where use.name == "a.example" && use.device % 2 == 0 {
            var shared = use
            shared.name = "c.example"
            day.uses[shared, default: 0] |= minutes
        }
        let tracker = try #require(try assess(day).findings.first { $0.domain == "tracker.example" })
        #expect(tracker.companions.map(\.product) == ["App A"])
    }

    @Test func theResultIsTheSameForAnyNumberOfJobs() throws {
        let one = try assess(day())
        #expect(try assess(day(), jobs: 2) == one)
        #expect(try assess(day(), jobs: 7) == one)
    }
}
