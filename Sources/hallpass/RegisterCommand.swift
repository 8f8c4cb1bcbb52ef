import ArgumentParser
import Bytes
import Register
import Reports

struct RegisterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Checks, lists, imports and exports the register of agreements.",
        subcommands: [Check.self, List.self, Import.self, Export.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Finds what is wrong or doubtful in the register, with file and line.",
            discussion: """
                Exit codes: 0 nothing found; 1 something doubtful was found; 65 the register cannot be used.

                EXAMPLES
                  hallpass register check --register allowlists/
                  hallpass register check --on 2026-11-24 --within 90d
                """)

        @OptionGroup var records: RegisterOptions

        @Option(help: ArgumentHelp("The day from which --within counts.", valueName: "date"))
        var on: String?

        @Option(
            help: ArgumentHelp(
                "Also name what ends within so many days after --on, as in 90d.", valueName: "days"))
        var within: String?

        func run() throws {
            let check = RegisterCheck(on: try day(), within: try days())
            let problems = check.problems(of: try records.loadRegister())
            try Output.write(problems.map { "\($0)\n" }.joined())
            if !problems.isEmpty { throw ExitCode(1) }
        }

        private func day() throws -> CivilDay? {
            guard let on else {
                if within == nil { return nil }
                throw ValidationError("--within needs --on DATE: answers never depend on the machine's clock")
            }
            guard within != nil else { throw ValidationError("--on needs --within, as in --within 90d") }
            guard let day = CivilDay(on) else {
                throw ValidationError("--on '\(on)' is no date such as 2026-11-24")
            }
            return day
        }

        private func days() throws -> Int64 {
            guard let within else { return 0 }
            guard within.hasSuffix("d"), let days = Int64(within.dropLast()), (0...36525).contains(days)
            else {
                throw ValidationError("--within '\(within)' is no number of days such as 90d")
            }
            return days
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists vendors with their products, domains and agreements.")

        @OptionGroup var records: RegisterOptions

        @Flag(help: "Vendors without any agreement, too.")
        var all = false

        @Option(help: "Output format: text or json.")
        var format = RegisterListRenderer.Format.text

        func run() throws {
            try Output.write(
                RegisterListRenderer(format: format).render(try records.loadRegister(), all: all))
        }
    }
}

extension RegisterListRenderer.Format: ExpressibleByArgument {}
