import Bytes

/// The head of a line that a server's system log wrote: when, and where the message begins.
struct LogHead {
    let time: Timestamp
    let messageStart: Int

    /// `program` is the name before `[pid]:`; nil when the line is another program's, or its time is none.
    ///
    /// Times may be `Mar  2 07:43:20` (RFC 3164: no year, local), `2026-03-02 07:43:20.1` (local) or RFC 3339 with
    /// an offset; an RFC 5424 head has the last one.
    init?(_ line: RawSpan, program: String, _ context: LeaseContext) {
        guard let found = LogHead.find(program, in: line) else { return nil }
        var start = 0
        // `<30>` and, in RFC 5424, the version after it.
        if line.byte(at: 0) == 0x3c, let end = line.firstIndex(of: 0x3e) {
            start = end + 1
            if line.byte(at: start) == 0x31, line.byte(at: start + 1) == 0x20 { start += 2 }
        }
        guard let time = LogHead.moment(line, at: start, context) else { return nil }
        self.time = time
        messageStart = found
    }

    /// Where the message of `program` begins: behind `program:`, `program[12]:`, or the structured data of RFC 5424.
    static func find(_ program: String, in line: RawSpan) -> Int? {
        guard let place = line.find(program) else { return nil }
        guard place == 0 || line.byte(at: place - 1) == 0x20 || line.byte(at: place - 1) == 0x3e else {
            return nil
        }
        var index = place + program.utf8.count
        if line.byte(at: index) == 0x5b {
            guard let end = line.firstIndex(of: 0x5d, from: index) else { return nil }
            index = end + 1
        }
        if line.byte(at: index) == 0x3a { return skipBlanks(line, index + 1) }
        // RFC 5424: process id, message id, structured data.
        let words = LeaseText.words(line, from: index, limit: 4)
        guard line.byte(at: index) == 0x20, words.count == 4, line.part(words[2]).isASCII("-") else {
            return nil
        }
        return words[3].lowerBound
    }

    private static func skipBlanks(_ line: RawSpan, _ start: Int) -> Int {
        var index = start
        while line.byte(at: index) == 0x20 { index += 1 }
        return index
    }

    static func moment(_ line: RawSpan, at start: Int, _ context: LeaseContext) -> Timestamp? {
        if let month = LeaseText.month(line.clamped(from: start, count: 3)) {
            let words = LeaseText.words(line, from: start + 3, limit: 2)
            guard words.count == 2, let day = LeaseText.number(line.part(words[0])) else { return nil }
            return yearless(month: month, day: day, line.part(words[1]), context)
        }
        let date = line.clamped(from: start, count: 10)
        guard date.byte(at: 4) == 0x2d, date.byte(at: 7) == 0x2d,
            let local = LeaseText.seconds(
                year: LeaseText.number(date.clamped(from: 0, count: 4)),
                month: LeaseText.number(date.clamped(from: 5, count: 2)),
                day: LeaseText.number(date.clamped(from: 8, count: 2)),
                line.clamped(from: start + 11, count: 8))
        else { return nil }
        var index = start + 19
        if line.byte(at: index) == 0x2e || line.byte(at: index) == 0x2c {
            index += 1
            while let digit = line.byte(at: index), (0x30...0x39).contains(digit) { index += 1 }
        }
        guard let sign = line.byte(at: index) else { return context.zone.moment(local: local) }
        if sign == 0x5a { return Timestamp(seconds: local) }
        guard sign == 0x2b || sign == 0x2d,
            let hours = LeaseText.number(line.clamped(from: index + 1, count: 2)),
            let minutes = LeaseText.number(
                line.clamped(from: index + (line.byte(at: index + 3) == 0x3a ? 4 : 3), count: 2))
        else { return context.zone.moment(local: local) }
        let offset = hours * 3600 + minutes * 60
        return Timestamp(seconds: sign == 0x2b ? local - offset : local + offset)
    }

    /// Of all years the one that puts the moment nearest to the captures and logs under analysis.
    private static func yearless(month: Int64, day: Int64, _ clock: RawSpan, _ context: LeaseContext)
        -> Timestamp?
    {
        guard let reference = context.reference else { return nil }
        let days = reference.seconds >= 0 ? reference.seconds / 86400 : 0
        let year = Int64(CivilDay(daysSince1970: days).components.year)
        var best: Timestamp?
        for candidate in [year - 1, year, year + 1] {
            guard
                let local = LeaseText.seconds(year: candidate, month: month, day: day, clock),
                let moment = context.zone.moment(local: local)
            else { continue }
            let distance = (moment.nanoseconds &- reference.nanoseconds).magnitude
            if let known = best, (known.nanoseconds &- reference.nanoseconds).magnitude <= distance {
                continue
            }
            best = moment
        }
        return best
    }
}
