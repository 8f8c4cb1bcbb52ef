package import Bytes
package import Contacts
package import Judgement
import Register
import Reports
package import Roster

/// One contact behind a finding, as a bundle shows it, and what the bundle hides of it.
package struct Fact: Equatable, Sendable {
    /// From 1, in the order of time.
    package var number: Int
    /// The pseudonym for this recipient.
    package var device: String
    package var role: String
    package var contact: Contact
    /// Servers outside the district; those inside are left out.
    package var servers: [IPAddress]
    /// The pseudonym of the district's own reports; hidden.
    package var districtDevice: String
    package var school: String?
    package var grades: String?
    /// The name is a declared sub-processor's, whose contacts may be covered beside those of its vendor.
    package var dependsOnContext: Bool
}

/// How exactly facts tell when something was.
package enum TimeForm: String, CaseIterable, Sendable {
    /// The UTC hour; the exact moments are hidden fields.
    case hour
    case exact
}

/// `facts.csv` and `facts.jsonl`.
package struct FactTables: Sendable {
    package static let columns = [
        "fact", "device", "role", "name", "evidence", "ambiguity", "candidates", "cname_chain", "servers",
        "port",
        "transport", "protocol", "action", "hour", "first", "last", "flows", "packets_up", "packets_down",
        "bytes_up", "bytes_down", "source",
    ]

    let facts: [Fact]
    let times: TimeForm

    package init(_ facts: [Fact], times: TimeForm) {
        self.facts = facts
        self.times = times
    }

    private func values(_ fact: Fact) -> [(String, JSONValue?)] {
        let contact = fact.contact
        let isExact = times == .exact
        let values: [JSONValue?] = [
            .count(fact.number), .string(fact.device), .string(fact.role), contact.name.map { .string($0) },
            .string(contact.evidence.rawValue), .string(contact.ambiguity.rawValue),
            contact.candidates.isEmpty ? nil : .strings(contact.candidates),
            contact.cnameChain.isEmpty ? nil : .strings(contact.cnameChain),
            fact.servers.isEmpty ? nil : .strings(fact.servers.map(\.description)),
            .integer(Int64(contact.port)), .string(contact.transport), .string(contact.service),
            .string(contact.action.rawValue), .string(fact.hour.description),
            isExact ? .string(contact.first.description) : nil,
            isExact ? .string(contact.last.description) : nil,
            .unsigned(contact.flows), .unsigned(contact.packetsUp), .unsigned(contact.packetsDown),
            .unsigned(contact.bytesUp), .unsigned(contact.bytesDown), .string(contact.source),
        ]
        return Array(zip(FactTables.columns, values))
    }

    package var jsonLines: String { facts.map { JSONValue.object(values($0)).compact + "\n" }.joined() }

    package var csv: String {
        let rows = facts.map { fact in values(fact).map { $0.1.map(FactTables.cell) ?? "" } }
        return ([FactTables.columns] + rows).map { CSVText.row($0) + "\n" }.joined()
    }

    private static func cell(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .array(let values): values.map(cell).joined(separator: " ")
        case .integer(let number): String(number)
        case .unsigned(let number): String(number)
        default: value.compact
        }
    }

    /// What the tables hide, in the order of facts, under salts from `salt`.
    package func hidden(salt: (_ fact: Int, _ field: String, _ value: String) -> [UInt8]) -> [HiddenField] {
        facts.flatMap { fact -> [HiddenField] in
            var fields: [(String, String?)] = [
                ("device", fact.districtDevice), ("school", fact.school), ("grades", fact.grades),
            ]
            if times == .hour {
                fields.append(("first", fact.contact.first.description))
                fields.append(("last", fact.contact.last.description))
            }
            return fields.compactMap { field, value in
                value.map {
                    HiddenField(
                        fact: fact.number, field: field, value: $0, salt: salt(fact.number, field, $0))
                }
            }
        }
    }
}

extension Fact {
    /// The beginning of the UTC hour in which it began.
    package var hour: Timestamp {
        Timestamp(seconds: (contact.hour ?? contact.first.hour) * 3600) ?? contact.first
    }

    /// The contacts of devices of students (and of unknown ones) that `findings` speak of, in the order of time.
    ///
    /// - Parameters:
    ///   - gate: for the recipient; `own` is the district's.
    package static func facts(
        behind findings: [Finding], in contacts: [Contact], judge: Judge, from: Timestamp, to: Timestamp,
        gate: IdentityGate, own: IdentityGate
    ) -> [Fact] {
        var wanted: [String: Set<Verdict>] = [:]
        for finding in findings {
            for name in finding.names + [finding.domain] { wanted[name, default: []].insert(finding.verdict) }
        }
        var facts: [Fact] = []
        for contact in contacts
        where contact.first >= from && contact.first < to && contact.action == .allowed {
            let outside = contact.servers.filter { !judge.roster.isLocal($0) }
            let keys = contact.name.map { [$0] + contact.candidates } ?? outside.prefix(1).map(\.description)
            let verdicts = keys.reduce(into: Set<Verdict>()) { $0.formUnion(wanted[$1] ?? []) }
            if verdicts.isEmpty { continue }
            let device = judge.roster.device(for: contact)
            guard isStudentLike(device.role), !judge.roster.leftOut.contains(device.role) else { continue }
            let judgment = judge.judge(contact)
            guard verdicts.contains(judgment.verdict) else { continue }
            facts.append(
                Fact(
                    number: 0, device: gate.pseudonym(for: device.key), role: device.role.rawValue,
                    contact: contact, servers: outside, districtDevice: own.pseudonym(for: device.key),
                    school: device.school, grades: device.grades?.description,
                    dependsOnContext: !judgment.offers.isEmpty))
        }
        // The rest of the order is the contacts' own, which depends on the input alone but follows addresses.
        facts.sort {
            ($0.contact.first, $0.device, $0.contact.name ?? "", $0.contact.port)
                < ($1.contact.first, $1.device, $1.contact.name ?? "", $1.contact.port)
        }
        for index in facts.indices { facts[index].number = index + 1 }
        return facts
    }
}
