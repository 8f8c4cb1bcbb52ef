import Bytes
import Testing

@testable import Logs

/// Zscaler feeds of a template that the user gives.
@Suite struct ZscalerTemplateTests {
    private static let tabs =
        #"%s{time}\t%s{login}\t%s{proto}\t%s{eurl}\t%s{action}\t%d{reqsize}\t%d{respsize}\t%s{cltip}\t%s{sip}"#
        + #"\t%s{reqmethod}\t%s{respcode}\t%s{urlcat}\n"#

    /// Client, user, destination, action, bytes and time of each row, with Chicago's clock.
    private func rows(_ template: String, _ lines: [String]) throws -> [String] {
        let format = LogFormat.zscaler(try ZscalerTemplate(template))
        let chunk = read(Array(lines.map { $0 + "\n" }.joined().utf8), as: format)
        #expect(chunk.tally.linesRead == UInt64(lines.count))
        return chunk.contacts.makeRows().map { row in
            let up = row.bytesUp.map(String.init) ?? "-"
            let down = row.bytesDown.map(String.init) ?? "-"
            return
                "\(row.client?.description ?? row.clientHost ?? "-") \(row.clientUser ?? "-") \(row.name ?? "-"):"
                + "\(row.port) \(row.action.word) \(up)/\(down) \(row.first)"
        }
    }

    private static let get =
        "Mon Mar  2 08:01:02 2026\ts1042@lakeside.k12.example\tHTTPS\tquiz.example.org/start?grade=4\tAllowed\t562\t"
        + "14132\t10.20.30.40\t198.51.100.20\tGET\t200\tEducation"

    @Test func readsTabs() throws {
        #expect(
            try rows(
                ZscalerTemplateTests.tabs,
                [
                    ZscalerTemplateTests.get,
                    "Mon Mar  2 08:01:04 2026\tNone\tHTTP\tads.tracker.example/\tBlocked\t0\t3977\t2001:db8:20::41\tNA\tGET\t403\tAds",
                ])
                == [
                    "10.20.30.40 s1042@lakeside.k12.example quiz.example.org:443 allowed 562/14132 2026-03-02T14:01:02.000000Z",
                    "2001:db8:20::41 - ads.tracker.example:80 blocked -/- 2026-03-02T14:01:04.000000Z",
                ])
    }

    /// Quoted, with the time in pieces and a zone.
    @Test func readsOtherTemplates() throws {
        let quoted =
            #""%04d{yyyy}-%02d{mth}-%02d{dd} %02d{hh}:%02d{mm}:%02d{ss}","%s{tz}","%s{cltip}","%s{ehost}","%s{action}","%d{respsize}""#
        #expect(
            try rows(quoted, [#""2026-03-02 14:01:02","GMT","10.20.30.40","quiz.example.org","Allowed","7""#])
                == ["10.20.30.40 - quiz.example.org:0 allowed -/7 2026-03-02T14:01:02.000000Z"])
        // Spaces between values, and within the time.
        #expect(
            try rows(
                "%s{time} %s{cltip} %s{ehost} %s{action} %d{reqsize}",
                ["Sun Mar  8 03:00:00 2026 10.20.30.40 quiz.example.org Allowed 7"])
                == ["10.20.30.40 - quiz.example.org:0 allowed 7/- 2026-03-08T08:00:00.000000Z"])
        #expect(
            try rows(
                "zscaler: epoch=%d{epochtime}|%s{mon}|%s{cltip}|%s{host}|%s{action}|%d{reqsize}|end",
                ["zscaler: epoch=1772460062|Mar|10.20.30.40|quiz.example.org|Allowed|7|end"])
                == ["10.20.30.40 - quiz.example.org:0 allowed 7/- 2026-03-02T14:01:02.000000Z"])
    }

    /// A value with the separator in it shifts all that follow: such a line tells nothing.
    @Test func refusesLinesWithMoreValuesThanFields() throws {
        let format = LogFormat.zscaler(try ZscalerTemplate(ZscalerTemplateTests.tabs))
        for line in [
            ZscalerTemplateTests.get + "\tmore",
            ZscalerTemplateTests.get.replacing("start?grade=4", with: "a\tb"),
            String(ZscalerTemplateTests.get.dropLast(20)), "", "x", "\t\t\t\t\t\t\t\t\t\t\t",
        ] {
            let chunk = read(Array((line + "\n").utf8), as: format)
            #expect(chunk.tally.linesUsed == 0, "\(line)")
        }
        let bytes = Array((ZscalerTemplateTests.get + "\n").utf8)
        for index in bytes.indices {
            for value: UInt8 in [0, 9, 10, 32, 34, 255] {
                var changed = bytes
                changed[index] = value
                let tally = read(changed, as: format).tally
                let others = LogReason.allCases.reduce(UInt64(0)) { $0 + tally[$1].count }
                #expect(tally.linesRead == tally.linesUsed + others)
            }
        }
    }

    @Test func isRecognisedByItsTemplate() throws {
        var settings = LogSettings.test
        settings.ownFormats = [.zscaler(try ZscalerTemplate(ZscalerTemplateTests.tabs))]
        let head = Array((ZscalerTemplateTests.get + "\n").utf8)
        #expect(
            head.withRawSpan { LogFormat.recognise(head: $0, settings: settings)?.kind } == "zscaler-custom")
    }

    @Test func saysWhatATemplateLacks() {
        for (template, word) in [
            ("", "the time"), ("%s{time} %s{cltip} %s{host} %d{reqsize}", "the action"),
            ("%s{time} %s{host} %s{action} %d{reqsize}", "the client"),
            ("%s{time} %s{cltip} %s{action} %d{reqsize}", "the destination"),
            ("%s{time} %s{cltip} %s{host} %s{action}", "bytes"), ("%s{time", "percent sign"),
            ("100%", "percent sign"),
            ("%s{time}%s{cltip} %s{host} %s{action} %d{reqsize}", "side by side"),
            ("%02d{hh}:%02d{mm} %s{cltip} %s{host} %s{action} %d{reqsize}", "the time"),
        ] {
            #expect(throws: ZscalerTemplate.Fault.self) { try ZscalerTemplate(template) }
            do {
                _ = try ZscalerTemplate(template)
            } catch {
                #expect(error.description.contains(word), "\(template): \(error)")
            }
        }
    }
}
