import ArgumentParser
import Flows
import Pipeline
import Reports

struct NamesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "names",
        abstract: "Lists every distinct sighting of a name, for checking against other tools.",
        discussion: """
            One line per fact: kind, client, server, port, transport, name, value, count, sorted bytewise. \
            Addresses are the real ones unless --pseudonyms is given: this is an operator's raw view.

            EXAMPLES
              hallpass names monday.pcap | grep tls_sni
              hallpass names monday.pcap --pseudonyms --pseudonym-key key > names.tsv
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case tsv, jsonl }

    @OptionGroup var input: InputOptions

    @Option(help: "Output format: \(Format.allCases.map(\.rawValue).joined(separator: " or ")).")
    var format = Format.tsv

    @OptionGroup var privacy: PseudonymOptions

    func run() throws {
        let gate = try privacy.gate()
        var options = try input.options()
        options.packets.collectsSightings = true
        let run = input.run(options)
        let code = input.reportProblems(run)
        let renderer = NamesRenderer(gate: gate, homeNetworks: options.homeNetworks)
        switch format {
        case .tsv: try Output.write(renderer.tsv(run.sightings))
        case .jsonl: try Output.write(renderer.jsonl(run.sightings))
        }
        if let code { throw code }
    }
}
