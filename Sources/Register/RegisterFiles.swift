import Bytes
import Crypto
import Foundation

/// One file as it was read.
package struct SourceFile: Sendable {
    /// The path as messages name it.
    package let path: String
    /// The path beneath the directory that was asked for.
    package let relative: String
    package let bytes: [UInt8]

    /// The text, or a problem logged when it is not UTF-8.
    package func text(_ log: ProblemLog) -> String? {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        log.add(Place(file: path), "is not UTF-8 text")
        return nil
    }

    package var sha256: String { hexadecimal(SHA256.hash(data: bytes)) }
}

extension Register {
    /// Reads a file, or all `.yaml`, `.yml` and `.csv` files beneath a directory, in the order of their
    /// names.
    ///
    /// Files named `roster.yaml` or `roster.yml` describe devices and are left to the roster; hidden files
    /// and other kinds are passed over.
    package static func load(_ path: String) throws(RegisterError) -> Register {
        let log = ProblemLog()
        let files = try sourceFiles(at: path, log)
        var content = RegisterContent()
        for file in files {
            guard let text = file.text(log) else { continue }
            if file.path.lowercased().hasSuffix(".csv") {
                content.append(RegisterCSV.read(text, file: file.path, log: log))
            } else if let root = YAMLValue.read(text: text, file: file.path, log: log) {
                var reader = RegisterYAML()
                reader.read(root)
                content.append(reader.content)
            }
        }
        content.check(log)
        try log.throwIfAny()
        return Register(content, files: files.map(\.path), sha256: digest(files))
    }

    /// A register from one YAML text, for tests and for tools that hold it in memory.
    package static func parse(yaml text: String, file: String = "register.yaml") throws(RegisterError)
        -> Register
    {
        let log = ProblemLog()
        var reader = RegisterYAML()
        if let root = YAMLValue.read(text: text, file: file, log: log) { reader.read(root) }
        reader.content.check(log)
        try log.throwIfAny()
        let source = SourceFile(path: file, relative: file, bytes: Array(text.utf8))
        return Register(reader.content, files: [file], sha256: digest([source]))
    }

    /// A register without any record: everything is then unknown.
    package static var empty: Register { Register(RegisterContent(), files: [], sha256: digest([])) }

    private static func digest(_ files: [SourceFile]) -> String {
        var hash = SHA256()
        // Names and sizes stand between the contents, so that moving text from file to file changes the
        // digest.
        for file in files {
            hash.update(data: Array("\(file.relative)\0\(file.bytes.count)\0".utf8))
            hash.update(data: file.bytes)
        }
        return hexadecimal(hash.finalize())
    }

    private static func sourceFiles(at path: String, _ log: ProblemLog) throws(RegisterError) -> [SourceFile]
    {
        guard FileManager.default.fileExists(atPath: path) else {
            throw RegisterError(
                [RegisterProblem(Place(file: path), "no such file or directory")], missing: true)
        }
        let isDirectory = (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil
        guard isDirectory else {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            return [try readFile(path, relative: name)]
        }
        let base = path.hasSuffix("/") ? path : path + "/"
        let names = (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? [])
            .filter(isRegisterFile)
            .sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        if names.isEmpty {
            throw RegisterError([RegisterProblem(Place(file: path), "holds no .yaml, .yml or .csv file")])
        }
        var files: [SourceFile] = []
        for name in names {
            do {
                files.append(try readFile(base + name, relative: name))
            } catch {
                for problem in error.problems { log.add(problem.place, problem.message) }
            }
        }
        return files
    }

    private static func isRegisterFile(_ relative: String) -> Bool {
        let parts = relative.split(separator: "/")
        if parts.contains(where: { $0.hasPrefix(".") }) { return false }
        let name = parts.last?.lowercased() ?? ""
        if name == "roster.yaml" || name == "roster.yml" { return false }
        return [".yaml", ".yml", ".csv"].contains { name.hasSuffix($0) }
    }
}

/// Reads a whole file; the roster uses it too.
package func readFile(_ path: String, relative: String) throws(RegisterError) -> SourceFile {
    guard FileManager.default.fileExists(atPath: path) else {
        throw RegisterError([RegisterProblem(Place(file: path), "no such file")], missing: true)
    }
    guard let data = FileManager.default.contents(atPath: path) else {
        throw RegisterError([RegisterProblem(Place(file: path), "cannot be read")])
    }
    return SourceFile(path: path, relative: relative, bytes: Array(data))
}

/// Lower-case hexadecimal digits of bytes.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
