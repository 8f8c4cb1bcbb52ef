import Bytes
import Foundation
package import Register

extension Roster {
    /// Reads a roster file, or `roster.yaml` (or `.yml`) in a directory.
    package static func load(_ path: String) throws(RegisterError) -> Roster {
        let chosen = defaultFile(in: path) ?? path
        let file = try readFile(chosen, relative: chosen)
        let log = ProblemLog()
        let text = file.text(log) ?? ""
        let content = RosterContent.read(text, file: chosen, log: log)
        try log.throwIfAny()
        return Roster(content, file: chosen, sha256: file.sha256)
    }

    /// A roster from YAML text.
    package static func parse(yaml text: String, file: String = "roster.yaml") throws(RegisterError) -> Roster
    {
        let log = ProblemLog()
        let content = RosterContent.read(text, file: file, log: log)
        try log.throwIfAny()
        return Roster(content, file: file, sha256: nil)
    }

    /// The roster that lies in a register's directory; nil when there is none.
    package static func defaultFile(in directory: String) -> String? {
        let base = directory.hasSuffix("/") ? directory : directory + "/"
        return ["roster.yaml", "roster.yml"].map { base + $0 }.first {
            FileManager.default.fileExists(atPath: $0)
        }
    }
}

extension RosterContent {
    static func read(_ text: String, file: String, log: ProblemLog) -> RosterContent {
        var content = RosterContent()
        guard let root = YAMLValue.read(text: text, file: file, log: log),
            let map = root.map("the roster", keys: RosterContent.keys)
        else { return content }
        content.schools = map.list("schools").compactMap(school)
        content.networks = map.list("networks").compactMap(network)
        if map["home_networks"] != nil { content.homeNetworks = map.list("home_networks").compactMap(prefix) }
        if let rule = map["leave_out"]?.map("the left-out rule", keys: ["roles"]) {
            content.leftOut = rule.list("roles").compactMap { $0.word(Role.self) }
        }
        content.inspectionIssuers = distinct(map.list("inspection_issuers"), RosterContent.issuer)
        content.sinkholes = distinct(map.list("sinkholes"), RosterContent.sinkhole)
        content.check(log)
        return content
    }

    private static let keys = [
        "schools", "networks", "home_networks", "leave_out", "inspection_issuers", "sinkholes",
    ]

    /// The values of a list; one that stands there twice is a mistake.
    private static func distinct<Value: Hashable>(
        _ list: [YAMLValue], _ read: (YAMLValue) -> Value?
    ) -> [Value] {
        var seen: Set<Value> = []
        return list.compactMap { item in
            guard let value = read(item) else { return nil }
            if !seen.insert(value).inserted { item.problem("stands in this list already") }
            return value
        }
    }

    /// A certificate's issuer by its common name or organization, in the very words of the certificate.
    private static func issuer(_ value: YAMLValue) -> String? {
        guard let text = value.string() else { return nil }
        // RFC 5280 appendix A.1: 64 characters; the reader of certificates takes up to 256 bytes.
        guard text.utf8.count <= 256 else {
            value.problem("an issuer is the common name or organization of a certificate, at most 256 bytes")
            return nil
        }
        return text
    }

    private static func sinkhole(_ value: YAMLValue) -> IPAddress? {
        guard let text = value.string() else { return nil }
        if let address = IPAddress(text) { return address }
        value.problem("\(quoted(text)) is not an address; a sinkhole is one address, such as 10.10.0.99")
        return nil
    }

    private static func school(_ value: YAMLValue) -> School? {
        guard let map = value.map("a school", keys: ["id", "name", "grades"]) else { return nil }
        let id = map.required("id")?.string()
        let name = map.required("name")?.string()
        let grades = map["grades"].flatMap(readGrades)
        guard let id, let name else { return nil }
        return School(id: id, name: name, grades: grades, place: map.place)
    }

    private static func network(_ value: YAMLValue) -> Network? {
        guard let map = value.map("a network", keys: ["prefix", "role", "school", "grades", "vlan"]) else {
            return nil
        }
        let block = map.required("prefix").flatMap(prefix)
        let role = map.required("role")?.word(Role.self)
        let school = map["school"]?.string()
        let grades = map["grades"].flatMap(readGrades)
        let vlan = map["vlan"]?.count()
        if let vlan, !(1...4094).contains(vlan) { map["vlan"]?.problem("a VLAN id lies between 1 and 4094") }
        guard let block, let role else { return nil }
        return Network(
            prefix: block, role: role, school: school, grades: grades, vlan: vlan, place: map.place)
    }

    private static func prefix(_ value: YAMLValue) -> IPPrefix? {
        guard let text = value.string() else { return nil }
        if let prefix = IPPrefix(text) { return prefix }
        value.problem("\(quoted(text)) is not an address block" + advice(text))
        return nil
    }

    /// What to write instead of a malformed block, where that can be told.
    private static func advice(_ text: String) -> String {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let base = IPAddress(parts[0]), let length = Int(parts[1]), length >= 0 else {
            return "; write it as 10.20.0.0/16 or 2001:db8:20::/48"
        }
        let limit = base.isIPv4 ? 32 : 128
        if length > limit { return "; its length is at most \(limit)" }
        return ": it has bits set beyond its length of \(length)"
    }

    private func check(_ log: ProblemLog) {
        var schoolPlaces: [String: Place] = [:]
        for school in schools {
            if let earlier = schoolPlaces[school.id] {
                log.add(
                    school.place, "duplicate school id \(quoted(school.id)): it stands already at \(earlier)")
            }
            schoolPlaces[school.id] = school.place
        }
        var networkPlaces: [IPPrefix: Place] = [:]
        for network in networks {
            if let earlier = networkPlaces[network.prefix] {
                log.add(network.place, "the network \(network.prefix) is described already at \(earlier)")
            }
            networkPlaces[network.prefix] = network.place
            if let school = network.school, schoolPlaces[school] == nil {
                let near = suggestion(for: school, among: schools.map(\.id))
                log.add(
                    network.place,
                    "the network \(network.prefix) is in the unknown school \(quoted(school))\(near)")
            }
        }
    }
}
