import Bytes
import Register

/// Rows of an inventory to devices.
struct InventoryCSV {
    private let source: InventorySource
    private let path: String
    private let log: ProblemLog

    init(_ source: InventorySource, path: String, log: ProblemLog) {
        self.source = source
        self.path = path
        self.log = log
    }

    /// Places of the columns that tell each field.
    private typealias Columns = [InventoryField: [Int]]

    func devices(_ text: String) -> [ListedDevice] {
        let table = CSVText(text)
        if let line = table.unclosedQuote {
            log.add(Place(file: path, line: line), "a quotation mark begins a field that never ends")
            return []
        }
        guard let header = table.rows.first else {
            log.add(Place(file: path), "holds no line of headings")
            return []
        }
        guard let columns = columns(header) else { return [] }
        var devices: [ListedDevice] = []
        devices.reserveCapacity(table.rows.count)
        var standings = StandingMemo(source)
        for row in table.rows.dropFirst() {
            if let device = device(row, columns, &standings) { devices.append(device) }
        }
        return devices
    }

    private func columns(_ header: CSVText.Row) -> Columns? {
        var found: Columns = [:]
        let plain = header.fields.map(InventoryCSV.plain)
        for field in InventoryField.allCases {
            if let named = source.columns[field] {
                for heading in named {
                    guard let index = header.fields.firstIndex(of: heading) else {
                        log.add(
                            Place(file: path, line: header.line),
                            "has no column \(quoted(heading))"
                                + suggestion(for: heading, among: header.fields))
                        continue
                    }
                    found[field, default: []].append(index)
                }
            } else {
                // In the order of the format's headings: the first that has text is taken.
                let known = source.format.headings(field).compactMap { plain.firstIndex(of: $0) }
                if !known.isEmpty { found[field] = known }
            }
        }
        guard found[.mac] != nil || found[.host] != nil || found[.user] != nil else {
            log.add(
                Place(file: path, line: header.line),
                "no column of hardware addresses, host names or users is known for the format "
                    + "\(source.format.rawValue); name them under columns in the roster")
            return nil
        }
        return found
    }

    /// Letters and digits in lower case: `Wi-Fi MAC Address` and `wifiMacAddress` are one.
    private static func plain(_ heading: String) -> String {
        String(
            decoding: heading.lowercased().utf8.filter {
                (0x61...0x7a).contains($0) || (0x30...0x39).contains($0)
            }, as: UTF8.self)
    }

    private func device(_ row: CSVText.Row, _ columns: Columns, _ standings: inout StandingMemo)
        -> ListedDevice?
    {
        func texts(_ field: InventoryField) -> [String] {
            (columns[field] ?? []).compactMap { row.fields.indices.contains($0) ? row.fields[$0] : nil }
                .filter { !$0.isEmpty }
        }
        let place = Place(file: path, line: row.line)
        var macs: [MACAddress] = []
        for text in texts(.mac) {
            // Several in one field stand between blanks, semicolons or commas.
            for part in text.split(whereSeparator: { $0 == " " || $0 == ";" || $0 == "," }) {
                if let mac = MACAddress(part), mac.isUnicast { macs.append(mac) }
            }
        }
        let serial = texts(.serial).first
        let host = texts(.host).first
        let user = texts(.user).first
        guard !macs.isEmpty || host != nil || user != nil else { return nil }
        guard let id = serial ?? macs.first?.description ?? host ?? user else { return nil }
        let standing = standings.standing(
            unit: texts(.unit).first, role: texts(.role).first, school: texts(.school).first)
        if let role = texts(.role).first, Role(rawValue: role.lowercased()) == nil {
            log.add(
                place,
                "\(quoted(role)) is no role" + suggestion(for: role, among: Role.allCases.map(\.rawValue)))
        }
        var device = ListedDevice(id: id, standing: standing, place: place)
        device.macs = macs
        device.serial = serial
        device.host = host
        device.user = user
        return device
    }
}

/// What units, roles and schools of an inventory mean: there are few distinct ones among a hundred thousand devices.
private struct StandingMemo {
    private let source: InventorySource
    private var known: [[String?]: Standing] = [:]

    init(_ source: InventorySource) { self.source = source }

    mutating func standing(unit: String?, role: String?, school: String?) -> Standing {
        if let standing = known[[unit, role, school]] { return standing }
        var standing = Standing()
        if let unit {
            let name = Array(unit.lowercased().utf8)
            standing = source.units.first { $0.pattern.matches(name) }?.standing ?? standing
        }
        standing.role =
            role.flatMap { Role(rawValue: $0.lowercased()) } ?? standing.role ?? source.standing.role
        standing.school = school ?? standing.school ?? source.standing.school
        standing.grades = standing.grades ?? source.standing.grades
        known[[unit, role, school]] = standing
        return standing
    }
}
