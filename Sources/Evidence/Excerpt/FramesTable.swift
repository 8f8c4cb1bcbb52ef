package import Bytes
package import Pipeline
import Reports

/// `frames.csv`: which frame of which capture each frame of an excerpt was made from.
package enum FramesTable {
    package static let header = "frame,time,file,original_frame,offset,bytes,sha256,carries"

    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    /// The table's text, with a line end of LF.
    package static func text(_ frames: [ExcerptFrame]) -> String {
        var text = header + "\n"
        for frame in frames {
            let carries = frame.carries.map(\.rawValue).joined(separator: " ")
            text += "\(frame.number),\(frame.time),\(CSVText.quoted(frame.file)),\(frame.originalNumber),"
            text += "\(frame.offset),\(frame.originalBytes),\(frame.sha256),\(carries)\n"
        }
        return text
    }

    /// Reads the table again; throws what is wrong with it, with the line's number.
    package static func read(_ text: String) throws(Fault) -> [Row] {
        var rows: [Row] = []
        for (index, cells) in records(text).enumerated() {
            if index == 0 {
                guard cells.joined(separator: ",") == header else {
                    throw Fault(description: "line 1: it does not begin with \"\(header)\"")
                }
                continue
            }
            guard cells.count == 8, let number = Int(cells[0]), let original = UInt64(cells[3]),
                let offset = Int64(cells[4]), let bytes = Int(cells[5]), cells[6].utf8.count == 64
            else { throw Fault(description: "line \(index + 1): it is no row of frames.csv") }
            rows.append(
                Row(
                    number: number, file: cells[2], originalNumber: original, offset: offset, bytes: bytes,
                    sha256: cells[6]))
        }
        return rows
    }

    /// Cells of RFC 4180, line by line; a quoted cell may hold commas, quotes and line ends.
    private static func records(_ text: String) -> [[String]] {
        var records: [[String]] = []
        var cells: [String] = []
        var cell: [UInt8] = []
        var isQuoted = false
        var last: UInt8 = 0
        func endCell() {
            cells.append(String(decoding: cell, as: UTF8.self))
            cell = []
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""):
                // The second of two quotes within a quoted cell stands for one.
                if !isQuoted, last == byte { cell.append(byte) }
                isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted: endCell()
            case 0x0a where !isQuoted:
                endCell()
                records.append(cells)
                cells = []
            default: cell.append(byte)
            }
            last = byte
        }
        if !cell.isEmpty || !cells.isEmpty {
            endCell()
            records.append(cells)
        }
        return records
    }

    /// One row, as far as it can be checked.
    package struct Row: Equatable, Sendable {
        package let number: Int
        package let file: String
        package let originalNumber: UInt64
        package let offset: Int64
        package let bytes: Int
        package let sha256: String
    }

    /// What became of a row in captures.
    package enum Finding: Equatable, Sendable {
        /// The frame is there, with the same bytes at the same place.
        case same
        /// A frame of this number is there, and it is another one.
        case different
        /// The capture has fewer frames.
        case missing
        /// There is no capture of this name.
        case noCapture
    }

    /// Looks for each row's frame in `captures`; findings in the order of the rows.
    ///
    /// - Parameter jobs: captures read at the same time; 0 for one per core.
    package static func check(_ rows: [Row], in captures: [String], jobs: Int = 0) -> [Finding] {
        var wanted: [String: Set<UInt64>] = [:]
        for row in rows { wanted[row.file, default: []].insert(row.originalNumber) }
        let (numbers, arguments) = (wanted, captures)
        let (frames, paths) = FrameLookup.read(captures, jobs: jobs) { path in
            numbers[CaptureNames.name(path, arguments)] ?? []
        }
        let present = Set(paths.map { CaptureNames.name($0, captures) })
        var found: [Place: [FrameLookup.Frame]] = [:]
        for frame in frames {
            let name = CaptureNames.name(frame.path, captures)
            found[Place(file: name, number: frame.number), default: []].append(frame)
        }
        return rows.map { row in
            guard present.contains(row.file) else { return .noCapture }
            guard let frames = found[Place(file: row.file, number: row.originalNumber)] else {
                return .missing
            }
            let isThere = frames.contains {
                $0.offset == row.offset && $0.bytes.count == row.bytes
                    && ExcerptBuilder.digest($0.bytes) == row.sha256
            }
            return isThere ? .same : .different
        }
    }

    private struct Place: Hashable {
        let file: String
        let number: UInt64
    }
}

/// How captures are called in evidence: without the folders that lead to them, which may name people and machines.
package enum CaptureNames {
    /// The name of the capture at `path`, which one of `arguments` led to: what follows a directory, or the last part
    /// of a file's path with what is packed in it.
    package static func name(_ path: String, _ arguments: [String]) -> String {
        var best: String?
        for argument in arguments {
            let base = argument.hasSuffix("/") ? String(argument.dropLast()) : argument
            var name: String?
            if path == argument {
                name = last(path)
            } else if path.hasPrefix(base + "/"), DirectoryWalk.isDirectory(argument) {
                name = String(path.dropFirst(base.count + 1))
            } else if path.hasPrefix(argument) {
                name = last(argument) + path.dropFirst(argument.count)
            }
            // The shortest, whatever the order of the arguments.
            if let name, name.count < best?.count ?? .max { best = name }
        }
        return best ?? last(path)
    }

    private static func last(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
