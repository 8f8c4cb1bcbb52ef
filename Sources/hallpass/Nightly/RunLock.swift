import ArgumentParser
import Foundation

/// One run at a time: a file beside the ledger that the system locks for as long as the process lives, with the
/// process's id in it for people.
///
/// The lock is the system's (flock): it goes with the process however that ends. A file that is left over therefore
/// locks nothing, and its content tells that a run was ended before it was done.
final class RunLock {
    enum Fault: Error {
        /// Another run is under way; its process id when it could be read.
        case held(pid: String?)
        case unusable(String)
    }

    let path: String
    private let handle: FileHandle
    /// The process of an earlier run that never came to its end; nil when the last one did.
    let abandonedBy: String?

    init(beside ledger: String) throws(Fault) {
        path = ledger + ".lock"
        if !FileManager.default.fileExists(atPath: path) {
            let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
            _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: attributes)
        }
        guard let handle = FileHandle(forUpdatingAtPath: path) else {
            throw .unusable("\(path): cannot be made; the ledger's folder must exist and be writable")
        }
        self.handle = handle
        guard flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw .held(pid: RunLock.owner(handle))
        }
        abandonedBy = RunLock.owner(handle)
        do {
            try handle.truncate(atOffset: 0)
            try handle.write(contentsOf: Data("\(ProcessInfo.processInfo.processIdentifier)\n".utf8))
        } catch {
            throw .unusable("\(path): cannot be written: \(error.localizedDescription)")
        }
    }

    /// Takes the lock, or says who has it.
    static func take(beside ledger: String) throws -> RunLock {
        do {
            return try RunLock(beside: ledger)
        } catch .held(let pid) {
            let who = pid.map { "process \($0)" } ?? "another process"
            Messages.say("error: \(ledger): \(who) is at work on this ledger; wait until it is done")
            throw ExitCode.busy
        } catch .unusable(let reason) {
            Messages.say("error: \(reason)")
            throw ExitCode(70)
        }
    }

    private static func owner(_ handle: FileHandle) -> String? {
        guard let data = try? handle.readToEnd(), let text = String(data: data, encoding: .utf8) else {
            return nil
        }
        let digits = text.prefix { $0.isNumber }
        return digits.isEmpty ? nil : String(digits)
    }

    /// Says that the run came to its end; the file stays, empty.
    func release() {
        try? handle.truncate(atOffset: 0)
        try? handle.close()
    }
}
