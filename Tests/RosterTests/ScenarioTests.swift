import Bytes
import Contacts
import Register
import TestSupport
import Testing

@testable import Roster

/// One school day made by hand: an address with three devices, an overlap, a gap, a hardware address that changes, an
/// IPv6 device with three temporary addresses, a staff laptop on a student network. The attribution of each contact
/// is stated here, and follows from the leases below and nothing else.
@Suite struct ScenarioTests {
    /// The day begins at midnight UTC; times below are hours and minutes.
    static let midnight: Int64 = 1_772_409_600

    static let yaml = """
        schools:
          - {id: middle, name: Middle School, grades: "6-8"}
        networks:
          - {prefix: 10.20.0.0/16, role: student, school: middle}
          - {prefix: "2001:db8:20::/48", role: student, school: middle}
          - {prefix: 10.40.0.0/16, role: guest}
        devices:
          - {id: cb-a, macs: ["00:00:5e:00:53:0a"], role: student, school: middle, grades: "6"}
          - {id: cb-b, macs: ["00:00:5e:00:53:0b"], role: student, school: middle}
          - {id: laptop, macs: ["00:00:5e:00:53:11", "00:00:5e:00:53:12"], role: staff, school: middle}
          - {id: cart-6, macs: ["00:00:5e:00:53:66"], role: student, school: middle}
          - {id: printer, addresses: [10.20.9.9], role: infrastructure}
        users:
          - {match: "t*@lakeside.example", role: staff, school: middle}
        hosts:
          - {match: "GUEST-*", role: byod}
        leases: {time: 8h}
        """

    /// Kea's journal of the day. Expiry is the end of the lease.
    static let leases: [(address: String, mac: String, from: String, to: String, host: String)] = [
        // One address, three devices.
        ("10.20.4.1", "00:00:5e:00:53:0a", "08:00", "09:00", ""),
        ("10.20.4.1", "00:00:5e:00:53:0b", "09:10", "10:10", ""),
        ("10.20.4.1", "00:00:5e:00:53:0c", "11:00", "12:00", "GUEST-PHONE"),
        // An overlap: two servers gave the same address.
        ("10.20.4.2", "00:00:5e:00:53:0a", "13:00", "15:00", ""),
        ("10.20.4.2", "00:00:5e:00:53:0b", "14:00", "16:00", ""),
        // A staff laptop on the student network, first by its dock, then by Wi-Fi: the hardware address changes.
        ("10.20.4.3", "00:00:5e:00:53:11", "08:00", "10:00", ""),
        ("10.20.4.3", "00:00:5e:00:53:12", "10:00", "12:00", ""),
        // A phone that makes up a hardware address of its own.
        ("10.20.4.4", "02:00:5e:00:53:77", "08:00", "12:00", "phone"),
    ]

    static func time(_ clock: String, _ second: Int64 = 0) throws -> Timestamp {
        let parts = clock.split(separator: ":").compactMap { Int64($0) }
        try #require(parts.count == 2)
        return try #require(Timestamp(seconds: midnight + parts[0] * 3600 + parts[1] * 60 + second))
    }

    static func events() throws -> LeaseEvents {
        var events = LeaseEvents()
        for lease in leases {
            let (from, to) = (try time(lease.from), try time(lease.to))
            events.give(
                try #require(IPAddress(lease.address)), to: .mac(try #require(MACAddress(lease.mac))),
                at: from,
                seconds: to.seconds - from.seconds, host: events.texts.add(lease.host), source: .kea)
        }
        // Neighbour discovery tied three temporary addresses to one cart device.
        for (address, from, to) in [
            ("2001:db8:20::a1", "08:00", "09:00"), ("2001:db8:20::a2", "09:00", "10:00"),
            ("2001:db8:20::a3", "10:00", "11:00"),
        ] {
            let (begin, end) = (try time(from), try time(to))
            events.give(
                try #require(IPAddress(address)), to: .mac(try #require(MACAddress("00:00:5e:00:53:66"))),
                at: begin,
                seconds: end.seconds - begin.seconds, source: .neighbour)
        }
        return events
    }

