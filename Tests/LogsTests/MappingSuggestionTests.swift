import Bytes
import Testing

@testable import Logs

@Suite struct MappingSuggestionTests {
    private func suggest(_ text: String) -> MappingSuggestion? {
        Array(text.utf8).withRawSpan { MappingSuggestion(head: $0, name: "my-filter") }
    }

    /// The proposal without its comments.
    private func lines(_ suggestion: MappingSuggestion?) -> [String] {
        (suggestion?.text ?? "").split(separator: "\n").map(String.init).filter {
            !$0.drop { $0 == " " }.hasPrefix("#")
        }
    }

    @Test func proposesWhatHeadingsAndRowsShow() throws {
        let suggestion = try #require(
            suggest(
                """
                Report for: Lakeside
                Date & Time,User Email,Source IP,Computer,Website URL,Category,Action,Upload (KB),Download (KB)
                3/2/2026 8:01:02 AM,s1042@lakeside.example,10.20.30.40,CB-7,https://quiz.example.org/a?b=c,Education,Allowed,1,14
                3/13/2026 8:01:04 AM,s1043@lakeside.example,10.20.30.41,CB-8,https://ads.tracker.example/,Ads,Blocked,0,4

                """))
        #expect(suggestion.isComplete)
        #expect(
            lines(suggestion) == [
                "name: my-filter", "separator: comma", "time:", #"  column: "Date & Time""#,
                #"  format: "M/d/yyyy h:mm:ss a""#, #"url: "Website URL""#, #"client: "Source IP""#,
                #"user: "User Email""#, #"device: "Computer""#,
                #"bytes_up: {column: "Upload (KB)", unit: KB}"#,
                #"bytes_down: {column: "Download (KB)", unit: KB}"#, "action:", #"  column: "Action""#,
                #"  allowed: ["Allowed"]"#, #"  blocked: ["Blocked"]"#,
            ])
        // No cell's text but the action's words: a proposal can be shown to anybody.
        for secret in ["s1042", "10.20.30.40", "CB-7", "quiz.example", "grade"] {
            #expect(!suggestion.text.contains(secret))
        }
        #expect(suggestion.text.contains("# zone: America/Chicago"))
        #expect(!suggestion.text.contains("it may be d/M"))
    }

    @Test func tellsDestinationFromClientByTheHeading() throws {
        let suggestion = suggest(
            "Destination IP;Source IP;Host;When;Blocked\n198.51.100.20;10.20.30.40;quiz.example.org;2026-03-02T14:01:02Z;no\n"
                + "198.51.100.21;10.20.30.41;ads.tracker.example;2026-03-02T14:01:04Z;yes\n")
        #expect(
            lines(suggestion) == [
                "name: my-filter", "separator: semicolon", "time:", #"  column: "When""#, #"  format: "iso""#,
                #"host: "Host""#, #"server: "Destination IP""#, #"client: "Source IP""#, "action:",
                #"  column: "Blocked""#, #"  allowed: ["no"]"#, #"  blocked: ["yes"]"#,
            ])
        // The times state their offset.
        #expect(suggestion?.text.contains("zone:") == false)
        #expect(suggestion?.isComplete == true)
    }

    @Test func joinsDateAndClockAndSaysWhatIsDoubtful() throws {
        let suggestion = try #require(
            suggest(
                "Day\tClock\tStudent\tDomain\tStatus\n3/2/2026\t8:01\tjane\tquiz.example.org\tallowed\n"
                    + "3/2/2026\t13:05\tjoe\tapp.example\tallowed\n"))
        #expect(
            lines(suggestion) == [
                "name: my-filter", "separator: tab", "time:", #"  columns: ["Day", "Clock"]"#,
                #"  format: "M/d/yyyy H:mm""#, #"host: "Domain""#, #"user: "Student""#, "action:",
                #"  column: "Status""#, #"  allowed: ["allowed"]"#,
            ])
        #expect(suggestion.text.contains("it may be d/M"))
        #expect(suggestion.text.contains("Add those of rows that were blocked"))
    }

    @Test func leavesOpenWhatNothingShows() throws {
        let suggestion = try #require(suggest("A,B,C\nx,1,2\ny,3,4\n"))
        #expect(!suggestion.isComplete)
        #expect(lines(suggestion) == ["name: my-filter", "separator: comma", "time:"])
        for what in [
            "No column's time", "No column holds URLs", "No column says who", "No column says whether",
        ] {
            #expect(suggestion.text.contains(what))
        }
    }

    @Test func numbersColumnsWithoutHeadings() throws {
        let suggestion = suggest(
            "2026-03-02 14:01:02,10.20.30.40,https://quiz.example.org/,allowed\n2026-03-02 14:01:04,10.20.30.41,https://a.example/,denied\n"
        )
        #expect(lines(suggestion).prefix(7).joined(separator: "|").contains("headings: none"))
        #expect(lines(suggestion).contains(#"  column: "1""#))
        #expect(lines(suggestion).contains(#"url: "3""#))
    }

    @Test func refusesWhatIsNoTable() {
        #expect(suggest("") == nil)
        #expect(suggest("one line\nand another\n") == nil)
        #expect(suggest("a,b\nc,d\n") == nil)
        #expect(suggest("a,b,c\n") == nil)
    }

    @Test func survivesEveryPrefix() {
        let text = Array(
            "When,IP,\"U\"\"RL\",Do\n2026-03-02 14:01:02,10.20.30.40,https://quiz.example.org/,allowed\n".utf8
        )
        for count in text.indices {
            _ = Array(text[..<count]).withRawSpan { MappingSuggestion(head: $0, name: "x") }
        }
    }
}
