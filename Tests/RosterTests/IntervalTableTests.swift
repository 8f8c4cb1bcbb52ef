import Bytes
import TestSupport
import Testing

@testable import Roster

/// The interval table against a plain definition, for many sets of statements.
@Suite struct IntervalTableTests {
    struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    private func moment(_ seconds: Int64) -> Timestamp { Timestamp(nanoseconds: seconds * 1_000_000_000) }

    private func binding(
        _ key: Int, _ from: Int64, _ to: Int64, _ device: UInt64, source: BindingSource = .kea,
        isWeak: Bool = false,
        host: Int32 = TextPool.none
    ) -> Binding<Int> {
        Binding(
            key: key, from: moment(from), to: moment(to), holder: .mac(MACAddress(bits: device)), host: host,
            user: TextPool.none, source: source, isWeak: isWeak)
    }

    private func random(_ seed: UInt64) -> [Binding<Int>] {
        var generator = Random(state: seed)
        return (0..<Int.random(in: 1...40, using: &generator)).map { _ in
            let from = Int64.random(in: 0...5000, using: &generator)
            return binding(
                Int.random(in: 1...3, using: &generator), from,
                from + Int64.random(in: 0...900, using: &generator),
                UInt64.random(in: 1...3, using: &generator),
                source: Bool.random(using: &generator) ? .kea : .windows,
                isWeak: Int.random(in: 0...3, using: &generator) == 0,
                host: Int32.random(in: -1...1, using: &generator))
        }
    }

    @Test func anyOrderGivesTheSameTable() {
        for seed in 1...200 as ClosedRange<UInt64> {
            let bindings = random(seed)
            let table = IntervalTable(bindings)
            var generator = Random(state: seed ^ 0xabcdef)
            for _ in 0..<3 {
                let other = IntervalTable(bindings.shuffled(using: &generator))
                #expect(other.keys == table.keys)
                for key in table.keys {
                    for second in stride(from: Int64(-40), through: 6000, by: 53) {
                        let wanted = table.answer(key, from: moment(second), to: moment(second))
                        #expect(other.answer(key, from: moment(second), to: moment(second)) == wanted)
                    }
                }
            }
        }
    }

    /// Of all statements about the moment, the strong ones, else the weak ones: one holder, several, or nobody.
    @Test func everyMomentHasTheAnswerOfItsStatements() {
        for seed in 1...200 as ClosedRange<UInt64> {
            let bindings = random(seed)
            let table = IntervalTable(bindings)
            for key in 1...3 {
                for second in stride(from: Int64(0), through: 6000, by: 37) {
                    let now = moment(second)
                    let active = bindings.filter { $0.key == key && $0.from <= now && now < $0.to }
                    let strong = active.filter { !$0.isWeak }
                    let holders = Set((strong.isEmpty ? active : strong).map(\.holder))
                    switch table.answer(key, from: now, to: now) {
                    case .one(let stretch):
                        // Within the tolerance of a stretch, a moment of nobody is its.
                        let isNear = active.isEmpty
                        #expect(
                            isNear
                                || holders
                                    == [stretch.holder].reduce(into: []) {
                                        $0.formUnion($1.map { [$0] } ?? [])
                                    }
                        )
                    case .several(let claimants): #expect(Set(claimants) == holders && holders.count > 1)
                    case .nobody: #expect(holders.isEmpty)
                    }
                }
            }
        }
    }

    @Test func aGapIsNobodys() {
        let table = IntervalTable([binding(1, 0, 1000, 7), binding(1, 3000, 4000, 7)])
        #expect(table.answer(1, from: moment(2000), to: moment(2100)) == .nobody)
        // Clocks differ by some seconds.
        guard case .one = table.answer(1, from: moment(2980), to: moment(3500)) else {
            Issue.record("twenty seconds before the lease are within the tolerance")
            return
        }
        #expect(table.answer(1, from: moment(2900), to: moment(3500)) == .nobody)
        #expect(table.answer(2, from: moment(0), to: moment(1)) == .nobody)
    }

    @Test func aContactAcrossTwoDevicesIsBoths() {
        let table = IntervalTable([binding(1, 0, 1000, 7), binding(1, 1000, 2000, 8)])
        let answer = table.answer(1, from: moment(900), to: moment(1100))
        #expect(answer == .several([.mac(MACAddress(bits: 7)), .mac(MACAddress(bits: 8))]))
    }

    @Test func manyStatementsOfOneAddressAreSwept() {
        let bindings = (0..<2000).map { binding(1, Int64($0), 100_000, UInt64($0 + 1)) }
        let table = IntervalTable(bindings)
        guard case .several = table.answer(1, from: moment(50_000), to: moment(50_000)) else {
            Issue.record("two thousand devices cannot share an address")
            return
        }
    }

    @Test func textsAreKeptOnce() {
        var pool = TextPool()
        let numbers = (0..<1000).map { pool.add("host-\($0)") }
        #expect(Set(numbers).count == 1000)
        #expect(pool.add("host-7") == numbers[7])
        #expect(pool.text(numbers[999]) == "host-999")
        #expect(pool.add("") == TextPool.none)
        #expect(pool.text(TextPool.none) == nil)
        #expect(pool.text(pool.add(String(repeating: "x", count: 400))) == nil)
    }
}
