package import Bytes
package import Register

/// A list of domains that a vendor published: the ones that schools are told to allow, or those of its privacy policy.
package struct DeclaredList: Equatable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// "Allow these domains", from the vendor's help pages.
        case allowlist
        /// Parties that the privacy policy names.
        case policy
    }

    package var kind: Kind
    /// Where it was read: a URL or a title.
    package var source: String?
    /// When it was read.
    package var date: CivilDay?
    package var entries: [DomainEntry]

    func isSameList(as other: DeclaredList) -> Bool {
        kind == other.kind && source == other.source && date == other.date
    }
}

/// Reads `--declared`: a text with one domain a line, a CSV, or YAML.
package enum DeclaredFile {
    package static func load(_ path: String) throws(RegisterError) -> [DeclaredList] {
        let file = try readFile(path, relative: path)
        let log = ProblemLog()
        let text = file.text(log) ?? ""
        try log.throwIfAny()
        return try parse(text, file: path)
    }

    package static func parse(_ text: String, file: String) throws(RegisterError) -> [DeclaredList] {
        let log = ProblemLog()
        let name = file.lowercased()
        let lists: [DeclaredList]
        if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            lists = yaml(text, file, log)
        } else if name.hasSuffix(".csv") {
            lists = csv(text, file, log)
        } else {
            lists = plain(text, file, log)
        }
        if log.problems.isEmpty, lists.allSatisfy(\.entries.isEmpty) {
            log.add(
                Place(file: file), "declares no domain: write one a line, or YAML as docs/REVIEW.md shows")
        }
        try log.throwIfAny()
        return lists
    }

    // MARK: - YAML

    private static func yaml(_ text: String, _ file: String, _ log: ProblemLog) -> [DeclaredList] {
        guard
            let root = YAMLValue.read(text: text, file: file, log: log)?.map(
                "a file of declarations", keys: ["declared"])
        else { return [] }
        return root.list("declared").compactMap { value in
            guard let map = value.map("a declared list", keys: ["kind", "source", "date", "domains"]) else {
                return nil
            }
            let kind = map["kind"]?.word(DeclaredList.Kind.self) ?? .allowlist
            let entries = map.list("domains").compactMap { value in
                value.string().flatMap { entry($0, value.place, log) }
            }
            return DeclaredList(
                kind: kind, source: map["source"]?.string(), date: map["date"]?.day(), entries: entries)
        }
    }

    // MARK: - Text

    /// `# kind: policy`, `# source: ...` and `# date: ...` above the domains say what the list is.
    private static func plain(_ text: String, _ file: String, _ log: ProblemLog) -> [DeclaredList] {
        var list = DeclaredList(kind: .allowlist, source: nil, date: nil, entries: [])
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            let place = Place(file: file, line: number + 1)
            let trimmed = trim(line)
            if trimmed.isEmpty { continue }
            if trimmed.hasPrefix("#") {
                head(trim(trimmed.dropFirst()), place, &list, log)
                continue
            }
            let word = trim(trimmed.split(separator: "#", maxSplits: 1).first ?? "")
            if let entry = entry(word, place, log) { list.entries.append(entry) }
        }
        return [list]
    }

    private static func head(_ text: String, _ place: Place, _ list: inout DeclaredList, _ log: ProblemLog) {
        let parts = text.split(separator: ":", maxSplits: 1).map { trim($0) }
        guard parts.count == 2 else { return }
        switch parts[0].lowercased() {
        case "kind": list.kind = kind(parts[1], place, log)
        case "source": list.source = parts[1]
        case "date": list.date = day(parts[1], place, log)
        default: return
        }
    }

    // MARK: - CSV

    /// Columns by name: `domain`, and if they are there `kind`, `source`, `date`.
    private static func csv(_ text: String, _ file: String, _ log: ProblemLog) -> [DeclaredList] {
        let rows = CSVText(text).rows
        let names = rows.first?.fields.map { trim($0).lowercased() } ?? []
        guard names.contains("domain") else {
            log.add(Place(file: file, line: 1), "the first line must name a column domain")
            return []
        }
        var lists: [DeclaredList] = []
        for row in rows.dropFirst() {
            let place = Place(file: file, line: row.line)
            func cell(_ name: String) -> String? {
                guard let index = names.firstIndex(of: name), index < row.fields.count else { return nil }
                let text = trim(row.fields[index])
                return text.isEmpty ? nil : text
            }
            guard let domain = cell("domain"), let entry = entry(domain, place, log) else { continue }
            var list = DeclaredList(
                kind: cell("kind").map { kind($0, place, log) } ?? .allowlist, source: cell("source"),
                date: cell("date").flatMap { day($0, place, log) }, entries: [])
            if let index = lists.firstIndex(where: { list.isSameList(as: $0) }) {
                lists[index].entries.append(entry)
            } else {
                list.entries = [entry]
                lists.append(list)
            }
        }
        return lists
    }

    // MARK: - Words

    private static func trim(_ text: some StringProtocol) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    private static func kind(_ text: String, _ place: Place, _ log: ProblemLog) -> DeclaredList.Kind {
        if let kind = DeclaredList.Kind(rawValue: text.lowercased()) { return kind }
        let known = DeclaredList.Kind.allCases.map(\.rawValue)
        log.add(place, "unknown kind '\(text)'" + suggestion(for: text, among: known))
        return .allowlist
    }

    private static func day(_ text: String, _ place: Place, _ log: ProblemLog) -> CivilDay? {
        if let day = CivilDay(text) { return day }
        log.add(place, dateAdvice(text))
        return nil
    }

    /// As vendors write them: `*.vendor.example`, `https://vendor.example/`, `vendor.example:443`.
    private static func entry(_ text: String, _ place: Place, _ log: ProblemLog) -> DomainEntry? {
        var word = Substring(text.lowercased())
        if let scheme = word.firstRange(of: "://") { word = word[scheme.upperBound...] }
        word = word.prefix { $0 != "/" && $0 != ":" }
        if word.hasPrefix("*.") { word = word.dropFirst(2) }
        do {
            return try DomainEntry(parsing: String(word), sharedSuffix: true)
        } catch {
            log.add(place, error.message)
            return nil
        }
    }
}
