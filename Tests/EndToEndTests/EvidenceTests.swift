import Evidence
import Foundation
import Testing

/// `hallpass evidence` and `verify` on committed captures, and what other programs say of the bundle.
@Suite struct EvidenceCommandTests {
    /// A ledger of the school's morning, keys, and a bundle about its advertising company.
    struct Place {
        let folder: URL
        let publicKey: String

        init() throws {
            folder = try Tool.temporaryFolder()
            let key = try Tool.run(["keys", "new", folder.appendingPathComponent("evidence.key").path])
            #expect(key.code == 0, "\(key.errors)")
            publicKey = key.output.trimmingCharacters(in: .whitespacesAndNewlines)
            try Data("a key of the district for tests".utf8).write(
                to: folder.appendingPathComponent("own.key"))
            let night = try Tool.run([
                "nightly", "captures/school-morning", "--ledger", path("ledger.sqlite"), "--register",
                "allowlists",
                "--quiet", "--min-age", "0",
            ])
            #expect(night.code == 0, "\(night.errors)")
            let made = try make("inquiry", recipient: "Quizly, Inc.")
            #expect(made.code == 0, "\(made.errors)")
        }

        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

        func make(_ name: String, recipient: String, _ more: [String] = []) throws -> Tool.Result {
            try Tool.run(
                [
                    "evidence", "--ledger", path("ledger.sqlite"), "--domain", "adtrack.example",
                    "--captures",
                    "captures/school-morning", "--recipient", recipient, "--key", path("evidence.key"),
                    "--pseudonym-key", path("own.key"), "--output", path(name), "--register", "allowlists",
                    "--quiet",
                ] + more)
        }

        var files: BundleFiles { get throws { try BundleFiles(reading: path("inquiry")) } }
    }

    private static let made = Result { try Place() }

    static var place: Place { get throws { try made.get() } }

    static func program(_ name: String, _ arguments: [String]) throws -> (code: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    static func has(_ program: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/\(program)")
    }

    @Test func aBundleIsVerifiedWithItsCaptures() throws {
        let place = try Self.place
        for bundle in ["inquiry", "inquiry.zip"] {
            let result = try Tool.run([
                "verify", place.path(bundle), "--public-key", place.publicKey, "--captures",
                "captures/school-morning",
            ])
            #expect(result.code == 0, "\(result.output)\(result.errors)")
            #expect(!result.output.contains("FAILED"))
            #expect(result.output.contains("facts were read out of the captures again"))
            #expect(result.output.contains("frames are in the captures as they were"))
        }
        // Other captures do not show it.
        let other = try Tool.run(["verify", place.path("inquiry"), "--captures", "captures/tls12"])
        #expect(other.code == 1)
        #expect(other.output.contains("FAILED: fact 1:"))
        let wrong = try Tool.run(["keys", "new", place.path("other.key")])
        let stranger = try Tool.run([
            "verify", place.path("inquiry"), "--public-key",
            wrong.output.trimmingCharacters(in: .whitespacesAndNewlines),
        ])
        #expect(stranger.code == 1)
    }

    @Test func everyFileChangedByOneByteIsNamed() throws {
        let place = try Self.place
        let files = try place.files
        #expect(files.names.count == 16, "\(files.names)")
        let key = try VerifyingKey(text: place.publicKey)
        #expect(!Verification(files, publicKey: key).hasFailed)
        for name in files.names {
            let bytes = try #require(files[name])
            let places = Set([0, 1, bytes.count / 3, bytes.count / 2, bytes.count - 2, bytes.count - 1])
            for index in places {
                for bit in [UInt8(1), 0x20, 0x80] {
                    var changed = files
                    var other = bytes
                    other[index] ^= bit
                    changed[name] = other
                    let found = Verification(changed, publicKey: key).checks.filter { $0.outcome == .failed }
                    #expect(found.contains { $0.text.hasPrefix(name) }, "\(name), byte \(index): \(found)")
                }
            }
            var without = files
            without[name] = nil
            #expect(
                Verification(without, publicKey: key).checks.contains {
                    $0.outcome == .failed && $0.text.hasPrefix(name)
                }, "\(name) left out")
        }
        var more = files
        more["note.txt"] = [1]
        #expect(Verification(more, publicKey: key).hasFailed)
    }

