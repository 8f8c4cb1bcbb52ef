import Bytes
import Crypto
import Foundation
import Register
import Roster

/// The files of an evidence bundle by name, in memory: the largest is the excerpt, some megabytes.
package struct BundleFiles: Equatable, Sendable {
    package private(set) var files: [String: [UInt8]] = [:]

    /// Bytes of a file, at most, when a bundle is read: beyond what any bundle holds, below what memory does.
    static let limit = 1 << 30

    package init() {}

    package init(_ files: [String: [UInt8]]) { self.files = files }

    /// Names in the order of their bytes.
    package var names: [String] { files.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    package subscript(name: String) -> [UInt8]? {
        get { files[name] }
        set { files[name] = newValue }
    }

    package mutating func add(_ name: String, _ text: String) { files[name] = Array(text.utf8) }

    package func text(_ name: String) -> String? { files[name].map { String(decoding: $0, as: UTF8.self) } }

    /// Writes the folder `path` and `path` + `.zip`; fails, and changes nothing, where one is there already.
    package func write(to path: String) throws(EvidenceFault) {
        for name in [path, path + ".zip"] where FileManager.default.fileExists(atPath: name) {
            throw EvidenceFault(
                "\(name) is there already: evidence is never written over; choose another name")
        }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for name in names {
                try Data(files[name] ?? []).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
            }
            try Data(Zip.archive(self)).write(to: URL(fileURLWithPath: path + ".zip"))
        } catch {
            throw EvidenceFault("cannot write the bundle \(path): \(error.localizedDescription)")
        }
    }

    /// Reads a bundle's folder or its zip.
    package init(reading path: String) throws(EvidenceFault) {
        guard FileManager.default.fileExists(atPath: path) else {
            throw EvidenceFault(
                "\(path): no such bundle; name the folder or the .zip that hallpass evidence made")
        }
        guard DirectoryWalk.isDirectory(path) else {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw EvidenceFault("\(path): cannot be read")
            }
            self = try Zip.read(Array(data), of: path)
            return
        }
        let base = path.hasSuffix("/") ? String(path.dropLast()) : path
        for name in (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? [] {
            let file = "\(base)/\(name)"
            let size = (try? FileManager.default.attributesOfItem(atPath: file))?[.size] as? NSNumber
            guard (size?.intValue ?? 0) <= BundleFiles.limit else {
                throw EvidenceFault("\(file) is too large")
            }
            guard let data = FileManager.default.contents(atPath: file) else {
                throw EvidenceFault("\(file): cannot be read as a file; a bundle holds files only")
            }
            files[name] = Array(data)
        }
    }
}

extension BundleFiles {
    /// Puts an authority's response into the bundle at `path`, and writes its zip anew; returns the time that it says.
    package static func addTimestamp(_ response: [UInt8], to path: String) throws(EvidenceFault) -> String {
        let base = path.hasSuffix("/") ? String(path.dropLast()) : path
        guard DirectoryWalk.isDirectory(base) else {
            throw EvidenceFault("\(path): name the bundle's folder")
        }
        var bundle = try BundleFiles(reading: base)
        guard let manifest = bundle[Manifest.name] else {
            throw EvidenceFault("\(path) has no \(Manifest.name)")
        }
        let stamp = try TimestampResponse(reading: response)
        guard hexadecimal(stamp.imprint) == sha256(manifest) else {
            throw EvidenceFault("the response is a timestamp of something else than this bundle's manifest")
        }
        bundle[Manifest.responseName] = response
        do {
            try Data(response).write(
                to: URL(fileURLWithPath: "\(base)/\(Manifest.responseName)"), options: .atomic)
            try Data(Zip.archive(bundle)).write(to: URL(fileURLWithPath: base + ".zip"), options: .atomic)
        } catch {
            throw EvidenceFault("cannot write into \(base): \(error.localizedDescription)")
        }
        return stamp.time
    }
}

extension Commitments {
    /// Writes what reveals the hidden fields, for its owner's eyes only.
    package func writeOpenings(to path: String) throws(EvidenceFault) {
        do {
            try OwnerOnlyFile.create(path, Data(openings.utf8))
        } catch {
            throw EvidenceFault("cannot write \(path): \(error.localizedDescription)")
        }
    }
}

/// SHA-256 in lower-case hexadecimal.
func sha256(_ bytes: some Sequence<UInt8>) -> String { hexadecimal(SHA256.hash(data: Array(bytes))) }