    static func roster() throws -> Roster {
        var roster = try Roster.parse(yaml: yaml)
        roster.holdings = Holdings(try events(), Facts(), LeaseTimes { _ in nil })
        return roster
    }

    struct Case: CustomStringConvertible {
        let address: String
        let from: String
        let to: String
        let key: DeviceKey
        let role: Role
        let rule: Device.Rule
        var user: String?
        var mac: String?
        var doubt: Device.Doubt?

        var description: String { "\(address) \(from)-\(to) \(user ?? "")" }
    }

    private static func hardware(_ text: String) -> DeviceKey {
        MACAddress(text).map { .hardware($0) } ?? .nothing
    }

    private static func address(_ text: String) -> DeviceKey {
        IPAddress(text).map { .address($0) } ?? .nothing
    }

    static let cases: [Case] = [
        // One address, three devices.
        Case(
            address: "10.20.4.1", from: "08:05", to: "08:50", key: .listed("cb-a"), role: .student,
            rule: .lease),
        Case(
            address: "10.20.4.1", from: "09:15", to: "10:05", key: .listed("cb-b"), role: .student,
            rule: .lease),
        // The third is in no list; its own name for itself says that somebody brought it.
        Case(
            address: "10.20.4.1", from: "11:05", to: "11:50", key: hardware("00:00:5e:00:53:0c"), role: .byod,
            rule: .hostname),
        // Gaps: between the leases, and across one that began too late.
        Case(
            address: "10.20.4.1", from: "10:20", to: "10:40", key: address("10.20.4.1"), role: .student,
            rule: .network),
        Case(
            address: "10.20.4.1", from: "10:50", to: "11:30", key: address("10.20.4.1"), role: .student,
            rule: .network),
        // Across two devices: nobody's.
        Case(
            address: "10.20.4.1", from: "08:50", to: "09:20", key: address("10.20.4.1"), role: .unknown,
            rule: .none,
            doubt: .twoLeases),
        // The overlap, and either side of it.
        Case(
            address: "10.20.4.2", from: "13:10", to: "13:50", key: .listed("cb-a"), role: .student,
            rule: .lease),
        Case(
            address: "10.20.4.2", from: "14:10", to: "14:50", key: address("10.20.4.2"), role: .unknown,
            rule: .none,
            doubt: .twoLeases),
        Case(
            address: "10.20.4.2", from: "15:10", to: "15:50", key: .listed("cb-b"), role: .student,
            rule: .lease),
        // In the overlap, but every packet came from the one of them.
        Case(
            address: "10.20.4.2", from: "14:10", to: "14:50", key: .listed("cb-b"), role: .student,
            rule: .lease,
            mac: "00:00:5e:00:53:0b"),
        // The staff laptop on the student network, before and after it left its dock.
        Case(
            address: "10.20.4.3", from: "08:10", to: "09:50", key: .listed("laptop"), role: .staff,
            rule: .lease),
        Case(
            address: "10.20.4.3", from: "10:10", to: "11:50", key: .listed("laptop"), role: .staff,
            rule: .lease),
        // A made-up hardware address: the device is known by it, its role by the network.
        Case(
            address: "10.20.4.4", from: "08:10", to: "09:50", key: hardware("02:00:5e:00:53:77"),
            role: .student,
            rule: .network),
        // Three temporary addresses of one device.
        Case(
            address: "2001:db8:20::a1", from: "08:10", to: "08:50", key: .listed("cart-6"), role: .student,
            rule: .lease),
        Case(
            address: "2001:db8:20::a2", from: "09:10", to: "09:50", key: .listed("cart-6"), role: .student,
            rule: .lease),
        Case(
            address: "2001:db8:20::a3", from: "10:10", to: "10:50", key: .listed("cart-6"), role: .student,
            rule: .lease),
        Case(
            address: "2001:db8:20::a4", from: "10:10", to: "10:50", key: address("2001:db8:20::a4"),
            role: .student,
            rule: .network),
        // An interface identifier made from a listed hardware address (RFC 4291 appendix A).
        Case(
            address: "2001:db8:20::200:5eff:fe00:5311", from: "10:10", to: "10:50", key: .listed("laptop"),
            role: .staff, rule: .device),
        // Ranks: a fixed address beats all; a user beats the network; a listed device's lease beats a user.
        Case(
            address: "10.20.9.9", from: "08:10", to: "08:20", key: .listed("printer"), role: .infrastructure,
            rule: .device),
        Case(
            address: "10.20.5.5", from: "08:10", to: "08:20", key: address("10.20.5.5"), role: .staff,
            rule: .user,
            user: "T99@lakeside.example"),
        Case(
            address: "10.20.4.1", from: "08:10", to: "08:20", key: .listed("cb-a"), role: .student,
            rule: .lease,
            user: "t99@lakeside.example"),
        Case(
            address: "198.51.100.7", from: "08:10", to: "08:20", key: address("198.51.100.7"), role: .unknown,
            rule: .none),
    ]

