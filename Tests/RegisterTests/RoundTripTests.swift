import Bytes
import Foundation
import Testing

@testable import Register

/// What goes out comes back the same, as CSV and as YAML.
@Suite struct RoundTripTests {
    /// Every key that a register knows, with texts that need quoting.
    static let full = #"""
        district: {name: "Lake, Side", timezone: America/New_York, domains: [l.k12.example, "=x.l2.example"]}
        vendors:
          - id: q
            name: "Quizly; \"Q\" \\ Inc."
            aliases: ["=SUM(A1)", "semi;colon", "'quoted"]
            owners: [{name: "Old | Holdings", to: 2026-01-31}, {name: New, from: 2026-02-01}, {name: Always}]
            recorded: 2024-01-01
            products:
              - {id: p, name: "null", domains: [q.example, "=cdn.q.example"], excluded_domains: [shop.q.example],
                 app_ids: [com.example.q, "123"]}
              - {id: empty, name: "Line\nbreak"}
            agreements:
              - id: Q-1
                form: MA-NDPA
                relation: exhibit-e
                status: signed
                offer: {from: 2025-01-01}
                signed_provider: 2025-07-01
                signed_district: 2025-07-03
                effective: 2025-07-04
                ends: 2028-07-02
                terminated: 2027-01-01
                termination_recorded: 2026-12-24
                products: [p]
                schools: [high, "a;b"]
                roles: [student, staff]
                grades: "K-5,9-12"
                hours: "Mon-Fri 07:00-16:00"
                data_elements: [assessment, student-name]
                subprocessors:
                  - {name: "Cloud, the", domains: [cloud.example], function: hosting, student_data: true, from: 2025-01-01,
                     to: 2026-01-01}
                  - {name: Bare}
                document: {file: "a b.pdf", sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef,
                           pages: 14}
                clauses: {ownership: "Article II, 1; 2", audit: "=V.4", breach-notice: "null"}
                recorded: 2025-07-07
              - {id: Q-2, status: pending, offer: {}, relation: exhibit-e}
          - {id: silent, name: Silent}
        third_parties:
          - {owner: Ads, category: advertising, domains: [ads.example], source: s, valid_from: 2020-01-01,
             valid_to: 2027-01-01, recorded: 2021-01-01}
          - {category: cdn, domains: [cloudfront.net]}
        platform: [{owner: OS, function: os-update, domains: [u.example], source: s, recorded: 2021-01-01}]
        exceptions: [{domain: "=pilot.example", reason: "vote 12; +1", owner: P, from: 2026-01-01, until: 2026-12-31}]
        severity:
          verdicts: {pending: 9}
          categories: {games: 2, advertising: 0}
          out_of_hours: {points: 3, hours: "Mon-Fri 07:00-16:00"}
          days: {points: 2, from: 9}
          student: -1
        context: {window: 4, support: 9}
        """#

    private func importing(_ csv: String) throws -> Register {
        let log = ProblemLog()
        let content = RegisterCSV.read(csv, file: "r.csv", log: log)
        content.check(log)
        try log.throwIfAny()
        return Register(content, files: ["r.csv"], sha256: "")
    }

    @Test func yamlComesBackTheSame() throws {
        let register = try Register.parse(yaml: RoundTripTests.full)
        let written = RegisterYAMLWriter.write(register)
        let again = try Register.parse(yaml: written)
        #expect(RegisterYAMLWriter.write(again) == written)
        // What the writer left out on both sides would not show: ask for some of everything.
        for text in [
            "Old | Holdings", "semi;colon", "Line\\u000abreak", "valid_to: 2027-01-01", "pages: 14",
            "games: 2",
        ] {
            #expect(written.contains(text), "\(text)")
        }
        #expect(again.severity == register.severity)
        #expect(again.context == register.context)
        #expect(again.vendors[0].owners == register.vendors[0].owners)
        #expect(again.vendors[0].products[1].name == "Line\nbreak")
        #expect(again.vendors[0].agreements[1].offer == Agreement.Offer())
    }

    @Test func csvComesBackTheSame() throws {
        let register = try Register.parse(yaml: RoundTripTests.full)
        let csv = try RegisterCSVWriter().write(register)
        let again = try importing(csv)
        #expect(again.saysTheSame(as: register))
        #expect(try RegisterCSVWriter().write(again) == csv)
        #expect(csv.contains("'=SUM(A1)"))
        #expect(again.vendors[0].aliases == ["=SUM(A1)", "semi;colon", "'quoted"])
        let clauses = [Obligation.ownership: "Article II, 1; 2", .audit: "=V.4", .breachNotice: "null"]
        #expect(again.vendors[0].agreements[0].clauses == clauses)
    }

    @Test func theExampleRegisterComesBackTheSame() throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let register = try Register.load("/\(root)/allowlists")
        let csv = try RegisterCSVWriter().write(register)
        #expect(try importing(csv).saysTheSame(as: register))
        #expect(try Register.parse(yaml: RegisterYAMLWriter.write(register)).saysTheSame(as: register))
    }

    @Test func whatACellCannotHoldIsAnError() throws {
        let register = try Register.parse(yaml: "vendors:\n  - {id: a, name: \" A\"}\n", file: "r.yaml")
        #expect {
            try RegisterCSVWriter().write(register)
        } throws: { "\($0)".contains("r.yaml:2:5: \" A\" cannot stand in a CSV") }
    }

    @Test(arguments: [
        (
            "record,vendor,domain,status\nvendor,A,,signed\n",
            "r.csv:2:4: a row of \"vendor\" says nothing in the column \"status\""
        ),
        ("record,vendor,domain\nvendr,A,\n", "did you mean \"vendor\"?"),
        (
            "record,vendor,domain,agreement,name\nsubprocessor,A,,A-1,C\n",
            "no row above describes the agreement"
        ),
        ("record,vendor,domain,key,value\nsetting,,,studnt,1\n", "did you mean \"student\"?"),
        ("record,vendor,domain,key,value\nsetting,,,student,1000\n", "cannot be \"1000\""),
        ("vendor,domain\nA,a.example,more\n", "more cells than the header"),
        (
            "vendor,domain,agreement,status,clauses\nA,a.example,A-1,pending,audt=V 4\n",
            "did you mean \"audit\"?"
        ),
        ("vendor,domain,agreement,status,clauses\nA,a.example,A-1,pending,V 4\n", "\"V 4\" is no clause"),
        ("record,vendor,domain,owners\nvendor,A,,X|2026-13-01|\n", "is a date that does not exist"),
    ]) func mistakesAreNamed(csv: String, message: String) throws {
        #expect {
            try importing(csv)
        } throws: { "\($0)".contains(message) }
    }

    /// Rows that repeat the row before are read by a short way: the register must be that of the long way.
    @Test func rowsThatRepeatEachOtherSayWhatRowsOneByOneSay() throws {
        let header = "vendor,product,domain,excluded,agreement,status,effective\n"
        func rows(_ vendor: String, _ count: Int) -> [String] {
            (0..<count).map { number in
                let excluded = number % 3 == 2 ? "yes" : ""
                return "\(vendor),P,n\(number).\(vendor).example,\(excluded),\(vendor)-1,signed,2020-01-01\n"
            }
        }
        let (a, b) = (rows("a", 40), rows("b", 40))
        // The first row of each again: another row of one domain, not another domain.
        let together = header + a.joined() + b.joined() + a[0] + b[0]
        let mixed = header + zip(a, b).map { $0 + $1 }.joined() + a[0] + b[0]
        let register = try importing(together)
        #expect(register.saysTheSame(as: try importing(mixed)))
        #expect(register.vendors.map { $0.products[0].domains.count } == [27, 27])
        #expect(register.vendors.map { $0.products[0].excludedDomains.count } == [13, 13])
        // Without an agreement the same domain twice is a mistake, near or far.
        for csv in ["A,a.example\nA,a.example\n", "A,a.example\nB,b.example\nA,b2.example\nA,a.example\n"] {
            #expect {
                try importing("vendor,domain\n" + csv)
            } throws: { "\($0)".contains("duplicate domain \"a.example\"") }
        }
    }

    @Test func twoAgreementsOfOneDomainAreTwoRows() throws {
        let csv =
            "vendor,domain,agreement,status,effective\nA,a.example,A-1,signed,2020-01-01\nA,a.example,A-2,pending,\n"
        let register = try importing(csv)
        #expect(register.vendors[0].products[0].domains.count == 1)
        #expect(register.vendors[0].agreements.map(\.id) == ["A-1", "A-2"])
    }
}

@Suite struct ImportTests {
    private func load(_ csv: String, map: String) throws -> Register {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (file, mapFile) = (
            folder.appendingPathComponent("d.csv"), folder.appendingPathComponent("map.yaml")
        )
        try Data(csv.utf8).write(to: file)
        try Data(map.utf8).write(to: mapFile)
        return try RegisterImport.load(file.path, map: mapFile.path)
    }

    private let map = """
        columns: {Company: vendor, Resource: product, Website: domain, No.: agreement, State: status, Expires: ends,
                  Signed: signed_district}
        ignore: [Notes]
        convert: {domain: url, ends: MM/DD/YYYY, signed_district: MM/DD/YYYY}
        values: {status: {Active: signed, In progress: pending}}
        defaults: {form: MA-NDPA, roles: student}
        needs_domains: false
        """

    @Test func aDistrictsSpreadsheetIsReadByItsMap() throws {
        let register = try load(
            """
            Company,Resource,Website,No.,State,Signed,Expires,Notes
            "Quizly, Inc.",Quizly,https://www.quizly.example/login,A-1,Active,7/3/2025,07/02/2028,call them
            Mathpath,Mathpath,,A-2,In progress,,,
            """, map: map)
        let quizly = register.vendors[0]
        #expect(quizly.name == "Quizly, Inc.")
        #expect(quizly.products[0].domains.map(\.entry.description) == ["quizly.example"])
        #expect(quizly.agreements[0].ends?.description == "2028-07-02")
        #expect(quizly.agreements[0].signedDistrict?.description == "2025-07-03")
        #expect(quizly.agreements[0].form == "MA-NDPA")
        #expect(quizly.agreements[0].roles == .only([.student]))
        #expect(register.vendors[1].agreements[0].status == .pending)
        #expect(register.vendors[1].products[0].domains.isEmpty)
    }

    @Test(arguments: [
        (
            "Company,Website,Color\nA,a.example,red\n",
            "d.csv:1:3: the column \"Color\" is neither mapped nor ignored"
        ),
        (
            "Company,Website,No.,State,Signed\nA,a.example,A-1,Active,7/3/25\n",
            "d.csv:2:5: \"7/3/25\" is not a date as the map has it"
        ),
        ("Company,Website,No.,State\nA,a.example,A-1,Lost\n", "d.csv:2:"),
    ]) func whatTheMapDoesNotKnowIsAnError(csv: String, message: String) {
        #expect {
            try load(csv, map: map)
        } throws: { "\($0)".contains(message) }
    }

    @Test func mapsAreReadStrictly() {
        for (yaml, message) in [
            ("column: {}", "did you mean \"columns\"?"), ("columns: {A: vender}", "did you mean \"vendor\"?"),
            ("convert: {ends: soon}", "is no conversion"),
        ] {
            #expect {
                try load("vendor,domain\n", map: yaml)
            } throws: { "\($0)".contains(message) }
        }
    }
}
