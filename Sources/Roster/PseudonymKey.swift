package import Foundation

/// The district's secret under which pseudonyms are made: 32 random bytes in a file that only its owner can read.
package enum PseudonymKey {
    /// Bytes of a key, at least: 128 bits cannot be tried out.
    package static let leastBytes = 16
    /// The name in the folder of the ledger, or in the current one where there is no ledger.
    package static let fileName = "hallpass.key"

    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    /// A key that was read, and whether it was made just now.
    package struct Loaded {
        package let bytes: [UInt8]
        package let isNew: Bool
        /// Others on the machine can read the file.
        package let isExposed: Bool
    }

    /// Reads the key at `path`; makes it if `makes` and it is not there.
    package static func load(_ path: String, makes: Bool) throws(Fault) -> Loaded {
        if !FileManager.default.fileExists(atPath: path) {
            guard makes else {
                throw Fault(description: "\(path): no such file; it should hold the pseudonyms' key")
            }
            return try make(path)
        }
        guard let data = FileManager.default.contents(atPath: path), data.count >= leastBytes else {
            throw Fault(
                description: "\(path) is no key: it cannot be read, or has fewer than \(leastBytes) bytes")
        }
        return Loaded(bytes: Array(data), isNew: false, isExposed: OwnerOnlyFile.isExposed(path))
    }

    private static func make(_ path: String) throws(Fault) -> Loaded {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        do {
            try OwnerOnlyFile.create(path, Data(bytes))
        } catch {
            throw Fault(description: "cannot make the key \(path): \(error.localizedDescription)")
        }
        return Loaded(bytes: bytes, isNew: true, isExposed: false)
    }
}

/// Files that nobody but their owner may read, from the moment at which they exist.
package enum OwnerOnlyFile {
    /// Fails when the file exists already. Changes the process's file mask for the time of the call.
    package static func create(_ path: String, _ data: Data) throws {
        let mask = umask(0o077)
        defer { umask(mask) }
        try data.write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
    }

    /// Whether others on the machine can read or change the file.
    package static func isExposed(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0
        return mode & 0o077 != 0
    }
}

/// Who saw identities, and why: one JSON object a line, added to the end.
package struct AuditLog {
    package static let fileName = "hallpass-audit.log"
    private let path: String

    package init(_ path: String) { self.path = path }

    /// Adds a line; nothing may be shown when that fails.
    ///
    /// - Parameters:
    ///   - moment: the wall clock's: the log is about what people did, and no output depends on it.
    package func add(reason: String, command: [String], user: String, at moment: Date) throws {
        let line: [String: Any] = [
            "time": moment.formatted(.iso8601), "user": user, "reason": reason, "command": command,
        ]
        var data = try JSONSerialization.data(
            withJSONObject: line, options: [.sortedKeys, .withoutEscapingSlashes])
        data.append(0x0a)
        guard FileManager.default.fileExists(atPath: path) else {
            return try OwnerOnlyFile.create(path, data)
        }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        try handle.seekToEnd()
        try handle.write(contentsOf: data)
    }
}
