import Bytes
import Evidence
import Foundation
import Testing

/// What programs of others say of a bundle, and a search for identities in it.
@Suite struct EvidenceToolsTests {
    private typealias Base = EvidenceCommandTests

    @Test(.enabled(if: EvidenceCommandTests.has("minisign"), "minisign is not installed"))
    func minisignAcceptsTheSignature() throws {
        let place = try Base.place
        let manifest = place.path("inquiry/manifest.json")
        let good = try Base.program("minisign", ["-V", "-m", manifest, "-P", place.publicKey])
        #expect(good.code == 0, "\(good.output)")
        #expect(good.output.contains("hallpass evidence for Quizly, Inc."))
        let file = try Base.program("minisign", ["-V", "-m", manifest, "-p", place.path("evidence.key.pub")])
        #expect(file.code == 0, "\(file.output)")
        let other = try Base.program(
            "minisign",
            ["-V", "-m", place.path("inquiry/facts.csv"), "-x", manifest + ".minisig", "-P", place.publicKey])
        #expect(other.code != 0)
    }

    @Test(.enabled(if: EvidenceCommandTests.has("unzip"), "unzip is not installed"))
    func unzipAcceptsTheArchive() throws {
        let result = try Base.program("unzip", ["-t", try Base.place.path("inquiry.zip")])
        #expect(result.code == 0, "\(result.output)")
        #expect(result.output.contains("No errors detected"))
    }

    @Test(.enabled(if: EvidenceCommandTests.has("tshark"), "tshark is not installed"))
    func tsharkReadsTheExcerptAndFindsTheSameNames() throws {
        let pcap = try Base.place.path("inquiry/excerpt.pcap")
        let information = try Base.program("capinfos", [pcap])
        #expect(information.code == 0, "\(information.output)")
        #expect(!information.output.lowercased().contains("error"))
        let rows = try #require(try Base.place.files.text("frames.csv")).split(separator: "\n").count - 1
        #expect(rows > 0)
        let fields = try Base.program(
            "tshark",
            [
                "-r", pcap, "-Q", "-T", "fields", "-e", "frame.number", "-e",
                "tls.handshake.extensions_server_name",
                "-e", "_ws.malformed",
            ])
        let lines: [[Substring]] = Self.cells(fields.output)
        let frames = lines.filter { Int($0.first ?? "") != nil }
        #expect(frames.count == rows)
        let names = Set(lines.filter { $0.count > 1 }.map { String($0[1]) })
        let own = Self.cells(try Tool.run(["names", pcap]).output)
        let found: [String] = own.filter { $0.first == "tls_sni" }.map { String($0[5]) }
        #expect(!found.isEmpty)
        #expect(names == Set(found))
    }

    /// Lines of columns that are parted by tabs.
    private static func cells(_ text: String) -> [[Substring]] {
        text.split(separator: "\n").map { $0.split(separator: "\t") }
    }

    @Test(.enabled(if: EvidenceToolsTests.hasRDF, "python3-rdflib is not installed"))
    func aJSONLDParserReadsTheCase() throws {
        let script = """
            import rdflib, sys
            graph = rdflib.Graph().parse(sys.argv[1], format="json-ld")
            ask = lambda kind: len(set(graph.subjects(rdflib.RDF.type, rdflib.URIRef(kind))))
            uco = "https://ontology.unifiedcyberontology.org/uco/"
            print(ask(uco + "observable/NetworkConnection"), ask(uco + "observable/File"), ask(uco + "tool/Tool"))
            """
        let place = try Base.place
        let result = try Base.program("python3", ["-c", script, place.path("inquiry/case.jsonld")])
        let facts = try #require(place.files.text("facts.jsonl")).split(separator: "\n").count
        #expect(result.output.trimmingCharacters(in: .whitespacesAndNewlines) == "\(facts) 1 1")
    }

    static let hasRDF = (try? EvidenceCommandTests.program("python3", ["-c", "import rdflib"]))?.code == 0

