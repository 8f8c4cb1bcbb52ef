import Foundation
import Testing

/// Style and layering as tests, so that nobody has to remember them.
@Suite struct TidyTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The rooms in order of the straight line, with all that each may import of ours and of libraries.
    static let imports: [String: Set<String>] = [
        "Bytes": ["Glibc"],
        "Captures": ["Bytes", "CPcap", "CArchive", "CZlib", "CLZMA", "CBzip2", "CZstd", "CLZ4", "CBrotli"],
        "Packets": ["Bytes"],
        "Names": ["Bytes", "Crypto", "CryptoExtras", "_CryptoExtras"],
        "Flows": ["Bytes", "Captures", "Packets", "Names"],
        "Logs": ["Bytes", "Names", "CSimdjson", "CSQLite"],
        "Contacts": ["Bytes", "Packets", "Names", "Flows", "Logs"],
        "Pipeline": [
            "Bytes", "Captures", "Packets", "Names", "Flows", "Logs", "Contacts", "Foundation", "Dispatch",
            "Synchronization",
        ],
        "Register": ["Bytes", "CPublicSuffix", "Yams", "Crypto", "Foundation"],
        "Roster": [
            "Bytes", "Captures", "Flows", "Logs", "Contacts", "Register", "Crypto", "Foundation",
        ],
        "Judgement": ["Bytes", "Contacts", "Register", "Roster", "Crypto", "Foundation", "Synchronization"],
        "Ledger": [
            "Bytes", "Captures", "Flows", "Contacts", "Register", "Roster", "Judgement", "Crypto", "GRDB",
            "Foundation", "Synchronization",
        ],
        "Reports": [
            "Bytes", "Packets", "Names", "Flows", "Contacts", "Register", "Roster", "Judgement", "Ledger",
            "Crypto", "Foundation", "Synchronization",
        ],
        "Review": [
            "Bytes", "Captures", "Names", "Flows", "Logs", "Contacts", "Pipeline", "Register", "Roster",
            "Judgement", "Reports", "Crypto", "Foundation", "Synchronization",
        ],
        "Evidence": [
            "Bytes", "Captures", "Packets", "Names", "Flows", "Logs", "Contacts", "Pipeline", "Register",
            "Roster", "Judgement", "Ledger", "Reports", "Crypto", "Foundation", "Synchronization",
        ],
        "hallpass": [
            "Bytes", "Captures", "Packets", "Names", "Flows", "Logs", "Contacts", "Pipeline", "Register",
            "Roster", "Judgement", "Ledger", "Reports", "Review", "Evidence", "ArgumentParser", "Foundation",
            "Dispatch", "Synchronization",
        ],
    ]

    /// Files outside `Bytes` that may say `unsafe`, each with its reason.
    static let unsafeFiles: [String: String] = [
        "Sources/Register/PublicSuffix.swift": "libpsl",
        "Sources/Captures/CaptureFilter.swift": "libpcap",
        "Sources/Captures/Decompressor.swift": "libarchive",
        "Sources/Captures/UnpackSource.swift": "hands buffers to the decompressors",
        "Sources/Captures/ZipMember.swift": "hands buffers to zlib",
        "Sources/Captures/Codecs.swift": "zlib, liblzma, libbz2, libzstd, liblz4",
        "Sources/Captures/ContentCodecs.swift": "zlib, libbrotlidec",
        "Sources/Captures/ContentUnpacker.swift": "hands buffers to the decompressors",
        "Sources/Pipeline/Crew.swift": "tasks that the compiler cannot see to be apart",
        "Sources/Reports/HTML/HTMLDocument.swift": "a page's policy says 'unsafe-inline'",
        "Sources/hallpass/AnalyzeCommand.swift": "asks the terminal for its width",
        "Sources/Logs/Text/JSONDocument.swift": "simdjson",
        "Sources/Logs/DNS/SQLiteReader.swift": "SQLite",
    ]

    struct Source {
        let path: String
        let room: String
        let lines: [Substring]
    }

    static func sources(under folder: String = "Sources") throws -> [Source] {
        let base = root.appendingPathComponent(folder)
        let names = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        return try names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
            let text = try String(contentsOf: base.appendingPathComponent(name), encoding: .utf8)
            let room = name.split(separator: "/").first.map(String.init) ?? ""
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            return Source(path: folder + "/" + name, room: room, lines: lines)
        }
    }

    @Test func importsGoOnlyToTheLeft() throws {
        for source in try TidyTests.sources() {
            let allowed = try #require(TidyTests.imports[source.room], "no rule for \(source.path)")
            for line in source.lines {
                let words = line.split(separator: " ").filter {
                    !["package", "public", "private"].contains($0)
                }
                guard words.first == "import", let name = words.last else { continue }
                #expect(allowed.contains(String(name)), "\(source.path) imports \(name)")
            }
        }
    }

    @Test func unsafeStandsOnlyInNamedFiles() throws {
        for source in try TidyTests.sources() where source.room != "Bytes" {
            let says = source.lines.contains { line in
                let code = line.split(separator: "//", omittingEmptySubsequences: false).first ?? ""
                return code.split { !$0.isLetter && $0 != "_" }.contains("unsafe")
            }
            if says { #expect(TidyTests.unsafeFiles[source.path] != nil, "\(source.path) says unsafe") }
        }
    }

    @Test func filesAndLinesStaySmall() throws {
        for source in try TidyTests.sources() {
            #expect(source.lines.count <= 401, "\(source.path) has \(source.lines.count) lines")
            for (number, line) in source.lines.enumerated() where line.count > 120 {
                Issue.record("\(source.path):\(number + 1) has \(line.count) characters")
            }
        }
    }

    @Test func functionsStaySmall() throws {
        for source in try TidyTests.sources() {
            var start: Int?
            var indent = 0
            for (number, line) in source.lines.enumerated() {
                let depth = line.prefix { $0 == " " }.count
                let words = line.split(separator: " ")
                if start == nil,
                    words.contains("func") || line.trimmingCharacters(in: .whitespaces).hasPrefix("init("),
                    !line.trimmingCharacters(in: .whitespaces).hasPrefix("//")
                {
                    (start, indent) = (number, depth)
                }
                guard let first = start, number > first, depth == indent, line.hasSuffix("}") else {
                    continue
                }
                #expect(
                    number - first <= 70,
                    "\(source.path):\(first + 1) is a function of \(number - first) lines")
                start = nil
            }
        }
    }

    /// What ends a run on hostile input, or hides from the tests; and `print`, which belongs to the edges.
    @Test func bannedCallsDoNotOccur() throws {
        let banned = ["try!", "fatalError(", "@unchecked Sendable", "as!", "preconditionFailure("]
        for source in try TidyTests.sources() {
            for (number, line) in source.lines.enumerated() {
                let code = line.trimmingCharacters(in: .whitespaces)
                guard !code.hasPrefix("//") else { continue }
                for call in banned where code.contains(call) {
                    Issue.record("\(source.path):\(number + 1) uses \(call)")
                }
                if code.hasPrefix("print("), !["hallpass", "Reports"].contains(source.room) {
                    Issue.record("\(source.path):\(number + 1) prints")
                }
            }
        }
    }

    @Test func theRulesCanFail() {
        #expect(TidyTests.imports["Bytes"]?.contains("Contacts") == false)
        #expect(TidyTests.unsafeFiles["Sources/Flows/FlowEngine.swift"] == nil)
    }
}
