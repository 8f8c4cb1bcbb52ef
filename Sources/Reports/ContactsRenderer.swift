import Bytes
package import Contacts
import Flows
package import Judgement
import Names
package import Roster
import Synchronization

/// `hallpass contacts`: facts, one line each. An operator's raw view, so identities are shown unless a gate
/// with a key is given (invariant 7).
package struct ContactsRenderer: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        case jsonl
        case csv
    }

    private let format: Format
    private let gate: IdentityGate
    private let isLocal: @Sendable (IPAddress) -> Bool

    /// With a pseudonymising gate, `roster` tells which servers are the district's own and hidden as well.
    package init(format: Format, gate: IdentityGate = .identified, roster: Roster = .empty) {
        self.format = format
        self.gate = gate
        isLocal = { gate.isIdentifying ? false : roster.isLocal($0) && !$0.isMulticastOrBroadcast }
    }

    /// The line before all others, with its end; empty for JSON lines.
    package var header: String {
        format == .csv ? CSVText.row(ContactsRenderer.columns) + "\n" : ""
    }

    /// One contact's line, with its end.
    package func line(_ contact: Contact) -> String {
        var out: [UInt8] = []
        write(contact, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// All lines as UTF-8; for output that fits memory. `jobs` and `run` as in `Assessment`.
    package func render(
        _ contacts: [Contact], jobs: Int = 1, run: Assessment.Runner? = nil
    ) -> [UInt8] {
        // Several parts per thread, since contacts are not equally long.
        let parts = run == nil || jobs < 2 ? 1 : max(1, min(jobs * 4, contacts.count / 256))
        let rendered = Mutex([[UInt8]](repeating: [], count: parts))
        let body = { @Sendable (part: Int) in
            let range = (contacts.count * part / parts)..<(contacts.count * (part + 1) / parts)
            let text = render(contacts[range])
            rendered.withLock { $0[part] = text }
        }
        if let run, parts > 1 { run(parts, body) } else { body(0) }
        return rendered.withLock { $0.reduce(into: Array(header.utf8)) { $0 += $1 } }
    }

    private func render(_ contacts: ArraySlice<Contact>) -> [UInt8] {
        var out: [UInt8] = []
        // A line has some 500 bytes.
        out.reserveCapacity(contacts.count * 512)
        for contact in contacts { write(contact, to: &out) }
        return out
    }

    private func write(_ contact: Contact, to out: inout [UInt8]) {
        let values = fields(contact)
        switch format {
        case .jsonl:
            var isFirst = true
            for (key, value) in zip(ContactsRenderer.keys, values) {
                guard let value else { continue }
                out.append(UInt8(ascii: isFirst ? "{" : ","))
                isFirst = false
                out += key
                value.write(to: &out)
            }
            out += "}\n".utf8
        case .csv:
            out += CSVText.row(values.map { $0.map(cell) ?? "" }).utf8
            out.append(UInt8(ascii: "\n"))
        }
    }

    /// The columns as keys of a JSON object.
    private static let keys = columns.map { Array("\"\($0)\":".utf8) }

    static let columns = [
        "client", "client_mac", "client_user", "client_host", "servers", "server_count", "name", "evidence",
        "ambiguity", "candidates", "cname_chain", "port", "transport", "protocol", "action", "hour", "first",
        "last",
        "flows", "packets_up", "packets_down", "bytes_up", "bytes_down", "bytes_scope", "source", "ja4",
        "concealment", "signs", "certificate_issuers",
        "name_unicode", "mixed_scripts",
    ]

    /// The values in the order of `columns`; nil when unknown.
    private func fields(_ contact: Contact) -> [JSONValue?] {
        let hour = contact.hour.flatMap { Timestamp(seconds: $0 * 3600) }
        let unicode = contact.name.flatMap { UnicodeName($0) }
        let servers = contact.servers.map { isLocal($0) ? gate.pseudonym(forClient: $0) : $0.description }
        return [
            contact.client.map { .string(gate.pseudonym(forClient: $0)) },
            contact.clientMAC.map { .string(gate.pseudonym(forMAC: $0)) },
            contact.clientUser.map { .string(gate.pseudonym(forUser: $0)) },
            contact.clientHost.map { .string(gate.pseudonym(forHost: $0)) },
            .strings(servers), .count(contact.serverCount), contact.name.map { .string($0) },
            .string(contact.evidence.rawValue), .string(contact.ambiguity.rawValue),
            contact.candidates.isEmpty ? nil : .strings(contact.candidates),
            contact.cnameChain.isEmpty ? nil : .strings(contact.cnameChain),
            .integer(Int64(contact.port)), .string(contact.transport), .string(contact.service),
            .string(contact.action.rawValue), hour.map { .string($0.description) },
            .string(contact.first.description), .string(contact.last.description), .unsigned(contact.flows),
            .unsigned(contact.packetsUp), .unsigned(contact.packetsDown), .unsigned(contact.bytesUp),
            .unsigned(contact.bytesDown), .string(contact.bytesScope.rawValue), .string(contact.source),
            contact.ja4.isEmpty ? nil : .strings(contact.ja4),
            contact.concealment.map { .string($0.rawValue) },
            contact.signs.isEmpty ? nil : .strings(contact.signs.words),
            contact.issuers.isEmpty ? nil : .strings(contact.issuers),
            unicode.map { .string($0.text) }, unicode?.mixesScripts == true ? .bool(true) : nil,
        ]
    }

    private func cell(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .unsigned(let value): String(value)
        case .string(let text): text
        case .array(let values): values.map(cell).joined(separator: ";")
        case .object, .thousandths: value.compact
        }
    }
}
