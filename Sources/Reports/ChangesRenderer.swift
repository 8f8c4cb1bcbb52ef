import Judgement

/// The part of a report that says what changed since a baseline.
extension JSONRenderer {
    func changes(_ changes: Changes?) -> JSONValue {
        guard let changes else { return .null }
        func list(_ list: [Changes.Change]) -> JSONValue {
            .array(
                list.map {
                    .object([
                        ("domain", .string($0.domain)), ("owner", .text($0.owner)),
                        ("before", .text($0.before)), ("now", .text($0.now)), ("detail", .string($0.detail)),
                    ])
                })
        }
        return .object([
            ("baseline", .string(changes.baseline)), ("first_seen", list(changes.firstSeen)),
            ("changed", list(changes.changed)), ("gone", list(changes.gone)),
            ("newly_expired", list(changes.newlyExpired)),
            ("signed_after_first_use", list(changes.signedAfterFirstUse)),
        ])
    }
}

extension TableRenderer {
    func changes(_ changes: Changes?) -> [String] {
        guard let changes else { return [] }
        var lines = section(
            "SINCE \(changes.baseline): \(changes.firstSeen.count) first seen, \(changes.changed.count) changed, "
                + "\(changes.gone.count) gone")
        lines += part("first seen", changes.firstSeen)
        lines += part("changed", changes.changed)
        lines += part("newly expired", changes.newlyExpired)
        lines += part("signed after first use", changes.signedAfterFirstUse)
        lines += part("gone", changes.gone)
        if lines.count == 2 { lines.append("  nothing changed") }
        return lines
    }

    private func part(_ title: String, _ list: [Changes.Change]) -> [String] {
        listing(list) { change in
            let owner = change.owner.map { " (\($0))" } ?? ""
            return ("\(title): \(change.domain)\(owner): \(change.detail)", change.now ?? "not seen")
        }
    }
}
