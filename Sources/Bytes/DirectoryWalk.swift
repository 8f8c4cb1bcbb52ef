#if canImport(Glibc)
    import Glibc
#endif

/// The regular files beneath a directory, whatever bytes their names are.
package enum DirectoryWalk {
    /// Whether `path` is a directory.
    package static func isDirectory(_ path: String) -> Bool {
        kind(Array(path.utf8), followsLinks: true) == S_IFDIR
    }

    /// Paths as `FileName.shown` gives them, in order of their bytes. Hidden files and folders (`.name`) are never
    /// data, and links are not followed, so that no file comes twice and no walk is endless. A folder that may not
    /// be read is in `unreadable`.
    package static func files(_ directory: String) -> (files: [String], unreadable: [String]) {
        var files: [[UInt8]] = []
        var unreadable: [String] = []
        var folders = [Array(directory.utf8)]
        while let folder = folders.popLast() {
            guard let names = names(folder) else {
                unreadable.append(FileName.shown(folder))
                continue
            }
            for name in names where name.first != UInt8(ascii: ".") {
                let path = folder + [UInt8(ascii: "/")] + name
                switch kind(path, followsLinks: false) {
                case S_IFREG: files.append(path)
                case S_IFDIR: folders.append(path)
                default: continue
                }
            }
        }
        return (files.sorted { $0.lexicographicallyPrecedes($1) }.map(FileName.shown), unreadable.sorted())
    }

    private static func names(_ folder: [UInt8]) -> [[UInt8]]? {
        // The root's own path is empty here, so that those beneath it begin with one slash.
        let path = (folder.isEmpty ? [UInt8(ascii: "/")] : folder).map { CChar(bitPattern: $0) } + [0]
        guard let stream = unsafe opendir(path) else { return nil }
        defer { unsafe closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe Array(bytes.prefix { $0 != 0 })
            }
            names.append(name)
        }
        return names
    }

    private static func kind(_ path: [UInt8], followsLinks: Bool) -> mode_t? {
        let text = path.map { CChar(bitPattern: $0) } + [0]
        var status = stat()
        let result = unsafe followsLinks ? stat(text, &status) : lstat(text, &status)
        return result == 0 ? status.st_mode & S_IFMT : nil
    }
}
