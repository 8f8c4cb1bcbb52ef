import Contacts
import Judgement
import Register
import Roster

/// What nobody could have named, in the table and in JSON.
extension TableRenderer {
    func blindSpots(_ spots: DeviceBlindSpots) -> [String] {
        let students = spots.students.total
        guard students.all.bytes > 0 else { return [] }
        let share = "\(Quantity.bytes(students.hidden.bytes)) of \(Quantity.bytes(students.all.bytes))"
        var lines = entry(
            "student bytes to outside that nothing could name",
            "\(share) (\(percent(students.hidden.bytes, of: students.all.bytes)))")
        for (kind, sum) in students.rows {
            let devices = Quantity.of(spots.students.clientCount(kind), "device")
            lines += entry(
                "  \(kind.words)",
                "\(devices), \(Quantity.of(sum.flows, "flow")), \(Quantity.bytes(sum.bytes))")
        }
        return lines
    }

    /// In whole percent; what is there and less than one is said so.
    func percent(_ part: UInt64, of whole: UInt64) -> String {
        if part == 0 { return "0 %" }
        let percent = Int(Double(part) * 100 / Double(whole))
        return percent == 0 ? "under 1 %" : "\(percent) %"
    }
}

extension BlindSpots.Kind {
    var words: String {
        switch self {
        case .vpn: "VPN"
        case .relay: "relay that hides destinations"
        case .tor: "Tor"
        case .encryptedHello: "encrypted hello (ECH)"
        case .encryptedDNS: "encrypted DNS"
        case .unnamed: "address without a name"
        case .offersECH: "sign: ECH offered, its effect unknown"
        case .pretendsECH: "sign: ECH only pretended (GREASE)"
        case .certificateDiffers: "sign: certificate of another name"
        case .intercepted: "opened by the district's own filter"
        }
    }
}

extension JSONRenderer {
    func blindSpots(_ spots: DeviceBlindSpots) -> JSONValue {
        .object([
            ("all", measures(spots.all)), ("students", measures(spots.students)),
            ("clients", gate.map { clients(spots, $0) }),
        ])
    }

    private func measures(_ spots: BlindSpots) -> JSONValue {
        .object(
            measures(spots.total) + [
                (
                    "kinds",
                    .array(
                        spots.total.rows.map { kind, sum in
                            .object([
                                ("kind", .string(kind.rawValue)), ("hides", .bool(kind.hidesDestination)),
                                ("devices", .count(spots.clientCount(kind))), ("flows", .unsigned(sum.flows)),
                                ("bytes", .unsigned(sum.bytes)),
                            ])
                        })
                )
            ])
    }

    private func measures(_ tally: BlindSpots.Tally) -> [(String, JSONValue?)] {
        [
            ("flows", .unsigned(tally.all.flows)), ("bytes", .unsigned(tally.all.bytes)),
            ("hidden_flows", .unsigned(tally.hidden.flows)), ("hidden_bytes", .unsigned(tally.hidden.bytes)),
        ]
    }

    /// One entry per client, by pseudonym, so that a device with a VPN can be found by who holds the key.
    private func clients(_ spots: DeviceBlindSpots, _ gate: IdentityGate) -> JSONValue {
        let entries = spots.all.byClient.map { client, tally -> (String, JSONValue) in
            let name = gate.name(client)
            let kinds = tally.rows.map { kind, sum in
                JSONValue.object([
                    ("kind", .string(kind.rawValue)), ("flows", .unsigned(sum.flows)),
                    ("bytes", .unsigned(sum.bytes)),
                ])
            }
            let role = spots.roles[client] ?? .unknown
            return (
                name,
                .object(
                    [("client", .string(name)), ("role", .string(role.rawValue))] + measures(tally)
                        + [("kinds", .array(kinds))])
            )
        }
        // By pseudonym: the order of addresses would tell who is who.
        return .array(entries.sorted { $0.0 < $1.0 }.map(\.1))
    }
}

extension IdentityGate {
    func name(_ client: BlindSpots.Client) -> String {
        if let address = client.address { return pseudonym(forClient: address) }
        if let user = client.user { return pseudonym(forUser: user) }
        return client.host.map { pseudonym(forHost: $0) } ?? "unknown"
    }
}
