import Bytes
import Foundation
import Pipeline
import Reports

/// Which files have arrived whole: nobody writes to them any more.
struct Arrivals {
    struct File {
        let path: InputPath
        let stamp: Stamp
    }

    /// By which a change of a file is noticed.
    struct Stamp: Equatable {
        var bytes: Int64
        /// Nanoseconds since 1970.
        var modified: Int64

        init(_ path: String) throws(FileFault) {
            let file = try InputFile(path: path)
            bytes = file.size ?? 0
            modified = file.modified?.nanoseconds ?? 0
        }
    }

    private(set) var files: [File] = []
    private(set) var leftAlone: [MorningReport.LeftAlone] = []

    /// Looks at `paths` twice, a second apart, when any of them was written within the last quarter of an hour.
    ///
    /// - Parameters:
    ///   - leastAge: seconds since a file was last written, below which it counts as growing.
    ///   - isKnown: whether the ledger has a file of that path, size and time of writing.
    init(
        _ paths: [InputPath], leastAge: Double, now: Date,
        isKnown: (_ path: String, Stamp) throws -> Bool
    ) rethrows {
        var candidates: [File] = []
        for path in paths where !path.isRepeat {
            let stamp: Stamp
            do throws(FileFault) {
                stamp = try Stamp(path.path)
            } catch {
                leave(path.path, "cannot be read: \(error.cause)", isProblem: true)
                continue
            }
            // Tonight's log, rotated a moment ago: there is nothing in it to read.
            if stamp.bytes == 0 {
                leave(path.path, "is empty")
                continue
            }
            if try isKnown(path.path, stamp) { continue }
            candidates.append(File(path: path, stamp: stamp))
        }
        let writers = OpenForWriting(candidates.map(\.path.path))
        let age = { (stamp: Stamp) in now.timeIntervalSince1970 - Double(stamp.modified) / 1e9 }
        if candidates.contains(where: { age($0.stamp) < 900 }), leastAge > 0 {
            Thread.sleep(forTimeInterval: 1)
        }
        for file in candidates {
            let path = file.path.path
            if let pid = writers.processes[path] {
                leave(path, "process \(pid) has it open for writing")
            } else if age(file.stamp) < leastAge {
                leave(
                    path, "was written \(max(0, Int(age(file.stamp)))) s ago; --min-age is \(Int(leastAge)) s"
                )
            } else if (try? Stamp(path)) != file.stamp {
                leave(path, "is growing")
            } else {
                files.append(file)
            }
        }
    }

    private mutating func leave(_ path: String, _ reason: String, isProblem: Bool = false) {
        leftAlone.append(MorningReport.LeftAlone(path: path, reason: reason, isProblem: isProblem))
    }
}

/// Files that a process has open for writing, as far as `/proc` tells: a user sees the files of own processes, root
/// those of all.
struct OpenForWriting {
    /// Process ids by path.
    private(set) var processes: [String: String] = [:]

    init(_ paths: [String]) {
        var wanted: [String: String] = [:]
        for path in paths { wanted[URL(fileURLWithPath: path).resolvingSymlinksInPath().path] = path }
        if wanted.isEmpty { return }
        let files = FileManager.default
        let own = String(ProcessInfo.processInfo.processIdentifier)
        for pid in (try? files.contentsOfDirectory(atPath: "/proc")) ?? []
        where pid != own && pid.allSatisfy(\.isNumber) {
            for number in (try? files.contentsOfDirectory(atPath: "/proc/\(pid)/fd")) ?? [] {
                guard
                    let target = try? files.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\(number)"),
                    let path = wanted[target], OpenForWriting.writes(pid, number)
                else { continue }
                processes[path] = pid
            }
        }
    }

    /// The access mode is in the two lowest bits of the flags (open(2)): 0 reads only.
    private static func writes(_ pid: String, _ number: String) -> Bool {
        guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/fdinfo/\(number)") else {
            return false
        }
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n")
        where line.hasPrefix("flags:") {
            let digits = line.dropFirst("flags:".count).drop { $0 == " " || $0 == "\t" }
            return (Int(digits, radix: 8) ?? 0) & 3 != 0
        }
        return false
    }
}
