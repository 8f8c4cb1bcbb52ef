import Bytes
import Names
import TestSupport
import Testing

@Suite struct HTTP2Tests {
    private static let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".bytes

    private func frame(_ type: UInt8, _ flags: UInt8, _ payload: [UInt8]) -> [UInt8] {
        bigEndian(payload.count, 3) + [type, flags, 0, 0, 0, 1] + payload
    }

    private func hosts(_ stream: [UInt8]) -> (hosts: [String], isLost: Bool) {
        var requests = HTTP2Requests()
        _ = stream.withRawSpan { requests.take($0) }
        let names = requests.takeHosts().map { host in
            if case .name(let name) = host { return name.text }
            return "refused"
        }
        return (names, requests.isLost)
    }

    /// RFC 7541 §C.3: three requests without Huffman coding, on one connection.
    private static let plain = [
        "828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865",
        "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
    ].map { hex($0) }

    /// RFC 7541 §C.4: the same with Huffman coding.
    private static let huffman = [
        "828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf",
        "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
    ].map { hex($0) }

    @Test(arguments: [HTTP2Tests.plain, HTTP2Tests.huffman])
    func followsTheExamplesOfRFC7541(blocks: [[UInt8]]) {
        let stream = HTTP2Tests.preface + frame(4, 0, []) + blocks.flatMap { frame(1, 5, $0) }
        let found = hosts(stream)
        #expect(found.hosts == ["www.example.com", "www.example.com", "www.example.com"])
        #expect(!found.isLost)
    }

    @Test func readsContinuationsPaddingAndPriority() {
        let block = HTTP2Tests.huffman[0]
        let padded = [3] + [0, 0, 0, 0, 16] + Array(block[0..<6]) + [0, 0, 0]
        let stream =
            HTTP2Tests.preface + frame(0, 0, [1, 2, 3]) + frame(1, 0x28, padded)
            + frame(9, 4, Array(block[6...]))
        #expect(hosts(stream).hosts == ["www.example.com"])
    }

    @Test func takesTheStreamInAnyPieces() {
        let stream =
            HTTP2Tests.preface + frame(0, 0, [UInt8](repeating: 7, count: 300))
            + frame(1, 4, HTTP2Tests.plain[0])
        for piece in [1, 5, 31, 200] {
            var requests = HTTP2Requests()
            var pending: [UInt8] = []
            for start in stride(from: 0, to: stream.count, by: piece) {
                pending += stream[start..<min(start + piece, stream.count)]
                pending.removeFirst(pending.withRawSpan { requests.take($0) })
            }
            #expect(requests.takeHosts().count == 1)
        }
    }

    @Test func dropsUserinfoAndPortAndRefusesTheRest() {
        func block(_ authority: String) -> [UInt8] { [0x01] + counted(1, authority.bytes) }
        let stream =
            HTTP2Tests.preface + frame(1, 4, block("user:word@h2.example:8443")) + frame(1, 4, block("a b"))
            + frame(1, 4, [0x0f, 38 - 15] + counted(1, "by-host.example".bytes))
        #expect(hosts(stream).hosts == ["h2.example", "refused", "by-host.example"])
    }

    @Test func refusesWhatContradictsTheFormat() {
        let bad: [[UInt8]] = [
            [0x80], [0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], [0xc0], [0x3f, 0xff, 0xff, 0x7f],
            // Huffman: padding of eight bits and more, padding of zeros, end-of-string.
            [0x41, 0x82, 0xff, 0xff], [0x41, 0x81, 0x00], [0x41, 0x84, 0xff, 0xff, 0xff, 0xff],
        ]
        for block in bad { #expect(hosts(HTTP2Tests.preface + frame(1, 4, block)).isLost, "\(block)") }
        #expect(hosts(HTTP2Tests.preface + frame(9, 4, [])).isLost, "a continuation of nothing")
        #expect(hosts(HTTP2Tests.preface + frame(1, 0, []) + frame(0, 0, [])).isLost, "a block interrupted")
    }

    @Test func survivesAnyDamage() {
        let stream =
            HTTP2Tests.preface + frame(1, 5, HTTP2Tests.huffman[0]) + frame(1, 5, HTTP2Tests.huffman[2])
        everyDamage(of: stream) { FuzzEntry.http2($0) }
        for block in HTTP2Tests.plain + HTTP2Tests.huffman { everyDamage(of: block) { FuzzEntry.http2($0) } }
    }
}
