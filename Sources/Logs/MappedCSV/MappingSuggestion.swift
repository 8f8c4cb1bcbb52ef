package import Bytes

/// A mapping proposed from an export's headings and first rows, as the YAML that `--log-map` takes.
///
/// What nothing in the rows shows is left to the user, with a comment that says what to write: a proposal that
/// guesses would be believed. No cell's text is printed but the words of the action column, so that a proposal can
/// be shown to anybody.
package struct MappingSuggestion {
    /// The YAML text.
    package private(set) var text = ""
    /// Whether nothing is left open: the text can be used as it is.
    package private(set) var isComplete = true

    private let sample: CSVSample
    private var taken: Set<Int> = []

    /// Nil when `head` holds no table of three columns or more.
    package init?(head: RawSpan, name: String) {
        guard let sample = CSVSample(head: head) else { return nil }
        self.sample = sample
        let word = CSVMapping.separators.first { $0.byte == sample.separator }?.word ?? "comma"
        say(
            "# Proposed from the headings and the first rows. Look over every line, then use it with --log-map."
        )
        say("name: \(name)")
        say("separator: \(word)")
        if !sample.hasHeadings { say("headings: none        # columns are numbered from 1") }
        sayTime()
        sayDestination()
        sayClient()
        sayNumbers()
        sayAction()
    }

    private mutating func say(_ line: String) { text += line + "\n" }

    private mutating func leaveOpen(_ line: String) {
        say("# " + line)
        isComplete = false
    }

    /// The heading in quotes, as YAML's double-quoted style has it.
    private func quoted(_ place: Int) -> String { MappingSuggestion.quoted(sample.columns[place].heading) }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// The first column not yet taken whose plain heading holds one of these words, in the order of the words.
    private func column(called words: [String], where isSuch: (CSVSample.Column) -> Bool = { _ in true })
        -> Int?
    {
        for word in words {
            for (place, column) in sample.columns.enumerated() where !taken.contains(place) {
                if CSVHeadings.plain(column.heading).contains(word), isSuch(column) { return place }
            }
        }
        return nil
    }

    private func column(where isSuch: (CSVSample.Column) -> Bool) -> Int? {
        sample.columns.indices.first { !taken.contains($0) && isSuch(sample.columns[$0]) }
    }
}

// MARK: - Time

extension MappingSuggestion {
    private mutating func sayTime() {
        say("time:")
        if let (place, format) = whole() {
            taken.insert(place)
            say("  column: \(quoted(place))")
            say("  format: \(MappingSuggestion.quoted(format))")
            sayOrder(format, [place])
            sayZone(format, place)
        } else if let (date, clock, format) = parts() {
            taken.formUnion([date, clock])
            say("  columns: [\(quoted(date)), \(quoted(clock))]")
            say("  format: \(MappingSuggestion.quoted(format))")
            sayOrder(format, [date, clock])
            sayZone(format, date)
        } else {
            leaveOpen("  No column's time could be read. Write its heading and its format, such as:")
            leaveOpen("  column: \"Date\"")
            leaveOpen("  format: \"M/d/yyyy h:mm:ss a\"")
        }
    }

    private func whole() -> (place: Int, format: String)? {
        for format in CSVGuess.wholeFormats {
            guard let parsed = try? CSVTimeFormat(format) else { continue }
            if let place = column(where: { $0.mostly { parsed.moment($0, clock: LogClock()) != nil } }) {
                // A plain number is a time only when it is called one.
                if format != "epoch" || CSVHeadings.plain(sample.columns[place].heading).contains("time") {
                    return (place, format)
                }
            }
        }
        return nil
    }

    /// A column of dates and one of times of day.
    private func parts() -> (date: Int, clock: Int, format: String)? {
        for clock in CSVGuess.clockFormats {
            for date in CSVGuess.dateFormats {
                guard let format = try? CSVTimeFormat("\(date) \(clock)"),
                    let day = column(where: { MappingSuggestion.fits($0, format, before: "", after: clock) }),
                    let time = column(where: { MappingSuggestion.fits($0, format, before: date, after: "") })
                else { continue }
                return (day, time, "\(date) \(clock)")
            }
        }
        return nil
    }

