import ArgumentParser
import Bytes
import Evidence
import Foundation
import Judgement
import Ledger
import Pipeline
import Register
import Roster

struct EvidenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Makes a signed bundle of evidence for an inquiry to a vendor, and reveals what it hides.",
        subcommands: [Make.self, Open.self, Stamp.self], defaultSubcommand: Make.self)

    static func fail(_ fault: EvidenceFault, code: ExitCode = .unusableInput) -> ExitCode {
        Messages.say("error: \(fault)")
        return code
    }
}

extension TimeForm: ExpressibleByArgument {}

extension EvidenceCommand {
    struct Make: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the bundle: letter draft, facts, packets, custody chain, manifest, signature.",
            discussion: """
                Writes the folder BUNDLE, BUNDLE.zip with the same files, and BUNDLE.openings.jsonl, which stays with \
                the district: it reveals what the bundle hides. The same inputs, options and keys give the same bytes. \
                Addresses, hardware addresses, users and host names of the district's devices are replaced; paths are \
                recorded without their folders. docs/EVIDENCE.md describes every file. Exit codes: 0 done; 2 some \
                input was not read whole (the bundle is made and says so); 64 usage; 65 bad register, roster, ledger, \
                key or finding; 66 missing file.

                EXAMPLES
                  hallpass keys new evidence.key
                  hallpass evidence --ledger ledger.sqlite --finding 1e7bec585a2f --captures /srv/captures \\
                    --recipient "Quizly, Inc." --key evidence.key --output quizly-inquiry
                  hallpass evidence --captures /srv/captures --domain adtrack.example --from 2026-11-23 \\
                    --to 2026-11-24 --recipient "Example Ads" --key evidence.key --output ads-inquiry
                """)

        @Option(help: ArgumentHelp("The ledger that hallpass nightly keeps.", valueName: "file"))
        var ledger: String?

        @Option(help: ArgumentHelp("The finding's id, or its first digits.", valueName: "id"))
        var finding: String?

        @Option(help: ArgumentHelp("All findings with a vendor of the register.", valueName: "id"))
        var vendor: String?

        @Option(help: ArgumentHelp("All findings with a registrable domain or address.", valueName: "domain"))
        var domain: String?

        @Option(help: ArgumentHelp("The first day, in the district's time zone.", valueName: "date"))
        var from: String?

        @Option(help: ArgumentHelp("The last day, which is included.", valueName: "date"))
        var to: String?

        @Option(
            help: ArgumentHelp(
                "A capture, a log, or a directory of them; may be repeated.", valueName: "path"),
            completion: .file())
        var captures: [String]

        @Option(
            help: ArgumentHelp("Who gets it: pseudonyms are made for this name alone.", valueName: "name"))
        var recipient: String

        @Option(help: ArgumentHelp("The signing key (hallpass keys new).", valueName: "file"))
        var key: String

        @Option(help: ArgumentHelp("The folder to make, and the zip beside it.", valueName: "bundle"))
        var output: String

        @OptionGroup var records: RegisterOptions
        @OptionGroup var leases: LeaseOptions

        @Option(
            name: .customLong("pseudonym-key"),
            help: ArgumentHelp(
                "File with the key of pseudonyms (16 bytes at least).",
                discussion: "Default: hallpass.key in the current folder, made on first use.",
                valueName: "file"))
        var pseudonymKey: String?

        @Option(
            help: ArgumentHelp(
                "How the facts tell time: \(TimeForm.allCases.map(\.rawValue).joined(separator: ", "))."))
        var times = TimeForm.hour

        @Option(help: ArgumentHelp("Who made the bundle, for the custody chain.", valueName: "name"))
        var `operator`: String?

        @Option(help: ArgumentHelp("The letter's date; blank without it.", valueName: "date"))
        var dated: String?

        @Option(
            name: .customLong("answer-by"),
            help: ArgumentHelp("The day by which an answer is due; blank without it.", valueName: "date"))
        var answerBy: String?

        @Flag(name: .customLong("no-excerpt"), help: "No packets: neither excerpt.pcap nor frames.csv.")
        var noExcerpt = false

        @Option(help: ArgumentHelp("Threads; the bundle does not depend on it.", valueName: "n"))
        var jobs: Int?

        @Flag(name: .shortAndLong, help: "No messages about what was read.")
        var quiet = false

        func validate() throws {
            guard [finding, vendor, domain].count(where: { $0 != nil }) == 1 else {
                throw ValidationError("give one of --finding, --vendor and --domain")
            }
            guard !captures.isEmpty else { throw ValidationError("give --captures") }
            if let jobs, jobs < 1 { throw ValidationError("--jobs takes a number of threads, 1 or more") }
            for text in [from, to, dated, answerBy].compactMap(\.self) where CivilDay(text) == nil {
                throw ValidationError("'\(text)' is no date such as 2026-11-24")
            }
            if let first = from.flatMap({ CivilDay($0) }), let last = to.flatMap({ CivilDay($0) }),
                last < first
            {
                throw ValidationError("--to \(last) comes before --from \(first)")
            }
            if recipient.allSatisfy(\.isWhitespace) { throw ValidationError("--recipient must not be empty") }
        }

        func run() throws {
            do {
                try EvidenceRun(self).run()
            } catch let fault as EvidenceFault {
                throw EvidenceCommand.fail(fault)
            } catch let fault as LedgerFault {
                throw LedgerOptions.fail(fault)
            }
        }
    }
}
