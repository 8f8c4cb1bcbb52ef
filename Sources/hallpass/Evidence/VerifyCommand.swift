import ArgumentParser
import Bytes
import Evidence
import Foundation
import Pipeline

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks a bundle of evidence: hashes, signature, custody chain, and the captures if given.",
        discussion: """
            Needs no network and no district's data. Says line by line what was found, and what could not be checked. \
            Exit codes: 0 all that was checked is right; 1 something is not; 64 usage; 65 no bundle.

            EXAMPLES
              hallpass verify quizly-inquiry.zip --public-key RWQ...
              hallpass verify quizly-inquiry --public-key evidence.key.pub --captures /srv/captures
              hallpass verify quizly-inquiry --opened fact-3-first.json
            """)

    @Argument(help: "The bundle's folder or zip.", completion: .file())
    var bundle: String

    @Option(
        name: .customLong("public-key"),
        help: ArgumentHelp("The signer's public key, or a file with it.", valueName: "key"))
    var publicKey: String?

    @Option(
        help: ArgumentHelp(
            "The original captures, named as when the bundle was made; may be repeated.", valueName: "path"))
    var captures: [String] = []

    @Option(
        help: ArgumentHelp("What evidence open revealed; may be repeated.", valueName: "file"))
    var opened: [String] = []

    @OptionGroup var reading: VerifyReading

    func run() throws {
        do {
            let files = try BundleFiles(reading: bundle)
            var verification = Verification(files, publicKey: try publicKey.map(key))
            for name in opened {
                guard let data = FileManager.default.contents(atPath: name) else {
                    throw EvidenceFault("\(name): cannot be read")
                }
                verification.check(opening: Array(data), name: name)
            }
            if captures.isEmpty {
                verification.noteNoCaptures()
            } else {
                verification.check(captures: captures, files, try reading.options())
            }
            try Output.write(verification.text)
            if verification.hasFailed { throw ExitCode(1) }
        } catch let fault as EvidenceFault {
            throw EvidenceCommand.fail(fault)
        }
    }

    private func key(_ text: String) throws -> VerifyingKey {
        guard let data = FileManager.default.contents(atPath: text) else {
            return try VerifyingKey(text: text)
        }
        return try VerifyingKey(text: String(decoding: data.prefix(4096), as: UTF8.self))
    }
}

/// How the captures were read when the bundle was made, where that matters.
struct VerifyReading: ParsableArguments {
    @Option(
        name: .customLong("home-network"),
        help: ArgumentHelp("An address block that counts as inside; may be repeated.", valueName: "prefix"))
    var homeNetworks: [String] = []

    @Option(help: ArgumentHelp("Threads; the result does not depend on it.", valueName: "n"))
    var jobs: Int?

    func options() throws -> RunOptions {
        var options = RunOptions()
        let networks = try homeNetworks.map { text -> IPPrefix in
            guard let prefix = IPPrefix(text) else {
                throw ValidationError("'\(text)' is no address block such as 10.0.0.0/8")
            }
            return prefix
        }
        if !networks.isEmpty { options.homeNetworks = networks }
        options.jobs = max(0, jobs ?? 0)
        return options
    }
}
