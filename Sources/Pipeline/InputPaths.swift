import Bytes

/// One file to read, and whether the user named it or a directory walk found it.
package struct InputPath: Equatable, Sendable {
    package let path: String
    package let isNamed: Bool
    /// The same path came before: a log is not read twice, and a capture's packets count as duplicates.
    package var isRepeat = false
}

/// Expands the arguments: files as they are, directories walked in order of their names.
package enum InputPaths {
    package static func expand(_ arguments: [String]) -> [InputPath] {
        var paths: [InputPath] = []
        var seen: Set<String> = []
        for argument in arguments {
            let found =
                DirectoryWalk.isDirectory(argument)
                ? walk(argument).map { InputPath(path: $0, isNamed: false) }
                : [InputPath(path: argument, isNamed: true)]
            for var path in found {
                path.isRepeat = !seen.insert(path.path).inserted
                paths.append(path)
            }
        }
        return paths
    }

    /// A folder that may not be read is kept as a path: opening it says why.
    private static func walk(_ directory: String) -> [String] {
        let base = directory.hasSuffix("/") ? String(directory.dropLast()) : directory
        let (files, unreadable) = DirectoryWalk.files(base)
        return files + unreadable
    }

    /// Whether the name says that a file is a capture or a log: then a file that is neither is a problem, while a
    /// README in the same directory is not.
    package static func claimsToBeData(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        let documents = [".tsv", ".csv", ".md", ".txt", ".json", ".yaml", ".yml", ".sh", ".py", ".html"]
        if documents.contains(where: name.hasSuffix) { return false }
        // Anywhere in the name: rotation and compression add endings of their own (day.pcap3, access.log.2.gz).
        let marks = [".pcap", ".cap", ".dmp", ".log", ".ntar", ".snoop"]
        return marks.contains { name.contains($0) }
    }
}
