import Bytes
import Captures
import Contacts
import Logs

/// One reader for each kind of recording.
extension Session {
    mutating func readHAR(_ file: InputFile, _ head: [UInt8], _ report: inout InputReport) {
        var archive = HARFile()
        var unreadable = 0
        var first: Int64?
        let search = search
        archive.read(file, head: head) { pieces in
            let outcomes = Session.work(on: pieces) { piece -> Outcome in
                guard let exchange = HAREntry.read(piece) else { return .unreadable(piece.offset) }
                return Session.outcome(of: exchange, .har, search)
            }
            let result = take(outcomes)
            unreadable += result.unreadable
            first = first ?? result.first
        }
        note(archive, unreadable: unreadable, &report)
        if let first {
            report.problems.append(
                "\(unreadable) of \(archive.entries) entries cannot be read, the first at byte \(first): "
                    + "no JSON, without a request, or longer than \(HARCutter.pieceLimit >> 20) MiB")
        }
    }

    private func note(_ archive: HARFile, unreadable: Int, _ report: inout InputReport) {
        report.bytes = archive.bytes
        report.records = archive.entries
        report.complete = archive.isComplete && unreadable == 0
        report.problems = archive.problems
    }

    mutating func readNetLog(_ file: InputFile, _ head: [UInt8], _ report: inout InputReport) {
        var archive = HARFile(.netlog)
        var log = NetLog()
        archive.read(file, head: head) { pieces in for piece in pieces { log.take(piece) } }
        note(archive, unreadable: 0, &report)
        for exchange in log.exchanges { _ = take([Session.outcome(of: exchange, .netlog, search)]) }
        if log.unreadable > 0 { report.problems.append("\(log.unreadable) events cannot be read") }
    }

    mutating func readMitmproxy(_ file: InputFile, _ head: [UInt8], _ report: inout InputReport) {
        var dump = MitmproxyFile()
        dump.read(file, head: head) { exchange in
            _ = take([Session.outcome(of: exchange, .mitmproxy, search)])
        }
        report.bytes = dump.bytes
        report.records = dump.flows
        report.complete = dump.isComplete
        report.problems = dump.problems
        if dump.others > 0 { report.problems.append("\(dump.others) flows that are not HTTP are not used") }
    }

    mutating func readFiddler(_ file: InputFile, _ head: [UInt8], _ report: inout InputReport) {
        var session = FiddlerSession()
        var unreadable = 0
        func take(_ exchanges: [Exchange?]) {
            report.records += UInt64(exchanges.count)
            for exchange in exchanges {
                guard let exchange else {
                    unreadable += 1
                    continue
                }
                _ = self.take([Session.outcome(of: exchange, .fiddler, search)])
            }
        }
        report.bytes = UInt64(max(file.size ?? 0, 0))
        do throws(FileFault) {
            try Decompressor.forEachMember(RewoundSource(head, then: file), limit: FiddlerSession.partLimit) {
                name, bytes in
                take(session.take(name, bytes))
            }
        } catch {
            report.complete = false
            report.problems.append(error.cause)
        }
        take(session.rest())
        func problem(_ count: Int, _ text: String) {
            if count > 0 { report.problems.append("\(count) \(text)") }
        }
        problem(unreadable, "of \(report.records) sessions have no request that can be read")
        problem(
            session.late, "parts of sessions stand too far from the others of their session and are not used")
        problem(session.sockets, "WebSockets are not read: Fiddler keeps them in a form of its own")
        problem(
            session.cut,
            "messages are longer than \(FiddlerSession.partLimit >> 20) MiB and are read up to there")
        if !report.problems.isEmpty { report.complete = false }
    }

    mutating func readAppReport(_ file: InputFile, _ head: [UInt8], _ report: inout InputReport) {
        var lines = LineBuffer(RewoundSource(head, then: file))
        var unreadable = 0
        do throws(FileFault) {
            while let line = try lines.next() {
                report.records += 1
                switch line.withRawSpan(AppPrivacyLine.read) {
                case .network(let bundle, let host, let hits, let first, _)
                where bundle == self.bundle ?? bundle:
                    facts.append(ExchangeFact(host: host, times: hits, first: first))
                case .access(let bundle, let category, _) where bundle == self.bundle ?? bundle:
                    accesses[category, default: 0] += 1
                case nil: unreadable += 1
                default: break
                }
            }
        } catch {
            report.complete = false
            report.problems.append(error.cause)
        }
        report.bytes = lines.bytes
        if unreadable > 0 {
            report.complete = false
            report.problems.append("\(unreadable) of \(report.records) lines are no JSON")
        }
    }
}

/// The lines of a source, the last one with or without its end.
struct LineBuffer {
    private let source: any ByteSource
    private var rest: [UInt8] = []
    private var start = 0
    private(set) var bytes: UInt64 = 0

    /// A longer line is cut there: a report's lines have some hundred bytes.
    private static let limit = 1 << 20

    init(_ source: any ByteSource) { self.source = source }

    mutating func next() throws(FileFault) -> [UInt8]? {
        while true {
            if let end = rest[start...].firstIndex(of: 0x0a) {
                defer { start = end + 1 }
                return Array(rest[start..<end])
            }
            rest.removeFirst(start)
            start = 0
            var buffer = ByteBuffer(capacity: 64 << 10)
            let got =
                rest.count > LineBuffer.limit
                ? 0 : try source.readNext(into: &buffer, at: 0, count: buffer.capacity)
            bytes += UInt64(got)
            if got == 0 {
                defer { rest = [] }
                return rest.isEmpty ? nil : rest
            }
            buffer.bytes(got).append(to: &rest)
        }
    }
}
