import Bytes
import Foundation
package import Register

extension Roster {
    /// Reads a roster file, or `roster.yaml` (or `.yml`) in a directory, and the inventories that it names.
    package static func load(_ path: String) throws(RegisterError) -> Roster {
        let chosen = defaultFile(in: path) ?? path
        let file = try readFile(chosen, relative: chosen)
        let log = ProblemLog()
        let text = file.text(log) ?? ""
        var content = RosterContent.read(text, file: chosen, log: log)
        content.readInventories(beside: chosen, log)
        content.check(log)
        try log.throwIfAny()
        return Roster(content, file: chosen, sha256: file.sha256)
    }

    /// A roster from YAML text; inventories that it names are looked for beside `file`.
    package static func parse(yaml text: String, file: String = "roster.yaml") throws(RegisterError) -> Roster
    {
        let log = ProblemLog()
        var content = RosterContent.read(text, file: file, log: log)
        content.readInventories(beside: file, log)
        content.check(log)
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

/// What a roster file says, before its parts are checked against each other.
struct RosterContent {
    var timezone: String?
    var schools: [School] = []
    var networks: [Network] = []
    var homeNetworks: [IPPrefix]?
    var devices: [ListedDevice] = []
    var inventories: [InventorySource] = []
    var users: [NameRule] = []
    var hosts: [NameRule] = []
    var leftOut: [Role] = []
    var inspectionIssuers: [String] = []
    var sinkholes: [IPAddress] = []
    var leaseSeconds: Int64?
    /// The zone in which lease logs are written; nil for the district's.
    var leaseZone: String?
    var retention = Retention()
}

extension RosterContent {
    static let keys = [
        "timezone", "schools", "networks", "home_networks", "devices", "inventories", "users", "hosts",
        "leave_out", "leases", "retention", "inspection_issuers", "sinkholes",
    ]

    static func read(_ text: String, file: String, log: ProblemLog) -> RosterContent {
        var content = RosterContent()
        guard let root = YAMLValue.read(text: text, file: file, log: log),
            let map = root.map("the roster", keys: keys)
        else { return content }
        content.timezone = map["timezone"].flatMap(zone)
        content.schools = map.list("schools").compactMap(school)
        content.networks = map.list("networks").compactMap(network)
        if map["home_networks"] != nil { content.homeNetworks = map.list("home_networks").compactMap(prefix) }
        content.devices = map.list("devices").compactMap(device)
        content.inventories = map.list("inventories").compactMap(InventorySource.read)
        content.users = map.list("users").compactMap { rule($0, "a user pattern") }
        content.hosts = map.list("hosts").compactMap { rule($0, "a host-name pattern") }
        if let rule = map["leave_out"]?.map("the left-out rule", keys: ["roles"]) {
            content.leftOut = rule.list("roles").compactMap { $0.word(Role.self) }
        }
        if let leases = map["leases"]?.map("the lease settings", keys: ["time", "timezone"]) {
            content.leaseSeconds = leases["time"].flatMap(duration)
            content.leaseZone = leases["timezone"].flatMap(zone)
        }
        if let days = map["retention"] { content.retention = readRetention(days) }
        content.inspectionIssuers = distinct(map.list("inspection_issuers"), RosterContent.issuer)
        content.sinkholes = distinct(map.list("sinkholes"), RosterContent.sinkhole)
        return content
    }

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
        guard let map = value.map("a school", keys: ["id", "name", "grades", "calendar"]) else { return nil }
        let id = map.required("id")?.string()
        let name = map.required("name")?.string()
        let grades = map["grades"].flatMap(readGrades)
        let calendar = map["calendar"].flatMap(readCalendar) ?? SchoolCalendar()
        guard let id, let name else { return nil }
        return School(id: id, name: name, grades: grades, calendar: calendar, place: map.place)
    }

    private static func network(_ value: YAMLValue) -> Network? {
        let keys = ["prefix", "role", "school", "grades", "vlan", "ssid", "lease_time"]
        guard let map = value.map("a network", keys: keys) else { return nil }
        if map["prefix"] == nil, map["vlan"] == nil, map["ssid"] == nil {
            value.problem("a network needs a prefix, a vlan or an ssid by which it is recognised")
        }
        let block = map["prefix"].flatMap(prefix)
        let role = map.required("role")?.word(Role.self)
        let school = map["school"]?.string()
        let grades = map["grades"].flatMap(readGrades)
        let vlan = map["vlan"].flatMap(vlan)
        let ssid = map["ssid"]?.string()
        let lease = map["lease_time"].flatMap(duration)
        guard let role else { return nil }
        return Network(
            prefix: block, role: role, school: school, grades: grades, vlan: vlan, ssid: ssid,
            leaseSeconds: lease, place: map.place)
    }

    private static func vlan(_ value: YAMLValue) -> UInt16? {
        guard let number = value.count() else { return nil }
        guard (1...4094).contains(number) else {
            value.problem("a VLAN id lies between 1 and 4094")
            return nil
        }
        return UInt16(exactly: number)
    }

    static func prefix(_ value: YAMLValue) -> IPPrefix? {
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

    private static func device(_ value: YAMLValue) -> ListedDevice? {
        let keys = ["id", "macs", "addresses", "serial", "host", "user", "role", "school", "grades"]
        guard let map = value.map("a device", keys: keys) else { return nil }
        let id = map.required("id")?.string()
        let role = map.required("role")?.word(Role.self)
        guard let id, let role else { return nil }
        var device = ListedDevice(
            id: id,
            standing: Standing(
                role: role, school: map["school"]?.string(), grades: map["grades"].flatMap(readGrades)),
            place: map.place)
        device.macs = map.list("macs").compactMap(hardware)
        device.addresses = map.list("addresses").compactMap(address)
        device.serial = map["serial"]?.string()
        device.host = map["host"]?.string()
        device.user = map["user"]?.string()
        if device.macs.isEmpty, device.addresses.isEmpty, device.host == nil, device.user == nil {
            value.problem("a device needs macs, addresses, a host or a user by which it is recognised")
        }
        return device
    }

    private static func hardware(_ value: YAMLValue) -> MACAddress? {
        guard let text = value.string() else { return nil }
        if let mac = MACAddress(text) { return mac }
        value.problem("\(quoted(text)) is not a hardware address; write it as 00:00:5e:00:53:2a")
        return nil
    }

    private static func address(_ value: YAMLValue) -> IPAddress? {
        guard let text = value.string() else { return nil }
        if let address = IPAddress(text) { return address }
        value.problem("\(quoted(text)) is not an address; write it as 10.20.4.17 or 2001:db8:20::17")
        return nil
    }

    private static func rule(_ value: YAMLValue, _ what: String) -> NameRule? {
        guard let map = value.map(what, keys: ["match", "role", "school", "grades"]) else { return nil }
        let pattern = map.required("match")?.string()
        let role = map.required("role")?.word(Role.self)
        let standing = Standing(
            role: role, school: map["school"]?.string(), grades: map["grades"].flatMap(readGrades))
        guard let pattern, role != nil else { return nil }
        return NameRule(pattern: Pattern(pattern), standing: standing, place: map.place)
    }
}
