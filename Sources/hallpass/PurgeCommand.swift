import ArgumentParser
import Bytes
import Foundation
import Judgement
import Ledger
import Roster

struct PurgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Removes from the ledger what the roster's retention does not let it keep.",
        discussion: """
            The roster says for how many days each class is kept: retention: {contacts: 400, lookups: 90, \
            identities: 30, findings: forever}. A record of how much was removed stays in the ledger, never of what; \
            the file is rewritten, so that nothing of it is left. Exit codes: 0 done; 64 usage; 65 bad roster or \
            ledger; 66 no such ledger; 70 the ledger cannot be written; 75 a nightly run is under way.

            EXAMPLES
              hallpass purge --ledger ledger.sqlite --register allowlists/
              hallpass purge --ledger ledger.sqlite --roster roster.yaml --on 2027-07-01
            """)

    @OptionGroup var source: LedgerOptions
    @OptionGroup var records: RegisterOptions

    @Option(
        help: ArgumentHelp("The day from which retention counts back. Default: today.", valueName: "date"))
    var on: String?

    func validate() throws {
        if let on, CivilDay(on) == nil { throw ValidationError("--on '\(on)' is no date such as 2026-11-24") }
    }

    func run() throws {
        let roster = try records.loadRoster()
        guard roster.retention != Retention() else {
            Messages.say("note: the roster states no retention in days; nothing was removed")
            return
        }
        let lock = try RunLock.take(beside: source.ledger)
        defer { lock.release() }
        let now = Date()
        let today =
            on.flatMap { CivilDay($0) }
            ?? CivilDay(
                daysSince1970: Int64(exactly: (now.timeIntervalSince1970 / 86400).rounded(.down)) ?? 0)
        do {
            let ledger = try source.open()
            let purged = try ledger.purge(
                roster.retention, today: today, at: Moments.text(now), by: NSUserName())
            Messages.say(
                "removed: contacts \(purged.contacts), lookups \(purged.lookups), identities \(purged.identities), "
                    + "findings \(purged.findings)")
        } catch let fault as LedgerFault {
            throw LedgerOptions.fail(fault)
        }
    }
}
