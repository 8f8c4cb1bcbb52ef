import Bytes
import Contacts
import Foundation
import Register
import Roster
import Testing

@testable import Judgement

/// What must hold for any register: registers and names are generated.
@Suite struct PropertyTests {
    private struct Generator {
        var state: UInt64

        mutating func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }

        /// Names of one to four labels beneath `example`, from so few labels that they often nest.
        mutating func name() -> String {
            (0...random(3)).map { _ in ["a", "b", "c"][random(3)] }.joined(separator: ".") + ".example"
        }

        /// Entries of all kinds, each with its own line of YAML; no two are the same.
        mutating func records(_ count: Int) -> [(entry: String, section: String, line: String)] {
            var seen: Set<String> = []
            return (0..<count).compactMap { number in
                let entry = (random(4) == 0 ? "=" : "") + name()
                guard seen.insert(entry).inserted else { return nil }
                switch random(4) {
                case 0:
                    let status = ["signed, effective: 2020-01-01", "pending", "declined"][random(3)]
                    let product = "products: [{id: p, name: P\(number), domains: [\"\(entry)\"]}]"
                    let agreement = "agreements: [{id: A-\(number), status: \(status)}]"
                    return (
                        entry, "vendors", "  - {id: v\(number), name: V\(number), \(product), \(agreement)}"
                    )
                case 1:
                    return (
                        entry, "third_parties",
                        "  - {owner: T\(number), category: analytics, domains: [\"\(entry)\"]}"
                    )
                case 2:
                    return (
                        entry, "platform", "  - {owner: O\(number), function: time, domains: [\"\(entry)\"]}"
                    )
                default:
                    return (
                        entry, "exceptions",
                        "  - {domain: \"\(entry)\", reason: R\(number), until: 2030-01-01}"
                    )
                }
            }
        }
    }

    private func yaml(_ records: [(entry: String, section: String, line: String)]) -> String {
        Dictionary(grouping: records, by: \.section).sorted { $0.key < $1.key }
            .map { section, lines in "\(section):\n" + lines.map { $0.line + "\n" }.joined() }.joined()
    }

    private let day = Circumstances(
        day: CivilDay(daysSince1970: 20_000), role: .student, isQuestion: false)

    /// All that a judgment says but where its record stands.
    private func facts(_ register: Register, _ name: String) -> String {
        let judgment = Judge(register: register, roster: .empty).judge(name: name, day)
        return
            "\(judgment.verdict) \(judgment.owner ?? "-") \(judgment.record?.kind ?? "-") \(judgment.record?.id ?? "-")"
    }

    @Test func theLongestEntryDecides() throws {
        var generator = Generator(state: 1)
        for _ in 0..<40 {
            let records = generator.records(30)
            let register = try Register.parse(yaml: yaml(records))
            for _ in 0..<100 {
                let name = generator.name()
                let covering = records.filter { record in
                    let entry = record.entry.hasPrefix("=") ? String(record.entry.dropFirst()) : record.entry
                    return name == entry || (!record.entry.hasPrefix("=") && name.hasSuffix("." + entry))
                }
                // `=name` and `name` are equally long; the exact one is the narrower.
                let longest = covering.max { a, b in
                    let lengths = [a, b].map { $0.entry.utf8.count - ($0.entry.hasPrefix("=") ? 1 : 0) }
                    return lengths[0] != lengths[1] ? lengths[0] < lengths[1] : !a.entry.hasPrefix("=")
                }
                guard let longest else {
                    #expect(facts(register, name) == "unknownOwner - - -")
                    continue
                }
                let alone = try Register.parse(yaml: yaml([longest]))
                #expect(facts(register, name) == facts(alone, name), "\(name) by \(longest.entry)")
            }
        }
    }

    @Test func anUnrelatedEntryNeverChangesAVerdict() throws {
        var generator = Generator(state: 2)
        for _ in 0..<40 {
            let records = generator.records(20)
            let more = generator.records(21).dropLast(1).suffix(1).map { record in
                (
                    entry: record.entry, section: record.section,
                    line: record.line.replacingOccurrences(of: "  - {", with: "  - {")
                        .replacingOccurrences(of: ": v", with: ": w").replacingOccurrences(
                            of: "A-", with: "B-")
                )
            }
            let known = Set(records.map(\.entry))
            guard let added = more.first, !known.contains(added.entry) else { continue }
            let before = try Register.parse(yaml: yaml(records))
            let after = try Register.parse(yaml: yaml(records + [added]))
            let bare = added.entry.hasPrefix("=") ? String(added.entry.dropFirst()) : added.entry
            for _ in 0..<100 {
                let name = generator.name()
                if name == bare || name.hasSuffix("." + bare) { continue }
                #expect(facts(before, name) == facts(after, name), "\(name) with \(added.entry)")
            }
        }
    }

    @Test func judgementDoesNotDependOnTheOrderOfFilesOrRecords() throws {
        var generator = Generator(state: 3)
        let twice = """
            platform:
              - {owner: Z, function: time, domains: [d.example]}
              - {owner: Y, function: time, domains: [d.example]}
            exceptions:
              - {domain: e.example, reason: two, until: 2030-01-01}
              - {domain: e.example, reason: one, until: 2030-01-01}

            """
        for round in 0..<20 {
            let records = generator.records(30)
            let halves = [
                yaml(Array(records.prefix(15))), yaml(Array(records.dropFirst(15))), round == 0 ? twice : "",
            ]
            func load(_ order: [Int]) throws -> Register {
                let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                defer { try? FileManager.default.removeItem(at: folder) }
                for (place, half) in order.enumerated() {
                    try Data(halves[half].utf8).write(to: folder.appendingPathComponent("\(place).yaml"))
                }
                return try Register.load(folder.path)
            }
            let (one, other) = (try load([0, 1, 2]), try load([2, 1, 0]))
            let reversed = try Register.parse(yaml: yaml(Array(records.reversed())))
            for _ in 0..<100 {
                let name = generator.name()
                #expect(facts(one, name) == facts(other, name))
                if round > 0 { #expect(facts(one, name) == facts(reversed, name)) }
            }
            if round == 0 {
                #expect(facts(one, "d.example") == facts(other, "d.example"))
                #expect(facts(one, "e.example") == facts(other, "e.example"))
            }
        }
    }
}
