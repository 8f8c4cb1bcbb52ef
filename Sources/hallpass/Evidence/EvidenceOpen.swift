import ArgumentParser
import Evidence
import Foundation

extension EvidenceCommand {
    struct Open: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reveals one hidden field of a bundle, with the proof that it is what was hidden.",
            discussion: """
                Fields that can be hidden: device (the pseudonym of the district's own reports), school, grades, first \
                and last (exact times). The output goes to the recipient, whose hallpass verify --opened checks it \
                against the bundle's signed root. Other hidden fields stay hidden.

                EXAMPLES
                  hallpass evidence open quizly-inquiry --openings quizly-inquiry.openings.jsonl \\
                    --fact 3 --field first --output fact-3-first.json
                """)

        @Argument(help: "The bundle's folder or zip.", completion: .file())
        var bundle: String

        @Option(help: ArgumentHelp("What hallpass evidence wrote beside the bundle.", valueName: "file"))
        var openings: String

        @Option(help: ArgumentHelp("The fact's number in facts.csv.", valueName: "n"))
        var fact: Int

        @Option(help: ArgumentHelp("The hidden field.", valueName: "name"))
        var field: String

        @Option(help: ArgumentHelp("Where to write it. Default: standard output.", valueName: "file"))
        var output: String?

        func run() throws {
            do {
                let files = try BundleFiles(reading: bundle)
                guard let data = FileManager.default.contents(atPath: openings) else {
                    throw EvidenceFault("\(openings): cannot be read")
                }
                let hidden = try Commitments(openings: String(decoding: data, as: UTF8.self))
                guard let manifest = files[Manifest.name], hidden.table == files.text(Commitments.name) else {
                    throw EvidenceFault("\(openings) does not belong to \(bundle)")
                }
                guard let index = hidden.fields.firstIndex(where: { $0.fact == fact && $0.field == field })
                else {
                    let known = hidden.fields.filter { $0.fact == fact }.map(\.field).joined(separator: ", ")
                    throw EvidenceFault(
                        "fact \(fact) hides no field '\(field)'; it hides: \(known.isEmpty ? "none" : known)")
                }
                try Output.write(hidden.opening(index, manifest: manifest).text, to: output)
            } catch let fault as EvidenceFault {
                throw EvidenceCommand.fail(fault)
            }
        }
    }

    struct Stamp: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "timestamp",
            abstract: "Takes the response of a timestamp authority (RFC 3161) into a bundle.",
            discussion: """
                The request is in every bundle: manifest.tsq. Send it to an authority with a program of your own; \
                Hallpass uses no network. The response is checked to be over this manifest, put into the folder as \
                manifest.tsr, and the zip is written anew.

                EXAMPLES
                  curl -H 'Content-Type: application/timestamp-query' --data-binary @inquiry/manifest.tsq \\
                    https://tsa.example/ > answer.tsr
                  hallpass evidence timestamp inquiry answer.tsr
                """)

        @Argument(help: "The bundle's folder.", completion: .directory)
        var bundle: String

        @Argument(help: "The authority's response.", completion: .file())
        var response: String

        func run() throws {
            do {
                guard let data = FileManager.default.contents(atPath: response) else {
                    throw EvidenceFault("\(response): cannot be read")
                }
                let time = try BundleFiles.addTimestamp(Array(data), to: bundle)
                Messages.say(
                    "the bundle is stamped with \(time); whose stamp it is, openssl ts -verify tells")
            } catch let fault as EvidenceFault {
                throw EvidenceCommand.fail(fault)
            }
        }
    }
}