    /// A timestamp authority of the test's own, by OpenSSL.
    @Test(.enabled(if: EvidenceCommandTests.has("openssl"), "openssl is not installed"))
    func aTimestampIsAskedForAndTaken() throws {
        let place = try Base.place
        #expect(try place.make("stamped", recipient: "Quizly, Inc.").code == 0)
        let folder = place.path("tsa")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let settings = """
            [tsa]
            default_tsa = authority
            [authority]
            serial = \(folder)/serial
            crypto_device = builtin
            signer_cert = \(folder)/cert.pem
            signer_key = \(folder)/key.pem
            signer_digest = sha256
            default_policy = 1.2.3.4
            digests = sha256
            [extensions]
            extendedKeyUsage = critical,timeStamping
            [req]
            distinguished_name = name
            [name]
            """
        try settings.write(toFile: folder + "/tsa.cnf", atomically: true, encoding: .utf8)
        try "01\n".write(toFile: folder + "/serial", atomically: true, encoding: .utf8)
        let made = try Base.program(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Test TSA", "-days", "30",
                "-config",
                folder + "/tsa.cnf", "-extensions", "extensions", "-keyout", folder + "/key.pem", "-out",
                folder + "/cert.pem",
            ])
        #expect(made.code == 0, "\(made.output)")
        let request = place.path("stamped/manifest.tsq")
        let answered = try Base.program(
            "openssl",
            [
                "ts", "-reply", "-config", folder + "/tsa.cnf", "-queryfile", request, "-out",
                folder + "/answer.tsr",
            ])
        #expect(answered.code == 0, "\(answered.output)")
        let taken = try Tool.run(["evidence", "timestamp", place.path("stamped"), folder + "/answer.tsr"])
        #expect(taken.code == 0, "\(taken.errors)")
        let checked = try Tool.run(["verify", place.path("stamped.zip"), "--public-key", place.publicKey])
        #expect(checked.code == 0, "\(checked.output)")
        #expect(checked.output.contains("ok: manifest.tsr: is over this manifest"))
        let verified = try Base.program(
            "openssl",
            [
                "ts", "-verify", "-queryfile", request, "-in", place.path("stamped/manifest.tsr"), "-CAfile",
                folder + "/cert.pem",
            ])
        #expect(verified.code == 0, "\(verified.output)")
        // A stamp of another manifest is refused.
        #expect(try place.make("unstamped", recipient: "Another").code == 0)
        #expect(
            try Tool.run(["evidence", "timestamp", place.path("unstamped"), folder + "/answer.tsr"]).code
                == 65)
    }

    /// Every client and inside address, and every hardware address of the capture, in the forms that bytes can take.
    @Test func noIdentityOfTheInputsIsInAnyFile() throws {
        let files = try Base.place.files
        let lines = try Tool.run(["contacts", "captures/school-morning", "--quiet"]).output.split(
            separator: "\n")
        var identities: Set<String> = []
        for line in lines {
            let contact = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            for key in ["client", "client_mac", "client_user", "client_host"] {
                if let text = contact[key] as? String { identities.insert(text) }
            }
        }
        #expect(identities.contains("10.20.4.17"))
        #expect(identities.count { $0.split(separator: ":").count == 6 } >= 2, "hardware addresses")
        for identity in identities.sorted() {
            for form in try Self.forms(of: identity) {
                for name in files.names {
                    let isIn = Data(files[name] ?? []).range(of: Data(form)) != nil
                    #expect(!isIn, "\(identity) is in \(name) as \(form)")
                }
            }
        }
    }

    /// Text, bytes in both orders, and both in hexadecimal and base64 at each of three places.
    static func forms(of identity: String) throws -> [[UInt8]] {
        var plain = [Array(identity.utf8), Array(identity.uppercased().utf8)]
        let colons = identity.split(separator: ":", omittingEmptySubsequences: false)
        if colons.count == 6, let mac = Optional(colons.compactMap { UInt8($0, radix: 16) }), mac.count == 6 {
            plain += [mac, mac.reversed(), Array(identity.replacingOccurrences(of: ":", with: "-").utf8)]
            plain.append(Array(identity.replacingOccurrences(of: ":", with: "").utf8))
        } else if identity.contains(":") {
            if let address = IPAddress(identity) {
                let bytes = [address.high, address.low].flatMap { half in
                    (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) }
                }
                plain += [bytes, bytes.reversed()]
            }
        } else {
            let bytes = identity.split(separator: ".").compactMap { UInt8($0) }
            if bytes.count == 4 { plain += [bytes, bytes.reversed()] }
        }
        var forms = plain
        for bytes in plain {
            let digits = bytes.map { String(format: "%02x", $0) }.joined()
            forms += [Array(digits.utf8), Array(digits.uppercased().utf8)]
            for shift in 0..<3 {
                let text = Data(Array(repeating: 0, count: shift) + bytes).base64EncodedString()
                // Letters that depend on what stands before or behind are left out.
                let start = shift == 0 ? 0 : shift + 1
                let whole = (shift + bytes.count) * 8 / 6
                let core = Array(text.utf8)[start..<whole]
                if core.count >= 5 { forms.append(Array(core)) }
            }
        }
        return forms
    }
}
