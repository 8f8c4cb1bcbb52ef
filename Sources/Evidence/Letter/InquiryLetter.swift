import Bytes
import Judgement
import Register

/// `inquiry.md` and `inquiry.html`: the draft of a letter in which a district asks a vendor to explain what was seen.
struct InquiryLetter {
    let inquiry: Inquiry
    let clock: ZoneClock

    init(_ inquiry: Inquiry) {
        self.inquiry = inquiry
        clock = ZoneClock(identifier: inquiry.timezone)
    }

    var prose: Prose {
        var prose = Prose(title: "Inquiry about data flows from student devices")
        head(&prose)
        seen(&prose)
        company(&prose)
        records(&prose)
        obligations(&prose)
        questions(&prose)
        check(&prose)
        return prose
    }

    private func head(_ prose: inout Prose) {
        prose.list([
            "To: \(inquiry.recipient)", "From: \(inquiry.district)",
            "Date: \(inquiry.dated?.description ?? Inquiry.blank)",
            "Answer due: \(inquiry.answerBy?.description ?? Inquiry.blank)",
        ])
        prose.say(
            "This is a draft: a person at the district reads, completes and signs it. It reports what the district's "
                + "network saw, from \(inquiry.period) (\(inquiry.timezone)), and asks for an explanation. It does "
                + "not say that anybody broke an agreement or a law, and it is not legal advice.")
    }

    private func seen(_ prose: inout Prose) {
        prose.heading("What was seen")
        for finding in inquiry.findings {
            let facts = inquiry.facts(of: finding)
            let devices = Set(facts.map(\.device)).count
            let owner = finding.owner.map { " (\($0)\(finding.category.map { ", " + $0 } ?? ""))" } ?? ""
            prose.say(
                "\(count(devices, "device")) of students exchanged data with \(finding.domain)\(owner): "
                    + "\(count(facts.count, "contact")) in the sense of facts.csv, each being one device, one "
                    + "destination and one clock hour. Names seen: "
                    + "\(finding.names.isEmpty ? "none" : finding.names.joined(separator: ", ")).")
            prose.table(
                "Contacts per day", ["Day", "Contacts", "Devices", "Bytes sent", "Bytes received"],
                inquiry.days(of: finding, clock: clock))
        }
        prose.say(
            "Devices of which the roster does not know whose they are count as students' here; facts.csv says so in "
                + "its column role. Names of devices are pseudonyms that were made for this letter alone.")
    }

    private func company(_ prose: inout Prose) {
        prose.heading("With which product it appeared")
        var items: [String] = []
        for finding in inquiry.findings {
            for companion in finding.companions {
                let lift = companion.lift
                let alike =
                    companion.alikeWith.isEmpty
                    ? ""
                    : " The captures cannot tell it from: \(companion.alikeWith.joined(separator: ", "))."
                items.append(
                    "\(finding.domain) after \(companion.product) (\(companion.owner)): in \(companion.together) of "
                        + "\(companion.minutes) minutes in which it was contacted afresh, the same device had been "
                        + "in touch with the product within \(count(inquiry.window, "minute")); on "
                        + "\(count(companion.devices, "device")). That is \(Letters.number(lift.value)) times as often "
                        + "as chance would bring (99.9 % interval \(Letters.number(lift.low)) to "
                        + "\(Letters.number(lift.high))).\(alike)")
            }
        }
        if items.isEmpty {
            prose.say(
                "It appeared with no product more often than chance would bring, as far as the captures show."
            )
        } else {
            prose.list(items)
            prose.say(
                "That both come together does not say that one causes the other: that is what is asked below."
            )
        }
    }

