import Bytes
import Logs
import Pipeline
import Register

/// Reads a mapping of a filter's export (`--log-map`) with the strictness of the register: a misspelt key, a format
/// that is none or a zone that does not exist is refused with file, line and column.
struct LogMapping {
    private static let fields = CSVMapping.Field.allCases.map(\.rawValue)
    private static let keys = ["name", "separator", "headings", "time", "action"] + fields

    private let log = ProblemLog()

    static func load(_ path: String) throws(RegisterError) -> CSVMapping {
        let file = try readFile(path, relative: path)
        let reader = LogMapping()
        let mapping = file.text(reader.log).flatMap { reader.read($0, file: path) }
        try reader.log.throwIfAny()
        guard let mapping else {
            throw RegisterError([RegisterProblem(Place(file: path), "holds no mapping")])
        }
        return mapping
    }

    private func read(_ text: String, file: String) -> CSVMapping? {
        guard let root = YAMLValue.read(text: text, file: file, log: log),
            let map = root.map("the mapping", keys: LogMapping.keys)
        else { return nil }
        // What is wrong is logged, and reading goes on: one run shows all of it.
        let name = name(map) ?? ""
        let time = time(map) ?? Time()
        var mapping = CSVMapping(name: name, time: time.columns, timeFormats: time.formats, columns: [:])
        mapping.periods = time.periods
        mapping.separator = separator(map)
        if let headings = map["headings"], let word = headings.string() {
            if word == "none" {
                mapping.hasHeadings = false
            } else {
                headings.problem("only 'none' can stand here")
            }
        }
        for field in CSVMapping.Field.allCases { readColumn(field, map, into: &mapping) }
        if let actions = actions(map) { mapping.actions = actions }
        check(mapping, map)
        return mapping
    }

    private func name(_ map: YAMLMap) -> String? {
        guard let value = map.required("name"), let name = value.string() else { return nil }
        let isWord = name.utf8.allSatisfy { byte in
            (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2d
        }
        if !isWord || name.utf8.count > 40 {
            value.problem(
                "a name is a word of small letters, digits and hyphens, 40 at most, not \(quoted(name))")
        } else if LogFormat.all.contains(where: { $0.kind == name }) || name == "syslog" || name == "capture"
        {
            value.problem("\(quoted(name)) is the name of a format that is read anyway; choose another")
        }
        return name
    }

    private func separator(_ map: YAMLMap) -> UInt8? {
        guard let value = map["separator"], let word = value.string() else { return nil }
        if let known = CSVMapping.separators.first(where: { $0.word == word }) { return known.byte }
        value.problem(
            "\(quoted(word)) is no separator"
                + suggestion(for: word, among: CSVMapping.separators.map(\.word)))
        return nil
    }

    /// Refuses what could never give a contact.
    private func check(_ mapping: CSVMapping, _ map: YAMLMap) {
        if [.client, .user, .device].allSatisfy({ mapping.columns[$0] == nil }) {
            log.add(map.place, "the mapping does not say who it was: it needs client, user or device")
        }
        if [.url, .host, .server].allSatisfy({ mapping.columns[$0] == nil }) {
            log.add(map.place, "the mapping does not say where to: it needs url, host or server")
        }
        guard !mapping.hasHeadings else { return }
        let headings = mapping.time + Array(mapping.columns.values) + [mapping.actions.column]
        for heading in headings.joined() where !(1...256).contains(Int(heading) ?? 0) {
            log.add(map.place, "without headings columns are numbers from 1 to 256, not \(quoted(heading))")
        }
    }
}

// MARK: - Columns and time

extension LogMapping {
    private func headings(_ value: YAMLValue) -> [String] { value.list().compactMap { $0.string() } }

    private func readColumn(_ field: CSVMapping.Field, _ map: YAMLMap, into mapping: inout CSVMapping) {
        guard let value = map[field.rawValue] else { return }
        guard field == .bytesUp || field == .bytesDown, value.text == nil, !value.isList else {
            mapping.columns[field] = headings(value)
            return
        }
        guard let parts = value.map(field.rawValue, keys: ["column", "unit"]) else { return }
        mapping.columns[field] = parts.required("column").map(headings)
        guard let unit = parts["unit"], let word = unit.string() else { return }
        if let bytes = CSVMapping.bytes(inUnit: word) {
            mapping.units[field] = bytes
        } else {
            unit.problem("\(quoted(word)) is no unit of bytes; possible are: B, KB, MB, GB, KiB, MiB, GiB")
        }
    }

    private struct Time {
        var columns: [[String]] = []
        var formats: [CSVTimeFormat] = []
        var periods: [LogClock.Period]?
    }

    private func time(_ map: YAMLMap) -> Time? {
        guard let value = map.required("time"),
            let parts = value.map("time", keys: ["column", "columns", "format", "zone"])
        else { return nil }
        var time = Time()
        if let columns = parts["columns"] {
            if let column = parts["column"] { column.problem("either column or columns, not both") }
            // One heading per part of the time, one after the other.
            time.columns = headings(columns).map { [$0] }
        } else {
            time.columns = parts.required("column").map { [headings($0)] } ?? []
        }
        for format in parts.required("format")?.list() ?? [] {
            guard let text = format.string() else { continue }
            do throws(CSVTimeFormat.Fault) {
                time.formats.append(try CSVTimeFormat(text))
            } catch {
                format.problem(error.description)
            }
        }
        if let zone = parts["zone"], let name = zone.string() {
            time.periods = LogClock.periods(ofZone: name)
            if time.periods == nil {
                zone.problem("\(quoted(name)) is no time zone such as America/Chicago or UTC")
            }
        }
        return time.columns.isEmpty || time.formats.isEmpty ? nil : time
    }
}

// MARK: - Action

extension LogMapping {
    private static let lists: [(key: String, action: LogAction)] = [
        ("allowed", .allowed), ("blocked", .blocked), ("attempted", .attempted),
    ]

    private func actions(_ map: YAMLMap) -> CSVMapping.Actions? {
        guard let value = map["action"] else {
            log.add(
                map.place,
                "the mapping does not say which rows were let through: write action: {column: ..., allowed: [...], "
                    + "blocked: [...]}, or action: allowed for an export of nothing else")
            return nil
        }
        var actions = CSVMapping.Actions()
        if value.text != nil {
            guard let action = action(value) else { return nil }
            actions.all = action
            return actions
        }
        guard let parts = value.map("action", keys: ["column", "allowed", "blocked", "attempted", "empty"])
        else {
            return nil
        }
        actions.column = parts.required("column").map(headings) ?? []
        for (key, action) in LogMapping.lists {
            for word in parts.list(key) {
                guard let text = word.string() else { continue }
                if actions.words.updateValue(action, forKey: text.lowercased()) != nil {
                    word.problem("\(quoted(text)) is named twice")
                }
            }
        }
        actions.empty = parts["empty"].flatMap(action)
        if actions.words.isEmpty { value.problem("action needs the words that mean allowed and blocked") }
        return actions
    }

    private func action(_ value: YAMLValue) -> LogAction? {
        guard let word = value.string() else { return nil }
        if let known = LogMapping.lists.first(where: { $0.key == word }) { return known.action }
        value.problem("\(quoted(word)) is not known here; possible are: allowed, attempted, blocked")
        return nil
    }
}
