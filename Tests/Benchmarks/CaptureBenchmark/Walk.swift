import Bytes

extension Command {
    /// Counts the packets of a little-endian pcap file by their record headers, and looks at nothing else.
    static func walk(_ arguments: [String]) throws {
        guard arguments.count == 1, let path = arguments.first else { throw Usage(text: help) }
        let file = try InputFile(path: path)
        var buffer = ByteBuffer(capacity: 256 << 10)
        var position: Int64 = 24
        var packets = 0
        var bytes = 0
        while true {
            let got = try file.read(at: position, into: &buffer, at: 0, count: buffer.capacity)
            guard got >= 16 else { break }
            let window = buffer.bytes(got)
            var offset = 0
            while offset + 16 <= got {
                var header = ByteReader(window, at: offset + 8)
                offset += 16 + Int(try header.u32LE())
                bytes += Int(try header.u32LE())
                packets += 1
            }
            position += Int64(offset)
        }
        print("\(packets) packets, \(bytes) bytes on the wire")
    }
}
