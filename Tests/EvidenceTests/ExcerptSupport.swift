import Bytes
import Contacts
import Evidence
import Flows
import Foundation
import Packets
import Pipeline
import TestSupport

/// Excerpts of committed captures, and what Hallpass and tshark read in them.
enum ExcerptCase {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let key = Array("a key of the tests, 32 bytes long".utf8)

    static func path(_ capture: String) -> String { root.appendingPathComponent("captures/" + capture).path }

    static func request(_ captures: [String], _ names: [String]) -> ExcerptRequest {
        ExcerptRequest(
            names: names, from: Timestamp(nanoseconds: 0), to: Timestamp(nanoseconds: .max), key: key,
            captures: captures)
    }

    static func make(
        _ captures: [String], _ names: [String], _ change: (inout ExcerptRequest) -> Void = { _ in }
    ) -> Excerpt {
        var request = request(captures.map(path), names)
        change(&request)
        return Excerpt.make(request)
    }

    /// What a run over a file says of some names, without addresses, which an excerpt changes.
    struct Seen: Hashable {
        let name: String
        let evidence: NameEvidence
        let ambiguity: Ambiguity
        let action: ContactAction
        /// Nil for one of the school's own, which is replaced.
        let server: IPAddress?
        let port: UInt16
        let transport: String
        let chain: [String]
    }

    static func seen(_ path: String, _ names: [String]) -> Set<Seen> {
        Set(
            Run([path]).facts.contacts.filter { names.contains($0.name ?? "") }.map {
                Seen(
                    name: $0.name ?? "", evidence: $0.evidence, ambiguity: $0.ambiguity, action: $0.action,
                    server: $0.servers.first.flatMap { $0.isIPv4 && $0.low >> 24 == 10 ? nil : $0 },
                    port: $0.port, transport: $0.transport, chain: $0.cnameChain)
            })
    }

    /// Writes the excerpt into a folder of its own, which `body` may read.
    static func withFile<T>(_ excerpt: Excerpt, _ body: (String) throws -> T) throws -> T {
        try withFile(excerpt.pcap, body)
    }

    static func withFile<T>(_ bytes: [UInt8], _ body: (String) throws -> T) throws -> T {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "hallpass-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("excerpt.pcap")
        try Data(bytes).write(to: file)
        return try body(file.path)
    }

    /// A program's standard output; nil when it is not installed.
    static func output(_ program: String, _ arguments: [String]) throws -> (text: String, code: Int32)? {
        let paths = ["/usr/bin/", "/usr/sbin/"].map { $0 + program }
        guard let path = paths.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            return nil
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: data, as: UTF8.self), process.terminationStatus)
    }

    /// The frames of a pcap file that `PCAPFile` wrote.
    static func frames(_ pcap: [UInt8]) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        pcap.withRawSpan { bytes in
            var reader = ByteReader(bytes, at: 24)
            while (try? reader.skip(8)) != nil, let count = try? reader.u32LE(), (try? reader.skip(4)) != nil,
                let frame = try? reader.take(Int(count))
            {
                frames.append(frame.copied())
            }
        }
        return frames
    }
}
