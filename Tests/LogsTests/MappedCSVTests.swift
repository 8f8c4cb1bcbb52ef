import Bytes
import Testing

@testable import Logs

/// Exports read by a mapping of the user's.
@Suite struct MappedCSVTests {
    private static func mapping() throws -> CSVMapping {
        var mapping = CSVMapping(
            name: "my-filter", time: [["Date", "When"], ["Time"]],
            timeFormats: [try CSVTimeFormat("M/d/yyyy h:mm:ss a"), try CSVTimeFormat("M/d/yyyy H:mm")],
            columns: [
                .client: ["IP Address"], .user: ["User"], .device: ["Computer"], .url: ["URL", "Website"],
                .bytesUp: ["Upload"], .bytesDown: ["Download"], .count: ["Hits"],
            ])
        mapping.actions.column = ["Action"]
        mapping.actions.words = ["allowed": .allowed, "blocked": .blocked]
        return mapping
    }

    private static let heading = "Date,Time,User,IP Address,Computer,URL,Upload,Download,Hits,Action\n"

    private func read(_ text: String, _ mapping: CSVMapping? = nil, step: Int = .max) throws -> LogChunk {
        let format = LogFormat.csv(try mapping ?? MappedCSVTests.mapping())
        return LogsTests.read(Array(text.utf8), as: format, step: step)
    }

    /// Client, user, destination, port, action, count, bytes up and down, of each row.
    private func rows(_ chunk: LogChunk) -> [String] {
        chunk.contacts.makeRows().map { row in
            let up = row.bytesUp.map(String.init) ?? "-"
            let down = row.bytesDown.map(String.init) ?? "-"
            return
                "\(row.client?.description ?? row.clientHost ?? "-") \(row.clientUser ?? "-") \(row.name ?? "-")"
                + ":\(row.port) \(row.action.word) n=\(row.records) \(up)/\(down) \(row.first)"
        }
    }

