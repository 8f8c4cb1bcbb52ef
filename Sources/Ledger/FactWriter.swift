import Bytes
import Contacts
import Foundation
import GRDB
import Judgement
import Register
import Roster

/// Contacts and lookups of one night on their way into the tables: who becomes a pseudonym here, and what the
/// roster says of a device becomes a fact of the night.
struct FactWriter {
    private let database: Database
    private let night: Night
    private let run: Int64
    private var ids: Identifiers
    private var standingOfDevice: [StandingOf: Int64] = [:]
    private var clientIDs: [ClientKey: Int64] = [:]
    private(set) var lookupCount = 0

    private struct StandingOf: Hashable {
        var device: Device
        /// Only where addresses stand for devices.
        var client: ClientKey?
    }

    private struct PageKey: Hashable {
        var standing: Int64
        var day: Int64
    }

    private struct Page {
        var count: Int64 = 0
        var bytes: [UInt8] = []
    }

    init(_ database: Database, _ night: Night, run: Int64) {
        self.database = database
        self.night = night
        self.run = run
        ids = Identifiers(database)
    }

    mutating func addContacts() throws {
        var pages: [PageKey: Page] = [:]
        var destinations: [Destination: Int64] = [:]
        let roster = night.judge.roster
        for contact in night.facts.contacts {
            let standing = try self.standing(of: roster.device(for: contact), ClientKey(contact))
            let destination = Destination(contact, roster: roster, gate: night.gate)
            let number: Int64
            if let known = destinations[destination] {
                number = known
            } else {
                number = try ids.destination(destination)
                destinations[destination] = number
            }
            let record = PageRecord(contact, destination: number, client: try client(ClientKey(contact)))
            let day = FactWriter.day(ofHour: record.hour)
            let key = PageKey(standing: standing, day: day)
            pages[key, default: Page()].count += 1
            ContactPage.append(record, to: &pages[key, default: Page()].bytes, day: day)
        }
        let insert = try database.makeStatement(
            sql: "INSERT INTO pages (run_id, standing_id, day, contacts, body) VALUES (?, ?, ?, ?, ?)")
        for (key, page) in pages.sorted(by: { ($0.key.standing, $0.key.day) < ($1.key.standing, $1.key.day) })
        {
            try insert.execute(arguments: [run, key.standing, key.day, page.count, Data(page.bytes)])
        }
    }

    static func day(ofHour hour: Int64) -> Int64 { hour >= 0 ? hour / 24 : (hour + 1) / 24 - 1 }

    /// Lookups that no contact followed; the others are in the contacts.
    mutating func addLookups() throws {
        let insert = try database.makeStatement(
            sql: """
                INSERT INTO lookups
                  (run_id, standing_id, client_id, resolver_id, name_id, outcome, first, last, count)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        let roster = night.judge.roster
        for lookup in night.facts.lookups where !lookup.contacted {
            let who = ClientKey(lookup.client)
            let device = roster.device(for: lookup.client, at: lookup.first)
            let isInside = isLocalName(lookup.name) || isReverseName(lookup.name)
            let name = isInside ? night.gate.pseudonym(forHost: lookup.name) : lookup.name
            try insert.execute(arguments: [
                run, try standing(of: device, who), try client(who),
                try lookup.resolver.map { try client(ClientKey($0)) }, try ids.name(name),
                lookup.outcome.rawValue, lookup.first.nanoseconds, lookup.last.nanoseconds,
                Int64(clamping: lookup.count),
            ])
            lookupCount += 1
        }
    }

    /// The row of a device under its standing of that moment.
    private mutating func standing(of device: Device, _ client: ClientKey) throws -> Int64 {
        var plain = device
        // How it was told is not who it was.
        plain.rule = .none
        plain.place = nil
        plain.source = nil
        let isApart = night.judge.roster.tellsDevicesApart
        let key = StandingOf(device: plain, client: isApart ? nil : client)
        if let known = standingOfDevice[key] { return known }
        let name = isApart ? night.gate.pseudonym(for: device.key) : pseudonym(client)
        let id = try ids.standing(RecordedStanding(plain, named: name))
        standingOfDevice[key] = id
        return id
    }

    private mutating func client(_ key: ClientKey) throws -> Int64 {
        if let known = clientIDs[key] { return known }
        let id = try ids.client(pseudonym(key))
        clientIDs[key] = id
        return id
    }

    private func pseudonym(_ client: ClientKey) -> String {
        if let address = client.address { return night.gate.pseudonym(for: .address(address)) }
        let parts = [
            client.user.map { night.gate.pseudonym(forUser: $0) },
            client.host.map { night.gate.pseudonym(forHost: $0) },
        ].compactMap(\.self)
        return parts.isEmpty ? "unknown" : parts.joined(separator: " ")
    }
}

extension ClientKey {
    fileprivate init(_ address: IPAddress) {
        self.init(
            Contact(
                client: address, servers: [], port: 0, transport: "", first: Timestamp(nanoseconds: 0)))
    }
}

extension PageRecord {
    fileprivate init(_ contact: Contact, destination: Int64, client: Int64) {
        self.init(
            destination: destination, client: client, hour: contact.hour ?? contact.first.hour,
            first: contact.first.nanoseconds, last: contact.last.nanoseconds, starts: contact.starts,
            active: contact.active, flows: contact.flows, packetsUp: contact.packetsUp,
            packetsDown: contact.packetsDown, bytesUp: contact.bytesUp, bytesDown: contact.bytesDown)
    }
}

/// A row of `standings`.
struct RecordedStanding: Hashable {
    var device: String
    var role: String
    var school: String
    var grades: Int64
    var doubt: String

    init(_ device: Device, named name: String) {
        self.device = name
        role = device.role.rawValue
        school = device.school ?? ""
        grades = device.grades.map { Int64($0.bits) } ?? -1
        doubt = device.doubt?.rawValue ?? ""
    }

    init(_ row: Row, at column: Int) throws {
        device = try row.string(column)
        role = try row.string(column + 1)
        school = try row.string(column + 2)
        grades = try row.number(column + 3)
        doubt = try row.string(column + 4)
    }

    /// The device under its pseudonym.
    var asDevice: Device {
        var made = Device(
            key: .listed(device), role: Role(rawValue: role) ?? .unknown,
            school: school.isEmpty ? nil : school,
            grades: UInt16(exactly: grades).map { GradeSet(bits: $0) }, rule: .none)
        made.doubt = Device.Doubt(rawValue: doubt)
        return made
    }
}