    @Test func theCommandNamesAFileChangedOnTheDiskAndInTheZip() throws {
        let place = try Self.place
        let folder = try Tool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in try place.files.names {
            let copy = folder.appendingPathComponent("copy-\(name)")
            try FileManager.default.copyItem(atPath: place.path("inquiry"), toPath: copy.path)
            let file = copy.appendingPathComponent(name)
            var data = try Data(contentsOf: file)
            data[data.count / 2] ^= 1
            try data.write(to: file)
            let result = try Tool.run(["verify", copy.path, "--public-key", place.publicKey])
            #expect(result.code == 1, "\(name)")
            #expect(result.output.contains("FAILED: \(name)"), "\(name): \(result.output)")
        }
        let zip = try Data(contentsOf: URL(fileURLWithPath: place.path("inquiry.zip")))
        for part in 0..<40 {
            var changed = zip
            changed[zip.count * part / 40] ^= 4
            let file = folder.appendingPathComponent("changed.zip")
            try changed.write(to: file)
            let result = try Tool.run(["verify", file.path, "--public-key", place.publicKey])
            #expect(result.code == 1 || result.code == 65, "part \(part): \(result.output)")
        }
    }

    @Test func madeAgainItIsTheSame() throws {
        let place = try Self.place
        let again = try place.make("again", recipient: "Quizly, Inc.", ["--jobs", "1"])
        #expect(again.code == 0, "\(again.errors)")
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: place.path("inquiry.zip")))
                == Data(contentsOf: URL(fileURLWithPath: place.path("again.zip"))))
        let openings = try FileManager.default.attributesOfItem(atPath: place.path("again.openings.jsonl"))
        #expect((openings[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        // Nothing is written over.
        #expect(try place.make("again", recipient: "Quizly, Inc.").code == 65)
    }

    @Test func twoRecipientsShareNoPseudonym() throws {
        let place = try Self.place
        #expect(try place.make("other", recipient: "Example Ads").code == 0)
        func pseudonyms(_ name: String) throws -> Set<String> {
            let files = try BundleFiles(reading: place.path(name))
            var found: Set<String> = []
            for name in files.names {
                let text = String(decoding: files[name] ?? [], as: UTF8.self)
                for match in text.matches(of: /(device|address|hardware|user|host)-[0-9a-f]{12}/) {
                    found.insert(String(match.output.0))
                }
            }
            return found
        }
        let (first, second) = (try pseudonyms("inquiry"), try pseudonyms("other"))
        #expect(!first.isEmpty)
        #expect(first.isDisjoint(with: second))
    }

    @Test func aHiddenFieldIsRevealedWithItsProof() throws {
        let place = try Self.place
        let opened = place.path("first.json")
        let result = try Tool.run([
            "evidence", "open", place.path("inquiry"), "--openings", place.path("inquiry.openings.jsonl"),
            "--fact", "1",
            "--field", "first", "--output", opened,
        ])
        #expect(result.code == 0, "\(result.errors)")
        let checked = try Tool.run(["verify", place.path("inquiry.zip"), "--opened", opened])
        #expect(checked.code == 0, "\(checked.output)")
        #expect(checked.output.contains("first of fact 1 was and is '2026-11-24T"))
        let text = try String(contentsOfFile: opened, encoding: .utf8)
        try text.replacingOccurrences(of: "2026-11-24T", with: "2026-11-25T")
            .write(toFile: opened, atomically: true, encoding: .utf8)
        let lie = try Tool.run(["verify", place.path("inquiry"), "--opened", opened])
        #expect(lie.code == 1)
        let none = try Tool.run([
            "evidence", "open", place.path("inquiry"), "--openings", place.path("inquiry.openings.jsonl"),
            "--fact", "1",
            "--field", "name",
        ])
        #expect(none.code == 65)
        #expect(none.errors.contains("it hides: device"))
    }

    @Test func theLetterSaysNoAgreementOnRecordAndNeverViolation() throws {
        let files = try Self.place.files
        let letter = try #require(files.text("inquiry.md"))
        #expect(letter.contains("no agreement on record"))
        #expect(letter.contains("pixel.adtrack.example"))
        for law in ["FERPA", "COPPA", "CIPA", "PPRA"] { #expect(letter.contains(law)) }
        for name in files.names {
            #expect(
                !String(decoding: files[name] ?? [], as: UTF8.self).lowercased().contains("violat"), "\(name)"
            )
        }
        let page = try #require(files.text("evidence.txt"))
        #expect(page.split(separator: "\n", omittingEmptySubsequences: false).count <= 61)
        #expect(page.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }

    @Test func whatIsNotThereIsSaid() throws {
        let place = try Self.place
        let none = try Tool.run([
            "evidence", "--domain", "nobody.example", "--captures", "captures/school-morning", "--recipient",
            "X",
            "--key", place.path("evidence.key"), "--pseudonym-key", place.path("own.key"), "--output",
            place.path("none"), "--register", "allowlists",
        ])
        #expect(none.code == 65)
        #expect(none.errors.contains("no finding with nobody.example"))
        #expect(!FileManager.default.fileExists(atPath: place.path("none")))
        #expect(try Tool.run(["verify", place.path("none")]).code == 65)
    }
}
