import Bytes
package import Register

/// A lockfile: an approved app's behaviour as YAML, one fact a line, so that a change is a line in a diff.
package enum Lockfile {
    package static func write(_ behaviour: Behaviour) -> String {
        var text =
            "# The approved behaviour of an app: written by hallpass review --write-lock, held against later\n"
        text += "# sessions by --baseline.\n"
        text += "app: \(quoted(behaviour.app))\nregister: \(behaviour.register)\n"
        if let session = behaviour.session { text += "session: \(session)\n" }
        text += section("evidence", behaviour.evidence.map(quoted))
        text += section(
            "parties",
            behaviour.parties.map {
                line([
                    ("domain", $0.domain), ("verdict", $0.verdict), ("owner", $0.owner),
                    ("category", $0.category),
                ])
            })
        text += section(
            "elements",
            behaviour.elements.map {
                line([
                    ("party", $0.party), ("element", $0.element), ("place", $0.place),
                    ("field", $0.field.isEmpty ? nil : $0.field), ("form", $0.form.isEmpty ? nil : $0.form),
                ])
            })
        text += section(
            "possible",
            behaviour.possible.map {
                line([("party", $0.party), ("kind", $0.kind), ("field", $0.field.isEmpty ? nil : $0.field)])
            })
        return text
    }

    private static func section(_ name: String, _ lines: [String]) -> String {
        lines.isEmpty ? "\(name): []\n" : "\(name):\n" + lines.map { "  - \($0)\n" }.joined()
    }

    private static func line(_ pairs: [(String, String?)]) -> String {
        "{" + pairs.compactMap { key, value in value.map { "\(key): \(quoted($0))" } }.joined(separator: ", ")
            + "}"
    }

    /// Every text in quotes: what a network says must not become YAML.
    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            default:
                if scalar.value < 0x20 || scalar.properties.generalCategory == .format {
                    let digits = String(scalar.value, radix: 16)
                    out += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        return out + "\""
    }

    package static func load(_ path: String) throws(RegisterError) -> Behaviour {
        let file = try readFile(path, relative: path)
        let log = ProblemLog()
        let text = file.text(log)
        try log.throwIfAny()
        return try parse(text ?? "", file: path)
    }

    package static func parse(_ text: String, file: String = "app.lock") throws(RegisterError) -> Behaviour {
        let log = ProblemLog()
        var behaviour: Behaviour?
        let keys = ["app", "register", "session", "evidence", "parties", "elements", "possible"]
        if let map = YAMLValue.read(text: text, file: file, log: log)?.map("a lockfile", keys: keys) {
            behaviour = read(map)
        }
        if log.problems.isEmpty, behaviour == nil { log.add(Place(file: file), "this is no lockfile") }
        try log.throwIfAny()
        guard let behaviour else {
            throw RegisterError([RegisterProblem(Place(file: file), "this is no lockfile")])
        }
        return behaviour
    }

    private static func read(_ map: YAMLMap) -> Behaviour? {
        guard let app = map.required("app")?.string(), let register = map.required("register")?.string()
        else {
            return nil
        }
        func lines(_ name: String, _ keys: [String]) -> [YAMLMap] {
            map.list(name).compactMap { $0.map("an entry of \(name)", keys: keys) }
        }
        let parties = lines("parties", ["domain", "verdict", "owner", "category"]).compactMap { line in
            line.required("domain")?.string().flatMap { domain in
                line.required("verdict")?.string().map {
                    Behaviour.PartyLine(
                        domain: domain, verdict: $0, owner: line["owner"]?.string(),
                        category: line["category"]?.string())
                }
            }
        }
        let elements = lines("elements", ["party", "element", "place", "field", "form"]).compactMap(element)
        let possible = lines("possible", ["party", "kind", "field"]).compactMap { line in
            line.required("party")?.string().flatMap { party in
                line.required("kind")?.string().map {
                    Behaviour.PossibleLine(party: party, kind: $0, field: line["field"]?.string() ?? "")
                }
            }
        }
        return Behaviour(
            app: app, register: register, session: map["session"]?.day(), evidence: map.strings("evidence"),
            parties: parties, elements: elements, possible: possible)
    }

    private static func element(_ line: YAMLMap) -> Behaviour.ElementLine? {
        guard let party = line.required("party")?.string(), let element = line.required("element")?.string(),
            let place = line.required("place")?.string()
        else { return nil }
        return Behaviour.ElementLine(
            party: party, element: element, place: place, field: line["field"]?.string() ?? "",
            form: line["form"]?.string() ?? "")
    }
}
