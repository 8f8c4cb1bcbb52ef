import Contacts
import Judgement

/// What the report could not see, which inputs it was made from, and how to read it.
extension PageParts {
    var coverage: HTMLDocument.Section {
        HTMLDocument.Section(
            "coverage", "What this report could not see",
            """
            <p>A statement about a network is worth what the network could show. Everything that was read is counted \
            here, used or not.</p>
            \(hiddenTable)\(readTable)\(noteTable)
            """)
    }

    private var hiddenTable: Markup {
        let students = assessment.blindSpots.students
        guard students.total.all.bytes > 0 else { return .empty }
        var table = HTMLTable(
            "Hidden destinations",
            [.init("How"), .number("Devices"), .number("Flows"), .number("Bytes"), .number("Share of bytes")])
        for (kind, sum) in students.total.rows {
            table.add([
                "\(kind.words)", "\(students.clientCount(kind))", "\(sum.flows)",
                "\(Quantity.bytes(sum.bytes))",
                "\(PageParts.percent(sum.bytes, of: students.total.all.bytes))",
            ])
        }
        let (hidden, all) = (students.total.hidden.bytes, students.total.all.bytes)
        return """
            <h3>Destinations that nothing could name</h3>
            <p>\(Quantity.bytes(hidden)) of \(Quantity.bytes(all)) that devices which are or may be students\u{2019} \
            exchanged with the outside (\(PageParts.percent(hidden, of: all))). Rows that begin with \
            \u{201c}sign\u{201d} have a name, with something odd about it.</p>
            \(table.isEmpty ? .empty : table.markup)
            """
    }

    private var readTable: Markup {
        let coverage = report.coverage
        var table = HTMLTable("What was read and not used", [.init("What"), .number("Count")])
        func add(_ what: String, _ read: UInt64, _ used: UInt64, _ unused: [Contacts.Coverage.Unused]) {
            guard read > 0 else { return }
            table.add(["\(what) read", "\(read)"])
            table.add(["\(what) used", "\(used)"])
            for item in unused { table.add(["\(what) not used: \(item.reason)", "\(item.count)"]) }
        }
        add("Packets", coverage.packetsRead, coverage.packetsUsed, coverage.unusedPackets)
        add("Lines", coverage.linesRead, coverage.linesUsed, coverage.unusedLines)
        let totals = assessment.totals
        if totals.withoutStudents.contacts > 0 {
            table.add([
                "Contacts that nothing permits, with no student\u{2019}s device among them",
                "\(totals.withoutStudents.contacts)",
            ])
        }
        if totals.leftOut.contacts > 0 {
            table.add(["Contacts left out by the roster", "\(totals.leftOut.contacts)"])
        }
        return table.isEmpty ? .empty : "<h3>Read and used</h3>\n\(table.markup)"
    }

    private var noteTable: Markup {
        let notes = report.coverage.notes
        guard !notes.isEmpty else { return .empty }
        var table = HTMLTable("Counted on the way", [.init("What"), .number("Count"), .number("Bytes")])
        for note in notes {
            table.add([
                "\(note.key.replacing("_", with: " "))", "\(note.count)",
                "\(note.bytes.map { Quantity.bytes($0) } ?? "")",
            ])
        }
        return "<details><summary>Counted on the way: \(notes.count)</summary>\(table.markup)</details>"
    }

    var inputs: HTMLDocument.Section {
        var table = HTMLTable(
            "Inputs",
            [
                .init("Input, and SHA-256 of the file"), .init("Kind"), .init("From"), .init("To"),
                .init("Read to its end"), .number("Bytes"),
            ])
        for input in report.inputs {
            let problems = input.problems.prefix(3).map { problem -> Markup in
                "<br/><span class=\"quiet\">\(problem)</span>"
            }
            let hash = page.inputHashes[input.path].map { "<span class=\"hash\">\($0)</span>" as Markup }
            table.add([
                "\(.name(input.path))<br/>\(hash ?? "<span class=\"quiet\">no file by itself</span>")\(problems)",
                "\(input.kind)", moment(input.first), moment(input.last),
                input.complete ? "yes" : "<b>no</b>",
                "\(Quantity.bytes(input.bytes))",
            ])
        }
        let complete = report.inputs.count(where: \.complete)
        return HTMLDocument.Section(
            "inputs", "Inputs",
            """
            <p>\(complete) of \(Quantity.of(report.inputs.count, "input")) \(complete == 1 ? "was" : "were") read to \
            the end.</p>
            \(table.isEmpty ? .empty : table.markup)
            """)
    }

    var reading: HTMLDocument.Section {
        let weights = PageParts.points
        return HTMLDocument.Section(
            "reading", "How to read this",
            """
            <ul>
            <li>A <b>destination</b> is the registrable domain of a name that a device contacted, or an address where \
            nothing named it. Devices are counted, never listed.</li>
            <li><b>No agreement on record</b> says what the register holds, and not that anybody did wrong. \
            <b>Unknown owner</b>, <b>unnamed</b> and <b>concealed</b> are answers, too.</li>
            <li>Each contact is judged by the agreements in force on its own day. A corrected register gives a \
            corrected report.</li>
            <li><b>Severity</b> is the sum of the points beside the reasons; \(weights)</li>
            <li><b>Sent</b> is from the device to the destination, <b>received</b> the other way, in bytes of IP \
            packets or as a log states them.</li>
            <li>A destination <b>appears with</b> a product when both come together more often than by chance; that \
            says whom to ask first, and not who loaded what.</li>
            <li>The <b>record</b> is the line of the register that decided. <code>hallpass lookup NAME</code> explains \
            a name\u{2019}s verdict.</li>
            </ul>
            """)
    }

    private static let points: Markup =
        "the register sets the points and from how many on a finding is medium or high."
}
