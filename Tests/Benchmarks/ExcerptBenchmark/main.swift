import Bytes
import Contacts
import Dispatch
import Evidence
import Foundation
import Pipeline

// Measures what an excerpt costs beside one analysis of the same captures: for `make bench-evidence`.

nonisolated func seconds<T>(_ body: () -> T) -> (T, Double) {
    let start = DispatchTime.now().uptimeNanoseconds
    let result = body()
    return (result, Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9)
}

func rounded(_ value: Double) -> String { String(format: "%.2f", value) }

/// The destination that most clients went to, and one that few did.
func names(_ contacts: [Contact]) -> [String] {
    var clients: [String: Set<IPAddress>] = [:]
    for contact in contacts {
        guard let name = contact.name, let client = contact.client else { continue }
        clients[name, default: []].insert(client)
    }
    let ordered = clients.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map(\.key)
    return [ordered.first, ordered.last].compactMap(\.self)
}

let captures = Array(CommandLine.arguments.dropFirst())
guard !captures.isEmpty else {
    print("usage: ExcerptBenchmark CAPTURE...")
    exit(64)
}
let found = names(Run(captures).facts.contacts)
for name in found {
    let request = ExcerptRequest(
        names: [name], from: Timestamp(nanoseconds: .min), to: Timestamp(nanoseconds: .max),
        key: [UInt8](repeating: 1, count: 32), captures: captures)
    // In turn, so that what else the machine does befalls both; the best of three.
    var analyses: [Double] = []
    var excerpts: [Double] = []
    var frames = 0
    for _ in 0..<3 {
        analyses.append(seconds { Run(captures).facts.contacts.count }.1)
        let (excerpt, took) = seconds { Excerpt.make(request) }
        excerpts.append(took)
        frames = excerpt.frames.count
    }
    let (analysis, excerpt) = (analyses.min() ?? 0, excerpts.min() ?? 0)
    print(
        "\(name): analysis \(rounded(analysis)) s, excerpt of \(frames) frames with its own analysis "
            + "\(rounded(excerpt)) s: \(rounded(excerpt / analysis)) times")
}
