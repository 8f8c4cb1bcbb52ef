import Bytes
import Foundation
import Register

/// An inventory that the roster names: a CSV export of a device management system, and what its columns mean.
struct InventorySource {
    /// Relative to the roster file.
    var file: String
    var format: InventoryFormat
    /// Columns by their headings, where they are not those of the format.
    var columns: [InventoryField: [String]]
    /// What an organisational unit says; the first that fits decides.
    var units: [NameRule]
    /// What holds for all devices of the file, where nothing closer is said.
    var standing: Standing
    var place: Place

    static func read(_ value: YAMLValue) -> InventorySource? {
        let keys = ["file", "format", "columns", "units", "role", "school", "grades"]
        guard let map = value.map("an inventory", keys: keys) else { return nil }
        let file = map.required("file")?.string()
        let format = map.required("format")?.word(InventoryFormat.self)
        guard let file, let format else { return nil }
        var columns: [InventoryField: [String]] = [:]
        let names = InventoryField.allCases.map(\.rawValue)
        if let mapping = map["columns"]?.map("the columns of an inventory", keys: names) {
            for field in InventoryField.allCases {
                let headings = mapping.strings(field.rawValue)
                if !headings.isEmpty { columns[field] = headings }
            }
        }
        if format == .csv, columns[.mac] == nil, columns[.host] == nil, columns[.user] == nil {
            value.problem(
                "the format csv needs columns for mac, host or user, by which devices are recognised")
        }
        let units = map.list("units").compactMap(unit)
        let standing = Standing(
            role: map["role"]?.word(Role.self), school: map["school"]?.string(),
            grades: map["grades"].flatMap(readGrades))
        return InventorySource(
            file: file, format: format, columns: columns, units: units, standing: standing, place: map.place)
    }

    private static func unit(_ value: YAMLValue) -> NameRule? {
        guard let map = value.map("a unit", keys: ["match", "role", "school", "grades"]) else { return nil }
        guard let pattern = map.required("match")?.string() else { return nil }
        let standing = Standing(
            role: map["role"]?.word(Role.self), school: map["school"]?.string(),
            grades: map["grades"].flatMap(readGrades))
        return NameRule(pattern: Pattern(pattern), standing: standing, place: map.place)
    }
}

/// What a column of an inventory tells.
enum InventoryField: String, CaseIterable {
    case serial
    case mac
    case host
    case user
    case unit
    case school
    case role
}

/// Systems whose exports are known by their headings.
enum InventoryFormat: String, CaseIterable {
    /// Google Admin's Chrome OS devices, from the console or its API.
    case google
    case jamf
    case intune
    /// Any other: the roster names the columns.
    case csv

    /// Headings in lower case without anything but letters and digits: exports differ in blanks and case.
    func headings(_ field: InventoryField) -> [String] {
        switch (self, field) {
        case (.google, .serial): ["serialnumber"]
        case (.google, .mac):
            [
                "macaddress", "wifimac", "wifimacaddress", "ethernetmacaddress", "ethernetmac",
                "ethernetmacaddress0", "dockmacaddress",
            ]
        case (.google, .user): ["annotateduser", "user", "recentusers0email", "mostrecentuser"]
        case (.google, .unit): ["orgunitpath", "organizationalunit", "organizationalunitpath"]
        case (.google, .host): ["hostname", "devicename"]
        case (.jamf, .serial): ["serialnumber"]
        case (.jamf, .mac): ["macaddress", "wifimacaddress", "alternatemacaddress", "bluetoothmacaddress"]
        case (.jamf, .host): ["computername", "displayname", "devicename"]
        case (.jamf, .user): ["emailaddress", "username"]
        case (.jamf, .unit): ["department", "building", "site"]
        case (.intune, .serial): ["serialnumber"]
        case (.intune, .mac): ["wifimac", "wifimacaddress", "ethernetmac", "ethernetmacaddress"]
        case (.intune, .host): ["devicename"]
        case (.intune, .user): ["primaryuserupn", "userprincipalname", "upn", "primaryuseremailaddress"]
        case (.intune, .unit): ["devicecategory", "category", "enrollmentprofile"]
        default: []
        }
    }
}

extension RosterContent {
    /// Reads the inventories and adds their devices.
    mutating func readInventories(beside roster: String, _ log: ProblemLog) {
        let folder = roster.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/")
        for inventory in inventories {
            let isAbsolute = inventory.file.hasPrefix("/") || folder.isEmpty
            let path = isAbsolute ? inventory.file : folder + "/" + inventory.file
            guard FileManager.default.fileExists(atPath: path),
                let data = FileManager.default.contents(atPath: path)
            else {
                log.add(inventory.place, "the inventory \(path) cannot be read")
                continue
            }
            let text = String(validating: data, as: UTF8.self)
            guard let text else {
                log.add(Place(file: path), "is not UTF-8 text; export it as CSV in UTF-8")
                continue
            }
            devices += InventoryCSV(inventory, path: path, log: log).devices(text)
        }
    }
}
