import Bytes
import Foundation
import Register
import Testing

@testable import Roster

/// The roster file: what it may say, and what it is told when it says something else.
@Suite struct RosterFileTests {
    private func problems(_ yaml: String) -> String {
        do {
            _ = try Roster.parse(yaml: yaml, file: "roster.yaml")
            return ""
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        ("devics: []\n", "roster.yaml:1:1: unknown key \"devics\" in the roster; did you mean \"devices\"?"),
        (
            "devices:\n  - {id: a, macs: [\"00:00:5e\"], role: student}\n",
            "roster.yaml:2:20: \"00:00:5e\" is not a hardware"
        ),
        ("devices:\n  - {id: a, role: student}\n", "by which it is recognised"),
        (
            "devices:\n  - {id: a, host: x, role: student}\n  - {id: a, host: y, role: staff}\n",
            "duplicate device id"
        ),
        ("users:\n  - {match: \"s*\", rol: student}\n", "did you mean \"role\"?"),
        ("hosts:\n  - {role: student}\n", "needs the key \"match\""),
        ("leases: {time: 8 hours}\n", "is no length of time; write it as 8h, 30m or 2d"),
        ("leases: {timezone: Nowhere/Land}\n", "is no time zone"),
        ("retention: {contacts: 0}\n", "between 1 and 36525 days"),
        ("retention: {packets: 3}\n", "unknown key \"packets\" in the retention"),
        ("inventories:\n  - {file: nothing.csv, format: google}\n", "nothing.csv cannot be read"),
        ("inventories:\n  - {file: x.csv, format: gogle}\n", "did you mean \"google\"?"),
        ("inventories:\n  - {file: x.csv, format: csv}\n", "needs columns for mac, host or user"),
        (
            "schools:\n  - {id: a, name: A, calendar: {terms: [2026-08-24/2026-06-12], hours: [\"Mon-Fri 07:30-15:30\"]}}\n",
            "ends before it begins"
        ),
        (
            "schools:\n  - {id: a, name: A, calendar: {terms: [2026-08-24/2027-06-12]}}\n",
            "a calendar with terms needs hours"
        ),
        (
            "schools:\n  - {id: a, name: A, calendar: {holidays: [2026-02-30]}}\n",
            "a date that does not exist"
        ),
        (
            "schools:\n  - {id: a, name: A, calendar: {hours: [\"Mon 25:00-26:00\"]}}\n",
            "is no hours of the week"
        ),
        ("networks:\n  - {prefix: 10.0.0.0/8, role: student, lease_time: 0h}\n", "is no length of time"),
        ("hosts:\n  - {match: \"CB-*\", role: student, school: midle}\n", "unknown school \"midle\""),
    ])
    func mistakesAreNamed(_ yaml: String, message: String) {
        #expect(problems(yaml).contains(message), "\(problems(yaml))")
    }

