import Bytes
import Contacts
import Judgement

/// The charts, each with its numbers as a table.
extension PageParts {
    /// Nil when there is nothing to draw.
    var charts: HTMLDocument.Section? {
        let charts = [categoryChart, byteChart, hiddenChart, hourChart].compactMap { $0 }
        guard !charts.isEmpty else { return nil }
        return HTMLDocument.Section(
            "charts", "At a glance",
            """
            <p class="note">All speak of devices that are or may be students\u{2019}.\
            <span class="onscreen"> The numbers stand beneath, as tables.</span></p>
            <div class="charts">
            \(charts.map(\.markup))</div>
            """)
    }

    /// The bins that all charts share; by what was seen where the page has no period.
    var bins: TimeBins? { page.period.map { TimeBins($0) } }

    /// Categories beyond these are one row, so that the drawing stays readable.
    private static let categoryLimit = 6

    var categoryChart: Chart? {
        guard let bins, !assessment.findings.isEmpty else { return nil }
        var values: [String: [UInt64]] = [:]
        var totals: [String: Int] = [:]
        for finding in assessment.findings {
            let category = PageParts.category(finding)
            totals[category, default: 0] += 1
            // A finding counts once in each span of time that it occurred in.
            for place in Set(finding.days.compactMap(bins.place)) {
                values[category, default: Array(repeating: 0, count: bins.count)][place] += 1
            }
        }
        var names = totals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        if names.count > PageParts.categoryLimit {
            let rest = names.dropFirst(PageParts.categoryLimit - 1)
            let label = Quantity.of(rest.count, "other category", "other categories")
            var sum = Array(repeating: UInt64(0), count: bins.count)
            for name in rest {
                for (place, value) in (values[name] ?? []).enumerated() { sum[place] += value }
            }
            values[label] = sum
            totals[label] = rest.reduce(0) { $0 + (totals[$1] ?? 0) }
            names = names.prefix(PageParts.categoryLimit - 1) + [label]
        }
        let rows = names.map { name in
            StripChart.Row(
                label: name, style: "uncovered",
                values: values[name] ?? Array(repeating: 0, count: bins.count),
                total: Quantity.of(totals[name] ?? 0, "finding"))
        }
        return StripChart(
            id: "chart-categories", title: "Findings by category",
            summary: "\(Quantity.of(assessment.findings.count, "finding")); most frequent: \(names[0]).",
            bins: bins, rows: rows, full: nil, words: { String($0) }
        ).chart
    }

    /// The category where a record states one, else the verdict.
    static func category(_ finding: Finding) -> String { finding.category ?? finding.verdict.words }

    var byteChart: Chart? {
        let total = assessment.activity.total
        guard let bins, total.total > 0 else { return nil }
        func row(_ label: String, _ style: String, _ part: (Activity.Day) -> UInt64) -> StripChart.Row {
            StripChart.Row(
                label: label, style: style, values: daily(bins, part),
                total: "\(Quantity.bytes(part(total))), \(PageParts.percent(part(total), of: total.total))")
        }
        return StripChart(
            id: "chart-bytes", title: "Bytes to covered and uncovered parties",
            summary:
                "\(PageParts.percent(total.permitted, of: total.total)) of \(Quantity.bytes(total.total)) went "
                + "to parties that a record permits.",
            bins: bins,
            rows: [
                row("permitted by a record", "permitted", \.permitted),
                row("no agreement", "uncovered", \.uncovered), row("could not be named", "hidden", \.unseen),
            ], full: nil, words: { Quantity.bytes($0) }
        ).chart
    }

    var hiddenChart: Chart? {
        let total = assessment.activity.total
        guard let bins, total.total > 0 else { return nil }
        let hidden = daily(bins, \.unseen)
        let all = daily(bins, \.total)
        let shares = zip(hidden, all).map { part, whole in
            whole == 0 ? 0 : UInt64(exactly: (Double(part) * 1000 / Double(whole)).rounded()) ?? 0
        }
        let students = assessment.blindSpots.students.total
        let kinds = students.rows.filter { $0.kind.hidesDestination }
        let most = kinds.max { ($0.sum.bytes, $1.kind) < ($1.sum.bytes, $0.kind) }
        let reason = most.map { " Most of it: \($0.kind.words)." } ?? ""
        return StripChart(
            id: "chart-hidden", title: "What could not be seen",
            summary:
                "\(PageParts.percent(total.unseen, of: total.total)) of the bytes went to destinations that "
                + "nothing could name.\(reason)",
            bins: bins,
            rows: [
                .init(
                    label: "share of bytes (full bar: 100 %)", style: "hidden", values: shares,
                    total: PageParts.percent(total.unseen, of: total.total))
            ], full: 1000, words: { "\($0 / 10).\($0 % 10) %" }
        ).chart
    }

    var hourChart: Chart? {
        let hours = assessment.activity.hours
        guard let most = hours.max(), most > 0, let place = hours.firstIndex(of: most) else { return nil }
        let hour = place % 24
        return HeatMap(
            id: "chart-hours", title: "When it happened",
            summary: "Contacts without an agreement by hour of the week. Most: "
                + "\(HeatMap.days[place / 24]) from \(hour < 10 ? "0" : "")\(hour):00, "
                + "\(Quantity.of(most, "contact")).",
            hours: hours
        ).chart
    }

    private func daily(_ bins: TimeBins, _ part: (Activity.Day) -> UInt64) -> [UInt64] {
        var values = Array(repeating: UInt64(0), count: bins.count)
        for day in assessment.activity.days {
            guard let place = bins.place(day.day) else { continue }
            values[place] = PageParts.saturatingSum(values[place], part(day))
        }
        return values
    }
}
