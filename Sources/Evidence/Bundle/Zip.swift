import Bytes
import Captures

/// A zip archive (PKWARE APPNOTE 6.3.3) that is the same bytes for the same files: members stored as they are, in the
/// order of their names, all with the earliest time that the format knows.
package enum Zip {
    /// 1 January 1980, 00:00: the format's own zero.
    private static let date: UInt64 = 0x21
    private static let localHeader: UInt64 = 0x0403_4b50
    private static let centralHeader: UInt64 = 0x0201_4b50
    private static let end: UInt64 = 0x0605_4b50

    package static func archive(_ bundle: BundleFiles) -> [UInt8] {
        var out: [UInt8] = []
        var central: [UInt8] = []
        for name in bundle.names {
            let bytes = bundle[name] ?? []
            var facts: [UInt8] = []
            // Version 2.0; names are UTF-8 (bit 11); stored; time; date; checksum; both sizes; length of the name.
            facts.put(20, 2)
            facts.put(0x0800, 2)
            facts.put(0, 2)
            facts.put(0, 2)
            facts.put(date, 2)
            facts.put(UInt64(bytes.withRawSpan { $0.checksum() }), 4)
            facts.put(UInt64(bytes.count), 4)
            facts.put(UInt64(bytes.count), 4)
            facts.put(UInt64(name.utf8.count), 2)
            facts.put(0, 2)
            let place = UInt64(out.count)
            out.put(localHeader, 4)
            out += facts + Array(name.utf8) + bytes
            central.put(centralHeader, 4)
            // Made by Unix, version 2.0.
            central.put(0x0314, 2)
            central += facts
            // No comment, first disk, no internal attributes; a plain file, mode 0644.
            central.put(0, 2)
            central.put(0, 2)
            central.put(0, 2)
            central.put(0o100644 << 16, 4)
            central.put(place, 4)
            central += Array(name.utf8)
        }
        let start = UInt64(out.count)
        out += central
        out.put(end, 4)
        out.put(0, 4)
        out.put(UInt64(bundle.names.count), 2)
        out.put(UInt64(bundle.names.count), 2)
        out.put(UInt64(central.count), 4)
        out.put(start, 4)
        out.put(0, 2)
        return out
    }

    /// The files of an archive that `archive` wrote. Any other byte than it would write is refused, also one that
    /// belongs to no file; but a changed byte of a file is left to the manifest, which names it.
    package static func read(_ bytes: [UInt8], of path: String) throws(EvidenceFault) -> BundleFiles {
        var bundle = BundleFiles()
        var place = 0
        while let header = bytes.number(at: place, 4), header == localHeader {
            guard let size = bytes.number(at: place + 18, 4), let length = bytes.number(at: place + 26, 2),
                let nameBytes = bytes.part(place + 30, length),
                let content = bytes.part(place + 30 + nameBytes.count, size)
            else { throw EvidenceFault("\(path): the zip breaks off in the member at byte \(place)") }
            let name = String(decoding: nameBytes, as: UTF8.self)
            guard bundle[name] == nil, !name.contains("/") else {
                throw EvidenceFault("\(path): the zip has a member that no bundle has: \(quotedName(name))")
            }
            bundle[name] = Array(content)
            place += 30 + nameBytes.count + content.count
        }
        let exact = archive(bundle)
        guard let index = difference(exact, bytes) else { return bundle }
        // Checksums follow the files; where only they differ, a file was changed and the manifest says which.
        if isOfChecksums(exact, bytes) { return bundle }
        throw EvidenceFault("\(path): byte \(index) is none that belongs there: the zip was changed")
    }

    private static func difference(_ a: [UInt8], _ b: [UInt8]) -> Int? {
        if let index = zip(a, b).enumerated().first(where: { $1.0 != $1.1 })?.offset { return index }
        return a.count == b.count ? nil : min(a.count, b.count)
    }

    /// Whether archives differ only where members' checksums stand, and in each member's two headers alike.
    private static func isOfChecksums(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count, let directory = a.number(at: a.count - 6, 4) else { return false }
        var (first, second) = (a, b)
        var central = Int(clamping: directory)
        var local = 0
        var changes = 0
        while let header = a.number(at: local, 4), header == localHeader,
            let size = a.number(at: local + 18, 4), let length = a.number(at: local + 26, 2)
        {
            let stated = b.part(local + 14, 4)
            guard stated == b.part(central + 16, 4) else { return false }
            if stated != a.part(local + 14, 4) { changes += 1 }
            for index in 0..<4 {
                for place in [local + 14 + index, central + 16 + index] where place < a.count {
                    (first[place], second[place]) = (0, 0)
                }
            }
            local += 30 + Int(clamping: length) + Int(clamping: size)
            central += 46 + Int(clamping: length)
        }
        return changes > 0 && first == second
    }

    private static func quotedName(_ name: String) -> String { "'" + plain(name) + "'" }
}

extension [UInt8] {
    /// Appends the low `count` bytes of `value`, least significant first.
    fileprivate mutating func put(_ value: UInt64, _ count: Int) {
        for place in 0..<count { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * place))) }
    }

    /// A little-endian number; nil where there are not so many bytes.
    fileprivate func number(at place: Int, _ count: Int) -> UInt64? {
        part(place, UInt64(count))?.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    fileprivate func part(_ start: Int, _ length: UInt64) -> ArraySlice<UInt8>? {
        guard let length = Int(exactly: length), start >= 0, start <= count, length <= count - start else {
            return nil
        }
        return self[start..<start + length]
    }
}
