import Bytes
import Testing

@testable import Logs

/// Text that is not yet lines of UTF-8.
@Suite struct EnvelopeSourceTests {
    private func all(_ source: any ByteSource) throws -> String {
        var buffer = ByteBuffer(capacity: 7)
        var text: [UInt8] = []
        while true {
            let got = try source.readNext(into: &buffer, at: 0, count: 7)
            if got == 0 { return String(decoding: text, as: UTF8.self) }
            text += buffer.bytes(got).copied()
        }
    }

    private func unframed(_ text: String, step: Int = .max) throws -> String? {
        let bytes = Array(text.utf8)
        guard
            let source = bytes.withRawSpan({ OctetCountedSource(MemorySource(bytes, step: step), prefix: $0) }
            )
        else { return nil }
        return try all(source)
    }

    @Test func messagesFramedByTheirLengthsBecomeLines() throws {
        let first = "<30>1 2026-03-02T14:01:01Z ns dnsmasq 613 - - query[A] quiz.example.org from 10.20.30.40"
        let second = "<30>1 2026-03-02T14:01:02Z ns dnsmasq 613 - - reply quiz.example.org is 198.51.100.20"
        let framed = "\(first.utf8.count) \(first)\(second.utf8.count) \(second)"
        for step in [1, 3, 1000] {
            #expect(try unframed(framed, step: step) == first + "\n" + second + "\n")
        }
        // A line end that the length counts is the sender's; within a message it cannot begin a line of its own.
        #expect(try unframed("5 <1>a\n5 <1>b\n") == "<1>a\n<1>b\n")
        #expect(try unframed("6 <1>a\nb4 <1>c") == "<1>a b\n<1>c\n")
        // The last message was cut off: it gets no line end.
        #expect(try unframed("4 <1>a9 <1>b") == "<1>a\n<1>b")
        // Broken framing: what follows is given as it is.
        #expect(try unframed("4 <1>a4 <1>bx7 <1>c") == "<1>a\n<1>b\nx7 <1>c")
        #expect(try unframed("4 <1>a4 <1>b12345678 <1>c") == "<1>a\n<1>b\n12345678 <1>c")
    }

    @Test func linesWithLengthsInFrontAreNoFrames() throws {
        for text in ["", "4 <1>a", "4 <1>a\n4 <1>b\n", "04 <1>a4 <1>b", "4 a<1>4 <1>b", "x", "99999999 <1>a"]
        {
            #expect(try unframed(text) == nil, "\(text)")
        }
    }

    private func wide(_ text: String, isBigEndian: Bool, mark: Bool) -> [UInt8] {
        var units = Array(text.utf16)
        if mark { units.insert(0xfeff, at: 0) }
        return units.flatMap { unit in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xff))
            return isBigEndian ? [high, low] : [low, high]
        }
    }

    private func narrowed(_ bytes: [UInt8], step: Int = .max) throws -> String? {
        guard let source = bytes.withRawSpan({ UTF16Source(MemorySource(bytes, step: step), prefix: $0) })
        else {
            return nil
        }
        return try all(source)
    }

    @Test func utf16WithAndWithoutAMark() throws {
        let text = Sample.get + "\r\n" + Sample.tunnel + "\n"
        for isBigEndian in [false, true] {
            for mark in [false, true] {
                let bytes = wide(text, isBigEndian: isBigEndian, mark: mark)
                for step in [1, 5, 4096] { #expect(try narrowed(bytes, step: step) == text) }
            }
        }
        // Beyond the basic plane, and a half of a pair alone.
        #expect(try narrowed(wide("a😀b", isBigEndian: false, mark: true)) == "a😀b")
        #expect(try narrowed([0xff, 0xfe, 0x41, 0x00, 0x3d, 0xd8, 0x42, 0x00, 0x43]) == "A\u{fffd}B")
    }

    @Test func otherBytesAreNotTakenForUTF16() throws {
        let text = String(repeating: "abc\n", count: 40)
        var broken = wide(text, isBigEndian: false, mark: false)
        broken[41] = 1
        let noLine = wide(String(repeating: "a", count: 200), isBigEndian: false, mark: false)
        let short = wide("abc\n", isBigEndian: false, mark: false)
        let wider: [UInt8] = [0xff, 0xfe, 0, 0, 0x41, 0, 0, 0]
        for bytes in [Array(text.utf8), broken, noLine, short, wider, [], [UInt8](repeating: 0, count: 200)] {
            #expect(try narrowed(bytes) == nil)
        }
    }
}
