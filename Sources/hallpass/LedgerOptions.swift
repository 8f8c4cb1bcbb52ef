import ArgumentParser
import Foundation
import Ledger

/// The ledger, for commands that ask it.
struct LedgerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The ledger that hallpass nightly keeps.", valueName: "file"), completion: .file())
    var ledger: String

    func open() throws -> Ledger {
        do { return try Ledger(ledger, creates: false) } catch { throw LedgerOptions.fail(error) }
    }

    /// Says what is wrong; the exit code that follows.
    static func fail(_ fault: LedgerFault) -> ExitCode {
        Messages.say("error: \(fault)")
        switch fault.kind {
        case .missing: return .missingFile
        case .newer, .damaged: return .unusableInput
        case .busy: return .busy
        case .diskFull, .unwritable, .other: return ExitCode(70)
        }
    }
}
