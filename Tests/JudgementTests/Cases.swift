import Bytes
import Contacts
import Foundation
import Register
import Roster

@testable import Judgement

/// A register with one of each kind of record, and helpers to ask it.
enum Cases {
    static let yaml = """
        district: {name: Lakeside, timezone: America/New_York, domains: [lakeside.k12.example]}
        vendors:
          - id: quizly
            name: Quizly, Inc.
            owners:
              - {name: Old Holdings, to: 2026-01-31}
              - {name: New Holdings, from: 2026-02-01}
            products:
              - id: school
                name: Quizly for Schools
                domains: [quizly.example, "=cdn.quizly-static.example"]
                excluded_domains: [shop.quizly.example]
              - {id: home, name: Quizly Home, domains: [quizly-home.example]}
            agreements:
              - id: Q-1
                status: signed
                signed_provider: 2025-07-01
                signed_district: 2025-07-03
                ends: 2028-07-02
                products: [school]
                subprocessors: [{name: Example Cloud, domains: [examplecloud.example], function: hosting}]
          - id: readalong
            name: ReadAlong LLC
            products: [{id: readalong, name: ReadAlong, domains: [readalong.example]}]
            agreements: [{id: R-1, status: signed, effective: 2023-06-30, ends: 2026-06-30}]
          - id: mathpath
            name: Mathpath
            products: [{id: mathpath, name: Mathpath, domains: [mathpath.example]}]
            agreements: [{id: M-1, status: pending}]
          - id: later
            name: Later Inc
            products: [{id: later, name: Later, domains: [later.example]}]
            agreements: [{id: L-1, status: signed, effective: 2027-01-01, ends: 2030-01-01}]
          - id: no
            name: Nope
            products: [{id: no, name: Nope, domains: [nope.example]}]
            agreements: [{id: N-1, status: declined}]
          - id: stopped
            name: Stopped
            products: [{id: stopped, name: Stopped, domains: [stopped.example]}]
            agreements:
              - {id: S-1, status: signed, effective: 2025-01-01, ends: 2029-01-01, terminated: 2026-03-31}
          - id: subscribed
            name: Subscribed
            products: [{id: subscribed, name: Subscribed, domains: [subscribed.example]}]
            agreements:
              - id: E-1
                status: signed
                relation: exhibit-e
                offer: {from: 2025-01-01, until: 2025-12-31}
                signed_district: 2026-01-02
          - id: narrow
            name: Narrow
            products: [{id: narrow, name: Narrow, domains: [narrow.example]}]
            agreements:
              - {id: W-1, status: signed, effective: 2025-01-01, schools: [high], roles: [student], grades: "9-12",
                 hours: "Mon-Fri 07:00-16:00"}
          - id: bare
            name: Bare
            products: [{id: bare, name: Bare, domains: [bare.example]}]
          - id: renewed
            name: Renewed
            products: [{id: renewed, name: Renewed, domains: [renewed.example]}]
            agreements:
              - {id: O-1, status: signed, effective: 2022-01-01, ends: 2024-12-31}
              - {id: O-2, status: signed, effective: 2025-01-01, ends: 2027-12-31, recorded: 2026-05-01}
          - id: shared-a
            name: Shared A
            products: [{id: a, name: A, domains: [host.example]}]
            agreements: [{id: A-1, status: signed, effective: 2025-01-01}]
          - id: shared-b
            name: Shared B
            products: [{id: b, name: B, domains: [host.example]}]
            agreements: [{id: B-1, status: pending}]
        third_parties:
          - {owner: Example Ads, category: advertising, domains: [adtrack.example]}
          - {owner: FastEdge, category: cdn, domains: [fastedge.example]}
          - {owner: Example Cloud, category: cloud, domains: [examplecloud.example]}
          - {owner: Former Owner, category: analytics, domains: [moved.example], valid_to: 2026-01-31}
          - {owner: Next Owner, category: analytics, domains: [moved.example], valid_from: 2026-02-01}
        platform:
          - {owner: OSMaker, function: os-update, domains: [update.osmaker.example]}
        exceptions:
          - {domain: pilot.example, reason: "pilot, vote 12", from: 2026-09-01, until: 2026-12-31}
        """

    static let rosterYAML = """
        schools:
          - {id: high, name: High School, grades: "9-12"}
          - {id: middle, name: Middle School, grades: "6-8"}
          - {id: primary, name: Primary School, grades: "K-5"}
        networks:
          - {prefix: 10.20.0.0/16, role: student, school: high}
          - {prefix: 10.20.8.0/24, role: student, school: middle}
          - {prefix: 10.20.9.0/24, role: student, school: primary}
          - {prefix: 10.20.10.0/24, role: student}
          - {prefix: 10.30.0.0/16, role: staff, school: high}
          - {prefix: 10.40.0.0/16, role: guest}
        """

    static func judge(asKnownOn: String? = nil) throws -> Judge {
        Judge(
            register: try Register.parse(yaml: yaml), roster: try Roster.parse(yaml: rosterYAML),
            asKnownOn: asKnownOn.flatMap { CivilDay($0) })
    }

    /// A moment from `2026-11-24T14:00Z`.
    static func moment(_ text: String) throws -> Timestamp {
        let parts = text.dropLast().split(separator: "T")
        let clock = try unwrap(
            parts.count == 2 ? parts[1].split(separator: ":").compactMap { Int64($0) } : nil)
        let day = try unwrap(CivilDay(parts[0]))
        return try unwrap(Timestamp(seconds: day.daysSince1970 * 86400 + clock[0] * 3600 + clock[1] * 60))
    }

    static func contact(
        _ name: String?, at time: String = "2026-11-24T14:00Z", from client: String = "10.20.0.5",
        to server: String = "192.0.2.7", service: String = "tls"
    ) throws -> Contact {
        let when = try moment(time)
        var contact = Contact(
            client: IPAddress(client), servers: [IPAddress(server)].compactMap { $0 }, port: 443,
            transport: "tcp",
            first: when)
        contact.name = name
        contact.evidence = name == nil ? .none : .tlsSNI
        contact.service = service
        contact.flows = 1
        contact.bytesUp = 1000
        contact.bytesDown = 9000
        return contact
    }

    struct Missing: Error {}

    private static func unwrap<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw Missing() }
        return value
    }
}
