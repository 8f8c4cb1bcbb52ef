import Yams

/// The weights from which severities are added up: one table, so that a district can see and change them.
package struct SeverityWeights: Equatable, Sendable {
    /// For the verdict alone.
    package var verdicts: [String: Int] = [
        "out_of_scope": 3, "not_yet_effective": 3, "pending": 4, "expired": 5, "declined": 6,
        "no_agreement": 3, "unknown_owner": 3, "unnamed": 1, "concealed": 3,
    ]
    /// For what the other party is known to do; categories not listed add nothing.
    package var categories: [String: Int] = [
        "advertising": 4, "data-broker": 5, "session-recording": 4, "analytics": 3, "social": 3,
        "fingerprinting": 5,
        "tracking": 3, "malware": 6, "cryptomining": 5,
        "cdn": -2, "hosting": -2, "cloud": -2,
    ]
    package var student = 2
    package var elementary = 2
    /// Bytes sent by the devices: from `bytesUpMany` on, and ten times that.
    package var bytesUp = 1
    package var bytesUpMany: UInt64 = 10_000_000
    /// Distinct devices: from `devicesMany` on, and ten times that.
    package var devices = 1
    package var devicesMany = 10
    /// Distinct civil days: from `daysMany` on.
    package var persistence = 1
    package var daysMany = 3
    /// Contacts outside `schoolHours`.
    package var outOfHours = 1
    /// In the district's zone; nil says nothing about hours.
    package var schoolHours: HourScope?
    package var uncertainName = -1
    package var uncertainDevice = -1
    /// Sums from which a finding is of medium and of high severity.
    package var mediumFrom = 4
    package var highFrom = 7

    package init() {}
}

extension RegisterYAML {
    /// The `severity:` table: every key is optional and stands in for its default alone.
    func severity(_ value: YAMLValue) -> SeverityWeights {
        var weights = SeverityWeights()
        let keys = [
            "verdicts", "categories", "student", "elementary", "bytes_up", "devices", "days", "out_of_hours",
            "uncertain_name", "uncertain_device", "medium_from", "high_from",
        ]
        guard let map = value.map("the severity table", keys: keys) else { return weights }
        if let table = map["verdicts"]?.map("the points of verdicts", keys: weights.verdicts.keys.sorted()) {
            for verdict in weights.verdicts.keys.sorted() {
                if let points = table[verdict]?.points() { weights.verdicts[verdict] = points }
            }
        }
        for (category, points) in map["categories"]?.pointsByName() ?? [] {
            weights.categories[category] = points
        }
        func take(_ key: String, _ weight: inout Int) {
            if let points = map[key]?.points() { weight = points }
        }
        take("student", &weights.student)
        take("elementary", &weights.elementary)
        take("uncertain_name", &weights.uncertainName)
        take("uncertain_device", &weights.uncertainDevice)
        take("medium_from", &weights.mediumFrom)
        take("high_from", &weights.highFrom)
        var bytes = Int(clamping: weights.bytesUpMany)
        step(map["bytes_up"], &weights.bytesUp, &bytes)
        weights.bytesUpMany = UInt64(clamping: bytes)
        step(map["devices"], &weights.devices, &weights.devicesMany)
        step(map["days"], &weights.persistence, &weights.daysMany)
        if let value = map["out_of_hours"], let step = value.map("out_of_hours", keys: ["points", "hours"]) {
            if let points = step["points"]?.points() { weights.outOfHours = points }
            weights.schoolHours = step["hours"].flatMap(hours)
        }
        if weights.highFrom <= weights.mediumFrom {
            value.problem(
                "high_from (\(weights.highFrom)) must be above medium_from (\(weights.mediumFrom))")
        }
        return weights
    }

    /// `{points: 1, from: 10}`.
    private func step(_ value: YAMLValue?, _ points: inout Int, _ from: inout Int) {
        guard let value, let map = value.map("a step", keys: ["points", "from"]) else { return }
        if let stated = map["points"]?.points() { points = stated }
        if let stated = map["from"]?.count() {
            if stated > 0 { from = stated } else { value.problem("from must be at least 1") }
        }
    }
}

extension YAMLValue {
    /// A whole number from -100 to 100.
    fileprivate func points() -> Int? {
        if let text = node.scalar?.string, let number = Int(text), (-100...100).contains(number) {
            return number
        }
        problem("points are a whole number from -100 to 100")
        return nil
    }

    /// A mapping from any name to points.
    fileprivate func pointsByName() -> [(String, Int)] {
        guard let mapping = node.mapping else {
            problem("a mapping (category: points) is expected here")
            return []
        }
        return mapping.compactMap { key, value in
            guard let name = key.scalar?.string else { return nil }
            return YAMLValue(node: value, file: file, log: log).points().map { (name, $0) }
        }
    }
}
