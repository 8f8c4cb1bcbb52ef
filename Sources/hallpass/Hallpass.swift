import ArgumentParser

/// The command line: one file per subcommand, each of which only reads arguments, calls a room, and exits.
@main
struct Hallpass: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "hallpass",
        abstract: "Shows where student devices send data that no signed agreement covers.",
        discussion: """
            Reads captures and proxy logs, looks every destination up in the district's register of Data Privacy \
            Agreements, and reports what has no agreement on record.

            EXAMPLES
              hallpass analyze captures/ --register allowlists/
              hallpass contacts monday.pcap --format csv
              hallpass review session.har --app Quizly --persona persona.yaml
              hallpass lookup ads.example --register allowlists/ --on 2026-11-24
              hallpass evidence --ledger ledger.sqlite --finding 1e7bec585a2f --captures /srv/captures \\
                --recipient "Quizly, Inc." --key evidence.key --output quizly-inquiry
              hallpass nightly /srv/captures --ledger ledger.sqlite --register allowlists/
            """,
        version: version,
        subcommands: [
            AnalyzeCommand.self, DevicesCommand.self, ContactsCommand.self, NamesCommand.self,
            LookupCommand.self, LogsCommand.self, RegisterCommand.self, ReviewCommand.self,
            NightlyCommand.self,
            ReportCommand.self,
            JudgeCommand.self, DiffCommand.self, FindingsCommand.self, PurgeCommand.self,
            EvidenceCommand.self, VerifyCommand.self, KeysCommand.self,
        ])
}
