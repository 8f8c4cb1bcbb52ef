import ArgumentParser
import Bytes
import Logs
import Pipeline

struct LogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Helps to read the exports of filters that no built-in format knows.",
        subcommands: [Suggest.self])

    struct Suggest: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Proposes a mapping for a comma-separated export and prints it as YAML.",
            discussion: """
                The proposal is made from the headings and the first rows; look it over, change what is wrong, and \
                give it to a reading command with --log-map. It shows headings and words such as Blocked, and \
                nothing else of the rows.

                EXAMPLES
                  hallpass logs suggest export.csv > filter.yaml
                  hallpass contacts export.csv --log-map filter.yaml

                Exit codes: 0 proposed; 1 proposed with lines left to fill in; 65 no table; 66 no such file.
                """)

        @Argument(help: "The export; also compressed, or as UTF-16.", completion: .file())
        var file: String

        @Option(help: "The name that reports show for what the mapping reads.")
        var name = "my-filter"

        func run() throws {
            let sample = LogSample.read(file)
            if let fault = sample.fault {
                Messages.say("error: \(file): \(fault)")
                throw sample.isMissing ? ExitCode.missingFile : ExitCode.unusableInput
            }
            if let kind = sample.kind {
                Messages.say("note: \(file) is read as it is, as \(kind); it needs no mapping")
            }
            guard let suggestion = sample.head.withRawSpan({ MappingSuggestion(head: $0, name: name) }) else {
                Messages.say("error: \(file): no table of three columns or more; is it the CSV export?")
                throw ExitCode.unusableInput
            }
            try Output.write(suggestion.text)
            if !suggestion.isComplete {
                Messages.say("note: lines that begin with '#' and 'No' say what is left to fill in")
                throw ExitCode(1)
            }
        }
    }
}
