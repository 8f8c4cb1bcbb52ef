import ArgumentParser
import Bytes
import Contacts
import Foundation
import Judgement
import Register
import Reports
import Review
import Roster

struct ReviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Reviews the recorded session of an app: with whom it talked and what it sent them.",
        subcommands: [Session.self, MakePersona.self], defaultSubcommand: Session.self)

    struct Session: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run", abstract: "Reviews recorded sessions (the default).",
            discussion: """
                Record a session of the app in a browser (developer tools, Network, "Save all as HAR with content"), \
                signed in as a test student whose values a persona file plants. Several recordings of one session are \
                put together: HAR, mitmproxy dump, Fiddler SAZ, Chrome netlog, iOS App Privacy Report, captures. \
                Values are never shown. Exit codes: 0 done; 1 the behaviour differs from --baseline; 2 some input was \
                not read whole; 64 usage; 65 bad register, persona or no readable input; 66 missing file.

                EXAMPLES
                  hallpass review persona --domain lakeside.k12.example > persona.yaml
                  hallpass review session.har --app Quizly --vendor quizly --persona persona.yaml
                  hallpass review session.har --app Quizly --format json --output quizly.json
                  hallpass review session.har --app Quizly --format html --output quizly.html
                  hallpass review session.har phone.pcapng --app Quizly --vendor quizly
                  hallpass review session.har --app Quizly --countries GeoLite2-Country.mmdb
                  hallpass review session.har --app Quizly --declared allow-these.txt --declared policy.yaml
                  hallpass review session.har --app Quizly --persona persona.yaml --write-lock quizly.lock
                  hallpass review new.har --app Quizly --persona persona.yaml --baseline quizly.lock
                  hallpass review staff.har --app Quizly --persona persona.yaml --compare student.har
                """)

        enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, html }

        @Argument(
            help:
                "Recordings of one session: HAR, mitmproxy dump, SAZ, netlog, App Privacy Report, captures.",
            completion: .file())
        var inputs: [String]

        @Option(help: ArgumentHelp("What the app is called.", valueName: "name"))
        var app: String

        @Option(
            help: ArgumentHelp(
                "The app's vendor by its id in the register.",
                discussion:
                    "Its declared sub-processors count as covered. Default: the owner of the first page opened.",
                valueName: "id"))
        var vendor: String?

        @Option(
            help: ArgumentHelp("The test student's planted values.", valueName: "file"), completion: .file())
        var persona: String?

        @Option(help: "For whom the session counts: student, staff, guest or byod.")
        var role = Role.student

        @Option(
            help: ArgumentHelp(
                "Domains that the vendor declares (text, CSV or YAML); may be repeated.",
                discussion:
                    "Its allow-these-domains list, or the parties of its privacy policy: docs/REVIEW.md.",
                valueName: "file"), completion: .file())
        var declared: [String] = []

        @Option(
            name: .customLong("write-lock"),
            help: ArgumentHelp("Write the behaviour that is approved into a lockfile.", valueName: "file"),
            completion: .file())
        var writeLock: String?

        @Option(
            help: ArgumentHelp("Report only what differs from a lockfile.", valueName: "file"),
            completion: .file())
        var baseline: String?

        @Option(
            help: ArgumentHelp(
                "Report only what differs from another recording; may be repeated for its parts.",
                valueName: "file"), completion: .file())
        var compare: [String] = []

        @Option(
            help: ArgumentHelp("The app's bundle id, for an App Privacy Report of all apps.", valueName: "id")
        )
        var bundle: String?

        @Option(
            help: ArgumentHelp(
                "A database in MaxMind's format (.mmdb) for the parties' countries; none is built in.",
                valueName: "file"), completion: .file())
        var countries: String?

        @OptionGroup var records: RegisterOptions

        @Option(help: "Output format: \(Format.allCases.map(\.rawValue).joined(separator: " or ")).")
        var format = Format.table

        @Option(
            name: .shortAndLong,
            help: ArgumentHelp("Write to a file instead of standard output.", valueName: "file"),
            completion: .file())
        var output: String?

        @Flag(name: .shortAndLong, help: "No messages about inputs.")
        var quiet = false

        func run() throws {
            let register = try records.loadRegister()
            let judge = Judge(register: register, roster: try records.loadRoster())
            if let vendor, !register.vendors.contains(where: { $0.id == vendor }) {
                let known = register.vendors.map(\.id)
                throw ValidationError(
                    "--vendor '\(vendor)' is no vendor of the register"
                        + suggestion(for: vendor, among: known)
                        + "; hallpass register list --all has them")
            }
            if baseline != nil, !compare.isEmpty {
                throw ValidationError("--baseline and --compare answer different questions; give one of them")
            }
            let search = try loadPersona().map { ElementSearch($0) }
            let before = try earlier(search, judge)
            let result = try self.review(inputs, search, judge)
            var review = result.review
            let behaviour = Behaviour(
                review, timezone: register.timezone, evidence: writeLock == nil ? [] : inputs.map(evidence))
            if let writeLock { try Output.write(Lockfile.write(behaviour), to: writeLock) }
            review.drift = before.map { $0.drift(to: behaviour) }
            try Output.write(render(review, register), to: output)
            if let code = result.code { throw code }
            if baseline != nil, review.drift?.contains(where: \.kind.isNew) == true { throw ExitCode(1) }
        }

        /// Reads and judges recordings; a code when they were not read whole.
        private func review(_ paths: [String], _ search: ElementSearch?, _ judge: Judge) throws -> (
            review: AppReview, code: ExitCode?
        ) {
            let database = try loadCountries()
            let session = Review.Session(paths, search: search, bundle: bundle)
            let code = reportProblems(session, paths)
            if let code, code != .incomplete { throw code }
            var question = ReviewQuestion(app: app, vendor: vendor, role: role)
            question.declared = try loadDeclared()
            var builder = ReviewBuilder(session, question, judge: judge, countries: database)
            let review = builder.build()
            if let database, database.damaged > 0 {
                Messages.say(
                    "warning: \(countries ?? ""): damaged; \(database.damaged) addresses have no country")
            }
            return (review, code)
        }

        /// What to compare with, if anything.
        private func earlier(_ search: ElementSearch?, _ judge: Judge) throws -> Behaviour? {
            if let baseline {
                do {
                    return try Lockfile.load(baseline)
                } catch {
                    throw RegisterOptions.fail(error)
                }
            }
            guard !compare.isEmpty else { return nil }
            let result = try self.review(compare, search, judge)
            if let code = result.code { throw code }
            return Behaviour(result.review, timezone: judge.register.timezone)
        }

        /// A recording by its name and the SHA-256 of its bytes; the file itself is kept by whoever reviews.
        private func evidence(_ path: String) -> String {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            guard let file = try? readFile(path, relative: name) else { return name }
            return "\(name) sha256 \(file.sha256)"
        }

        private func loadCountries() throws -> CountryDatabase? {
            do {
                return try countries.map { path throws(FileFault) in try CountryDatabase(path) }
            } catch {
                Messages.say("error: \(error)")
                throw error.isMissing ? ExitCode.missingFile : ExitCode.unusableInput
            }
        }

        private func loadDeclared() throws -> [DeclaredList] {
            do {
                return try declared.flatMap { path throws(RegisterError) in try DeclaredFile.load(path) }
            } catch let error as RegisterError {
                throw RegisterOptions.fail(error)
            }
        }

        private func loadPersona() throws -> Persona? {
            do {
                return try persona.map { path throws(RegisterError) in try Persona.load(path) }
            } catch {
                throw RegisterOptions.fail(error)
            }
        }

        private func render(_ review: AppReview, _ register: Register) -> String {
            switch format {
            case .table:
                ReviewTable(
                    width: Terminal.width, colour: output == nil && Terminal.isColoured,
                    timezone: register.timezone
                ).render(review)
            case .json: ReviewJSON(tool: Hallpass.version).render(review)
            case .html:
                ReviewHTML(
                    tool: Hallpass.version, district: register.district?.name, timezone: register.timezone
                ).render(review)
            }
        }

        private func reportProblems(_ session: Review.Session, _ paths: [String]) -> ExitCode? {
            for input in session.inputs {
                for problem in input.problems {
                    Messages.say("\(input.complete ? "note" : "warning"): \(input.path): \(problem)")
                }
            }
            if !session.missing.isEmpty && !session.readAnything { return .missingFile }
            if !session.readAnything {
                Messages.say(
                    "error: nothing could be read of \(paths.joined(separator: ", ")); name a recorded session, "
                        + "such as a HAR that a browser saved")
                return .unusableInput
            }
            return session.isComplete ? nil : .incomplete
        }
    }

    struct MakePersona: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "persona",
            abstract: "Invents a test student: values to sign in with and to search for afterwards.",
            discussion: """
                Every value is invented and unlike any other, so that finding one proves that it was sent. Create the \
                app's test account with it.

                EXAMPLES
                  hallpass review persona --domain lakeside.k12.example > persona.yaml
                  hallpass review persona --school "Lakeside Middle School" --grade 7 --seed 42
                """)

        @Option(help: ArgumentHelp("The domain of the e-mail address.", valueName: "domain"))
        var domain = "students.example"

        @Option(help: ArgumentHelp("The school's name.", valueName: "name"))
        var school = "Lakeside Middle School"

        @Option(help: "A grade from K to 12.")
        var grade = "7"

        @Option(
            name: .customLong("school-year"),
            help: ArgumentHelp(
                "The year in which the school year began; ages follow from it.", valueName: "year"))
        var year = 2026

        @Option(help: "Makes the same persona every time, for tests.")
        var seed: UInt64?

        func run() throws {
            guard let number = grade == "K" ? 0 : Int(grade), (0...12).contains(number) else {
                throw ValidationError("--grade '\(grade)' is no grade from K to 12")
            }
            guard (2000...2200).contains(year) else {
                throw ValidationError("--school-year \(year) is no year such as 2026")
            }
            var maker = PersonaMaker(seed: seed)
            try Output.write(maker.make(domain: domain, school: school, grade: number, year: year).yaml)
        }
    }
}
