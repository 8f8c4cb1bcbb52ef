import ArgumentParser
import Bytes
import Judgement
import Register
import Reports

struct LookupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup",
        abstract: "Explains why a name gets its verdict.",
        discussion: """
            Judges the name alone, without the company that it came in. A date without a time means noon in the \
            district's time zone.

            EXAMPLES
              hallpass lookup app.quizly.example --register allowlists/ --on 2026-11-24
              hallpass lookup readalong.example --on 2026-06-30 --role student --format json
            """)

    @Argument(help: "The destination's name, such as app.vendor.example.")
    var name: String

    @OptionGroup var records: RegisterOptions

    @Option(help: ArgumentHelp("The day or moment of the contact.", valueName: "date|RFC 3339"))
    var on: String

    @Option(help: "A school's id in the roster.")
    var school: String?

    @Option(help: "student, staff, guest, byod or infrastructure.")
    var role: Role?

    @Option(help: "A grade, such as K or 7.")
    var grade: String?

    @Option(
        name: .customLong("as-known-on"),
        help: ArgumentHelp("Judge by what was on record on that day.", valueName: "date"))
    var asKnownOn: String?

    @Option(help: "Output format: text or json.")
    var format = LookupRenderer.Format.text

    func run() throws {
        guard let time = QuestionTime(on) else {
            throw ValidationError(
                "--on '\(on)' is no date (2026-11-24) and no moment (2026-11-24T09:00:00-05:00)")
        }
        let known = try RegisterOptions.day(asKnownOn: asKnownOn)
        let grades = try grade.map { text -> GradeSet in
            guard let set = GradeSet(text) else {
                throw ValidationError("--grade '\(text)' is no grade such as K or 7")
            }
            return set
        }
        let judge = Judge(
            register: try records.loadRegister(), roster: try records.loadRoster(), asKnownOn: known)
        let answer: NameAnswer
        do {
            answer = try judge.lookup(name: name, on: time, school: school, role: role, grade: grades)
        } catch {
            throw ValidationError(error.message)
        }
        try Output.write(LookupRenderer(format: format, width: Terminal.width).render(answer))
    }
}

extension Role: ExpressibleByArgument {}
extension LookupRenderer.Format: ExpressibleByArgument {}