    private func records(_ prose: inout Prose) {
        prose.heading("Which record applies")
        for finding in inquiry.findings {
            let agreement = finding.agreement.map { agreement in
                "agreement \(agreement.id), status \(agreement.status), "
                    + "from \(agreement.effective ?? "no date") to \(agreement.ends ?? "no date")"
            }
            prose.list(
                ["\(finding.domain): \(finding.verdict.words)" + (agreement.map { " (\($0))" } ?? "")]
                    + finding.reasons.map(\.text) + finding.nearMisses)
        }
        guard let vendor = inquiry.vendor else {
            return prose.say("The register has no entry for a vendor who is asked here.")
        }
        let lines = vendor.agreements.map { agreement in
            "\(agreement.id): \(agreement.status.rawValue), \(agreement.begins?.description ?? "no first day") to "
                + "\(agreement.lastDay?.description ?? "no last day")"
        }
        prose.say("Agreements of \(vendor.name) in the district's register:")
        prose.list(lines.isEmpty ? ["no agreement on record"] : lines)
    }

    private func obligations(_ prose: inout Prose) {
        prose.heading("Which obligations it touches")
        prose.say(
            "Agreements on student data usually speak of the following. Clauses are filled in from the agreement's own "
                + "text; the register holds none, so they are blank.")
        prose.table(
            "Obligations", ["Obligation", "Question it raises here", "Clause"],
            Letters.obligations.map { [$0.0, $0.1, Inquiry.blank] })
    }

    private func questions(_ prose: inout Prose) {
        let domains = inquiry.findings.map(\.domain).joined(separator: ", ")
        prose.heading("What is asked")
        prose.list([
            "Does any of your products, or anything built into one, bring about contacts with \(domains)? Which, from "
                + "which page or version, and since when?",
            "Which data elements of students were sent there, and for what purpose?",
            "Under which terms does the recipient hold them? Is it a sub-processor of yours, and where is it declared?",
            "Were data of students kept, used for other purposes, combined or passed on? How long are they kept?",
            "What was or will be changed, and from which day on can the district check it?",
            "If the contacts do not come from your products: how do you know, and what else may explain them?",
        ])
        prose.say(
            "Please answer in writing by \(inquiry.answerBy?.description ?? Inquiry.blank), and keep the records that "
                + "the answer rests on.")
    }

    private func check(_ prose: inout Prose) {
        prose.heading("What is enclosed, and how to check it")
        prose.list([
            "facts.csv and facts.jsonl: every contact behind this letter, under pseudonyms.",
            inquiry.excerptFrames == nil
                ? "No packets: they were left out."
                : "excerpt.pcap and frames.csv: the packets that carry the fact, with the "
                    + "district's addresses replaced.",
            "coverage.txt: what could not be seen, and what speaks against the finding.",
            "custody.jsonl: what was done with which files. certification.md: a statement to be filled in.",
            "manifest.json with the SHA-256 of every file, signed: minisign -V -m manifest.json -P KEY checks it "
                + "offline, and hallpass verify the rest. Ask the district for its public key on another way.",
        ])
    }
}

/// Wording that does not depend on a case.
enum Letters {
    /// Obligations and the question that contacts with a third party raise under each.
    static let obligations: [(String, String)] = [
        (
            "FERPA (20 U.S.C. 1232g)",
            "Were education records, or identifiers of students, disclosed to another party?"
        ),
        (
            "COPPA (15 U.S.C. 6501-6506)",
            "Were data of children under 13 collected for other than the school's purpose?"
        ),
        (
            "CIPA (47 U.S.C. 254(h))",
            "Did the product lead to content that the school's protection must keep out?"
        ),
        ("PPRA (20 U.S.C. 1232h)", "Were data collected for marketing, or for surveys on protected matters?"),
        ("Data belong to the district", "Who holds the data now, and can the district have them back?"),
        ("Notice of a breach", "Was data disclosed without authorisation, and when was the district told?"),
        ("No resale and no other use", "Were the data used for advertising, profiles or products of others?"),
        ("Right to audit", "Which records can the district inspect?"),
        ("Security by industry practice", "How was the data protected on its way and at rest?"),
    ]

    /// With one decimal, and none from 100 on.
    static func number(_ value: Double) -> String {
        guard value.isFinite, value < 1e12 else { return "very many" }
        let tenths = Int64((value * 10).rounded())
        return value >= 100 ? String(Int64(value.rounded())) : "\(tenths / 10).\(abs(tenths % 10))"
    }
}
