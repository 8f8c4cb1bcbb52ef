import Bytes
import Testing

@testable import Logs

@Suite struct FramingTests {
    @Test func countsEveryLineOnce() {
        let chunk = read(Sample.all.joined(separator: "\n") + "\n\nbroken\n")
        #expect(chunk.tally.linesRead == 8)
        #expect(chunk.tally.linesUsed == 5)
        #expect(chunk.tally[.tunnelSetup].count == 1)
        #expect(chunk.tally[.empty].count == 1)
        #expect(chunk.tally[.fieldsMissing].count == 1)
        #expect(chunk.tally.samples == [LogTally.Sample(line: 8, reason: .fieldsMissing)])
    }

    @Test func takesCRLFNulRunsAndAByteOrderMark() {
        let text = "\u{feff}" + Sample.get + "\r\n\0\0\0" + Sample.tunnel + "\r\r\n\0\0\n"
        let chunk = read(text)
        #expect(chunk.tally.linesUsed == 2)
        #expect(chunk.tally[.empty].count == 1)
        #expect(chunk.tally.bytesRead == UInt64(text.utf8.count))
    }

    @Test func takesALastLineWithoutEndWhenItIsWhole() {
        #expect(read(Sample.get).tally.linesUsed == 1)
        let cut = read(Sample.get + "\n" + String(Sample.tunnel.dropLast(20)))
        #expect(cut.tally.linesUsed == 1)
        #expect(cut.tally[.cutLine].count == 1)
        #expect(cut.tally.linesRead == 2)
    }

    @Test func skipsALineLongerThanTheLimitAndCountsIt() {
        let long = String(repeating: "x", count: LineCursor.limit + 1)
        for text in [Sample.get + "\n" + long + "\n" + Sample.get + "\n", Sample.get + "\n" + long] {
            for step in [Int.max, LogChunkReader.minimumBuffer, 700_000] {
                let chunk = read(text, step: step)
                #expect(chunk.tally[.lineTooLong].count == 1)
                #expect(chunk.tally.linesRead == chunk.tally.linesUsed + 1)
                #expect(chunk.tally.bytesRead == UInt64(text.utf8.count))
            }
        }
    }

    @Test func doesNotDependOnTheBufferSize() {
        let log = Sample.log(300)
        let whole = read(log)
        #expect(whole.tally.linesRead == 300)
        // Every 29th line is deliberately broken: 11 of 300.
        #expect(whole.tally.linesUsed == 289)
        for step in [1, 7, 64, 100, 1000, 4096] {
            let chunk = read(log, step: step)
            #expect(chunk.tally == whole.tally)
            #expect(chunk.contacts.makeRows() == whole.contacts.makeRows())
        }
    }

    @Test func doesNotDependOnWhereAFileIsCutIntoChunks() {
        let log = Sample.log(60)
        let whole = read(log)
        for cut in 1..<log.count {
            var head = read(log, step: 512, owning: cut)
            let tail = read(log, step: 512, from: cut)
            head.tally.append(tail.tally)
            head.contacts.merge(tail.contacts)
            #expect(head.tally == whole.tally)
            if cut % 97 == 0 { #expect(head.contacts.makeRows() == whole.contacts.makeRows()) }
        }
    }

    @Test func aChunkInsideALineOwnsNothing() {
        let log = Sample.log(5)
        let start = log.count / 2
        let chunk = read(log, from: start, owning: start + 3)
        #expect(chunk.tally.linesRead == 0)
        #expect(chunk.isComplete)
    }

    @Test func anEmptyFileIsComplete() {
        #expect(read("").isComplete)
        #expect(read("").tally.linesRead == 0)
    }
}