    @Test func readsRowsByTheirHeadings() throws {
        let text =
            "District report,,,,,,,,,\n\n" + MappedCSVTests.heading
            + #"3/2/2026,8:01:02 AM,"Doe, ""Jane""",10.20.30.40,CB-7,https://quiz.example.org/start?grade=4,562,"14,132",1,Allowed"#
            + "\r\n"
            + "3/2/2026,8:01:04 AM,,10.20.30.41,,ads.tracker.example/pixel,0,3977,2,BLOCKED\n"
            + "3/2/2026,13:05,s1042,,,quiz.example.org:8443,,1.5 MB,,allowed\n"
            + "3/2/2026,8:01:05 AM,,,CB-9,[2001:db8:99::20]:443,,,,Allowed\n"
        for step in [Int.max, 1, 7, 64] {
            let chunk = try read(text, step: step)
            #expect(chunk.tally.linesRead == 7)
            #expect(chunk.tally.linesUsed == 4)
            #expect(chunk.tally[.comment].count == 2)
            #expect(chunk.tally[.empty].count == 1)
            // 08:01:02 in Chicago is 14:01:02 UTC; a blocked row's bytes are those of the block page.
            #expect(
                rows(chunk) == [
                    "- s1042 quiz.example.org:8443 allowed n=1 -/1500000 2026-03-02T19:05:00.000000Z",
                    "10.20.30.40 Doe, \"Jane\" quiz.example.org:443 allowed n=1 562/14132 2026-03-02T14:01:02.000000Z",
                    "10.20.30.41 - ads.tracker.example:0 blocked n=2 -/- 2026-03-02T14:01:04.000000Z",
                    "cb-9 - -:443 allowed n=1 -/- 2026-03-02T14:01:05.000000Z",
                ])
        }
    }

    @Test func recognisesAFileByItsHeadingsAlone() throws {
        var settings = LogSettings.test
        settings.ownFormats = [.csv(try MappedCSVTests.mapping())]
        func kind(_ text: String) -> String? {
            Array(text.utf8).withRawSpan { LogFormat.recognise(head: $0, settings: settings)?.kind }
        }
        #expect(kind(MappedCSVTests.heading + "garbage\n") == "my-filter")
        // Case, spaces and marks of headings do not matter; a column that is missing does.
        #expect(kind("when\ttime\tip-address\tWEBSITE\taction\n") == "my-filter")
        #expect(kind("date,time,url,action\n1,2,3,4\n") == nil)
        #expect(kind("ip address,url,action\n1,2,3\n") == nil)
    }

    @Test func countsWhatCannotBeReadByItsReason() throws {
        func row(
            date: String = "3/2/2026", client: String = "10.20.30.40", url: String = "https://a.example/",
            up: String = "1", hits: String = "1", action: String = "Allowed"
        ) -> String { "\(date),8:01:02 AM,,\(client),,\(url),\(up),2,\(hits),\(action)\n" }
        let bad: [(String, LogReason)] = [
            (row(date: "2026-03-02"), .timeInvalid), (row(date: "13/2/2026"), .timeInvalid),
            (row(client: "10.20.30"), .clientInvalid), (row(client: "-"), .noClient),
            (row(url: "https://a b/"), .hostInvalid), (row(url: ""), .noDestination),
            (row(up: "-5"), .numberInvalid), (row(up: "12 parsecs"), .numberInvalid),
            (row(hits: "many"), .numberInvalid), (row(action: "Shown"), .actionUnknown),
            (row(action: ""), .actionUnknown), ("one,two\n", .timeInvalid),
        ]
        for (line, reason) in bad {
            let chunk = try read(MappedCSVTests.heading + line)
            #expect(chunk.tally[reason].count == 1, "\(line)")
            #expect(chunk.tally.linesUsed == 0, "\(line)")
        }
        // A last line without a line end may be cut: half a name is a wrong one.
        let cut = try read(MappedCSVTests.heading + row().dropLast(2))
        #expect(cut.tally[.cutLine].count == 1)
    }

    /// A page's title with a line end, behind which stands what looks like a row of another client.
    @Test func takesAQuotedValueWholeWhateverStandsInIt() throws {
        let forged = "3/2/2026,8:01:02 AM,,10.66.66.66,,https://forged.example/,1,2,1,Allowed"
        let text =
            MappedCSVTests.heading
            + "3/2/2026,8:01:02 AM,\"s1042\n\(forged)\n\",10.20.30.40,,https://a.example/,1,2,1,Allowed\n"
            + "3/2/2026,8:01:03 AM,,10.20.30.41,,https://a.example/,1,2,1,Allowed\n"
        for step in [Int.max, 5] {
            let chunk = try read(text, step: step)
            #expect(chunk.tally.linesUsed == 2)
            #expect(chunk.tally[.partOfRequest].count == 2)
            #expect(
                chunk.contacts.makeRows().compactMap(\.client?.description) == ["10.20.30.40", "10.20.30.41"])
            #expect(!chunk.contacts.makeRows().contains { $0.name == "forged.example" })
        }
    }

    /// A quote that never closes costs a bounded number of rows, and they are counted as rejected.
    @Test func anOpenQuoteIsGivenUp() throws {
        let row = "3/2/2026,8:01:02 AM,,10.20.30.40,,https://a.example/,1,2,1,Allowed\n"
        let text = MappedCSVTests.heading + "3/2/2026,\"8:01:02\n" + String(repeating: row, count: 300)
        let chunk = try read(text)
        #expect(chunk.tally.linesUsed == 200)
        #expect(chunk.tally[.quoteOpen].count == 101)
        #expect(chunk.tally[.partOfRequest].count == 0)
        #expect(chunk.tally.samples.first == LogTally.Sample(line: 2, reason: .quoteOpen))
        let end = try read(MappedCSVTests.heading + "3/2/2026,\"8:01:02\n" + row)
        #expect(end.tally[.quoteOpen].count == 2)
        #expect(end.tally.linesUsed == 0)
    }

    @Test func readsColumnsByNumberWithoutHeadings() throws {
        var mapping = CSVMapping(
            name: "plain", time: [["1"]], timeFormats: [try CSVTimeFormat("epoch")],
            columns: [.client: ["3"], .host: ["4"]])
        mapping.hasHeadings = false
        mapping.separator = UInt8(ascii: ";")
        mapping.actions.all = .allowed
        let chunk = try read("1772460062;x;10.20.30.40;Quiz.Example.ORG.\n", mapping)
        #expect(
            rows(chunk) == [
                "10.20.30.40 - quiz.example.org:0 allowed n=1 -/- 2026-03-02T14:01:02.000000Z"
            ])
    }

    @Test func aZoneOfItsOwnWins() throws {
        var mapping = try MappedCSVTests.mapping()
        mapping.periods = [LogClock.Period(start: .min, offset: 3600)]
        let chunk = try read(
            MappedCSVTests.heading + "3/2/2026,8:01:02 AM,,10.20.30.40,,https://a.example/,,,,Allowed\n",
            mapping)
        #expect(chunk.tally.first?.description == "2026-03-02T07:01:02.000000Z")
        #expect(chunk.tally.linesOfAssumedZone == 0)
    }

    @Test func survivesEveryPrefixAndChangedByte() throws {
        let text =
            MappedCSVTests.heading
            + "3/2/2026,8:01:02 AM,\"Doe, \"\"J\"\"\",10.20.30.40,CB-7,https://quiz.example.org/,562,\"14,132\",1,Allowed\n"
        let bytes = Array(text.utf8)
        let format = LogFormat.csv(try MappedCSVTests.mapping())
        func check(_ bytes: [UInt8]) {
            let chunk = LogsTests.read(bytes, as: format)
            let others = LogReason.allCases.reduce(UInt64(0)) { $0 + chunk.tally[$1].count }
            #expect(chunk.tally.linesRead == chunk.tally.linesUsed + others)
        }
        for count in bytes.indices { check(Array(bytes[..<count])) }
        for index in bytes.indices {
            for value: UInt8 in [0, 10, 34, 44, 255] {
                var changed = bytes
                changed[index] = value
                check(changed)
            }
        }
    }
}

