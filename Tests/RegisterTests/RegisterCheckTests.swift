import Bytes
import Foundation
import Testing

@testable import Register

@Suite struct RegisterCheckTests {
    private func problems(_ yaml: String, on: String? = nil, within: Int64 = 0) throws -> [String] {
        let check = RegisterCheck(on: on.flatMap { CivilDay($0) }, within: within)
        return check.problems(of: try Register.parse(yaml: yaml, file: "r.yaml")).map(\.description)
    }

    @Test func aSoundRegisterHasNoProblem() throws {
        let yaml = """
            vendors:
              - id: a
                name: A
                products: [{id: p, name: P, domains: [a.example, "=x.b.example"], excluded_domains: [s.a.example]}]
                agreements:
                  - {id: A-1, status: signed, effective: 2024-01-01, ends: 2024-12-31}
                  - {id: A-2, status: signed, effective: 2025-01-01, ends: 2025-12-31}
                  - {id: A-3, status: pending}
            """
        #expect(try problems(yaml).isEmpty)
    }

    @Test func domainsThatTwoVendorsClaimOrThatNeverDecide() throws {
        let yaml = """
            vendors:
              - id: a
                name: A
                products:
                  - {id: p, name: P, domains: [a.example, b.a.example], excluded_domains: [other.example]}
              - id: b
                name: B
                products: [{id: q, name: Q, domains: [a.example]}]
            """
        let found = try problems(yaml)
        #expect(
            found.contains(
                "r.yaml:8:43: \"a.example\" of vendor \"b\" is also vendor \"a\"'s at r.yaml:5:36; "
                    + "contacts get the worse answer of both"))
        #expect(found.contains { $0.contains("\"other.example\" lies beneath no domain of \"p\"") })
        let alone = yaml.split(separator: "\n").prefix(5).joined(separator: "\n")
        #expect(
            try problems(alone).contains(
                "r.yaml:5:47: \"b.a.example\" never decides: \"a.example\" at r.yaml:5:36 covers it already"))
    }

    @Test func agreementsThatOverlapOrCoverNothing() throws {
        let yaml = """
            vendors:
              - id: a
                name: A
                products: [{id: p, name: P, domains: [a.example]}]
                agreements:
                  - {id: A-1, status: signed, effective: 2024-01-01, ends: 2025-01-01}
                  - {id: A-2, status: signed, effective: 2025-01-01}
                  - {id: A-3, status: signed, effective: 2026-01-01, roles: [staff], schools: [x]}
              - {id: b, name: B, agreements: [{id: B-1, status: pending}]}
              - id: c
                name: C
                products: [{id: c, name: C}]
                agreements: [{id: C-1, status: pending}]
            """
        let found = try problems(yaml)
        #expect(
            found.contains { $0.hasPrefix("r.yaml:7:9: agreement \"A-2\" overlaps \"A-1\" at r.yaml:6:9") })
        #expect(found.contains { $0.contains("agreement \"A-3\" overlaps \"A-2\"") })
        #expect(!found.contains { $0.contains("agreement \"A-3\" overlaps \"A-1\"") })
        #expect(found.contains { $0.contains("\"B-1\" covers no product") })
        #expect(found.contains { $0.contains("\"C-1\" can never match") })
    }

    @Test func whatEndsSoonIsCountedFromTheGivenDay() throws {
        let yaml = """
            vendors:
              - id: a
                name: A
                products: [{id: p, name: P, domains: [a.example]}]
                agreements: [{id: A-1, status: signed, effective: 2024-01-01, ends: 2026-12-24}]
            exceptions: [{domain: x.example, reason: r, until: 2026-11-24}]
            """
        #expect(try problems(yaml).isEmpty)
        #expect(try problems(yaml, on: "2026-11-24", within: 29).count == 1)
        #expect(
            try problems(yaml, on: "2026-11-24", within: 30).first
                == "r.yaml:5:18: agreement \"A-1\" ends on 2026-12-24, in 30 days")
        #expect(try problems(yaml, on: "2026-12-25", within: 90).isEmpty)
    }

    @Test func subprocessorsWithoutDomainsAndDocumentsThatChanged() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Data("paper".utf8).write(to: URL(fileURLWithPath: "\(directory)/a.pdf"))
        let yaml = """
            vendors:
              - id: a
                name: A
                products: [{id: p, name: P, domains: [a.example]}]
                agreements:
                  - id: A-1
                    status: pending
                    subprocessors: [{name: Cloudy}]
                    document: {file: a.pdf, sha256: \(String(repeating: "0", count: 64))}
                  - {id: A-2, status: pending, document: {file: gone.pdf}}
                  - {id: A-3, status: pending, document: {file: a.pdf, sha256: \(SHA.paper)}}
            """
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: "\(directory)/r.yaml"))
        let found = RegisterCheck().problems(of: try Register.load(directory)).map(\.message)
        #expect(found.count == 3)
        #expect(
            found.contains { $0.contains("\"Cloudy\" has no domains") && $0.contains("no record knows it") })
        #expect(
            found.contains { $0.contains("of agreement \"A-1\" has changed: its sha256 is \(SHA.paper)") })
        #expect(found.contains { $0.contains("\"gone.pdf\" of agreement \"A-2\" is not there") })
    }

    /// SHA-256 of the five bytes "paper", by sha256sum.
    private enum SHA { static let paper = "382635c9325bf3273d195ff1b8a44e5b11afd7d97addeb8863ea35feb98c1a07" }
}
