/// Hours of the week by how much happened in them, from Monday, midnight, on the district's clock.
struct HeatMap {
    var id: String
    var title: String
    var summary: String
    /// 168 values.
    var hours: [Int]

    static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    /// Shades besides that of nought.
    private static let levels = 5

    /// 0 for nought, and 1 to `levels` in equal steps up to the most.
    static func level(_ value: Int, of most: Int) -> Int {
        guard value > 0, most > 0 else { return 0 }
        let (scaled, overflow) = value.multipliedReportingOverflow(by: levels)
        return overflow ? levels : min(levels, max(1, (scaled + most - 1) / most))
    }

    var chart: Chart {
        let most = hours.max() ?? 0
        var drawing: [Markup] = []
        for hour in stride(from: 0, to: 24, by: 6) {
            drawing.append(
                Drawing.text(HeatMap.clock(hour), x: HeatMap.x(hour), y: 100, style: "quiet"))
        }
        for (day, name) in HeatMap.days.enumerated() {
            let y = 150 + day * 200
            drawing.append(Drawing.text(String(name.prefix(3)), x: 0, y: y + 130, style: "quiet"))
            for hour in 0..<24 {
                let value = self.value(day, hour)
                drawing.append(
                    Drawing.bar(
                        "h\(HeatMap.level(value, of: most))", x: HeatMap.x(hour), y: y, width: 122,
                        height: 185,
                        "\(name) \(HeatMap.clock(hour)): \(value)"))
            }
        }
        let y = 150 + 7 * 200 + 60
        drawing.append(Drawing.text("0", x: 380, y: y + 110, anchor: "end", style: "quiet"))
        for level in 0...HeatMap.levels {
            drawing.append(
                Drawing.bar(
                    "h\(level)", x: 430 + level * 130, y: y, width: 122, height: 140, "shade \(level)"))
        }
        drawing.append(
            Drawing.text(
                "\(most) contacts", x: 430 + (HeatMap.levels + 1) * 130 + 40, y: y + 110, style: "quiet"))
        return Chart(
            id: id, title: title, summary: summary, height: (y + 150) / 10,
            drawing: Markup(drawing, separator: "\n"), table: table)
    }

    private static func x(_ hour: Int) -> Int { 430 + hour * 132 }

    private static func clock(_ hour: Int) -> String { (hour < 10 ? "0" : "") + "\(hour):00" }

    private func value(_ day: Int, _ hour: Int) -> Int {
        let place = day * 24 + hour
        return hours.indices.contains(place) ? hours[place] : 0
    }

    private var table: HTMLTable {
        var table = HTMLTable(
            title, form: .compact,
            [HTMLTable.Column("From")] + HeatMap.days.map { .number(String($0.prefix(3))) })
        for hour in 0..<24 {
            table.add(["\(HeatMap.clock(hour))"] + HeatMap.days.indices.map { day in "\(value(day, hour))" })
        }
        return table
    }
}
