import ArgumentParser
import Contacts
import Foundation
import Pipeline
import Reports
import Roster

struct ContactsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contacts",
        abstract: "Lists what each client did with each destination: facts only, no judgement.",
        discussion: """
            One line per contact, sorted by client, name, server, port and transport. Bytes are layer-3 bytes (IP \
            header and up). Addresses are the real ones unless --pseudonyms is given: this is an operator's raw view.

            EXAMPLES
              hallpass contacts monday.pcap
              hallpass contacts logs/ --format csv --by-hour > monday.csv
            """)

    @OptionGroup var input: InputOptions

    @Option(help: "Output format: jsonl or csv.")
    var format = ContactsRenderer.Format.jsonl

    @Flag(name: .customLong("by-hour"), help: "Keep the clock hours (UTC) apart instead of adding them up.")
    var byHour = false

    @OptionGroup var privacy: PseudonymOptions

    func run() throws {
        let gate = try privacy.gate()
        let options = try input.options()
        let run = input.run(options)
        let code = input.reportProblems(run)
        let contacts = byHour ? run.facts.contacts : ContactMerger.mergedOverHours(run.facts.contacts)
        let renderer = ContactsRenderer(format: format, gate: gate)
        let jobs = options.jobs > 0 ? options.jobs : Parallel.jobs
        try Output.write(renderer.render(contacts, jobs: jobs, run: Parallel.run))
        if let code { throw code }
    }
}

/// Closes an operator's raw view (invariant 7).
struct PseudonymOptions: ParsableArguments {
    @Flag(
        help:
            "Hide clients, hardware addresses, users and host names behind pseudonyms under --pseudonym-key.")
    var pseudonyms = false

    @Option(
        name: .customLong("pseudonym-key"),
        help: ArgumentHelp("File whose bytes are the key of the pseudonyms (16 at least).", valueName: "file")
    )
    var pseudonymKey: String?

    func gate() throws -> IdentityGate {
        guard pseudonyms else { return .identified }
        guard let path = pseudonymKey else {
            throw ValidationError(
                "--pseudonyms needs --pseudonym-key FILE (make one: head -c 32 /dev/urandom > FILE)")
        }
        return try IdentityOptions.gate(key: path)
    }
}

extension ContactsRenderer.Format: ExpressibleByArgument {}
