import ArgumentParser
import Bytes
import Foundation
import Register
import Roster

/// Where the register and the roster are.
struct RegisterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The register of agreements: a YAML or CSV file, or a directory of them.", valueName: "path"),
        completion: .file())
    var register = "allowlists"

    @Option(
        help: ArgumentHelp(
            "Networks, schools and roles. Default: roster.yaml beside the register, if there is one.",
            valueName: "path"),
        completion: .file())
    var roster: String?

    @Option(
        name: .customLong("third-parties"),
        help: ArgumentHelp(
            "Your copy of a list of third parties, asked where the register has no entry; may be repeated.",
            discussion:
                "Tracker Radar, Disconnect, a filter list such as EasyPrivacy, or a hosts file; recognised.",
            valueName: "file"),
        completion: .file())
    var thirdParties: [String] = []

    /// What `--as-known-on` means in every command that judges.
    static func day(asKnownOn text: String?) throws -> CivilDay? {
        try text.map { text in
            guard let day = CivilDay(text) else {
                throw ValidationError("--as-known-on '\(text)' is no date such as 2026-11-24")
            }
            return day
        }
    }

    func loadRegister() throws -> Register {
        do {
            let lists = try thirdParties.map { path throws(RegisterError) in try ThirdPartyList.load(path) }
            return try Register.load(register).adding(lists)
        } catch {
            throw RegisterOptions.fail(error)
        }
    }

    func loadRoster() throws -> Roster {
        do {
            if let roster { return try Roster.load(roster) }
            guard let path = Roster.defaultFile(in: register) else { return .empty }
            return try Roster.load(path)
        } catch {
            throw RegisterOptions.fail(error)
        }
    }

    static func fail(_ error: RegisterError) -> ExitCode {
        for problem in error.problems { Messages.say("error: \(problem)") }
        return error.missing ? .missingFile : .unusableInput
    }
}
