package import Bytes
package import Contacts
package import Pipeline
import Synchronization

/// Everything that the inputs of one session hold, in order of time.
package struct Session: Sendable {
    package private(set) var facts: [ExchangeFact] = []
    package private(set) var inputs: [InputReport] = []
    /// Arguments that do not exist.
    package private(set) var missing: [String] = []
    package let hasPersona: Bool
    /// Parts that could not even be read as exchanges.
    package private(set) var unreadable: [Exchange.Gap: Int] = [:]

    private let search: ElementSearch?

    /// Reads all inputs; never fails as a whole: see `inputs` for what went wrong.
    package init(_ paths: [String], search: ElementSearch?) {
        self.search = search
        hasPersona = search != nil
        for path in InputPaths.expand(paths) { read(path.path) }
        // Times decide; where there are none, the order of the files and of their entries does.
        let ordered = facts.enumerated().sorted { a, b in
            (a.element.start?.nanoseconds ?? .max, a.offset) < (
                b.element.start?.nanoseconds ?? .max, b.offset
            )
        }
        facts = ordered.map(\.element)
    }

    package var first: Timestamp? { facts.compactMap(\.start).min() }
    package var last: Timestamp? { facts.compactMap(\.start).max() }
    package var isComplete: Bool { inputs.allSatisfy(\.complete) }
    package var readAnything: Bool { inputs.contains { $0.kind != "unrecognised" && $0.records > 0 } }

    private mutating func read(_ path: String) {
        var report = InputReport(path: path, kind: "unrecognised")
        defer { inputs.append(report) }
        do throws(FileFault) {
            let file = try InputFile(path: path)
            var buffer = ByteBuffer(capacity: 64 << 10)
            let got = try file.readNext(into: &buffer, at: 0, count: buffer.capacity)
            let head = buffer.bytes(got).copied()
            guard head.withRawSpan(HARFile.recognises) else {
                report.complete = false
                report.problems = ["not an HTTP archive (HAR): it should begin with {\"log\":"]
                return
            }
            readHAR(file, head, &report)
        } catch {
            if error.isMissing { missing.append(path) }
            report.complete = false
            report.problems = [error.cause]
        }
    }

    private mutating func readHAR(_ file: InputFile, _ head: [UInt8], _ report: inout InputReport) {
        var archive = HARFile()
        var unreadable = 0
        var first: Int64?
        let before = facts.count
        archive.read(file, head: head) { pieces in
            for outcome in Session.work(on: pieces, search) {
                switch outcome {
                case .fact(let fact): facts.append(fact)
                case .local: break
                case .unreadable(let offset):
                    unreadable += 1
                    first = first ?? offset
                }
            }
        }
        report.kind = "har"
        report.bytes = archive.bytes
        report.records = archive.entries
        report.complete = archive.isComplete && unreadable == 0
        report.problems = archive.problems
        if let first {
            report.problems.append(
                "\(unreadable) of \(archive.entries) entries cannot be read, the first at byte \(first): "
                    + "no JSON, without a request, or longer than \(HARCutter.pieceLimit >> 20) MiB")
        }
        report.first = facts[before...].compactMap(\.start).min()
        report.last = facts[before...].compactMap(\.start).max()
    }

    private enum Outcome: Sendable {
        case fact(ExchangeFact)
        /// A request that never left the device.
        case local
        case unreadable(Int64)
    }

    /// Each entry stands for itself, so all cores work; outcomes keep the order of the file.
    private static func work(on pieces: [HARCutter.Piece], _ search: ElementSearch?) -> [Outcome] {
        let outcomes = Mutex<[Int: Outcome]>([:])
        let next = Atomic(0)
        Parallel.run(min(Parallel.jobs, pieces.count)) { _ in
            while true {
                let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard number < pieces.count else { return }
                let outcome = outcome(of: pieces[number], search)
                outcomes.withLock { $0[number] = outcome }
            }
        }
        return outcomes.withLock { all in pieces.indices.compactMap { all[$0] } }
    }

    private static func outcome(of piece: HARCutter.Piece, _ search: ElementSearch?) -> Outcome {
        guard var exchange = HAREntry.read(piece) else { return .unreadable(piece.offset) }
        let hits = search?.search(&exchange) ?? []
        return ExchangeFact(exchange, hits: hits, search: search).map { .fact($0) } ?? .local
    }
}
