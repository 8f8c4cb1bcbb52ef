import Bytes
import Contacts
import Foundation
import Register
import TestSupport
import Testing

@testable import Roster

/// Which network a client was in, by addresses, VLAN and SSID; expectations by hand from docs/ROSTER.md.
@Suite struct NetworkTests {
    static let yaml = """
        networks:
          - {prefix: 10.0.0.0/8, role: infrastructure}
          - {prefix: 10.20.0.0/16, role: student, vlan: 20}
          - {prefix: 10.20.0.0/16, role: staff, vlan: 21}
          - {prefix: 10.50.0.0/16, role: student, ssid: Students}
          - {prefix: 10.50.0.0/16, role: guest, ssid: Guests}
          - {vlan: 40, role: guest}
          - {ssid: Kiosk, role: infrastructure}
        """

    struct Case: CustomStringConvertible {
        let address: String
        var vlan: UInt16?
        var ssid: String?
        let role: Role?
        var isContested = false

        var description: String { "\(address) \(vlan ?? 0) \(ssid ?? "")" }
    }

    static let cases: [Case] = [
        // The tag tells two networks with the same addresses apart; without it, it is neither.
        Case(address: "10.20.1.1", vlan: 20, role: .student),
        Case(address: "10.20.1.1", vlan: 21, role: .staff),
        Case(address: "10.20.1.1", role: nil, isContested: true),
        // Another tag than both state: what holds of the block around them.
        Case(address: "10.20.1.1", vlan: 99, role: .infrastructure),
        // A VLAN that was seen goes before a longer prefix.
        Case(address: "10.20.1.1", vlan: 40, role: .guest),
        Case(address: "2001:db8::1", vlan: 40, role: .guest),
        Case(address: "2001:db8::1", role: nil),
        Case(address: "2001:db8::1", vlan: 41, role: nil),
        // The wireless network.
        Case(address: "10.50.1.1", ssid: "Students", role: .student),
        Case(address: "10.50.1.1", ssid: "Guests", role: .guest),
        Case(address: "10.50.1.1", ssid: "students", role: .infrastructure),
        Case(address: "10.50.1.1", role: nil, isContested: true),
        Case(address: "192.0.2.1", ssid: "Kiosk", role: .infrastructure),
        // An SSID that was seen goes before a VLAN that was seen.
        Case(address: "10.50.1.1", vlan: 40, ssid: "Students", role: .student),
        Case(address: "10.9.9.9", role: .infrastructure),
    ]

    @Test(arguments: cases) func theClosestNetworkDecides(_ test: Case) throws {
        let table = try Roster.parse(yaml: NetworkTests.yaml).table
        let address = try #require(IPAddress(test.address))
        let found = table.network(of: address, vlan: test.vlan, ssid: test.ssid)
        #expect(found.network?.role == test.role)
        #expect(found.isContested == test.isContested)
    }

    @Test func aContactsTagDecidesAndItsAbsenceIsADoubt() throws {
        let roster = try Roster.parse(yaml: NetworkTests.yaml)
        let moment = Timestamp(nanoseconds: 0)
        var contact = Contact(
            client: IPAddress("10.20.1.1"), servers: [], port: 443, transport: "tcp", first: moment)
        let untold = roster.device(for: contact)
        #expect(untold.role == .unknown && untold.rule == .none && untold.doubt == .twoNetworks)
        contact.clientVLAN = 21
        let told = roster.device(for: contact)
        #expect(told.role == .staff && told.rule == .network && told.doubt == nil)
        #expect(told.place?.line == 4)
    }

    /// FreeRADIUS's record says that the device was in LSD-Students from 13:43:21 to 15:00:01 UTC.
    @Test func aSessionTellsTheWirelessNetwork() throws {
        let yaml = """
            networks:
              - {prefix: 10.20.0.0/16, role: student, ssid: LSD-Students}
              - {prefix: 10.20.0.0/16, role: guest, ssid: LSD-Guests}
            """
        let file = LeaseFormatTests.folder.appendingPathComponent("radius-detail").path
        let (roster, reports) = try Roster.parse(yaml: yaml).attributing(
            Facts(), leases: [file], district: "America/Chicago")
        #expect(reports.map(\.kind) == ["radius"])
        func device(at seconds: Int64) throws -> Device {
            let moment = try #require(Timestamp(seconds: seconds))
            return roster.device(for: try #require(IPAddress("10.20.30.40")), at: moment)
        }
        let during = try device(at: 1_772_460_000)
        #expect(during.role == .student && during.rule == .network && during.doubt == nil)
        let after = try device(at: 1_772_470_000)
        #expect(after.role == .unknown && after.doubt == .twoNetworks)
    }

    @Test func whatAnAccessPointCallsItself() {
        func ssid(_ text: String) -> String {
            String(decoding: Array(text.utf8).withRawSpan(RADIUSDetail.ssid), as: UTF8.self)
        }
        #expect(ssid("00-10-A4-23-19-C0:AP1") == "AP1")
        #expect(ssid("00:10:a4:23:19:c0:LSD: Guests") == "LSD: Guests")
        #expect(ssid("0010A42319C0:AP1") == "AP1")
        #expect(ssid("00-10-A4-23-19-C0") == "")
        #expect(ssid("00-10-A4-23-19-C0:") == "")
        #expect(ssid("AP1:LSD") == "")
        #expect(ssid("") == "")
    }

    @Test func networksThatNothingIdentifiesAreRefused() {
        for (yaml, words) in [
            ("networks: [{role: student}]", "needs a prefix, a vlan or an ssid"),
            ("networks: [{vlan: 4095, role: student}]", "between 1 and 4094"),
            ("networks: [{vlan: 5, role: student}, {vlan: 5, role: staff}]", "VLAN 5 is described already"),
        ] {
            do {
                _ = try Roster.parse(yaml: yaml)
                Issue.record("read: \(yaml)")
            } catch {
                #expect("\(error)".contains(words), "\(error)")
            }
        }
    }
}
