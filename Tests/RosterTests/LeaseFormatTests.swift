import Bytes
import Contacts
import Foundation
import Register
import TestSupport
import Testing

@testable import Roster

/// Every lease source on invented files of the shapes that its program writes; expectations by hand.
@Suite struct LeaseFormatTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Fixtures")

    /// 2026-03-02T15:00:00Z, nine in the morning in Chicago.
    static let reference = Timestamp(seconds: 1_772_463_600)

    struct Stay: Equatable, CustomStringConvertible {
        let address: String
        let from: String
        let to: String
        let mac: String
        let host: String?
        var user: String?

        var description: String { "\(address) \(from)...\(to) \(mac) \(host ?? "-") \(user ?? "-")" }
    }

    static func read(_ file: String, stated: Int64? = nil) throws -> (stays: [Stay], report: LeaseReport) {
        let zone = try #require(ZoneOffsets("America/Chicago"))
        var files = LeaseFiles(LeaseContext(zone: zone, reference: reference))
        files.read([folder.appendingPathComponent(file).path])
        let (events, reports) = files.finish()
        let table = IntervalTable(events.bindings(LeaseTimes { _ in stated }))
        var stays: [Stay] = []
        for key in table.keys {
            for stretch in table.stretches(of: key, from: Timestamp(nanoseconds: .min), to: .distantFuture) {
                stays.append(
                    Stay(
                        address: key.description, from: clock(stretch.from), to: clock(stretch.to),
                        mac: stretch.holder?.mac?.description ?? "-", host: events.texts.text(stretch.host),
                        user: events.texts.text(stretch.user)))
            }
        }
        return (stays, try #require(reports.first))
    }

    /// The day and time in UTC, without what all have in common.
    static func clock(_ moment: Timestamp) -> String {
        if moment == .distantFuture { return "ever" }
        return String(moment.description.dropLast(8)).replacingOccurrences(of: "2026-03-02T", with: "")
    }

    static let first = "00:00:5e:00:53:2a"
    static let second = "00:00:5e:00:53:2b"

    @Test func dhcpdLeasesAreAJournal() throws {
        let (stays, report) = try LeaseFormatTests.read("dhcpd.leases")
        #expect(report.kind == "isc-leases")
        #expect(
            stays == [
                // Leased till 21:43, freed at 15:10.
                Stay(
                    address: "10.20.30.40", from: "13:43:20", to: "15:10:00", mac: LeaseFormatTests.first,
                    host: "CB-LIB-07 \"spare\""),
                Stay(
                    address: "10.20.30.41", from: "13:44:20", to: "ever", mac: LeaseFormatTests.second,
                    host: nil),
                Stay(
                    address: "2001:db8:20::41", from: "13:45:00", to: "14:45:00",
                    mac: LeaseFormatTests.second,
                    host: nil),
            ])
    }

    @Test func keaLeasesAreAJournal() throws {
        let (stays, report) = try LeaseFormatTests.read("kea-leases4.csv")
        #expect(report.kind == "kea-leases")
        #expect(report.linesRejected == 1)
        #expect(report.samples == ["line 7: no address in its column"])
        #expect(
            stays.prefix(2) == [
                Stay(
                    address: "10.20.30.40", from: "13:43:20", to: "15:10:00", mac: LeaseFormatTests.first,
                    host: "cb-lib-07.lakeside.k12.example"),
                Stay(
                    address: "10.20.30.41", from: "13:44:20", to: "21:44:20", mac: LeaseFormatTests.second,
                    host: "bob, s ipad"),
            ])
        #expect(stays.last?.to == "ever")
        #expect(stays.count == 3)
    }

    @Test func dnsmasqLeasesHaveOnlyAnEnd() throws {
        // Without a lease time, the last hour is all that is sure.
        let plain = try LeaseFormatTests.read("dnsmasq.leases").stays
        #expect(plain.first?.from == "20:43:20")
        let (stays, report) = try LeaseFormatTests.read("dnsmasq.leases", stated: 8 * 3600)
        #expect(report.kind == "dnsmasq-leases")
        #expect(stays.map(\.address) == ["10.20.30.40", "10.20.30.41", "10.20.30.42", "2001:db8:20::41"])
        #expect(
            stays.first
                == Stay(
                    address: "10.20.30.40", from: "13:43:20", to: "21:43:20", mac: LeaseFormatTests.first,
                    host: "CB-LIB-07"))
        #expect(stays[2].to == "ever")
        #expect(stays[3].mac == LeaseFormatTests.second)
    }

    @Test func dhcpdLogEndsAStayByTheNextMessage() throws {
        let (stays, report) = try LeaseFormatTests.read("dhcpd.log")
        #expect(report.kind == "dhcpd-log")
        #expect(
            stays == [
                // Two messages of one device are one stay; the release ends it. Seven in Chicago is thirteen in UTC.
                Stay(
                    address: "10.20.30.40", from: "13:43:20", to: "15:10:00", mac: LeaseFormatTests.first,
                    host: "CB-LIB-07"),
                // Nothing says how long: an hour.
                Stay(
                    address: "10.20.30.40", from: "15:30:00", to: "16:30:00", mac: LeaseFormatTests.second,
                    host: nil),
            ])
    }

    @Test func dnsmasqLogKnowsBothFamilies() throws {
        let (stays, report) = try LeaseFormatTests.read("dnsmasq.log")
        #expect(report.kind == "dnsmasq-log")
        #expect(stays.first?.description == "10.20.30.40 13:43:20...14:43:20 00:00:5e:00:53:2a CB-LIB-07 -")
        #expect(
            stays.last?.description == "2001:db8:20::41 13:50:00...14:50:00 00:00:5e:00:53:2b CB-LIB-08 -")
        // With eight hours stated the release is what ends it.
        #expect(try LeaseFormatTests.read("dnsmasq.log", stated: 28800).stays.first?.to == "15:10:00")
    }

    @Test func windowsWritesLocalTime() throws {
        let (stays, report) = try LeaseFormatTests.read("windows.log")
        #expect(report.kind == "windows-dhcp")
        #expect(
            stays.map(\.description) == [
                "10.20.30.40 13:43:20...18:00:00 00:00:5e:00:53:2a CB-LIB-07.lakeside.k12.example -",
                "2001:db8:20::41 13:43:20...14:43:20 00:00:5e:00:53:2b CB-LIB-08 -",
            ])
    }

    @Test(arguments: ["zeek-dhcp.log", "zeek-dhcp.json"])
    func zeekTellsTheLeaseTime(_ file: String) throws {
        let (stays, report) = try LeaseFormatTests.read(file)
        #expect(report.kind == "zeek-dhcp")
        #expect(stays.map(\.description) == ["10.20.30.40 13:43:20...15:10:00 00:00:5e:00:53:2a CB-LIB-07 -"])
        #expect(report.linesRejected == (file.hasSuffix("json") ? 1 : 0))
    }

    @Test func suricataTellsTheLeaseTime() throws {
        let (stays, report) = try LeaseFormatTests.read("suricata-eve.json")
        #expect(report.kind == "suricata-dhcp")
        #expect(stays.map(\.description) == ["10.20.30.40 13:43:20...15:10:00 00:00:5e:00:53:2a CB-LIB-07 -"])
    }

    @Test func radiusKnowsTheUser() throws {
        let (stays, report) = try LeaseFormatTests.read("radius-detail")
        #expect(report.kind == "radius")
        // The address came with the second record; the session began with the first.
        let text = "10.20.30.40 13:43:21...15:00:01 00:00:5e:00:53:2a - s1042@lakeside.k12.example"
        #expect(stays.map(\.description) == [text])
    }

    @Test func otherFilesAreNamed() throws {
        let (_, report) = try LeaseFormatTests.read("jamf.csv")
        #expect(report.kind == "unrecognised")
        #expect(report.fault?.contains("is no lease file") == true)
        #expect(try LeaseFormatTests.read("nothing.here").report.isMissing)
    }

    @Test func damagedFilesAreAnswered() throws {
        let zone = ZoneOffsets.utc
        let files = try FileManager.default.contentsOfDirectory(atPath: LeaseFormatTests.folder.path)
        for file in files.sorted() {
            let bytes = Array(try Data(contentsOf: LeaseFormatTests.folder.appendingPathComponent(file)))
            let context = LeaseContext(zone: zone, reference: LeaseFormatTests.reference)
            for format in LeaseFormats.all {
                var damaged = bytes
                for index in stride(from: 0, to: bytes.count, by: 7) {
                    damaged[index] = bytes[index] ^ UInt8(truncatingIfNeeded: 1 << (index % 8))
                    var reader = format.init(context)
                    var events = LeaseEvents()
                    for line in damaged.prefix(index + 400).split(
                        separator: 0x0a, omittingEmptySubsequences: false)
                    {
                        Array(line).withRawSpan { _ = reader.take($0, into: &events) }
                    }
                    reader.finish(into: &events)
                    damaged[index] = bytes[index]
                }
            }
        }
    }
}
