import Foundation
import Testing

@testable import Register

/// Every message names the file and the line, and all problems of a file come in one run.
@Suite struct RegisterErrorTests {
    private func problems(_ yaml: String) -> [String] {
        do {
            _ = try Register.parse(yaml: yaml, file: "r.yaml")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func aMisspeltKeyNamesTheNearestKnownOne() {
        let yaml = "vendors:\n  - id: quizly\n    name: Quizly\n    agreemnts: []\n"
        #expect(
            problems(yaml) == [
                "r.yaml:4:5: unknown key \"agreemnts\" in a vendor; did you mean \"agreements\"?"
            ])
    }

    @Test func aDateThatDoesNotExist() {
        let yaml = """
            vendors:
              - id: q
                name: Q
                agreements:
                  - {id: A, status: signed, effective: 2026-02-30}
                  - {id: B, status: signed, effective: 1/2/2026}
            """
        let found = problems(yaml)
        #expect(found.contains("r.yaml:5:44: \"2026-02-30\" is a date that does not exist"))
        #expect(found.contains("r.yaml:6:44: \"1/2/2026\" is not a date; write it as YYYY-MM-DD"))
    }

    @Test func anEntryThatIsAPublicSuffix() {
        let yaml = "third_parties:\n  - {owner: X, category: cdn, domains: [co.uk, ok.example]}\n"
        let found = problems(yaml)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("r.yaml:2:41: \"co.uk\" is a public suffix") == true)
    }

    @Test func duplicatesNameBothPlaces() {
        let yaml = """
            vendors:
              - id: a
                name: A
                products:
                  - {id: p, name: P, domains: [x.example, x.example]}
              - id: a
                name: B
                products: [{id: p, name: P, domains: []}, {id: p, name: P2, domains: []}]
            """
        let found = problems(yaml)
        #expect(
            found.contains("r.yaml:5:47: duplicate domain \"x.example\": it stands already at r.yaml:5:36"))
        #expect(found.contains("r.yaml:6:5: duplicate vendor id \"a\": it stands already at r.yaml:2:5"))
        #expect(found.contains { $0.hasPrefix("r.yaml:8:") && $0.contains("duplicate product id \"p\"") })
    }

    @Test func badYAMLAndRepeatedKeys() {
        #expect(problems("vendors: [\n  {id: a\n").first?.hasPrefix("r.yaml:3:1: bad YAML:") == true)
        #expect(problems("vendors: []\nvendors: []\n").first?.contains("more than once: \"vendors\"") == true)
    }

    @Test func referencesAndPeriodsAreChecked() {
        let yaml = """
            vendors:
              - id: q
                name: Q
                products: [{id: school, name: S, domains: [q.example]}]
                agreements:
                  - {id: A, status: signed, effective: 2026-01-02, ends: 2026-01-01, products: [schol]}
                  - {id: B, status: signed}
                  - {id: C, status: singed}
                  - {id: D, status: pending, roles: [pupil], grades: "5-13", data_elements: [names]}
            """
        let text = problems(yaml).joined(separator: "\n")
        #expect(
            text.contains(
                "r.yaml:6:9: agreement \"A\" covers the unknown product \"schol\"; did you mean \"school\"?"))
        #expect(text.contains("r.yaml:6:9: ends (2026-01-01) is before it starts (2026-01-02)"))
        #expect(text.contains("agreement \"B\" is signed, so it needs signed_district or effective"))
        #expect(text.contains("\"singed\" is not known here; did you mean \"signed\"?"))
        #expect(text.contains("\"pupil\" is not known here"))
        #expect(text.contains("\"5-13\" are not grades"))
        #expect(text.contains("\"names\" is not known here"))
    }

    @Test func timeZonesAreThoseOfTheIANAList() {
        let found = problems("district: {name: L, timezone: America/NewYork}\n")
        #expect(
            found == [
                "r.yaml:1:31: \"America/NewYork\" is not a time zone of the IANA list; "
                    + "did you mean \"America/New_York\"?"
            ])
    }

    @Test func anEmptyFileIsAnEmptyRegister() throws {
        #expect(try Register.parse(yaml: "").vendors.isEmpty)
        #expect(try Register.parse(yaml: "vendors:\n").vendors.isEmpty)
    }

    @Test func aMissingPathIsSaidToBeMissing() {
        #expect {
            try Register.load("/nonexistent/register")
        } throws: { ($0 as? RegisterError)?.missing == true }
    }
}