    @Test func calendarsTellSchoolHours() throws {
        let roster = try Roster.parse(
            yaml: """
                timezone: America/New_York
                schools:
                  - id: middle
                    name: Middle
                    calendar:
                      terms: [2026-08-31/2026-12-22, 2027-01-04/2027-06-18]
                      hours: ["Mon-Fri 07:30-14:30"]
                      holidays: [2026-11-26/2026-11-27]
                  - {id: other, name: Other}
                """)
        let zone = try #require(ZoneOffsets("America/New_York"))
        func at(_ day: String, _ hour: Int64, _ minute: Int64 = 0) throws -> Bool? {
            let civil = try #require(CivilDay(day))
            let moment = try #require(
                zone.moment(local: civil.daysSince1970 * 86400 + hour * 3600 + minute * 60))
            return roster.isInSession("middle", at: moment, district: .utc)
        }
        #expect(try at("2026-11-24", 7, 30) == true)
        #expect(try at("2026-11-24", 7, 29) == false)
        #expect(try at("2026-11-24", 14, 30) == false)
        #expect(try at("2026-11-26", 9) == false, "Thanksgiving")
        #expect(try at("2026-11-28", 9) == false, "a Saturday")
        #expect(try at("2026-12-28", 9) == false, "between the terms")
        #expect(try at("2026-07-14", 9) == nil, "before the calendar begins")
        // Daylight saving ends on 2026-11-01: half past seven stays half past seven.
        #expect(try at("2026-10-30", 7, 30) == true)
        let moment = try #require(Timestamp(seconds: 1_780_000_000))
        #expect(roster.isInSession("other", at: moment, district: .utc) == nil)
    }

    @Test func clocksThatWereSetAreReadAsPeopleDo() throws {
        let zone = try #require(ZoneOffsets("America/Chicago"))
        func utc(_ local: String) throws -> String {
            let parts = local.split(separator: " ")
            let day = try #require(CivilDay(parts[0]))
            let clock = parts[1].split(separator: ":").compactMap { Int64($0) }
            let seconds = day.daysSince1970 * 86400 + clock[0] * 3600 + clock[1] * 60
            return String(try #require(zone.moment(local: seconds)).description.prefix(16))
        }
        #expect(try utc("2026-03-02 07:43") == "2026-03-02T13:43")
        // Clocks skip from 2:00 to 3:00 on 2026-03-08.
        #expect(try utc("2026-03-08 01:59") == "2026-03-08T07:59")
        #expect(try utc("2026-03-08 03:00") == "2026-03-08T08:00")
        #expect(try utc("2026-03-08 02:30") == "2026-03-08T08:30")
        // They show 1:00 to 2:00 twice on 2026-11-01: the first.
        #expect(try utc("2026-11-01 01:30") == "2026-11-01T06:30")
        #expect(try utc("2026-11-01 02:00") == "2026-11-01T08:00")
        #expect(try utc("2026-11-01 14:00") == "2026-11-01T20:00")
    }

    @Test func retentionIsRead() throws {
        let roster = try Roster.parse(yaml: "retention: {contacts: 400, identities: 30, findings: forever}\n")
        #expect(roster.retention.contacts == 400)
        #expect(roster.retention.identities == 30)
        #expect(roster.retention.findings == nil)
    }

    @Test func inventoriesAreReadByTheirHeadings() throws {
        let fixtures = LeaseFormatTests.folder.path
        let roster = try Roster.parse(
            yaml: """
                schools:
                  - {id: middle, name: Middle, grades: "6-8"}
                  - {id: elementary, name: Elementary, grades: "K-5"}
                inventories:
                  - file: \(fixtures)/chromebooks.csv
                    format: google
                    units:
                      - {match: "/Students/Middle*", role: student, school: middle}
                      - {match: "/Students/Elementary/Grade 4", role: student, school: elementary, grades: "4"}
                      - {match: "/Staff*", role: staff}
                  - {file: \(fixtures)/jamf.csv, format: jamf, role: staff}
                  - {file: \(fixtures)/intune.csv, format: intune, role: student, school: middle}
                  - file: \(fixtures)/custom.csv
                    format: csv
                    columns: {serial: Tag, mac: Hardware, user: Who, school: Site, role: Kind}
                """)
        func device(_ mac: String) throws -> ListedDevice? {
            roster.index.device(try #require(MACAddress(mac)))
        }
        let first = try #require(try device("00:00:5e:00:53:2a"))
        #expect(first.id == "5CD0001")
        #expect(first.user == "s1042@lakeside.k12.example")
        #expect(first.standing == Standing(role: .student, school: "middle"))
        #expect(try device("00:00:5e:00:53:2b")?.standing.grades == GradeSet("4"))
        // Nothing is said of loaners: the network will have to say.
        #expect(try device("00:00:5e:00:53:2d")?.standing.role == nil)
        // The dock of two devices belongs to neither.
        #expect(try device("00:00:5e:00:53:99") == nil)
        #expect(try device("00:00:5e:00:53:31")?.host == "MBA, Room 12")
        #expect(try device("00:00:5e:00:53:31")?.user == "t21@lakeside.k12.example")
        #expect(try device("00:00:5e:00:53:42")?.id == "PF0001")
        let custom = try #require(try device("00:00:5e:00:53:51"))
        #expect(custom.id == "T-1" && custom.standing == Standing(role: .student, school: "middle"))
        #expect(roster.deviceCount == 7)
    }

    @Test func columnsThatAreNotThereAreNamed() {
        let text = problems(
            """
            inventories:
              - file: \(LeaseFormatTests.folder.path)/custom.csv
                format: csv
                columns: {mac: Hardwear}
            """)
        #expect(text.contains("custom.csv:1: has no column \"Hardwear\""), "\(text)")
        #expect(text.contains("possible are: Hardware, Kind, Site, Tag, Who"))
    }

    @Test(arguments: [
        ("s*@lakeside.example", "s1042@lakeside.example", true), ("CB-*", "cb-lib-07", true),
        ("CB-*", "xcb-1", false),
        ("?b", "ab", true), ("?b", "b", false), ("*", "", true), ("a*b*c", "aXbYbZc", true),
        ("a*b*c", "aXbY", false),
    ])
    func patternsMatchAsInShells(_ pattern: String, _ name: String, _ expected: Bool) {
        #expect(Pattern(pattern).matches(Array(name.lowercased().utf8)) == expected)
    }
}
