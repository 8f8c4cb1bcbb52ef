package import Bytes
import CZlib

/// One stored or deflated member of a zip archive, read in sequence (PKWARE APPNOTE.TXT §4.3).
///
/// Not through libarchive, which gives nothing of the last block of an archive that was cut off: here every byte
/// that stands before the cut is given. What is packed in another way, or encrypted, is left to libarchive.
package final class ZipMember: ByteSource {
    package let path: String
    private let archive: Archive
    private let header: Header
    /// Checksum (CRC-32) and length of what was given so far.
    private var checksum: UInt = 0
    private var hasEnded = false

    package enum Opening {
        case member(ZipMember)
        /// The archive has not so many members.
        case end
        /// Packed in a way that is not read here.
        case unsupported
    }

    /// Opens the regular file at `index` of what `source` holds.
    package static func open(_ source: any ByteSource, member index: Int) throws(FileFault) -> Opening {
        let archive = Archive(source)
        var position = 0
        while let header = try archive.nextHeader() {
            guard header.isSupported else { return .unsupported }
            guard let member = ZipMember(archive, header) else {
                throw FileFault(path: source.path, reason: "no memory to unpack it")
            }
            if !header.isFolder {
                if position == index { return .member(member) }
                position += 1
            }
            try member.skip()
        }
        return .end
    }

    private init?(_ archive: Archive, _ header: Header) {
        guard archive.begin(header) else { return nil }
        path = "\(archive.source.path)!\(header.name)"
        self.archive = archive
        self.header = header
    }

    package func readNext(into target: inout ByteBuffer, at offset: Int, count: Int) throws(FileFault) -> Int
    {
        guard !hasEnded, count > 0 else { return 0 }
        let got = try archive.read(into: &target, at: offset, count: count)
        if got > 0 {
            checksum = target.bytes(offset + got).clamped(from: offset, count: got).checksum(after: checksum)
            return got
        }
        hasEnded = true
        let stated = try archive.end(header)
        guard stated == nil || stated.map(UInt.init) == checksum else {
            throw FileFault(path: path, reason: "its checksum is wrong: the archive is damaged")
        }
        return 0
    }

    private func skip() throws(FileFault) {
        var room = ByteBuffer(capacity: 64 * 1024)
        while try readNext(into: &room, at: 0, count: room.capacity) > 0 {}
    }
}

/// A local file header (§4.3.7).
private struct Header {
    let name: String
    let flags: UInt16
    let method: UInt16
    let checksum: UInt32
    let packedBytes: UInt64

    /// Checksum and sizes follow behind the data.
    var hasDescriptor: Bool { flags & 0x0008 != 0 }
    var isDeflated: Bool { method == 8 }
    var isFolder: Bool { name.hasSuffix("/") }

    /// From the header's first 30 bytes, and what follows them.
    init?(fixed: [UInt8], name: [UInt8], extra: [UInt8]) {
        let parsed = fixed.withRawSpan { span -> [UInt32]? in
            var reader = ByteReader(span, at: 6)
            guard let flags = try? reader.u16LE(), let method = try? reader.u16LE(),
                (try? reader.skip(4)) != nil, let checksum = try? reader.u32LE(),
                let packed = try? reader.u32LE(), let size = try? reader.u32LE()
            else { return nil }
            return [UInt32(flags), UInt32(method), checksum, packed, size]
        }
        guard let parsed, parsed.count == 5 else { return nil }
        self.name = String(decoding: name, as: UTF8.self)
        flags = UInt16(truncatingIfNeeded: parsed[0])
        method = UInt16(truncatingIfNeeded: parsed[1])
        checksum = parsed[2]
        let long = extra.withRawSpan { Header.longSize($0, skipping: parsed[4] == .max ? 8 : 0) }
        packedBytes = parsed[3] == .max ? long ?? UInt64(parsed[3]) : UInt64(parsed[3])
    }

    /// The packed size in the extra field of ZIP64 (§4.5.3).
    private static func longSize(_ extra: RawSpan, skipping: Int) -> UInt64? {
        var reader = ByteReader(extra)
        while let id = try? reader.u16LE(), let size = try? reader.u16LE(),
            let field = try? reader.take(Int(size))
        {
            guard id == 1 else { continue }
            var sizes = ByteReader(field, at: skipping)
            return try? sizes.u64LE()
        }
        return nil
    }

    /// Deflated, or stored with a known size; not encrypted (bits 0, 6 and 13).
    var isSupported: Bool {
        guard flags & 0x2041 == 0 else { return false }
        return isDeflated || method == 0 && !hasDescriptor
    }
}

/// The archive's bytes, header by header.
private final class Archive {
    let source: any ByteSource
    private var buffer = ByteBuffer(capacity: 256 * 1024)
    private var unread = 0..<0
    private var codec: ZlibCodec?
    /// Packed bytes of the member that are still to come; of no meaning where a descriptor tells them.
    private var left: UInt64 = 0
    private var hasUnpacked = false

    init(_ source: any ByteSource) { self.source = source }

    /// The header that stands next; nil where the members end and the central directory begins.
    func nextHeader() throws(FileFault) -> Header? {
        guard try want(4) else {
            guard unread.isEmpty else { throw cut }
            return nil
        }
        guard signature(at: 0) == 0x0403_4b50 else { return nil }
        guard try want(30) else { throw cut }
        let fixed = copied(from: 0, count: 30)
        let lengths = fixed.withRawSpan { Archive.lengths($0) }
        let whole = 30 + lengths.name + lengths.extra
        guard try want(whole) else { throw cut }
        let name = copied(from: 30, count: lengths.name)
        let extra = copied(from: 30 + lengths.name, count: lengths.extra)
        consume(whole)
        guard let header = Header(fixed: fixed, name: name, extra: extra) else { throw cut }
        return header
    }

