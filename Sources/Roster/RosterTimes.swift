import Bytes
import Register

/// Times, calendars and retention in the roster file.
extension RosterContent {
    static func zone(_ value: YAMLValue) -> String? {
        guard let text = value.string() else { return nil }
        if ZoneOffsets(text) != nil { return text }
        value.problem("\(quoted(text)) is no time zone; write it as America/New_York or UTC")
        return nil
    }

    /// `8h`, `30m`, `2d`, `3600s` in seconds.
    static func duration(_ value: YAMLValue) -> Int64? {
        guard let text = value.string() else { return nil }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        // A year: longer leases are for ever, and nobody means them.
        if let unit = text.last.flatMap({ units[$0] }), let number = Int64(text.dropLast()), number > 0,
            number <= 366 * 86400 / unit
        {
            return number * unit
        }
        value.problem("\(quoted(text)) is no length of time; write it as 8h, 30m or 2d")
        return nil
    }

    static func readCalendar(_ value: YAMLValue) -> SchoolCalendar? {
        guard let map = value.map("a calendar", keys: ["terms", "hours", "holidays", "timezone"]) else {
            return nil
        }
        var calendar = SchoolCalendar()
        calendar.terms = map.list("terms").compactMap(span)
        calendar.holidays = map.list("holidays").compactMap(span)
        calendar.timezone = map["timezone"].flatMap(zone)
        calendar.hours = map.list("hours").compactMap { value in
            guard let text = value.string() else { return nil }
            if let hours = HourScope(text) { return hours }
            value.problem("\(quoted(text)) is no hours of the week; write them as Mon-Fri 07:30-15:30")
            return nil
        }
        let sorted = calendar.terms.sorted { $0.first < $1.first }
        for (earlier, later) in zip(sorted, sorted.dropFirst()) where later.first <= earlier.last {
            map["terms"]?.problem("the terms from \(earlier.first) and from \(later.first) overlap")
        }
        if !calendar.terms.isEmpty, calendar.hours.isEmpty {
            value.problem("a calendar with terms needs hours, such as [\"Mon-Fri 07:30-15:30\"]")
        }
        return calendar
    }

    /// A day, or the first and last of several as `2026-12-21/2027-01-01`.
    private static func span(_ value: YAMLValue) -> SchoolCalendar.Span? {
        guard let text = value.string() else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, let last = parts.last, parts.count <= 2 else {
            value.problem(
                "\(quoted(text)) is no day or span; write it as 2026-11-26 or 2026-12-21/2027-01-01")
            return nil
        }
        guard let begin = CivilDay(first), let end = CivilDay(last) else {
            value.problem(dateAdvice(String(CivilDay(first) == nil ? first : last)))
            return nil
        }
        guard begin <= end else {
            value.problem("\(quoted(text)) ends before it begins")
            return nil
        }
        return SchoolCalendar.Span(first: begin, last: end)
    }

    static func readRetention(_ value: YAMLValue) -> Retention {
        var retention = Retention()
        guard
            let map = value.map(
                "the retention", keys: ["contacts", "lookups", "identities", "findings"])
        else { return retention }
        retention.contacts = map["contacts"].flatMap(days)
        retention.lookups = map["lookups"].flatMap(days)
        retention.identities = map["identities"].flatMap(days)
        retention.findings = map["findings"].flatMap(days)
        return retention
    }

    /// Days, or `forever`.
    private static func days(_ value: YAMLValue) -> Int? {
        if value.text == "forever" { return nil }
        guard let days = value.count() else { return nil }
        // A hundred years: more is `forever`.
        guard (1...36525).contains(days) else {
            value.problem("between 1 and 36525 days are expected here, or forever")
            return nil
        }
        return days
    }
}

/// Parts of the roster against each other.
extension RosterContent {
    func check(_ log: ProblemLog) {
        var schoolPlaces: [String: Place] = [:]
        for school in schools {
            if let earlier = schoolPlaces[school.id] {
                log.add(
                    school.place, "duplicate school id \(quoted(school.id)): it stands already at \(earlier)")
            }
            schoolPlaces[school.id] = school.place
        }
        let ids = schools.map(\.id)
        func checkSchool(_ school: String?, _ place: Place, _ what: String) {
            guard let school, schoolPlaces[school] == nil else { return }
            log.add(
                place,
                "\(what) is in the unknown school \(quoted(school))\(suggestion(for: school, among: ids))")
        }
        var networkPlaces: [String: Place] = [:]
        for network in networks {
            let name = network.description
            if let earlier = networkPlaces[name] {
                log.add(network.place, "the network \(name) is described already at \(earlier)")
            }
            networkPlaces[name] = network.place
            checkSchool(network.school, network.place, "the network \(name)")
        }
        for rule in users + hosts {
            checkSchool(rule.standing.school, rule.place, "the pattern \(quoted(rule.pattern.text))")
        }
        for inventory in inventories {
            for unit in inventory.units {
                checkSchool(unit.standing.school, unit.place, "the unit \(quoted(unit.pattern.text))")
            }
            checkSchool(inventory.standing.school, inventory.place, "the inventory \(inventory.file)")
        }
        checkDevices(log, checkSchool)
    }

    private func checkDevices(_ log: ProblemLog, _ checkSchool: (String?, Place, String) -> Void) {
        var ids: [String: Place] = [:]
        ids.reserveCapacity(devices.count)
        var owners: [IPAddress: Place] = [:]
        for device in devices {
            if let earlier = ids[device.id] {
                log.add(
                    device.place, "duplicate device id \(quoted(device.id)): it stands already at \(earlier)")
            }
            ids[device.id] = device.place
            for address in device.addresses {
                if let earlier = owners[address] {
                    log.add(
                        device.place, "the address \(address) belongs already to the device at \(earlier)")
                }
                owners[address] = device.place
            }
            checkSchool(device.standing.school, device.place, "the device \(quoted(device.id))")
        }
    }
}
