package import Bytes
package import Contacts
package import Pipeline
import Synchronization

/// Everything that the inputs of one session hold, in order of time.
package struct Session: Sendable {
    /// Sorted by time.
    package internal(set) var facts: [ExchangeFact] = []
    package internal(set) var inputs: [InputReport] = []
    /// Arguments that do not exist.
    package internal(set) var missing: [String] = []
    /// What an App Privacy Report says the app looked at on the device, with counts; sorted.
    package internal(set) var accesses: [String: Int] = [:]
    package let hasPersona: Bool

    let search: ElementSearch?
    /// Of an App Privacy Report only lines of this app are read; nil reads those of every app.
    let bundle: String?

    /// Reads all inputs; never fails as a whole: see `inputs` for what went wrong.
    package init(
        _ paths: [String], search: ElementSearch?, bundle: String? = nil, captures: RunOptions = RunOptions()
    ) {
        self.search = search
        self.bundle = bundle
        hasPersona = search != nil
        var others: [String] = []
        for path in InputPaths.expand(paths) where !path.isRepeat {
            // Of a folder only what says by its name that it is data: a README is no recording.
            let mayBeCapture = path.isNamed || InputPaths.claimsToBeData(path.path)
            if !read(path.path), mayBeCapture { others.append(path.path) }
        }
        if !others.isEmpty { read(captures: others, captures) }
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

    /// Reads a file that is a recorded session; false for what may be a capture or a log.
    private mutating func read(_ path: String) -> Bool {
        do throws(FileFault) {
            let file = try InputFile(path: path)
            var buffer = ByteBuffer(capacity: 64 << 10)
            let got = try file.readNext(into: &buffer, at: 0, count: buffer.capacity)
            let head = buffer.bytes(got).copied()
            guard let kind = head.withRawSpan(SessionKind.recognise) else {
                guard file.size == nil else { return false }
                inputs.append(
                    Session.refusal(
                        path, "a pipe is read only when it is a HAR, a netlog or a mitmproxy dump"))
                return true
            }
            let before = facts.count
            var report = InputReport(path: path, kind: kind.rawValue)
            read(kind, file, head, &report)
            report.first = facts[before...].compactMap(\.start).min()
            report.last = facts[before...].compactMap(\.start).max()
            inputs.append(report)
        } catch {
            if error.isMissing { missing.append(path) }
            inputs.append(Session.refusal(path, error.cause))
        }
        return true
    }

    private static func refusal(_ path: String, _ reason: String) -> InputReport {
        var report = InputReport(path: path, kind: "unrecognised")
        report.complete = false
        report.problems = [reason]
        return report
    }

    private mutating func read(
        _ kind: SessionKind, _ file: InputFile, _ head: [UInt8], _ report: inout InputReport
    ) {
        switch kind {
        case .har: readHAR(file, head, &report)
        case .netlog: readNetLog(file, head, &report)
        case .mitmproxy: readMitmproxy(file, head, &report)
        case .fiddler: readFiddler(file, head, &report)
        case .appReport: readAppReport(file, head, &report)
        case .capture: break
        }
    }

    /// Captures and logs, through the pipeline of every other command.
    private mutating func read(captures paths: [String], _ options: RunOptions) {
        let run = Run(paths, options: options)
        inputs += run.facts.inputs
        missing += run.missing
        for contact in ContactMerger.mergedOverHours(run.facts.contacts) where contact.service != "dns" {
            guard let fact = ExchangeFact(contact) else { continue }
            facts.append(fact)
        }
    }

    enum Outcome: Sendable {
        case fact(ExchangeFact)
        /// A request that never left the device.
        case local
        case unreadable(Int64)
    }

    /// Each entry stands for itself, so all cores work; outcomes keep their order.
    static func work<Item: Sendable>(
        on items: [Item], _ body: @escaping @Sendable (Item) -> Outcome
    ) -> [Outcome] {
        let outcomes = Mutex<[Int: Outcome]>([:])
        let next = Atomic(0)
        Parallel.run(min(Parallel.jobs, items.count)) { _ in
            while true {
                let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard number < items.count else { return }
                let outcome = body(items[number])
                outcomes.withLock { $0[number] = outcome }
            }
        }
        return outcomes.withLock { all in items.indices.compactMap { all[$0] } }
    }

    /// Searches an exchange and forgets its bytes.
    static func outcome(of exchange: Exchange, _ source: SessionKind, _ search: ElementSearch?) -> Outcome {
        var exchange = exchange
        let hits = search?.search(&exchange) ?? []
        return ExchangeFact(exchange, source: source, hits: hits, search: search).map { .fact($0) } ?? .local
    }

    /// Keeps the facts; how many items could not be read, and where the first of them was.
    mutating func take(_ outcomes: [Outcome]) -> (unreadable: Int, first: Int64?) {
        var unreadable = 0
        var first: Int64?
        for outcome in outcomes {
            switch outcome {
            case .fact(let fact): facts.append(fact)
            case .local: break
            case .unreadable(let offset):
                unreadable += 1
                first = first ?? offset
            }
        }
        return (unreadable, first)
    }
}
