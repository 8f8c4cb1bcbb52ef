import Bytes
import Contacts
import Register
package import Roster

/// `hallpass devices`: who the devices were, as far as the roster and the leases say.
package struct DevicesRenderer {
    package enum Format: String, Sendable, CaseIterable {
        case table
        case json
        case csv
    }

    private let format: Format
    private let gate: IdentityGate
    private let roster: Roster

    package init(format: Format, gate: IdentityGate, roster: Roster) {
        self.format = format
        self.gate = gate
        self.roster = roster
    }

    package func render(_ list: DeviceList, leases: [LeaseReport]) -> String {
        switch format {
        case .table: table(list)
        case .json: value(list, leases: leases).pretty
        case .csv: csv(list)
        }
    }

    static let columns = [
        "device", "role", "school", "grades", "rule", "decided_by", "source", "doubt", "randomised_hardware",
        "addresses", "contacts", "bytes", "share", "first", "last",
    ]

    // MARK: Values

    private func fields(_ row: DeviceList.Row, of total: UInt64) -> [(String, JSONValue?)] {
        let device = row.device
        let values: [JSONValue?] = [
            .string(gate.pseudonym(for: device.key)), .string(device.role.rawValue),
            device.school.map { .string($0) }, device.grades.map { .string($0.description) },
            .string(device.rule.name), device.place.map { .string($0.description) },
            device.source.map { .string($0.name) }, device.doubt.map { .string($0.rawValue) },
            device.isRandomised ? .bool(true) : nil, .count(row.addresses), .count(row.contacts),
            .unsigned(row.bytes), .string(DevicesRenderer.share(row.bytes, of: total)),
            .string(row.first.description), .string(row.last.description),
        ]
        return Array(zip(DevicesRenderer.columns, values))
    }

    /// Per cent with one digit behind the point, rounded down.
    static func share(_ part: UInt64, of whole: UInt64) -> String {
        guard whole > 0 else { return "0.0" }
        let thousandths = UInt64((Double(part) / Double(whole) * 1000).rounded(.down))
        return "\(thousandths / 10).\(thousandths % 10)"
    }

    private func value(_ list: DeviceList, leases: [LeaseReport]) -> JSONValue {
        .object([
            ("bytes", .unsigned(list.bytes)), ("unattributed_bytes", .unsigned(list.unattributedBytes)),
            (
                "ipv6",
                .object([
                    ("addresses", .count(list.ipv6.addresses)),
                    ("addresses_tied", .count(list.ipv6.tiedAddresses)),
                    ("bytes", .unsigned(list.ipv6.bytes)),
                    ("bytes_tied", .unsigned(list.ipv6.tiedBytes)),
                ])
            ),
            ("contacts_of_outside_clients", .count(list.outsideContacts)),
            ("leases", .array(leases.map(value))),
            ("address_translation", .array(list.signs.map(value))),
            ("devices", .array(list.rows.map { .object(fields($0, of: list.bytes)) })),
        ])
    }

    private func value(_ report: LeaseReport) -> JSONValue {
        .object([
            ("path", .string(report.path)), ("kind", .string(report.kind)),
            ("lines_read", .count(report.linesRead)), ("lines_used", .count(report.linesUsed)),
            ("lines_without_a_lease", .count(report.linesPassed)),
            ("lines_rejected", .count(report.linesRejected)), ("complete", .bool(report.isComplete)),
        ])
    }

    private func value(_ sign: TranslationSign) -> JSONValue {
        .object([
            ("address", .string(gate.pseudonym(for: .address(sign.address)))),
            ("hour", .text(Timestamp(seconds: sign.hour * 3600)?.description)),
            ("connections", .unsigned(sign.connections)),
            ("hop_limits", .array(sign.hopLimits.map { .integer(Int64($0)) })),
        ])
    }

    // MARK: CSV

    private func csv(_ list: DeviceList) -> String {
        let rows = list.rows.map { row in
            fields(row, of: list.bytes).map { _, value in value.map(cell) ?? "" }
        }
        return ([DevicesRenderer.columns] + rows).map { CSVText.row($0) + "\n" }.joined()
    }

    private func cell(_ value: JSONValue) -> String {
        switch value {
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .unsigned(let value): String(value)
        case .string(let text): text
        default: ""
        }
    }

    // MARK: Table

    private func table(_ list: DeviceList) -> String {
        let split = list.rows.firstIndex { $0.device.isAttributed } ?? list.rows.count
        var lines = [
            "\(Quantity.of(list.rows.count - split, "device")) known, \(Quantity.bytes(list.bytes)) in all; "
                + "\(DevicesRenderer.share(list.unattributedBytes, of: list.bytes)) % of the bytes are nobody's"
        ]
        if list.ipv6.addresses > 0 {
            lines.append(
                "IPv6: \(list.ipv6.tiedAddresses) of \(Quantity.of(list.ipv6.addresses, "address", "addresses")) tied "
                    + "to a device, \(DevicesRenderer.share(list.ipv6.tiedBytes, of: list.ipv6.bytes)) % of the bytes"
            )
        }
        for sign in list.signs { lines.append(words(sign)) }
        lines += section("NOT ATTRIBUTED: an address without a device", list.rows[..<split], list.bytes)
        lines += section("DEVICES", list.rows[split...], list.bytes)
        return lines.joined(separator: "\n") + "\n"
    }

    private func words(_ sign: TranslationSign) -> String {
        let limits = sign.hopLimits.map { String($0) }.joined(separator: ", ")
        return
            "warning: \(gate.pseudonym(for: .address(sign.address))) began \(sign.connections) connections in one hour "
            + "with hop limits \(limits): several devices may stand behind it (address translation)"
    }

    private func section(_ title: String, _ rows: ArraySlice<DeviceList.Row>, _ total: UInt64) -> [String] {
        guard !rows.isEmpty else { return [] }
        var cells = [["share", "device", "role", "school", "rule", "source"]]
        for row in rows {
            let device = row.device
            var role = device.role.rawValue
            if let doubt = device.doubt { role += " (\(doubt.rawValue))" }
            var source = device.source?.name ?? "-"
            if device.isRandomised { source += ", made-up hardware address" }
            cells.append([
                DevicesRenderer.share(row.bytes, of: total) + " %",
                TerminalText.safe(gate.pseudonym(for: device.key)), role, device.school ?? "-",
                device.rule.name,
                source,
            ])
        }
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        let lines = cells.map { row in
            let padded = zip(row, widths).enumerated().map { index, pair in
                index == 0
                    ? String(repeating: " ", count: pair.1 - pair.0.count) + pair.0
                    : pair.0 + String(repeating: " ", count: pair.1 - pair.0.count)
            }
            var line = padded.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
        return ["", title] + lines
    }
}
