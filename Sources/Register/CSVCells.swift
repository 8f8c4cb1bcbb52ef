import Bytes

/// The cells of one row by the name of their column; an empty cell is nil.
struct CSVCells {
    let row: CSVText.Row
    let positions: [String: Int]
    let file: String
    let log: ProblemLog

    var place: Place { Place(file: file, line: row.line) }

    func place(_ column: String) -> Place {
        Place(file: file, line: row.line, column: (positions[column] ?? -1) + 1)
    }

    func problem(_ column: String, _ message: String) { log.add(place(column), message) }

    subscript(column: String) -> String? {
        guard let index = positions[column], index < row.fields.count, !row.fields[index].isEmpty else {
            return nil
        }
        return CSVCell.plain(row.fields[index])
    }

    func required(_ column: String) -> String? {
        if let text = self[column] { return text }
        problem(column, "the column \(quoted(column)) is empty")
        return nil
    }

    /// The columns that hold something and are not among `columns`: what this kind of row cannot say.
    func refuse(others columns: [String], in what: String) {
        for column in positions.keys.sorted() where self[column] != nil && !columns.contains(column) {
            problem(column, "\(what) says nothing in the column \(quoted(column))")
        }
    }

    func list(_ column: String) -> [String] { self[column].map(CSVCell.split) ?? [] }

    func day(_ column: String) -> CivilDay? {
        guard let text = self[column] else { return nil }
        if let day = CivilDay(text) { return day }
        problem(column, dateAdvice(text))
        return nil
    }

    /// Yes or no; nil when the cell is empty or says neither, which is logged.
    func bool(_ column: String) -> Bool? {
        switch self[column]?.lowercased() {
        case nil: return nil
        case "no", "false": return false
        case "yes", "true": return true
        default:
            problem(column, "yes or no is expected here")
            return nil
        }
    }

    func word<Word: RawRepresentable & CaseIterable>(_ column: String, _ type: Word.Type) -> Word?
    where Word.RawValue == String {
        self[column].flatMap { word($0, column, type) }
    }

    func word<Word: RawRepresentable & CaseIterable>(_ text: String, _ column: String, _ type: Word.Type)
        -> Word?
    where Word.RawValue == String {
        if let word = Word(rawValue: text.lowercased()) { return word }
        problem(
            column,
            "\(quoted(text)) is not known here" + suggestion(for: text, among: Word.allCases.map(\.rawValue)))
        return nil
    }

    func scope<Value>(_ column: String, _ read: (String) -> Value?) -> Scope<Value> {
        guard let text = self[column], text.lowercased() != "all" else { return .all }
        return .only(CSVCell.split(text).compactMap(read))
    }

    func grades() -> GradeSet? {
        guard let text = self["grades"], text.lowercased() != "all" else { return nil }
        if let grades = GradeSet(text.split(separator: ";").joined(separator: ",")) { return grades }
        problem("grades", "\(quoted(text)) are not grades; write them as \(quoted("6-12"))")
        return nil
    }

    func hours() -> HourScope? {
        guard let text = self["hours"], text.lowercased() != "all" else { return nil }
        if let hours = HourScope(text) { return hours }
        problem("hours", "\(quoted(text)) are not hours; write them as \(quoted("Mon-Fri 07:00-16:00"))")
        return nil
    }

    func domains(_ column: String, sharedSuffix: Bool = false) -> [ListedDomain] {
        list(column).compactMap { domain($0, column, sharedSuffix: sharedSuffix) }
    }

    func domain(_ text: String, _ column: String, sharedSuffix: Bool = false) -> ListedDomain? {
        do {
            return ListedDomain(
                try DomainEntry(parsing: text, sharedSuffix: sharedSuffix), at: place(column))
        } catch {
            problem(column, error.message)
            return nil
        }
    }

    func id(_ column: String) -> String? {
        guard let text = self[column] else { return nil }
        if text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) || !text.contains(where: \.isWhitespace) {
            return text
        }
        problem(column, "an id has no spaces; write \(quoted(slug(text)))")
        return nil
    }
}
