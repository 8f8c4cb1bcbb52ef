import Bytes
import Foundation
package import Judgement
package import Register

/// Reads what `analyze --format json` wrote earlier.
package enum BaselineReader {
    package static func load(_ path: String) throws(RegisterError) -> Baseline {
        let file = try readFile(path, relative: path)
        guard let root = try? JSONSerialization.jsonObject(with: Data(file.bytes)) as? [String: Any] else {
            throw problem(path, "is not JSON; a baseline is what analyze --format json wrote")
        }
        guard (root["schema_version"] as? NSNumber)?.intValue == JSONRenderer.schemaVersion,
            let findings = root["findings"] as? [[String: Any]]
        else {
            throw problem(
                path, "is no report of schema_version \(JSONRenderer.schemaVersion) by analyze --format json")
        }
        var past: [Baseline.Past] = []
        for (number, finding) in findings.enumerated() {
            guard let domain = finding["domain"] as? String, let verdict = finding["verdict"] as? String,
                let id = finding["id"] as? String
            else { throw problem(path, "finding \(number + 1) has no id, domain and verdict") }
            past.append(
                Baseline.Past(
                    id: id, verdict: verdict, domain: domain, owner: finding["owner"] as? String,
                    first: (finding["first"] as? String).flatMap(moment)))
        }
        var others: Set<String> = []
        for group in root["covered"] as? [[String: Any]] ?? [] {
            others.formUnion(group["domains"] as? [String] ?? [])
        }
        for attempt in root["not_data_flows"] as? [[String: Any]] ?? [] {
            if let domain = attempt["domain"] as? String { others.insert(domain) }
        }
        return Baseline(path: path, findings: past, otherDomains: others)
    }

    private static func moment(_ text: String) -> Timestamp? {
        guard case .moment(let moment) = QuestionTime(text) else { return nil }
        return moment
    }

    private static func problem(_ path: String, _ message: String) -> RegisterError {
        RegisterError([RegisterProblem(Place(file: path), message)])
    }
}
