/// The numbers of the severity and context tables, each under one name such as `verdicts.pending`.
enum Setting {
    static func all(_ weights: SeverityWeights, _ context: ContextSettings) -> [String: String] {
        var all: [String: String] = [:]
        for (verdict, points) in weights.verdicts { all["verdicts.\(verdict)"] = String(points) }
        for (category, points) in weights.categories { all["categories.\(category)"] = String(points) }
        all["student"] = String(weights.student)
        all["elementary"] = String(weights.elementary)
        all["bytes_up.points"] = String(weights.bytesUp)
        all["bytes_up.from"] = String(weights.bytesUpMany)
        all["devices.points"] = String(weights.devices)
        all["devices.from"] = String(weights.devicesMany)
        all["days.points"] = String(weights.persistence)
        all["days.from"] = String(weights.daysMany)
        all["out_of_hours.points"] = String(weights.outOfHours)
        all["out_of_hours.hours"] = weights.schoolHours?.description
        all["uncertain_name"] = String(weights.uncertainName)
        all["uncertain_device"] = String(weights.uncertainDevice)
        all["medium_from"] = String(weights.mediumFrom)
        all["high_from"] = String(weights.highFrom)
        all["context.window"] = String(context.window)
        all["context.support"] = String(context.support)
        return all
    }

    /// Sets one number; false when the name or the value is nothing that can be set.
    static func set(
        _ key: String, _ value: String, _ weights: inout SeverityWeights, _ context: inout ContextSettings
    ) -> Bool {
        if key == "out_of_hours.hours" {
            weights.schoolHours = HourScope(value)
            return weights.schoolHours != nil
        }
        guard let number = Int(value) else { return false }
        let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
        if parts.count == 2, parts[0] == "verdicts" || parts[0] == "categories" {
            guard (-100...100).contains(number) else { return false }
            if parts[0] == "categories" {
                weights.categories[parts[1]] = number
            } else {
                guard weights.verdicts[parts[1]] != nil else { return false }
                weights.verdicts[parts[1]] = number
            }
            return true
        }
        if key.hasSuffix(".from") || key.hasPrefix("context.") {
            return setStep(key, number, &weights, &context)
        }
        guard (-100...100).contains(number), let path = points[key] else { return false }
        weights[keyPath: path] = number
        return true
    }

    private static func setStep(
        _ key: String, _ number: Int, _ weights: inout SeverityWeights, _ context: inout ContextSettings
    ) -> Bool {
        guard number > 0 else { return false }
        switch key {
        case "bytes_up.from": weights.bytesUpMany = UInt64(clamping: number)
        case "devices.from": weights.devicesMany = number
        case "days.from": weights.daysMany = number
        case "context.window" where number <= ContextSettings.windowLimit: context.window = number
        case "context.support": context.support = number
        default: return false
        }
        return true
    }

    private static var points: [String: WritableKeyPath<SeverityWeights, Int>] {
        [
            "student": \.student, "elementary": \.elementary, "bytes_up.points": \.bytesUp,
            "devices.points": \.devices, "days.points": \.persistence, "out_of_hours.points": \.outOfHours,
            "uncertain_name": \.uncertainName, "uncertain_device": \.uncertainDevice,
            "medium_from": \.mediumFrom, "high_from": \.highFrom,
        ]
    }
}
