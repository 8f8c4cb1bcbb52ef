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
                signed in as a test student whose values a persona file plants. Values are never shown. Exit codes: \
                0 done; 2 some input was not read whole; 64 usage; 65 bad register, persona or no readable input; \
                66 missing file.

                EXAMPLES
                  hallpass review persona --domain lakeside.k12.example > persona.yaml
                  hallpass review session.har --app Quizly --vendor quizly --persona persona.yaml
                  hallpass review session.har --app Quizly --format json --output quizly.json
                """)

        enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

        @Argument(help: "Recorded sessions: HTTP archives (HAR).", completion: .file())
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
            let session = Review.Session(inputs, search: try loadPersona().map { ElementSearch($0) })
            let code = reportProblems(session)
            if let code, code != .incomplete { throw code }
            var builder = ReviewBuilder(
                session, ReviewQuestion(app: app, vendor: vendor, role: role), judge: judge)
            try Output.write(render(builder.build(), register.timezone), to: output)
            if let code { throw code }
        }

        private func loadPersona() throws -> Persona? {
            do {
                return try persona.map { path throws(RegisterError) in try Persona.load(path) }
            } catch {
                throw RegisterOptions.fail(error)
            }
        }

        private func render(_ review: AppReview, _ timezone: String) -> String {
            switch format {
            case .table:
                ReviewTable(
                    width: Terminal.width, colour: output == nil && Terminal.isColoured, timezone: timezone
                ).render(review)
            case .json: ReviewJSON(tool: Hallpass.version).render(review)
            }
        }

        private func reportProblems(_ session: Review.Session) -> ExitCode? {
            for input in session.inputs {
                for problem in input.problems {
                    Messages.say("\(input.complete ? "note" : "warning"): \(input.path): \(problem)")
                }
            }
            if !session.missing.isEmpty && !session.readAnything { return .missingFile }
            if !session.readAnything {
                Messages.say(
                    "error: nothing could be read of \(inputs.joined(separator: ", ")); name a recorded session, "
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
