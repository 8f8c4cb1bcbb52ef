import Bytes
import TestSupport
import Testing

@testable import Packets

/// The short way through frequent frames finds what the layers one by one find.
@Suite struct CommonFrameTests {
    /// A small deterministic source of numbers (xorshift).
    private struct Numbers {
        var state: UInt64
        mutating func next(below limit: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(limit))
        }
    }

    private static let frames: [[UInt8]] = {
        let tcp: [UInt8] = [0x01, 0xbb, 0xc0, 0x01, 0, 0, 0, 7, 0, 0, 0, 9, 0x80, 0x18, 1, 0, 0, 0, 0, 0]
        let options = [UInt8](repeating: 1, count: 12)
        let text = Array("a payload of some length, to be cut".utf8)
        let segment = tcp + options + text
        let ip4: [UInt8] =
            [
                0x45, 0, 0, UInt8(20 + segment.count), 0, 1, 0x40, 0, 64, 6, 0, 0, 192, 0, 2, 1, 198, 51, 100,
                2,
            ]
        let address: [UInt8] = [0x20, 1, 0xd, 0xb8] + [UInt8](repeating: 0, count: 11)
        let ip6: [UInt8] =
            [0x60, 0, 0, 0, 0, UInt8(segment.count), 6, 64] + address + [1] + address + [2]
        let udp: [UInt8] = [0xc0, 0x01, 0x01, 0xbb, 0, UInt8(8 + text.count), 0, 0] + text
        let udp4: [UInt8] =
            [0x45, 0, 0, UInt8(20 + udp.count), 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2]
        let head: [UInt8] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]
        return [
            head + [0x08, 0x00] + ip4 + segment, head + [0x86, 0xdd] + ip6 + segment,
            head + [0x08, 0x00] + udp4 + udp, head + [0x08, 0x00] + udp4 + udp + [0, 0, 0, 0, 0, 0],
        ] + GoldenFrame.all.filter { $0.linkType == 1 }.map(\.bytes)
    }()

    private func isSame(_ frame: [UInt8], original: Int) -> Bool {
        frame.withRawSpan { bytes in
            var short = Packet()
            var long = Packet()
            let a = PacketDecoder.decode(
                bytes, linkType: 1, originalLength: UInt64(original), into: &short)
            let b = PacketDecoder.decodeByLayer(
                bytes, linkType: 1, originalLength: UInt64(original), into: &long)
            // What a frame without an IP packet leaves behind is of no interest.
            return a == b && (a != nil || String(describing: short) == String(describing: long))
        }
    }

    @Test func theShortWayIsTaken() {
        for frame in CommonFrameTests.frames.prefix(4) {
            var packet = Packet()
            let taken = frame.withRawSpan { CommonFrame.decode($0, into: &packet) }
            #expect(taken)
            #expect(packet.payloadLength == 35)
        }
    }

    @Test func everyLengthGivesTheSame() {
        for frame in CommonFrameTests.frames {
            for count in 0...frame.count {
                #expect(isSame(Array(frame.prefix(count)), original: frame.count), "\(count) of \(frame)")
            }
        }
    }

    @Test func changedBytesGiveTheSame() {
        var numbers = Numbers(state: 0x9e37_79b9_7f4a_7c15)
        for frame in CommonFrameTests.frames {
            for position in frame.indices.prefix(80) {
                for _ in 0..<24 {
                    var changed = frame
                    changed[position] = UInt8(numbers.next(below: 256))
                    if numbers.next(below: 2) == 0 {
                        changed[numbers.next(below: min(80, frame.count))] = UInt8(numbers.next(below: 256))
                    }
                    #expect(isSame(changed, original: frame.count + numbers.next(below: 3)), "\(changed)")
                }
            }
        }
    }
}
