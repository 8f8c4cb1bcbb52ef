import Bytes
import Yams

/// Reads a district's spreadsheet or a registry's export by a map that says what its columns mean.
package struct RegisterImport {
    /// Our column for each of theirs.
    private var columns: [String: String] = [:]
    private var ignored: [String] = []
    /// How the texts of one of our columns are written.
    private var conversions: [String: Conversion] = [:]
    /// Their words for ours, by our column; theirs in lower case.
    private var values: [String: [String: String]] = [:]
    private var defaults: [(column: String, value: String)] = []
    private var needsDomains = true

    private enum Conversion {
        /// The host of a URL, without `www.`.
        case host
        /// The places of year, month and day.
        case date([Character])
    }

    /// Reads a CSV; `map` is a path to YAML, nil for our own columns.
    package static func load(_ path: String, map: String?) throws(RegisterError) -> Register {
        let file = try readFile(path, relative: path)
        let log = ProblemLog()
        var reader = RegisterImport()
        if let map {
            let mapFile = try readFile(map, relative: map)
            if let text = mapFile.text(log), let root = YAMLValue.read(text: text, file: map, log: log) {
                reader.read(root)
            }
            try log.throwIfAny()
        }
        let content = file.text(log).map { reader.content($0, file: path, log) } ?? RegisterContent()
        content.check(log)
        try log.throwIfAny()
        return Register(content, files: [path], sha256: file.sha256)
    }

    private mutating func read(_ root: YAMLValue) {
        let keys = ["columns", "ignore", "convert", "values", "defaults", "needs_domains"]
        guard let map = root.map("a column map", keys: keys) else { return }
        for (theirs, value) in map["columns"]?.pairs() ?? [] {
            if let ours = value.column() { columns[theirs.lowercased()] = ours }
        }
        ignored = map.strings("ignore").map { $0.lowercased() }
        for (name, value) in map["convert"]?.pairs() ?? [] {
            guard let conversion = RegisterImport.conversion(value) else { continue }
            if CSVColumns.all.contains(name) {
                conversions[name] = conversion
            } else {
                value.problem(
                    "\(quoted(name)) is none of our columns" + suggestion(for: name, among: CSVColumns.all))
            }
        }
        for (column, words) in map["values"]?.pairs() ?? [] {
            for (theirs, value) in words.pairs() {
                if let ours = value.string() { values[column, default: [:]][theirs.lowercased()] = ours }
            }
        }
        for (name, value) in map["defaults"]?.pairs() ?? [] {
            if let text = value.string() { defaults.append((name, text)) }
        }
        defaults.sort { $0.column < $1.column }
        if let stated = map["needs_domains"]?.bool() { needsDomains = stated }
    }

    private static func conversion(_ value: YAMLValue) -> Conversion? {
        guard let text = value.string() else { return nil }
        if text == "url" { return .host }
        let order = text.split { !$0.isLetter }.compactMap { $0.uppercased().first }
        if order.sorted() == ["D", "M", "Y"] { return .date(order) }
        value.problem("\(quoted(text)) is no conversion; write url, or a date as MM/DD/YYYY")
        return nil
    }

    private func content(_ text: String, file: String, _ log: ProblemLog) -> RegisterContent {
        var csv = CSVText(text)
        guard let header = csv.rows.first else { return RegisterContent() }
        var kept: [Int] = []
        var names: [String] = []
        for (index, field) in header.fields.enumerated() {
            let name = field.lowercased()
            if name.isEmpty || ignored.contains(name) { continue }
            guard let ours = columns[name] ?? (CSVColumns.all.contains(name) ? name : nil) else {
                log.add(
                    Place(file: file, line: header.line, column: index + 1),
                    "the column \(quoted(field)) is neither mapped nor ignored"
                        + suggestion(for: name, among: CSVColumns.all))
                continue
            }
            kept.append(index)
            names.append(ours)
        }
        let added = defaults.filter { !names.contains($0.column) }
        csv.mapRows { row in
            if row.line == header.line { return names + added.map(\.column) }
            let fields = kept.enumerated().map { place, index in
                let text = index < row.fields.count ? row.fields[index] : ""
                let usual = defaults.first { $0.column == names[place] }?.value ?? ""
                return text.isEmpty
                    ? usual
                    : convert(text, names[place], Place(file: file, line: row.line, column: index + 1), log)
            }
            return fields + added.map(\.value)
        }
        return RegisterCSV.read(csv, file: file, log: log, needsDomains: needsDomains)
    }

    private func convert(_ text: String, _ column: String, _ place: Place, _ log: ProblemLog) -> String {
        let word = values[column]?[text.lowercased()] ?? text
        switch conversions[column] {
        case nil: return word
        case .host: return CSVCell.split(word).map(RegisterImport.host).joined(separator: ";")
        case .date(let order):
            guard let day = RegisterImport.date(word, order) else {
                log.add(place, "\(quoted(word)) is not a date as the map has it")
                return ""
            }
            return day.description
        }
    }

    /// `https://www.quizly.example/login` gives `quizly.example`.
    private static func host(_ url: String) -> String {
        var rest = url.lowercased()[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" && $0 != ":" }
        return String(host.hasPrefix("www.") ? host.dropFirst(4) : host)
    }

    /// Years have four digits: what `03/04/25` means nobody can tell.
    private static func date(_ text: String, _ order: [Character]) -> CivilDay? {
        let parts = text.split { !$0.isNumber }
        guard parts.count == 3, text.allSatisfy({ $0.isNumber || "/-. ".contains($0) }) else { return nil }
        var numbers: [Character: Int] = [:]
        for (letter, part) in zip(order, parts) {
            guard part.utf8.count == 4 || (letter != "Y" && part.utf8.count <= 2) else { return nil }
            numbers[letter] = Int(part)
        }
        guard let year = numbers["Y"], let month = numbers["M"], let day = numbers["D"] else { return nil }
        return CivilDay(year: year, month: month, day: day)
    }
}

extension YAMLValue {
    /// The pairs of a mapping whose keys may be anything.
    fileprivate func pairs() -> [(String, YAMLValue)] {
        guard let mapping = node.mapping else {
            problem("a mapping (key: value) is expected here")
            return []
        }
        return mapping.compactMap { key, value in
            key.scalar.map { ($0.string, YAMLValue(node: value, file: file, log: log)) }
        }
    }

    /// One of our columns.
    fileprivate func column() -> String? {
        guard let text = string() else { return nil }
        if CSVColumns.all.contains(text) { return text }
        problem("\(quoted(text)) is none of our columns" + suggestion(for: text, among: CSVColumns.all))
        return nil
    }
}