    /// Whether a column's cells read as one half of the format, the other half being an example's.
    private static func fits(
        _ column: CSVSample.Column, _ format: CSVTimeFormat, before date: String, after clock: String
    ) -> Bool {
        let examples = [
            "yyyy-MM-dd": "2026-03-02", "yyyy/MM/dd": "2026/03/02", "M/d/yyyy": "3/2/2026",
            "d/M/yyyy": "2/3/2026",
            "d.M.yyyy": "2.3.2026", "MMM d, yyyy": "Mar 2, 2026", "yyyyMMdd": "20260302",
            "H:mm:ss": "8:01:02",
            "h:mm:ss a": "8:01:02 AM", "H:mm": "8:01", "h:mm a": "8:01 AM", "H:mm:ss.SSS": "8:01:02.250",
        ]
        let front = examples[date].map { Array("\($0) ".utf8) } ?? []
        let back = examples[clock].map { Array(" \($0)".utf8) } ?? []
        return column.mostly { cell in
            (front + cell.copied() + back).withRawSpan { format.moment($0, clock: LogClock()) != nil }
        }
    }

    /// Says so when day and month could be the other way round.
    private mutating func sayOrder(_ format: String, _ places: [Int]) {
        guard format.hasPrefix("M/d/"),
            let other = try? CSVTimeFormat("d/M/" + format.dropFirst(4))
        else { return }
        let rows = places.map { sample.columns[$0].cells }
        let count = rows.map(\.count).min() ?? 0
        let isEither = (0..<count).allSatisfy { row in
            let text = Array(rows.map { $0[row] }.joined(separator: [UInt8(ascii: " ")]))
            return text.withRawSpan { other.moment($0, clock: LogClock()) != nil }
        }
        if isEither {
            say("  # No number above 12 shows which is the month: it may be d/M/... instead. Check.")
        }
    }

    private mutating func sayZone(_ format: String, _ place: Int) {
        let hasOffset = (try? CSVTimeFormat(format)).map { format in
            sample.columns[place].mostly { format.moment($0, clock: LogClock())?.assumed.isEmpty == true }
        }
        if hasOffset != true {
            say("  # The times state no zone. Without this line --log-zone counts, else UTC.")
            say("  # zone: America/Chicago")
        }
    }
}

// MARK: - Who and where to

extension MappingSuggestion {
    private static let destinationWords = ["dest", "dst", "server", "remote", "target"]

    private mutating func sayDestination() {
        let isURL = { (column: CSVSample.Column) in column.mostly(CSVGuess.isURL) }
        let isHost = { (column: CSVSample.Column) in
            column.mostly { CSVGuess.isHost($0) || CSVGuess.isURL($0) || CSVGuess.isAddress($0) }
                && column.cells.contains { $0.withRawSpan(CSVGuess.isHost) }
        }
        var isFound = false
        if let place = column(called: ["url", "destination", "website", "site", "page"], where: isURL)
            ?? column(where: isURL)
            ?? column(
                called: ["url", "destination", "website", "site", "page"],
                where: { isHost($0) && $0.cells.contains { $0.withRawSpan(CSVGuess.isPath) } })
        {
            taken.insert(place)
            say("url: \(quoted(place))")
            isFound = true
        } else if let place = column(
            called: ["domain", "hostname", "host", "fqdn", "website", "site", "destination", "url"],
            where: isHost)
            ?? column(where: isHost)
        {
            taken.insert(place)
            say("host: \(quoted(place))")
            isFound = true
        }
        let isAddress = { (column: CSVSample.Column) in column.mostly(CSVGuess.isAddress) }
        if let place = column(called: MappingSuggestion.destinationWords, where: isAddress) {
            taken.insert(place)
            say("server: \(quoted(place))")
            isFound = true
        }
        if !isFound {
            leaveOpen("No column holds URLs or host names. Write it as url: \"...\" or host: \"...\".")
        }
    }