/// Times as exports write them.
@Suite struct CSVTimeFormatTests {
    private func read(_ format: String, _ text: String) throws -> String? {
        let format = try CSVTimeFormat(format)
        return Array(text.utf8).withRawSpan { format.moment($0, clock: LogClock())?.time.description }
    }

    @Test func readsWhatThePatternSays() throws {
        let moment = "2026-03-02T14:01:02.000000Z"
        #expect(try read("iso", "2026-03-02 14:01:02") == moment)
        #expect(try read("iso", "2026-03-02T08:01:02-06:00") == moment)
        #expect(try read("epoch", "1772460062") == moment)
        #expect(try read("epoch", "1772460062000") == moment)
        #expect(try read("M/d/yyyy h:mm:ss a", "3/2/2026 2:01:02 PM") == moment)
        #expect(try read("MM/dd/yyyy hh:mm:ss a", "03/02/2026 02:01:02 pm") == moment)
        #expect(try read("d.M.yyyy H:mm:ss", "2.3.2026 14:01:02") == moment)
        #expect(try read("E, MMM d, yyyy 'at' H:mm:ss", "Mon, Mar 2, 2026 at 14:01:02") == moment)
        #expect(try read("MMM d yyyy H:mm:ss", "March 2 2026 14:01:02") == moment)
        #expect(try read("yyyyMMddHHmmss", "20260302140102") == moment)
        #expect(try read("yyyy-MM-dd HH:mm:ss.SSS", "2026-03-02 14:01:02.000") == moment)
        #expect(try read("yyyy-MM-dd HH:mm:ss Z", "2026-03-02 08:01:02 -0600") == moment)
        #expect(try read("M/d/yy H:mm", "3/2/26 14:01") == "2026-03-02T14:01:00.000000Z")
        // Midnight and noon on a clock of twelve hours.
        #expect(try read("M/d/yyyy h:mm a", "3/2/2026 12:00 AM") == "2026-03-02T00:00:00.000000Z")
        #expect(try read("M/d/yyyy h:mm a", "3/2/2026 12:00 PM") == "2026-03-02T12:00:00.000000Z")
    }

    @Test func refusesWhatThePatternDoesNotSay() throws {
        for (format, text) in [
            ("iso", "2026-03-02"), ("iso", "2026-03-02 14:01:02 x"), ("epoch", "1772460062x"), ("epoch", ""),
            ("M/d/yyyy h:mm a", "3/2/2026 13:00 PM"), ("M/d/yyyy h:mm a", "3/2/2026 0:00 AM"),
            ("M/d/yyyy h:mm a", "3/2/2026 8:00"), ("MM/dd/yyyy H:mm", "3/2/2026 8:00"),
            ("M/d/yyyy H:mm", "2/30/2026 8:00"), ("M/d/yyyy H:mm", "3/2/2026 24:00"),
            ("M/d/yyyy H:mm", "3/2/2026 8:60"), ("M/d/yyyy H:mm", "3/2/2026 8:00 "),
            ("yyyy-MM-dd HH:mm:ss.SSS", "2026-03-02 14:01:02."), ("MMM d yyyy H:mm", "Foo 2 2026 8:00"),
        ] {
            #expect(try read(format, text) == nil, "\(format): \(text)")
        }
    }

    @Test func refusesPatternsThatTellNoMoment() {
        for format in [
            "", "yyyy-MM-dd", "M/d/yyyy h:mm", "H:mm:ss", "M/d/yyyy H:mm 'x", "yyy-M-d H:mm",
            "M/d/yyyy H:mm Q",
        ] {
            #expect(throws: CSVTimeFormat.Fault.self) { try CSVTimeFormat(format) }
        }
    }
}

/// Amounts of bytes as reports write them.
@Suite struct SizeTextTests {
    private func read(_ text: String, unit: UInt64 = 1) -> UInt64? {
        Array(text.utf8).withRawSpan { SizeText.read($0, CSVCell(start: 0, end: $0.byteCount), unit: unit) }
    }

    @Test func readsNumbersAndUnits() {
        #expect(read("14132") == 14132)
        #expect(read("14,132") == 14132)
        #expect(read("1,234,567") == 1_234_567)
        #expect(read("1.2 MB") == 1_200_000)
        #expect(read("1.5KiB") == 1536)
        #expect(read("12", unit: 1000) == 12000)
        #expect(read("2 GB", unit: 1000) == 2_000_000_000)
        #expect(read("0") == 0)
    }

    @Test func refusesEverythingElse() {
        for text in ["", "-5", "x", "1,23", "1,2345", "12 parsecs", ".5", "9999999999999999", "1 2"] {
            #expect(read(text) == nil, "\(text)")
        }
        #expect(read("99999999999", unit: 1 << 30) == nil)
    }
}