    static func contact(_ scene: Case) throws -> Contact {
        var contact = Contact(
            client: IPAddress(scene.address), servers: [], port: 443, transport: "tcp",
            first: try time(scene.from))
        contact.last = try time(scene.to)
        contact.clientUser = scene.user
        contact.clientMAC = scene.mac.flatMap { MACAddress($0) }
        return contact
    }

    @Test(arguments: cases)
    func everyContactHasItsDevice(_ scene: Case) throws {
        let device = try ScenarioTests.roster().device(for: try ScenarioTests.contact(scene))
        #expect(device.key == scene.key)
        #expect(device.role == scene.role)
        #expect(device.rule == scene.rule)
        #expect(device.doubt == scene.doubt)
        if device.id == "cb-a" { #expect(device.grades == GradeSet("6"), "closer than the school's") }
        if device.id == "cb-b" { #expect(device.grades == GradeSet("6-8"), "the school's") }
        if device.id == "laptop", device.rule == .lease { #expect(device.place?.line == 10) }
    }

    @Test func madeUpHardwareAddressesAreMarked() throws {
        let roster = try ScenarioTests.roster()
        let phone = try #require(ScenarioTests.cases.first { $0.address == "10.20.4.4" })
        #expect(roster.device(for: try ScenarioTests.contact(phone)).isRandomised)
        let listed = try #require(ScenarioTests.cases.first)
        #expect(!roster.device(for: try ScenarioTests.contact(listed)).isRandomised)
    }

    @Test func devicesAreListedWithTheirShare() throws {
        let scenes = ScenarioTests.cases.filter { $0.mac == nil && $0.user == nil }
        var facts = Facts()
        facts.contacts = try scenes.map { scene in
            var contact = try ScenarioTests.contact(scene)
            contact.bytesUp = 100
            return contact
        }
        let list = DeviceList(facts, roster: try ScenarioTests.roster())
        // Five over IPv6 from documentation addresses and one more: outside, unless the roster says otherwise.
        #expect(list.outsideContacts == 6)
        #expect(list.bytes == 1300)
        let firstAttributed = try #require(list.rows.firstIndex { $0.device.isAttributed })
        let rest = list.rows[firstAttributed...].filter { !$0.device.isAttributed }
        #expect(rest.isEmpty)
        #expect(list.unattributedBytes == 400)
        let laptop = try #require(list.rows.first { $0.device.id == "laptop" })
        #expect(laptop.contacts == 2)
    }

    @Test func frameAddressesOfForwardersSayNothing() throws {
        let mac = try #require(MACAddress("00:00:5e:00:53:0b"))
        var facts = Facts()
        facts.contacts = try (1...5).map { number in
            var contact = Contact(
                client: IPAddress("10.20.7.\(number)"), servers: [], port: 443,
                transport: "tcp",
                first: try ScenarioTests.time("09:00"))
            contact.clientMAC = mac
            return contact
        }
        var roster = try Roster.parse(yaml: ScenarioTests.yaml)
        roster.holdings = Holdings(LeaseEvents(), facts, LeaseTimes { _ in nil })
        #expect(roster.device(for: facts.contacts[0]).rule == .network)
        // One address behind the same hardware address is the device itself.
        facts.contacts = Array(facts.contacts.prefix(1))
        roster.holdings = Holdings(LeaseEvents(), facts, LeaseTimes { _ in nil })
        #expect(roster.device(for: facts.contacts[0]).id == "cb-b")
    }
}
