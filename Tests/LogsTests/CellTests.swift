import Bytes
import Testing

@testable import Logs

/// The scanners that many formats share.
@Suite struct CellTests {
    private func csv(_ text: String, keepsBraces: Bool = false) -> [String]? {
        Array(text.utf8).withRawSpan { line -> [String]? in
            var cells = CSVCells(keepsBraces: keepsBraces)
            guard cells.read(line) else { return nil }
            return cells.cells.map { String(ascii: line.clamped(from: $0.start, count: $0.count)) }
        }
    }

    @Test func commaSeparatedValues() {
        #expect(csv("a,b,,d") == ["a", "b", "", "d"])
        #expect(csv("") == [""])
        #expect(csv("a,") == ["a", ""])
        #expect(csv(#""a,b","c""d", "e" ,f"#) == ["a,b", #"c""d"#, "e", "f"])
        #expect(csv(#""open"#) == nil)
        #expect(csv(#""a"b,c"#) == nil)
        #expect(csv("x,{a,b},y", keepsBraces: true) == ["x", "{a,b}", "y"])
        #expect(csv("x,{a,b", keepsBraces: true) == ["x", "{a", "b"])
        #expect(csv(String(repeating: ",", count: 255))?.count == 256)
        #expect(csv(String(repeating: ",", count: 256)) == nil)
    }

    private func pairs(_ text: String) -> [String]? {
        var values = KeyValues(KeyList(["a", "b", "longkey"]))
        return Array(text.utf8).withRawSpan { line -> [String]? in
            guard values.read(line, from: 0, to: line.byteCount) else { return nil }
            let found = (0..<3).map { number -> String in
                guard let cell = values[number] else { return "-" }
                return String(ascii: line.clamped(from: cell.start, count: cell.count))
            }
            return found + (values.hasRepeat ? ["again"] : [])
        }
    }

    @Test func keysAndValues() {
        #expect(pairs("a=1 b=2 longkey=3") == ["1", "2", "3"])
        #expect(pairs(#"b="x a=9 y" a=1"#) == ["1", "x a=9 y", "-"])
        #expect(pairs(#"b="x \" a=9 y" a=1"#) == ["1", #"x \" a=9 y"#, "-"])
        // A quote inside a value does not end it unless a separator follows.
        #expect(pairs(#"b="x"y a=9" a=1"#) == ["1", #"x"y a=9"#, "-"])
        #expect(pairs("a= b=2") == ["-", "2", "-"])
        #expect(pairs("a=1 a=2") == ["1", "-", "-", "again"])
        #expect(pairs("bare a=1 words b=2=3") == ["1", "2=3", "-"])
        #expect(pairs(#"a="open"#) == nil)
        #expect(pairs("") == ["-", "-", "-"])
        #expect(pairs("=1 a=2") == ["2", "-", "-"])
    }

    private func seconds(_ text: String) -> Int64? {
        Array(text.utf8).withRawSpan { line in
            CivilTime.iso(line, from: 0, to: line.byteCount)?.moment(LogClock())?.time.seconds
        }
    }

    @Test func times() {
        // 2026-03-02T14:01:02Z is 1772460062.
        for text in [
            "2026-03-02T14:01:02Z", "2026-03-02 14:01:02", "2026/03/02 14:01:02", "2026:03:02-14:01:02",
            "2026-03-02 14:01:02 UTC", "2026-03-02T08:01:02.999-06:00", "2026-03-02T08:01:02-0600",
        ] {
            #expect(seconds(text) == 1_772_460_062)
        }
        for text in [
            "", "2026-03-02", "2026-02-30 14:01:02", "2026-03-02 24:01:02", "2026-03/02 14:01:02", "x",
        ] {
            #expect(seconds(text) == nil)
        }
        func epoch(_ text: String) -> Int64? {
            Array(text.utf8).withRawSpan { EpochText.read($0, from: 0, to: $0.byteCount)?.nanoseconds }
        }
        #expect(epoch("1772460062") == 1_772_460_062_000_000_000)
        #expect(epoch("1772460062.114201345") == 1_772_460_062_114_201_345)
        #expect(epoch("1772460062114") == 1_772_460_062_114_000_000)
        #expect(epoch("1772460062114201") == 1_772_460_062_114_201_000)
        #expect(epoch("1772460062114201345") == 1_772_460_062_114_201_345)
        for text in ["", "x", "17724600621", "99999999999999999999", "1772460062.x", "-1"] {
            #expect(epoch(text) == nil)
        }
    }
}
