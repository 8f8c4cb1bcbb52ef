import Bytes
import Foundation
import Testing

@testable import Roster

/// The gate through which identities leave.
@Suite struct IdentityTests {
    private let key = Array("an invented key of the district".utf8)

    private func folder() throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "roster-\(UUID().uuidString)"
        ).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    @Test func recipientsCannotJoinTheirs() throws {
        let gate = IdentityGate(key: key)
        let address = try #require(IPAddress("10.20.4.17"))
        let all = [gate, gate.forRecipient("quizly"), gate.forRecipient("readalong")].map {
            $0.pseudonym(forClient: address)
        }
        #expect(Set(all).count == 3)
        #expect(gate.forRecipient("quizly").pseudonym(forClient: address) == all[1])
        #expect(IdentityGate.identified.forRecipient("quizly").isIdentifying)
    }

    @Test func everyKindOfDeviceHidesItsIdentity() throws {
        let gate = IdentityGate(key: key)
        let mac = try #require(MACAddress("00:00:5e:00:53:2a"))
        let address = try #require(IPAddress("10.20.4.17"))
        let keys: [DeviceKey] = [
            .listed("5CD0001"), .hardware(mac), .address(address), .user("s1042"), .host("CB-LIB-07"),
            .nothing,
        ]
        let names = keys.map { gate.pseudonym(for: $0) }
        #expect(Set(names).count == keys.count)
        for name in names {
            for secret in ["5CD0001", "5e:00", "10.20", "s1042", "CB-LIB"] { #expect(!name.contains(secret)) }
        }
        #expect(IdentityGate.identified.pseudonym(for: .listed("5CD0001")) == "5CD0001")
    }

    @Test func theKeyIsMadeOnceForItsOwnerOnly() throws {
        let path = try folder() + "/hallpass.key"
        #expect(throws: PseudonymKey.Fault.self) { try PseudonymKey.load(path, makes: false) }
        let made = try PseudonymKey.load(path, makes: true)
        #expect(made.isNew && made.bytes.count == 32)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        let again = try PseudonymKey.load(path, makes: true)
        #expect(!again.isNew && again.bytes == made.bytes && !again.isExposed)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(try PseudonymKey.load(path, makes: false).isExposed)
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
        #expect(throws: PseudonymKey.Fault.self) { try PseudonymKey.load(path, makes: true) }
    }

    @Test func theAuditLogGrowsAndIsItsOwnersOnly() throws {
        let path = try folder() + "/audit.log"
        let log = AuditLog(path)
        let moment = Date(timeIntervalSince1970: 1_772_459_000)
        try log.add(reason: "incident 1", command: ["devices"], user: "officer", at: moment)
        try log.add(reason: "incident\n2", command: ["devices"], user: "officer", at: moment)
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2, "a reason cannot begin a line of its own")
        #expect(lines[0].contains("\"reason\":\"incident 1\"") && lines[0].contains("2026-03-02T13:43:20Z"))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
    }

    @Test(arguments: [(0, "0"), (1, "<5"), (4, "<5"), (5, "5"), (120, "120")])
    func smallCountsAreHidden(_ count: Int, _ text: String) { #expect(SmallCells.text(count) == text) }
}