    private mutating func sayClient() {
        let isAddress = { (column: CSVSample.Column) in column.mostly(CSVGuess.isAddress) }
        var isFound = false
        let words = ["client", "source", "src", "internal", "local", "user", "device", "ip"]
        if let place = column(called: words, where: isAddress)
            ?? (sample.hasHeadings ? nil : column(where: isAddress))
        {
            taken.insert(place)
            say("client: \(quoted(place))")
            isFound = true
        }
        let isWord = { (column: CSVSample.Column) in !column.mostly(CSVGuess.isNumber) && !isAddress(column) }
        let users = ["username", "useremail", "login", "student", "email", "account", "user"]
        if let place = column(called: users, where: isWord) ?? column(where: { $0.mostly(CSVGuess.isMail) }) {
            taken.insert(place)
            say("user: \(quoted(place))")
            isFound = true
        }
        let devices = [
            "devicename", "computername", "hostname", "machine", "computer", "workstation", "device",
        ]
        if let place = column(
            called: devices,
            where: { column in
                column.mostly { text in
                    var record = LogRecord()
                    return HostText.clientName(text, from: 0, to: text.byteCount, into: &record).isPresent
                }
            })
        {
            taken.insert(place)
            say("device: \(quoted(place))")
            isFound = true
        }
        if !isFound {
            leaveOpen(
                "No column says who it was. Write client: (an address), user: or device: with its heading.")
        }
    }

    private mutating func sayNumbers() {
        let isNumber = { (column: CSVSample.Column) in column.mostly(CSVGuess.isNumber) }
        for (field, words) in [
            ("bytes_up", ["upload", "bytessent", "sent", "requestsize"]),
            ("bytes_down", ["download", "bytesreceived", "received", "responsesize"]),
        ] {
            guard let place = column(called: words, where: isNumber) else { continue }
            taken.insert(place)
            let heading = CSVHeadings.plain(sample.columns[place].heading)
            let unit = ["kib", "mib", "gib", "kb", "mb", "gb"].first { heading.hasSuffix($0) }
            let known = unit.flatMap { unit in SizeText.units.first { $0.word.lowercased() == unit }?.word }
            say(
                known.map { "\(field): {column: \(quoted(place)), unit: \($0)}" }
                    ?? "\(field): \(quoted(place))")
        }
        if let place = column(called: ["hits", "count", "requests"], where: isNumber) {
            taken.insert(place)
            say("count: \(quoted(place))")
        }
    }
}

// MARK: - Action

extension MappingSuggestion {
    private mutating func sayAction() {
        for place in sample.columns.indices where !taken.contains(place) {
            let words = Set(sample.columns[place].cells.map { String(decoding: $0, as: UTF8.self) }).sorted()
            guard !words.isEmpty, words.count <= 20 else { continue }
            let lower = words.map { $0.lowercased() }
            if lower.allSatisfy({ CSVGuess.allowedWords.contains($0) || CSVGuess.blockedWords.contains($0) })
            {
                sayWords(
                    place, allowed: words.filter { CSVGuess.allowedWords.contains($0.lowercased()) },
                    blocked: words.filter { CSVGuess.blockedWords.contains($0.lowercased()) })
                return
            }
            let heading = CSVHeadings.plain(sample.columns[place].heading)
            if heading.contains("blocked"), lower.allSatisfy({ ["true", "false", "yes", "no"].contains($0) })
            {
                let isYes = lower.contains { $0 == "yes" || $0 == "no" }
                sayWords(place, allowed: [isYes ? "no" : "false"], blocked: [isYes ? "yes" : "true"])
                return
            }
        }
        leaveOpen("No column says whether a row was let through. Write which one does, and its words:")
        leaveOpen("action: {column: \"...\", allowed: [Allowed], blocked: [Blocked]}")
        leaveOpen("or, if the export lists only what was let through:  action: allowed")
    }

    private mutating func sayWords(_ place: Int, allowed: [String], blocked: [String]) {
        func list(_ words: [String]) -> String {
            "[" + words.map(MappingSuggestion.quoted).joined(separator: ", ") + "]"
        }
        say("action:")
        say("  column: \(quoted(place))")
        if !allowed.isEmpty { say("  allowed: \(list(allowed))") }
        if !blocked.isEmpty { say("  blocked: \(list(blocked))") }
        if allowed.isEmpty || blocked.isEmpty {
            let missing = allowed.isEmpty ? "allowed" : "blocked"
            say("  # The first rows have no other word. Add those of rows that were \(missing):")
            say("  # a row with a word that is not named here is rejected and counted.")
        }
    }
}
