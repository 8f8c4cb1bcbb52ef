package import Bytes
import Foundation
import Yams

/// A value of a YAML file, with its place, read strictly: what it is asked for is there or a problem is
/// logged.
///
/// Scalars are taken as the text that was written. YAML's own guesses (`no` as false, `1.10` as a number,
/// dates as times) would change what a district wrote without telling it.
package struct YAMLValue {
    let node: Node
    let file: String
    let log: ProblemLog

    /// Reads a whole file; nil when it is empty or not YAML, which is logged.
    package static func read(text: String, file: String, log: ProblemLog) -> YAMLValue? {
        do {
            guard let node = try compose(yaml: text, .basic, .default, .utf8) else { return nil }
            let value = YAMLValue(node: node, file: file, log: log)
            return value.isNull ? nil : value
        } catch let error as YamlError {
            let (place, message) = explain(error, file: file)
            log.add(place, message)
        } catch {
            log.add(Place(file: file), "cannot be read as YAML: \(error)")
        }
        return nil
    }

    package var place: Place {
        Place(file: file, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
    }

    /// Nothing was written, or `null` or `~` without quotes.
    package var isNull: Bool {
        guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else { return false }
        return scalar.string.isEmpty || scalar.string == "null" || scalar.string == "~"
    }

    package func problem(_ message: String) { log.add(place, message) }

    /// What the value is, for messages.
    private var kind: String {
        switch node {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar(let scalar): isNull ? "nothing" : quoted(scalar.string)
        case .alias: "an alias"
        }
    }

    private static func explain(_ error: YamlError, file: String) -> (Place, String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return (Place(file: file, line: mark.line, column: mark.column), "bad YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { quoted($0) }.joined(separator: ", ")
            let place = Place(file: file, line: context.mark.line, column: context.mark.column)
            return (place, "the same key is written more than once: \(keys)")
        case .reader(let problem, let offset, _, let text):
            let line = offset.map { text.prefix($0).filter(\.isNewline).count + 1 } ?? 0
            return (Place(file: file, line: line), "bad YAML: \(problem)")
        default:
            return (Place(file: file), "cannot be read as YAML")
        }
    }
}

// MARK: - Scalars

extension YAMLValue {
    /// The text of a scalar that is not empty.
    package func string() -> String? {
        guard let scalar = node.scalar, !isNull, !scalar.string.isEmpty else {
            problem("a text is expected here, not \(kind)")
            return nil
        }
        return scalar.string
    }

    /// A date of the calendar, written `YYYY-MM-DD`.
    package func day() -> CivilDay? {
        guard let text = string() else { return nil }
        if let day = CivilDay(text) { return day }
        problem(dateAdvice(text))
        return nil
    }

    /// `true` or `false`.
    package func bool() -> Bool? {
        switch node.scalar?.string {
        case "true": return true
        case "false": return false
        default:
            problem("true or false is expected here, not \(kind)")
            return nil
        }
    }

    /// A whole number from zero on.
    package func count() -> Int? {
        if let text = node.scalar?.string, !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = Int(text)
        {
            return number
        }
        problem("a whole number is expected here, not \(kind)")
        return nil
    }

    /// One word of a fixed vocabulary.
    package func word<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> Word?
    where Word.RawValue == String {
        guard let text = string() else { return nil }
        if let word = Word(rawValue: text) { return word }
        problem(
            "\(quoted(text)) is not known here" + suggestion(for: text, among: Word.allCases.map(\.rawValue)))
        return nil
    }

    /// A domain of the register; `sharedSuffix` as in `DomainEntry`.
    package func domain(sharedSuffix: Bool = false) -> DomainEntry? {
        guard let text = string() else { return nil }
        do {
            return try DomainEntry(parsing: text, sharedSuffix: sharedSuffix)
        } catch {
            problem(error.message)
            return nil
        }
    }
}

/// What is wrong with a text that should be a date.
package func dateAdvice(_ text: String) -> String {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let wellFormed =
        parts.map(\.utf8.count) == [4, 2, 2] && parts.allSatisfy { $0.utf8.allSatisfy { 48...57 ~= $0 } }
    return wellFormed
        ? "\(quoted(text)) is a date that does not exist"
        : "\(quoted(text)) is not a date; write it as YYYY-MM-DD"
}

// MARK: - Lists and mappings

extension YAMLValue {
    /// The values of a list. A single value stands for a list of one, as people write it.
    package func list() -> [YAMLValue] {
        if isNull { return [] }
        guard let sequence = node.sequence else { return [self] }
        return sequence.map { YAMLValue(node: $0, file: file, log: log) }
    }

    /// Whether a list, and not a single value, was written.
    package var isList: Bool { node.sequence != nil }

    /// The scalar's text if it is one, without complaint if it is not.
    package var text: String? { isNull ? nil : node.scalar?.string }

    /// A mapping of which every key must be among `keys`; `what` names the thing for messages.
    package func map(_ what: String, keys: [String]) -> YAMLMap? {
        guard let mapping = node.mapping else {
            problem("\(what) is expected here as a mapping (key: value), not \(kind)")
            return nil
        }
        var values: [String: YAMLValue] = [:]
        for (key, value) in mapping {
            let keyValue = YAMLValue(node: key, file: file, log: log)
            guard let name = key.scalar?.string else {
                keyValue.problem("a key is expected here, not \(keyValue.kind)")
                continue
            }
            guard keys.contains(name) else {
                keyValue.problem(
                    "unknown key \(quoted(name)) in \(what)" + suggestion(for: name, among: keys))
                continue
            }
            values[name] = YAMLValue(node: value, file: file, log: log)
        }
        return YAMLMap(place: place, what: what, values: values, log: log)
    }
}

/// A mapping whose keys are all known.
package struct YAMLMap {
    package let place: Place
    package let what: String
    private let values: [String: YAMLValue]
    private let log: ProblemLog

    fileprivate init(place: Place, what: String, values: [String: YAMLValue], log: ProblemLog) {
        self.place = place
        self.what = what
        self.values = values
        self.log = log
    }

    /// The value of a key; nil when it is absent or null.
    package subscript(key: String) -> YAMLValue? {
        guard let value = values[key], !value.isNull else { return nil }
        return value
    }

    /// The value of a key that must be there.
    package func required(_ key: String) -> YAMLValue? {
        if let value = self[key] { return value }
        log.add(values[key]?.place ?? place, "\(what) needs the key \(quoted(key))")
        return nil
    }

    /// The values of a list; empty when the key is absent.
    package func list(_ key: String) -> [YAMLValue] { self[key]?.list() ?? [] }

    /// A list of texts.
    package func strings(_ key: String) -> [String] { list(key).compactMap { $0.string() } }
}
