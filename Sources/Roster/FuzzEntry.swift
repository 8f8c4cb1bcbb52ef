package import Bytes
import Register

/// One call for fuzzers: any bytes, no trap.
package enum LeaseFuzz {
    private static let context = LeaseContext(
        zone: ZoneOffsets("America/Chicago") ?? .utc, reference: Timestamp(seconds: 1_772_463_600))

    /// The bytes as a lease file of every kind, and as an inventory of every system. False when a promise was broken:
    /// that a table does not depend on the order of statements, and that its stretches follow each other.
    package static func run(_ input: RawSpan) -> Bool {
        let lines = input.copied().split(separator: 0x0a, omittingEmptySubsequences: false).map { Array($0) }
        for format in LeaseFormats.all where !isSound(events(of: lines, format)) { return false }
        let text = String(decoding: input.copied(), as: UTF8.self)
        for format in InventoryFormat.allCases {
            let source = InventorySource(
                file: "fuzz.csv", format: format,
                columns: format == .csv ? [.mac: ["mac"], .user: ["user"]] : [:],
                units: [], standing: Standing(), place: Place(file: "fuzz.yaml"))
            _ = DeviceIndex(InventoryCSV(source, path: "fuzz.csv", log: ProblemLog()).devices(text))
        }
        return true
    }

    private static func events(of lines: [[UInt8]], _ format: any LeaseReader.Type) -> LeaseEvents {
        var reader = format.init(context)
        var events = LeaseEvents()
        for line in lines { line.withRawSpan { _ = reader.take($0, into: &events) } }
        reader.finish(into: &events)
        return events
    }

    private static func isSound(_ events: LeaseEvents) -> Bool {
        let bindings = events.bindings(LeaseTimes { $0.isIPv4 ? 600 : nil })
        let table = IntervalTable(bindings)
        guard table.stretches == IntervalTable(bindings.reversed()).stretches else { return false }
        for key in table.keys {
            var last = Timestamp(nanoseconds: .min)
            let all = table.stretches(of: key, from: Timestamp(nanoseconds: .min), to: .distantFuture)
            for stretch in all {
                guard stretch.from >= last, stretch.from < stretch.to else { return false }
                last = stretch.to
                _ = table.answer(key, from: stretch.from, to: stretch.to)
            }
        }
        return IntervalTable(events.userBindings()).keys.count
            + IntervalTable(events.wirelessBindings()).keys.count
            <= events.sessions.count + events.wireless.count
    }
}
