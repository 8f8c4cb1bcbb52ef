import Bytes
import Captures
import Foundation
import Logs

/// Reads lease files of any kind, plain or compressed, line by line.
struct LeaseFiles {
    private(set) var events = LeaseEvents()
    private(set) var reports: [LeaseReport] = []
    private let context: LeaseContext

    init(_ context: LeaseContext) { self.context = context }

    /// Reads files, and all files of directories. In the order of their names, so that the order of arguments plays
    /// no part.
    mutating func read(_ paths: [String]) {
        let named = Set(paths)
        let found = Set(paths.flatMap(LeaseFiles.expand))
        for path in found.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            read(file: path, isNamed: named.contains(path))
        }
    }

    /// Gives up the events, so that they are held once.
    consuming func finish() -> (LeaseEvents, [LeaseReport]) { (events, reports) }

    private static func expand(_ path: String) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return [path] }
        let base = path.hasSuffix("/") ? path : path + "/"
        return names.filter { !$0.hasPrefix(".") }.map { base + $0 }.filter {
            (try? FileManager.default.contentsOfDirectory(atPath: $0)) == nil
        }
    }

    private mutating func read(file path: String, isNamed: Bool) {
        var report = LeaseReport(path: path, kind: "unrecognised")
        do throws(FileFault) {
            try read(LeaseFiles.open(path), &report)
        } catch {
            report.fault = error.cause
            report.isMissing = error.isMissing
        }
        let isUnknown = report.kind == "unrecognised"
        // What lies beside lease files in a directory is passed over.
        if isUnknown, !isNamed { return }
        if isUnknown, report.fault == nil {
            report.fault =
                "is no lease file: known are dhcpd.leases, Kea's and dnsmasq's lease files, the logs of dhcpd and "
                + "dnsmasq, the Windows DHCP audit log, dhcp logs of Zeek and Suricata, FreeRADIUS detail files"
        }
        reports.append(report)
    }

    private static func open(_ path: String) throws(FileFault) -> any ByteSource {
        let file = try InputFile(path: path)
        var buffer = ByteBuffer(capacity: 4096)
        let got = try file.readNext(into: &buffer, at: 0, count: 4096)
        let head = buffer.bytes(got).copied()
        let source = RewoundSource(head, then: file)
        let unpacked = try head.withRawSpan { (span: RawSpan) throws(FileFault) -> (any ByteSource)? in
            UnpackSource.recognises(span) ? try UnpackSource(source, prefix: span) : nil
        }
        return unpacked ?? source
    }

    /// Lines of the beginning, until one tells what kind of file it is.
    private mutating func read(_ source: any ByteSource, _ report: inout LeaseReport) throws(FileFault) {
        var buffer = ByteBuffer(capacity: 2 << 20)
        var filled = 0
        var isLast = false
        var state = LineState.fileStart
        var reader = Recogniser()
        while !isLast, !reader.hasGivenUp {
            let got = try source.readNext(into: &buffer, at: filled, count: buffer.capacity - filled)
            isLast = got == 0
            filled += got
            let consumed = lines(of: buffer.bytes(filled), isLast: isLast, &state, &reader, &report)
            if consumed == filled {
                filled = 0
            } else if consumed > 0 {
                buffer.moveToFront(from: consumed, to: filled)
                filled -= consumed
            } else if filled == buffer.capacity {
                // One line fills the window: the cursor passes over it.
                buffer.grow(to: buffer.capacity * 2, keeping: filled)
            }
        }
        reader.finish(&events)
    }

    /// Reads the whole lines of a window; returns how many bytes need not be shown again.
    private mutating func lines(
        of window: RawSpan, isLast: Bool, _ state: inout LineState, _ reader: inout Recogniser,
        _ report: inout LeaseReport
    ) -> Int {
        var cursor = LineCursor(window, isLast: isLast, state: state)
        while !reader.hasGivenUp, let line = cursor.next() {
            let text = window.clamped(from: line.start, count: line.count)
            reader.take(text, isCut: line.kind == .tooLong, context, &events, &report)
        }
        state = cursor.state
        return cursor.consumed
    }
}

/// Looks at the first lines, then reads them and the rest by the reader that they call for.
private struct Recogniser {
    private var reader: (any LeaseReader)?
    private var held: [[UInt8]] = []
    private(set) var hasGivenUp = false

    mutating func take(
        _ line: RawSpan, isCut: Bool, _ context: LeaseContext, _ events: inout LeaseEvents,
        _ report: inout LeaseReport
    ) {
        if reader != nil { return read(line, isCut: isCut, &events, &report) }
        guard let format = isCut ? nil : LeaseFormats.recognise(line) else {
            held.append(line.copied())
            hasGivenUp = held.count > LeaseFormats.linesLooked
            return
        }
        reader = format.init(context)
        report.kind = format.kind
        for earlier in held {
            earlier.withRawSpan { read($0, isCut: false, &events, &report) }
        }
        held = []
        read(line, isCut: isCut, &events, &report)
    }

    private mutating func read(
        _ line: RawSpan, isCut: Bool, _ events: inout LeaseEvents, _ report: inout LeaseReport
    ) {
        report.linesRead += 1
        let outcome: LeaseLine =
            isCut ? .rejected("longer than a megabyte") : reader?.take(line, into: &events) ?? .passed
        switch outcome {
        case .used: report.linesUsed += 1
        case .passed: report.linesPassed += 1
        case .rejected(let reason):
            report.linesRejected += 1
            if report.samples.count < 3 { report.samples.append("line \(report.linesRead): \(reason)") }
        }
    }

    mutating func finish(_ events: inout LeaseEvents) { reader?.finish(into: &events) }
}
