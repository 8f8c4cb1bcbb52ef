package import Bytes
import CZlib

/// Unpacks gzip (RFC 1952), any number of members, byte for byte up to where the stream was cut or damaged.
///
/// Not through libarchive: that gives nothing of the block in which a stream breaks, and takes a wrong checksum
/// for right, while a half-written file of last night is worth every packet that it holds.
@safe package final class GzipSource: ByteSource {
    package let path: String
    private let source: any ByteSource
    private var buffer = ByteBuffer(capacity: 256 * 1024)
    /// Packed bytes in `buffer` that are still to be unpacked.
    private var unread = 0..<0
    private var stream = unsafe z_stream()
    private var isBetweenMembers = false
    private var hasEnded = false

    package init(_ source: any ByteSource) throws(FileFault) {
        path = source.path
        self.source = source
        // 16 asks for the gzip wrapper around a window of the largest size (zlib.h, inflateInit2).
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, size) == Z_OK else {
            throw FileFault(path: source.path, reason: "no memory to unpack it")
        }
    }

    deinit { unsafe inflateEnd(&stream) }

    /// Whether `prefix` begins with the magic number of gzip.
    package static func recognises(_ prefix: RawSpan) -> Bool {
        prefix.byte(at: 0) == 0x1f && prefix.byte(at: 1) == 0x8b
    }

    package func readNext(into target: inout ByteBuffer, at offset: Int, count: Int) throws(FileFault) -> Int
    {
        while !hasEnded {
            if unread.isEmpty { try refill() }
            if unread.isEmpty {
                hasEnded = true
                if isBetweenMembers { return 0 }
                throw FileFault(path: path, reason: "the gzip data ends in the middle")
            }
            if isBetweenMembers { try beginMember() }
            let (written, status) = inflateInto(&target, at: offset, count: count)
            if status == Z_STREAM_END { isBetweenMembers = true }
            if status != Z_OK, status != Z_STREAM_END, status != Z_BUF_ERROR {
                // What was unpacked before is given first; the next call meets the damage again.
                if written > 0 { return written }
                throw FileFault(path: path, reason: "the gzip data is damaged")
            }
            if written > 0 { return written }
        }
        return 0
    }

    private func refill() throws(FileFault) {
        let got = try source.readNext(into: &buffer, at: 0, count: buffer.capacity)
        unread = 0..<got
    }

    /// Another member may follow (RFC 1952 §2.2); what is no member is padding, and ends the data.
    private func beginMember() throws(FileFault) {
        guard buffer.bytes(unread.upperBound).byte(at: unread.lowerBound) == 0x1f else {
            hasEnded = true
            return unread = 0..<0
        }
        unsafe inflateReset(&stream)
        isBetweenMembers = false
    }

    private func inflateInto(_ target: inout ByteBuffer, at offset: Int, count: Int) -> (Int, Int32) {
        guard let base = unsafe buffer.address else { return (0, Z_DATA_ERROR) }
        var status = Z_OK
        let written = unsafe target.fill(at: offset, count: count) { room in
            let packed = unsafe (base + unread.lowerBound).assumingMemoryBound(to: UInt8.self)
            unsafe stream.next_in = UnsafeMutablePointer(mutating: packed)
            unsafe stream.avail_in = UInt32(clamping: unread.count)
            unsafe stream.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
            unsafe stream.avail_out = UInt32(clamping: room.count)
            status = unsafe inflate(&stream, Z_NO_FLUSH)
            return unsafe room.count - Int(stream.avail_out)
        }
        unread = unsafe (unread.upperBound - Int(stream.avail_in))..<unread.upperBound
        return (written, status)
    }
}
