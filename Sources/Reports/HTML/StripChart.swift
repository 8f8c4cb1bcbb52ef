import Bytes

/// Series over time, one strip of bars for each, with its label and its total beside it: no colour has to be told
/// from another, and a copy in black and white says the same. Of a single span of time, the bars lie.
struct StripChart {
    struct Row {
        var label: String
        /// The colour class; the label tells rows apart, not the colour.
        var style: String
        /// One value for each bin.
        var values: [UInt64]
        /// Beside the label, such as `14 MB`.
        var total: String
    }

    var id: String
    var title: String
    var summary: String
    var bins: TimeBins
    var rows: [Row]
    /// The value of a full bar; nil takes the largest one.
    var full: UInt64?
    /// How the table writes a value.
    var words: @Sendable (UInt64) -> String

    /// In tenths of a unit: the height of a row's text, of its bars, and the space beneath.
    private static let textHeight = 150
    private static let barHeight = 260
    private static let gap = 110
    private static let width = Chart.width * 10

    var chart: Chart {
        var drawing: [Markup] = []
        var y = 0
        let most = max(full ?? rows.flatMap(\.values).max() ?? 0, 1)
        for row in rows {
            drawing.append(Drawing.text(Drawing.clipped(row.label, 40), x: 0, y: y + 110))
            drawing.append(
                Drawing.text(
                    row.total, x: StripChart.width, y: y + 110, anchor: "end", style: "quiet"))
            y += StripChart.textHeight
            if bins.count > 1 {
                drawing.append(
                    Drawing.bar(
                        "ground", x: 0, y: y, width: StripChart.width, height: StripChart.barHeight, row.label
                    ))
                drawing += columns(row, most, y)
                y += StripChart.barHeight
                drawing.append(Drawing.line(x1: 0, y1: y, x2: StripChart.width, y2: y))
            } else {
                drawing.append(lying(row, most, y))
                y += 110
            }
            y += StripChart.gap
        }
        if bins.count > 1 {
            drawing.append(Drawing.text(bins.label(0), x: 0, y: y + 60, style: "quiet"))
            drawing.append(
                Drawing.text(
                    bins.label(bins.count - 1), x: StripChart.width, y: y + 60, anchor: "end", style: "quiet")
            )
            y += 100
        }
        return Chart(
            id: id, title: title, summary: summary, height: (y + 9) / 10,
            drawing: Markup(drawing, separator: "\n"), table: table)
    }

    private func columns(_ row: Row, _ most: UInt64, _ top: Int) -> [Markup] {
        let step = StripChart.width / bins.count
        let width = min(520, max(10, step - max(10, step / 5)))
        return row.values.prefix(bins.count).enumerated().map { place, value in
            let height = Drawing.length(value, of: most, StripChart.barHeight)
            return Drawing.bar(
                row.style, x: StripChart.width * place / bins.count + (step - width) / 2,
                y: top + StripChart.barHeight - height, width: width, height: height,
                "\(bins.label(place)): \(words(value))")
        }
    }

    private func lying(_ row: Row, _ most: UInt64, _ top: Int) -> Markup {
        let value = row.values.first ?? 0
        let ground = Drawing.bar("ground", x: 0, y: top, width: StripChart.width, height: 110, row.label)
        let length = Drawing.length(value, of: most, StripChart.width)
        return ground
            + Drawing.bar(
                row.style, x: 0, y: top, width: length, height: 110, "\(row.label): \(words(value))")
    }

    private var table: HTMLTable {
        var table = HTMLTable(
            title, form: .compact, [HTMLTable.Column(bins.unit.title)] + rows.map { .number($0.label) })
        for place in 0..<bins.count {
            let cells = rows.map { row -> Markup in
                "\(row.values.indices.contains(place) ? words(row.values[place]) : "")"
            }
            table.add(["\(bins.label(place))"] + cells)
        }
        return table
    }
}

/// A period cut into spans of time of one kind, few enough to be drawn.
struct TimeBins: Equatable {
    enum Unit: CaseIterable {
        case day
        case week
        case month
        case year
        case decade

        var title: String {
            switch self {
            case .day: "Day"
            case .week: "Week from"
            case .month: "Month"
            case .year: "Year"
            case .decade: "Decade from"
            }
        }

        /// The number of the span that a day lies in; numbers of neighbours follow each other.
        func number(_ day: CivilDay) -> Int64 {
            let (year, month, _) = day.components
            switch self {
            case .day: return day.daysSince1970
            // 1970-01-05 was a Monday.
            case .week:
                return (day.daysSince1970 - 4) >= 0
                    ? (day.daysSince1970 - 4) / 7 : (day.daysSince1970 - 10) / 7
            case .month: return Int64(year) * 12 + Int64(month) - 1
            case .year: return Int64(year)
            case .decade: return Int64(year) / 10
            }
        }

        func label(_ number: Int64) -> String {
            switch self {
            case .day: return CivilDay(daysSince1970: number).description
            case .week: return CivilDay(daysSince1970: number * 7 + 4).description
            case .month:
                return String("\(number / 12)-\(number % 12 + 101 > 109 ? "" : "0")\(number % 12 + 1)")
            case .year: return String(number)
            case .decade: return String(number * 10)
            }
        }
    }

    /// A quarter's days can still be told apart on a telephone.
    static let limit = 92

    let unit: Unit
    private let first: Int64
    let count: Int

    /// The finest unit that cuts the period into at most `limit` spans. Timestamps cover six centuries, so that
    /// decades always do.
    init(_ period: ClosedRange<CivilDay>) {
        var chosen: (Unit, Int64, Int64) = (.decade, 0, 0)
        for unit in Unit.allCases {
            chosen = (unit, unit.number(period.lowerBound), unit.number(period.upperBound))
            if chosen.2 - chosen.1 < Int64(TimeBins.limit) { break }
        }
        unit = chosen.0
        first = chosen.1
        count = Int(min(chosen.2 - chosen.1, Int64(TimeBins.limit) - 1)) + 1
    }

    /// The place of a day's span; nil for days outside.
    func place(_ day: CivilDay) -> Int? {
        let place = unit.number(day) - first
        return place >= 0 && place < Int64(count) ? Int(place) : nil
    }

    func label(_ place: Int) -> String { unit.label(first + Int64(place)) }
}
