import Bytes
import TestSupport
import Testing

@testable import Flows

@Suite struct StreamPrefixTests {
    @discardableResult
    private func add(_ prefix: inout StreamPrefix, _ sequence: UInt32, _ text: String) -> Bool {
        Array(text.utf8).withRawSpan { prefix.add(sequence: sequence, $0) }
    }

    private func text(_ prefix: StreamPrefix) -> String { String(decoding: prefix.bytes, as: UTF8.self) }

    @Test func segmentsInOrderJoin() {
        var prefix = StreamPrefix(limit: 100)
        prefix.anchor(1000)
        #expect(add(&prefix, 1000, "abc"))
        #expect(add(&prefix, 1003, "def"))
        #expect(text(prefix) == "abcdef")
        #expect(!prefix.hasGap)
        #expect(prefix.nextSequence == 1006)
    }

    @Test func segmentsInAnyOrderJoinToTheSame() {
        let parts: [(UInt32, String)] = [(0, "abc"), (3, "def"), (6, "gh"), (8, "ijkl")]
        for first in 0..<4 {
            for second in 0..<4 where second != first {
                for third in 0..<4 where third != first && third != second {
                    let order = [first, second, third, 6 - first - second - third]
                    var prefix = StreamPrefix(limit: 100)
                    // Sequence numbers pass zero in the middle of the stream.
                    let base = UInt32.max - 4
                    prefix.anchor(base)
                    for index in order { add(&prefix, base &+ parts[index].0, parts[index].1) }
                    #expect(text(prefix) == "abcdefghijkl", "\(order)")
                    #expect(!prefix.sawConflict)
                }
            }
        }
    }

    @Test func aGapHoldsBackWhatLiesBehindIt() {
        var prefix = StreamPrefix(limit: 100)
        prefix.anchor(0)
        add(&prefix, 0, "ab")
        #expect(!add(&prefix, 4, "ef"))
        #expect(text(prefix) == "ab")
        #expect(prefix.hasGap)
        #expect(add(&prefix, 2, "cd"))
        #expect(text(prefix) == "abcdef")
        #expect(!prefix.hasGap)
    }

    @Test func ofBytesSentTwiceTheFirstToArriveWin() {
        var prefix = StreamPrefix(limit: 100)
        prefix.anchor(0)
        add(&prefix, 0, "abcd")
        add(&prefix, 2, "XYef")
        #expect(text(prefix) == "abcdef")
        #expect(prefix.sawConflict)
        var held = StreamPrefix(limit: 100)
        held.anchor(0)
        add(&held, 2, "cd")
        add(&held, 0, "abXYef")
        #expect(text(held) == "abcdef")
    }

    @Test func anEqualRepeatIsNoConflict() {
        var prefix = StreamPrefix(limit: 100)
        prefix.anchor(0)
        add(&prefix, 0, "abcd")
        #expect(!add(&prefix, 0, "abcd"))
        #expect(add(&prefix, 0, "abcdef"))
        #expect(text(prefix) == "abcdef")
        #expect(!prefix.sawConflict)
    }

    @Test func bytesBeforeAnAnchoredStartAreNoPartOfIt() {
        var prefix = StreamPrefix(limit: 100)
        prefix.anchor(10)
        #expect(!add(&prefix, 9, "K"))
        #expect(add(&prefix, 9, "Kab"))
        #expect(text(prefix) == "ab")
    }

    @Test func withoutAnAnchorAnEarlierSegmentMovesTheStart() {
        var prefix = StreamPrefix(limit: 100)
        add(&prefix, 103, "def")
        add(&prefix, 100, "abc")
        #expect(text(prefix) == "abcdef")
    }

    @Test func noMoreThanTheLimitIsKept() {
        var prefix = StreamPrefix(limit: 8)
        prefix.anchor(0)
        add(&prefix, 0, "abcdef")
        add(&prefix, 6, "ghijkl")
        #expect(text(prefix) == "abcdefgh")
        #expect(prefix.isExhausted)
        var far = StreamPrefix(limit: 8)
        far.anchor(0)
        #expect(!add(&far, 0x4000_0000, "abc"))
        #expect(!far.hasGap)
    }

    @Test func noiseOfSegmentsNeverTraps() {
        for seed in 1...200 as ClosedRange<UInt64> {
            let bytes = noise(400, seed: seed)
            var prefix = StreamPrefix(limit: 64)
            if seed % 2 == 0 { prefix.anchor(UInt32.max - 20) }
            for index in stride(from: 0, to: 396, by: 4) {
                let near = UInt32(bytes[index] & 0x7f)
                let sequence = bytes[index + 1] < 250 ? (UInt32.max - 40) &+ near : near << 24
                let payload = bytes.prefix(Int(bytes[index + 2] & 31))
                Array(payload).withRawSpan { _ = prefix.add(sequence: sequence, $0) }
                if bytes[index + 3] < 10 { prefix.consume(Int(bytes[index + 3])) }
                #expect(prefix.bytes.count <= 64)
            }
        }
    }
}
