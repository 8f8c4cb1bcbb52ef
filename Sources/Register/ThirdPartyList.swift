import Bytes
import Foundation

/// A list of third parties that the user has: Tracker Radar, Disconnect, a blocker's filter list or a hosts file.
///
/// It says who a domain belongs to or what it is used for, never that anything was agreed. It is asked only where
/// the register itself has no entry: a list must not overrule what a district put on record.
package struct ThirdPartyList: Sendable {
    package enum Format: String, Sendable {
        case trackerRadar = "Tracker Radar"
        case disconnect = "Disconnect"
        case filterList = "filter list"
        case hosts = "hosts file"
    }

    package let path: String
    package let format: Format
    package let parties: [ThirdParty]
    /// Lines or entries that name no domain that can be looked up.
    package let leftOut: Int

    /// Reads a list and recognises its format by what it holds.
    package static func load(_ path: String) throws(RegisterError) -> ThirdPartyList {
        try read(try readFile(path, relative: path))
    }

    static func read(_ file: SourceFile) throws(RegisterError) -> ThirdPartyList {
        let log = ProblemLog()
        guard let text = file.text(log) else { throw RegisterError(log.problems) }
        let start = text.utf8.first { !($0 <= 0x20) }
        var builder = ThirdPartyListBuilder(path: file.path)
        let format: Format?
        if start == UInt8(ascii: "{") || start == UInt8(ascii: "[") && !text.hasPrefix("[Adblock") {
            format = builder.readJSON(file.bytes)
        } else {
            format = builder.readLines(text)
        }
        guard let format, !builder.parties.isEmpty else {
            throw RegisterError([
                RegisterProblem(
                    Place(file: file.path),
                    "is no list of third parties that is known: Tracker Radar or Disconnect (JSON), a filter list "
                        + "with lines such as ||tracker.example^, or a hosts file")
            ])
        }
        return ThirdPartyList(
            path: file.path, format: format, parties: builder.parties, leftOut: builder.leftOut)
    }
}

extension Register {
    /// The same register with lists that are asked where it has no entry itself, in their order.
    package func adding(_ lists: [ThirdPartyList]) -> Register {
        var register = self
        register.lists = lists
        register.listed = lists.flatMap(\.parties)
        register.listClaims = register.listed.enumerated().flatMap { index, party in
            party.domains.map { DomainClaim(domain: $0, subject: .listed(index)) }
        }
        register.listIndex = DomainIndex(register.listClaims.map(\.domain.entry))
        return register
    }
}