@Suite struct RegisterFilesTests {
    private func withDirectory(_ files: [String: String], _ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for (name, text) in files {
            let path = "\(directory)/\(name)"
            let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        }
        try body(directory)
    }

    @Test func filesOfADirectoryAreMergedAndTheRosterIsNot() throws {
        try withDirectory([
            "a.yaml": "vendors: [{id: a, name: A}]\n", "sub/b.yml": "vendors: [{id: b, name: B}]\n",
            "roster.yaml": "networks: []\n", "README.md": "# no\n", ".hidden.yaml": "x: y\n",
        ]) { directory in
            let register = try Register.load(directory)
            #expect(register.vendors.map(\.id) == ["a", "b"])
            #expect(register.files == ["\(directory)/a.yaml", "\(directory)/sub/b.yml"])
            #expect(register.sha256.count == 64)
        }
    }

    @Test func problemsOfAllFilesComeTogether() throws {
        try withDirectory(["a.yaml": "vendor: []\n", "b.yaml": "district: {name: X}\n"]) { directory in
            #expect {
                try Register.load(directory)
            } throws: { error in
                let problems = (error as? RegisterError)?.problems.map(\.description) ?? []
                return problems.count == 2 && problems[0].contains("did you mean \"vendors\"?")
                    && problems[1].contains("needs the key \"timezone\"")
            }
        }
    }

    @Test func aSpreadsheetIsReadWithOneRowPerDomain() throws {
        let csv = """
            Vendor,Product,Domain,Excluded,Agreement,Status,Effective,Ends,Roles,Grades
            "Quizly, Inc.",Quizly School,quizly.example,,A-1,signed,2025-07-03,2028-07-02,student;staff,6-12
            "Quizly, Inc.",Quizly School,shop.quizly.example,yes,A-1,signed,2025-07-03,2028-07-02,student;staff,6-12
            Mathpath,,mathpath.example,,M-1,pending,,,,

            """
        try withDirectory(["register.csv": csv]) { directory in
            let register = try Register.load(directory)
            #expect(register.vendors.map(\.id) == ["quizly-inc", "mathpath"])
            let quizly = register.vendors[0]
            #expect(quizly.products[0].domains.map(\.entry.description) == ["quizly.example"])
            #expect(quizly.products[0].excludedDomains.map(\.entry.description) == ["shop.quizly.example"])
            #expect(quizly.agreements[0].roles == .only([.student, .staff]))
            #expect(quizly.agreements[0].grades == GradeSet("6-12"))
            #expect(register.vendors[1].agreements[0].status == .pending)
        }
    }

    @Test func aSpreadsheetsErrorsNameLineAndColumn() throws {
        let csv = "vendor,domian,domain,agreement,status,ends\nA,,*.a.example,A-1,signd,2026-02-29\nB,,,,,\n"
        try withDirectory(["r.csv": csv]) { directory in
            #expect {
                try Register.load(directory)
            } throws: { error in
                let text = (error as? RegisterError)?.description ?? ""
                return text.contains("r.csv:1:2: unknown column \"domian\"; did you mean \"domain\"?")
                    && text.contains("r.csv:2:3: \"*.a.example\" is not a domain")
                    && text.contains("r.csv:2:5: \"signd\" is not known here; did you mean \"signed\"?")
                    && text.contains("r.csv:3:3: the column \"domain\" is empty")
            }
        }
    }
}
