import Foundation
import Testing

@testable import Register

/// Whatever a file holds, reading it ends in a register or in problems with places, never in a crash.
@Suite struct HostileFileTests {
    private static let sample = Array(
        """
        district: {name: L, timezone: America/New_York, domains: [l.k12.example]}
        vendors:
          - id: q
            name: "Q"
            products: [{id: p, name: P, domains: ["=a.example", b.example]}]
            agreements: [{id: A, status: signed, effective: 2026-01-01, grades: "K-5", hours: "Mon 07:00-16:00"}]
        exceptions: [{domain: c.example, reason: r, until: 2026-12-31}]
        """.utf8)

    private func read(_ bytes: some Sequence<UInt8>) {
        let text = String(decoding: Array(bytes), as: UTF8.self)
        do {
            let register = try Register.parse(yaml: text)
            _ = register.matches("x.b.example")
        } catch {
            #expect(!error.problems.isEmpty)
        }
        _ = RegisterCSV.read(text, file: "r.csv", log: ProblemLog())
    }

    @Test func everyPrefix() {
        for count in 0...Self.sample.count { read(Self.sample.prefix(count)) }
    }

    @Test func oneChangedByteInThree() {
        for index in stride(from: 0, to: Self.sample.count, by: 3) {
            for byte in [UInt8(0), UInt8(ascii: ":"), UInt8(ascii: "&"), UInt8(ascii: "\""), 0xff] {
                var bytes = Self.sample
                bytes[index] = byte
                read(bytes)
            }
        }
    }

    @Test func deepNestingAndAliasesThatMultiply() {
        read(Array(repeating: UInt8(ascii: "["), count: 20_000))
        var laughs = "a: &a [x, x]\n"
        for (name, previous) in zip("bcdefghijklmnopqrstuvw", "abcdefghijklmnopqrstuv") {
            laughs += "\(name): &\(name) [*\(previous), *\(previous)]\n"
        }
        read(Array((laughs + "vendors: *w\n").utf8))
    }
}