    private static func lengths(_ fixed: RawSpan) -> (name: Int, extra: Int) {
        var reader = ByteReader(fixed, at: 26)
        guard let name = try? reader.u16LE(), let extra = try? reader.u16LE() else { return (0, 0) }
        return (Int(name), Int(extra))
    }

    func begin(_ header: Header) -> Bool {
        left = header.packedBytes
        hasUnpacked = false
        if header.isDeflated {
            guard let raw = ZlibCodec(.raw) else { return false }
            codec = raw
        } else {
            codec = nil
        }
        return true
    }

    /// The member's next bytes; 0 at its end.
    func read(into target: inout ByteBuffer, at offset: Int, count: Int) throws(FileFault) -> Int {
        guard codec != nil else { return try copy(into: &target, at: offset, count: count) }
        while !hasUnpacked {
            guard try want(1) else { throw cut }
            let step = unpack(into: &target, at: offset, count: count)
            if step.status == .memberEnd { hasUnpacked = true }
            if step.written > 0 { return step.written }
            if step.status == .damaged {
                throw FileFault(path: source.path, reason: "the compressed data is damaged")
            }
        }
        return 0
    }

    private func copy(into target: inout ByteBuffer, at offset: Int, count: Int) throws(FileFault) -> Int {
        guard left > 0 else { return 0 }
        guard try want(1) else { throw cut }
        let size = min(Int(clamping: left), unread.count, count)
        let written = Archive.copy(
            buffer, unread.lowerBound..<(unread.lowerBound + size), into: &target, at: offset)
        consume(written)
        left &-= UInt64(written)
        return written
    }

    private func unpack(into target: inout ByteBuffer, at offset: Int, count: Int) -> CodecStep {
        var step = CodecStep(read: 0, written: 0, status: .damaged)
        guard let codec, let base = unsafe buffer.address else { return step }
        _ = unsafe target.fill(at: offset, count: count) { room in
            let packed = unsafe UnsafeRawBufferPointer(start: base + unread.lowerBound, count: unread.count)
            step = unsafe codec.step(packed, room)
            return step.written
        }
        consume(min(step.read, unread.count))
        return step
    }

    /// Passes over what follows a member's data; returns the checksum that the archive states for it, nil when it
    /// was cut off there.
    func end(_ header: Header) throws(FileFault) -> UInt32? {
        guard header.hasDescriptor else { return header.checksum }
        // With or without a signature, and with sizes of four or eight bytes (§4.3.9): what fits is followed by
        // another header or by the archive's end.
        _ = try want(28)
        let start = signature(at: 0) == 0x0807_4b50 ? 4 : 0
        guard let checksum = signature(at: start) else { throw cut }
        for length in [start + 12, start + 20] {
            let next = signature(at: length)
            let isEnd = next == nil && unread.count == length
            guard isEnd || next.map(Archive.isSignature) == true else { continue }
            consume(length)
            return checksum
        }
        throw FileFault(path: source.path, reason: "what follows \(header.name) is no zip archive")
    }

    /// Local header, central directory, its ends of both sizes, archive extra data.
    private static func isSignature(_ value: UInt32) -> Bool {
        [0x0403_4b50, 0x0201_4b50, 0x0605_4b50, 0x0606_4b50, 0x0806_4b50].contains(value)
    }

    private var cut: FileFault { FileFault(path: source.path, reason: "the archive ends in the middle") }

    private func signature(at offset: Int) -> UInt32? {
        guard offset + 4 <= unread.count else { return nil }
        return copied(from: offset, count: 4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// A copy of unread bytes.
    private func copied(from offset: Int, count: Int) -> [UInt8] {
        let start = unread.lowerBound + offset
        return Archive.copied(buffer, start..<(start + min(count, unread.upperBound - start)))
    }

    // Static, so that the compiler sees that the buffer is only read.

    private static func copied(_ buffer: borrowing ByteBuffer, _ range: Range<Int>) -> [UInt8] {
        buffer.bytes(range.upperBound).clamped(from: range.lowerBound, count: range.count).copied()
    }

    private static func copy(
        _ buffer: borrowing ByteBuffer, _ range: Range<Int>, into target: inout ByteBuffer, at offset: Int
    ) -> Int {
        let part = buffer.bytes(range.upperBound).clamped(from: range.lowerBound, count: range.count)
        return target.write(part, at: offset)
    }

    private func consume(_ count: Int) { unread = (unread.lowerBound + count)..<unread.upperBound }

    /// Reads on until `count` bytes are there, which fit the buffer; false when the source ends before.
    private func want(_ count: Int) throws(FileFault) -> Bool {
        while unread.count < count {
            if unread.lowerBound > 0 {
                buffer.moveToFront(from: unread.lowerBound, to: unread.upperBound)
                unread = 0..<unread.count
            }
            let got = try source.readNext(
                into: &buffer, at: unread.upperBound, count: buffer.capacity - unread.upperBound)
            if got == 0 { return false }
            unread = unread.lowerBound..<(unread.upperBound + got)
        }
        return true
    }
}

extension RawSpan {
    /// The CRC-32 of what came before and these bytes.
    package func checksum(after before: UInt = 0) -> UInt {
        unsafe withUnsafeBytes { bytes in
            unsafe crc32(
                before, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(clamping: bytes.count))
        }
    }
}
