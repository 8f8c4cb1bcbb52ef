import ArgumentParser
import Evidence
import Foundation

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Makes the key with which a district signs evidence.",
        subcommands: [New.self])

    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a signing key (Ed25519) and prints its public half.",
            discussion: """
                The private key goes into FILE, which only its owner can read; the public one into FILE.pub, in the \
                format of minisign. Give the public key to recipients on another way than the evidence: on the \
                district's website, or read out by telephone. Files that are there already stay as they are.

                EXAMPLES
                  hallpass keys new evidence.key
                """)

        @Argument(help: "The file of the private key.", completion: .file())
        var file: String

        func run() throws {
            do {
                let key = try SigningKey.make(at: file)
                try Output.write(key.publicKey.text + "\n")
                Messages.say("the private key is in \(file), the public key above also in \(file).pub")
            } catch let fault as EvidenceFault {
                throw EvidenceCommand.fail(fault)
            }
        }
    }
}
