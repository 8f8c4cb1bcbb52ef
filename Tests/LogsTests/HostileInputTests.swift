import Bytes
import Testing

@testable import Logs

/// Nothing may trap, whatever the bytes, and every line is counted.
@Suite struct HostileInputTests {
    @Test func everyPrefixOfEveryLine() {
        for sample in Sample.all {
            let bytes = Array(sample.utf8)
            for count in 0...bytes.count {
                let chunk = read(Array(bytes[..<count]))
                #expect(chunk.tally.linesRead == (count == 0 ? 0 : 1))
                check(chunk)
            }
        }
    }

    @Test func everyByteChanged() {
        for sample in Sample.all {
            let bytes = Array(sample.utf8)
            for index in bytes.indices {
                for value: UInt8 in [
                    0, 9, 10, 13, 32, 37, 45, 47, 58, 64, 91, 92, 93, 127, 128, 255, bytes[index] ^ 1,
                ] {
                    var changed = bytes
                    changed[index] = value
                    check(read(changed))
                }
            }
        }
    }

    @Test func hostileLengths() {
        let long = String(repeating: "9", count: 5000)
        let names = String(repeating: "a.", count: 5000)
        for line in [
            "\(long).123 1 10.0.0.1 TCP_MISS/200 1 GET http://a.example/ - HIER_NONE/- -",
            Sample.line(client: long), Sample.line(client: names), Sample.line(code: "TCP_\(names)/200"),
            Sample.line(code: "TCP_\(String(repeating: "A_", count: 5000))/200"), Sample.line(bytes: long),
            Sample.line(method: long), Sample.line(url: "http://\(names)/"),
            Sample.line(url: "http://a:\(long)/"),
            Sample.line(url: "\(names)://a/"), Sample.line(tail: "\(long) HIER_DIRECT/\(long) \(long)"),
            Sample.line(tail: String(repeating: "HIER_DIRECT/1.2.3.4 ", count: 2000)),
            Sample.line(tail: String(repeating: "[ ", count: 5000) + "]"),
            String(repeating: " ", count: 5000),
            String(repeating: "\0", count: 5000), String(repeating: "\r", count: 5000),
        ] {
            check(read(line))
        }
    }

    @Test func noiseOfManySeeds() {
        for seed in 1...200 {
            var state = UInt64(seed)
            let alphabet =
                Array("0123456789. /:[]-_%\\\n\r\0@TCPHIERNODCONNECTGEThttp://aé".utf8) + [0xff, 0xfe]
            let noise = (0..<2000).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return alphabet[Int(state >> 33) % alphabet.count]
            }
            check(read(noise))
        }
    }

    /// Lines read are lines used and lines counted, and rows can be made.
    private func check(_ chunk: LogChunk) {
        let others = LogReason.allCases.reduce(UInt64(0)) { $0 + chunk.tally[$1].count }
        #expect(chunk.isComplete)
        #expect(chunk.tally.linesRead == chunk.tally.linesUsed + others)
        let records = chunk.contacts.makeRows().reduce(UInt64(0)) { $0 + $1.records }
        // The CONNECT of a connection that Squid opened counts by its requests.
        #expect(records <= chunk.tally.linesUsed)
    }
}
