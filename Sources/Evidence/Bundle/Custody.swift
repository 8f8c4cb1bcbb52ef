import Reports

/// `custody.jsonl`: what was done, step by step, each line bound to the one before it.
///
/// A line is a JSON object that ends in `"hash"`: the SHA-256 of the line's own bytes up to the comma before `"hash"`.
/// Its `"previous"` is the hash of the line before, and 64 zeros in the first.
package struct Custody: Sendable {
    package static let name = "custody.jsonl"
    private static let none = String(repeating: "0", count: 64)
    private static let mark = ",\"hash\":\""

    private var lines: [String] = []
    private var last = Custody.none

    package init() {}

    package var text: String { lines.map { $0 + "\n" }.joined() }

    mutating func add(_ step: String, _ facts: [(String, JSONValue?)]) {
        let head: [(String, JSONValue?)] = [
            ("step", .count(lines.count + 1)), ("what", .string(step)), ("previous", .string(last)),
        ]
        let body = JSONValue.object(head + facts).compact.dropLast()
        last = sha256(body.utf8)
        lines.append(body + Custody.mark + last + "\"}")
    }

    /// What is wrong with a chain; nil when every line is bound to the one before.
    package static func fault(in text: String) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.popLast() == "", !lines.isEmpty else { return "it is empty, or its last line has no end" }
        var last = none
        for (index, line) in lines.enumerated() {
            let number = index + 1
            guard line.hasSuffix("\"}"), line.utf8.count > mark.utf8.count + 66 else {
                return "line \(number) has no hash"
            }
            let hash = line.dropLast(2).suffix(64)
            let body = line.dropLast(2 + 64 + mark.count)
            guard line == body + mark + hash + "\"}", sha256(body.utf8) == hash else {
                return "line \(number) was changed: its hash is another"
            }
            guard body.contains("\"step\":\(number),"), body.contains("\"previous\":\"\(last)\"") else {
                return "line \(number) does not follow the line before it"
            }
            last = String(hash)
        }
        return nil
    }
}
