import Bytes
import Testing

@testable import Logs

/// Parts of connections: joined whatever the order, and left out by key when there are too many.
@Suite struct ConnectionTableTests {
    private static func part(_ number: UInt64, up: UInt64? = 1, down: UInt64? = 2) -> LogConnectionPart {
        var part = LogConnectionPart(
            key: LogConnectionKey(number: number),
            client: IPAddress(ipv4: 0x0a14_1e00 | UInt32(number & 255)),
            server: IPAddress(ipv4: 0xc633_6414), port: 443, transport: .tcp,
            start: Timestamp(nanoseconds: 1_772_460_062_000_000_000),
            end: Timestamp(nanoseconds: 1_772_460_063_000_000_000))
        part.action = .allowed
        (part.bytesUp, part.bytesDown) = (up, down)
        return part
    }

    private static func add(name text: String, to number: UInt64, _ table: inout LogConnectionTable) {
        var record = LogRecord()
        record.scratch = Array(text.utf8)
        record.name = LogText(start: 0, count: record.scratch.count, isInScratch: true)
        record.nameSource = .logSNI
        let isTaken = table.add(part(number), named: record, line: RawSpan())
        #expect(isTaken)
    }

    /// What is left of 1,000 connections with a name each, added in one table or in several, in some order.
    private static func rows(_ order: [UInt64], tables: Int, limit: Int) -> ([LogContactRow], UInt64) {
        var all = LogConnectionTable(limit: limit)
        let share = (order.count + tables - 1) / tables
        for table in 0..<tables {
            var some = LogConnectionTable(limit: limit)
            for number in order.dropFirst(table * share).prefix(share) {
                some.add(flow: part(number))
                add(name: "h\(number % 50).example", to: number, &some)
            }
            all.merge(some)
        }
        return (all.join().makeRows(), all.lost)
    }

    @Test func whatIsLeftOutDoesNotDependOnTheOrder() {
        let order = Array(UInt64(1)...1000)
        let (expected, lost) = ConnectionTableTests.rows(order, tables: 1, limit: 700)
        // Whole connections only: each has its name and its bytes, and what is missing is counted.
        let kept = expected.reduce(UInt64(0)) { $0 + $1.records }
        #expect(lost == (1000 - kept) * 2)
        #expect(kept <= 350)
        // A sixteenth at a time: not much more is given up than must be.
        #expect(kept >= 300)
        #expect(expected.allSatisfy { $0.name != nil && $0.bytesUp == $0.records })
        for (order, tables) in [
            (Array(order.reversed()), 1), (order, 2), (Array(order.reversed()), 5), (order, 9),
        ] {
            let (rows, lostToo) = ConnectionTableTests.rows(order, tables: tables, limit: 700)
            #expect(rows == expected)
            #expect(lostToo == lost)
        }
        let (whole, none) = ConnectionTableTests.rows(order, tables: 3, limit: 2000)
        #expect(whole.reduce(UInt64(0)) { $0 + $1.records } == 1000)
        #expect(none == 0)
    }

    /// Two directions make one connection; where another event tells the whole, they add nothing.
    @Test func directionsBecomeOneConnection() {
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            for isToldWhole in [false, true] {
                var up = ConnectionTableTests.part(7, up: 60, down: nil)
                var down = ConnectionTableTests.part(7, up: nil, down: 90)
                (up.isHalf, down.isHalf) = (true, true)
                up.action = .attempted
                var table = LogConnectionTable()
                for place in order {
                    if place == 0 { table.add(flow: up) }
                    if place == 1 { table.add(flow: down) }
                    if place == 2, isToldWhole {
                        table.add(flow: ConnectionTableTests.part(7, up: 61, down: 91))
                    }
                }
                let rows = table.join().makeRows()
                #expect(rows.count == 1)
                #expect(rows.first?.records == 1)
                #expect(rows.first?.action == .allowed)
                #expect(rows.first?.bytesUp == (isToldWhole ? 61 : 60))
                #expect(rows.first?.bytesDown == (isToldWhole ? 91 : 90))
            }
        }
    }

    @Test func oneDirectionAloneWasNotAnswered() {
        var up = ConnectionTableTests.part(7, up: 60, down: nil)
        up.isHalf = true
        up.action = .attempted
        var table = LogConnectionTable()
        table.add(flow: up)
        let rows = table.join().makeRows()
        #expect(rows.map(\.action) == [.attempted])
        #expect(rows.map(\.bytesAside) == [60])
    }

    /// What the limit is worth in memory.
    @Test func aPartIsSmall() {
        #expect(MemoryLayout<LogConnectionPart>.stride <= 136)
    }
}
