import Bytes
import Logs

extension FuzzBodies {
    /// A log file: as what it is recognised, whole and in pieces, and as every format.
    ///
    /// Lines read are lines used and lines counted under a reason, and what comes out depends neither on the buffers
    /// nor, for formats that may be cut, on where the file is cut.
    package static func log(_ input: RawSpan) {
        var settings = LogSettings()
        settings.clock = LogClock(latest: Timestamp(seconds: 1_774_915_200))
        settings.ownFormats = [.csv(mapping)].compactMap(\.self)
        if let format = LogFormat.recognise(head: input, settings: settings) {
            let whole = read(input, format, settings)
            compare(whole, read(input, format, settings, step: 61), "what is read depends on the buffer")
            if format.isSplittable, input.byteCount > 2 {
                var first = read(input, format, settings, owning: input.byteCount / 2)
                first.append(read(input, format, settings, from: input.byteCount / 2))
                // Where a header changes, the pieces say that the file must be read in one.
                if !first.needsWholeFile { compare(whole, first, "what is read depends on the cut") }
            }
        }
        for format in settings.formats { _ = read(input, format, settings) }
        _ = MappingSuggestion(head: input, name: "x")
        convert(input)
    }

    private static let mapping: CSVMapping = {
        let formats = ["iso", "epoch", "M/d/yyyy h:mm:ss a"].compactMap { try? CSVTimeFormat($0) }
        var mapping = CSVMapping(
            name: "mapped", time: [["1"]], timeFormats: formats,
            columns: [.client: ["2"], .user: ["3"], .url: ["4"], .bytesUp: ["5"], .count: ["6"]])
        mapping.hasHeadings = false
        mapping.actions.all = .allowed
        return mapping
    }()

    /// What a reader gives, in a form that can be compared.
    private struct Yield {
        var tally = LogTally()
        var contacts = LogAggregator()
        var connections = LogConnectionTable()
        var dns = LogDNSTable()
        var needsWholeFile = false

        mutating func append(_ other: Yield) {
            tally.append(other.tally)
            contacts.merge(other.contacts)
            connections.merge(other.connections)
            dns.merge(other.dns)
            needsWholeFile = needsWholeFile || other.needsWholeFile
        }
    }

    private static func compare(_ a: Yield, _ b: Yield, _ what: String) {
        precondition(a.tally == b.tally, what)
        precondition(a.contacts.makeRows() == b.contacts.makeRows(), what)
        precondition(a.connections.join().makeRows() == b.connections.join().makeRows(), what)
        precondition(lookups(a.dns) == lookups(b.dns), what)
    }

    private static func lookups(_ table: LogDNSTable) -> [String] {
        var texts: [String] = []
        table.forEachLookup { texts.append("\($0)") }
        table.forEachAnswer { texts.append("\($0)") }
        table.forEachExchange { texts.append("\($0)") }
        return texts.sorted()
    }

    private static func read(
        _ input: RawSpan, _ format: LogFormat, _ settings: LogSettings, step: Int = .max, from start: Int = 0,
        owning end: Int = .max
    ) -> Yield {
        var reader = format.makeReader(
            head: input.clamped(from: 0, count: LogFormat.headLimit), settings: settings, isMidFile: start > 0
        )
        var position = max(start - 1, 0)
        var size = min(step, input.byteCount - position)
        while !reader.chunk.isComplete {
            let isLast = position + size >= input.byteCount
            let consumed = reader.read(
                input.clamped(from: position, count: size), isLast: isLast,
                ownedBytes: end == .max ? .max : end - position)
            precondition(consumed >= 0 && consumed <= size, "more read than there is")
            position += consumed
            if isLast { break }
            size = min(consumed == 0 ? size + step : step, input.byteCount - position)
        }
        precondition(reader.chunk.isComplete, "a file without end")
        let others = LogReason.allCases.reduce(UInt64(0)) { $0 + reader.chunk.tally[$1].count }
        precondition(
            reader.chunk.tally.linesRead == reader.chunk.tally.linesUsed + others, "lines without a reason")
        let chunk = reader.chunk
        return Yield(
            tally: chunk.tally, contacts: chunk.contacts, connections: chunk.connections, dns: chunk.dns,
            needsWholeFile: chunk.needsWholeFile)
    }

    /// Text that is not yet lines of UTF-8 must come to an end.
    private static func convert(_ input: RawSpan) {
        let bytes = input.copied()
        let empty = EmptySource()
        var buffer = ByteBuffer(capacity: 100)
        let sources: [(any ByteSource)?] = [
            UTF16Source(RewoundSource(bytes, then: empty), prefix: input),
            OctetCountedSource(RewoundSource(bytes, then: empty), prefix: input),
        ]
        for case .some(let source) in sources {
            var total = 0
            while let got = try? source.readNext(into: &buffer, at: 0, count: 100), got > 0 { total += got }
            precondition(total <= bytes.count * 3, "more text than bytes")
        }
    }

    private final class EmptySource: ByteSource {
        let path = "empty"

        func readNext(into buffer: inout ByteBuffer, at offset: Int, count: Int) throws(FileFault) -> Int {
            0
        }
    }
}
