import Bytes
import Testing

@testable import Logs

@Suite struct AggregatorTests {
    @Test func addsUpRecordsOfOneKey() {
        let again = Sample.get.replacing("1772460062.114", with: "1772460063.000").replacing(
            "20 text", with: "21 text")
        let rows = read(Sample.get + "\n" + again + "\n").contacts.makeRows()
        #expect(rows.count == 1)
        #expect(rows.first?.records == 2)
        #expect(rows.first?.bytesDown == 16824)
        #expect(rows.first?.bytesUp == nil)
        #expect(
            rows.first?.servers == [IPAddress("198.51.100.20"), IPAddress("198.51.100.21")].compactMap { $0 })
        #expect(rows.first?.first.description == "2026-03-02T14:01:01.883000Z")
        #expect(rows.first?.last.description == "2026-03-02T14:01:03.000000Z")
        #expect(rows.first?.hour == 492_350)
        #expect(rows.first?.clientUser == "s1042")
        #expect(rows.first?.name == "lessons.example.org")
    }

    @Test func keepsBytesOfTheProxysOwnPagesApart() {
        let text = [
            Sample.denied, Sample.line(code: "TCP_HIT/200", tail: "- HIER_NONE/- -"), Sample.line(bytes: "5"),
        ].joined(separator: "\n")
        let rows = read(text).contacts.makeRows()
        #expect(rows.count == 2)
        #expect(rows[0].name == "a.example")
        #expect(rows[0].records == 2)
        #expect(rows[0].recordsFromCache == 1)
        #expect(rows[0].bytesDown == 5)
        #expect(rows[0].bytesAside == 812)
        #expect(rows[1].action == .blocked)
        #expect(rows[1].bytesDown == nil)
        #expect(rows[1].bytesAside == 3977)
    }

    @Test func listsSixteenServersAndCountsAll() {
        let lines = (0..<40).shuffled().flatMap { number in
            Array(repeating: Sample.line(tail: "- HIER_DIRECT/198.51.100.\(number) -"), count: 2)
        }
        let rows = read(lines.shuffled().joined(separator: "\n")).contacts.makeRows()
        #expect(rows.count == 1)
        #expect(rows[0].serverCount == 40)
        #expect(rows[0].servers == (0..<16).compactMap { IPAddress("198.51.100.\($0)") })
    }

    @Test func mergingIsAssociativeAndCommutative() {
        let lines = Sample.log(400).split(separator: 10)
        func part(_ remainder: Int) -> LogAggregator {
            var own: [UInt8] = []
            for index in lines.indices where index % 3 == remainder { own += Array(lines[index]) + [10] }
            return read(own).contacts
        }
        let whole = read(Sample.log(400)).contacts.makeRows()
        func merged(_ order: [Int]) -> [LogContactRow] {
            var result = LogAggregator()
            for index in order { result.merge(part(index)) }
            return result.makeRows()
        }
        #expect(merged([0, 1, 2]) == whole)
        #expect(merged([2, 1, 0]) == whole)
        var tail = part(1)
        tail.merge(part(2))
        var head = part(0)
        head.merge(tail)
        #expect(head.makeRows() == whole)
        #expect(whole.count > 100)
    }

    @Test func rowsAreSortedAndDistinct() {
        let rows = read(Sample.log(400)).contacts.makeRows()
        let keys = rows.map { row -> String in
            let client = row.client?.description ?? "-"
            return "\(client) \(row.clientUser ?? "") \(row.name ?? "") \(row.port) \(row.hour)"
        }
        #expect(Set(keys).count == rows.count)
        #expect(rows.map { $0.client ?? .zero } == rows.map { $0.client ?? .zero }.sorted())
    }

    @Test func separatesHoursActionsAndUsers() {
        let later = Sample.get.replacing("1772460062.114", with: "1772463662.114")
        let other = Sample.get.replacing("s1042", with: "s2")
        let refused = Sample.get.replacing("TCP_MISS/200", with: "TCP_DENIED/403")
        let text = [Sample.get, later, other, refused].joined(separator: "\n")
        #expect(read(text).contacts.makeRows().count == 4)
    }

    @Test func keepsAUserNameThatIsNotUTF8() {
        let line = Array(Sample.line(tail: "j%fc HIER_NONE/- -").utf8)
        #expect(read(line).contacts.makeRows().first?.clientUser == "j\u{fc}")
        var raw = Array(Sample.line(tail: "jX HIER_NONE/- -").utf8)
        if let at = raw.lastIndex(of: UInt8(ascii: "X")) { raw[at] = 0xfc }
        #expect(read(raw).contacts.makeRows().first?.clientUser == "j\u{fc}")
    }
}
