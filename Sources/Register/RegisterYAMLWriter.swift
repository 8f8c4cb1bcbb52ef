import Bytes

/// Writes a register as YAML, so that reading it gives the same register.
package struct RegisterYAMLWriter {
    private var lines: [String] = []

    package init() {}

    package static func write(_ register: Register) -> String {
        var writer = RegisterYAMLWriter()
        writer.write(register)
        return writer.lines.map { $0 + "\n" }.joined()
    }

    private mutating func write(_ register: Register) {
        if let district = register.district {
            lines.append("district:")
            add(1, "name", district.name)
            add(1, "timezone", district.timezone)
            add(1, "domains", district.domains)
        }
        section("vendors", register.vendors) { writer, vendor in writer.write(vendor) }
        section("third_parties", register.thirdParties) { writer, party in writer.write(party) }
        section("platform", register.platform) { writer, service in
            writer.item(1, "owner", service.owner)
            writer.add(2, "function", service.function)
            writer.add(2, "domains", service.domains)
            writer.add(2, "source", service.source)
            writer.add(2, "recorded", service.recorded)
        }
        section("exceptions", register.exceptions) { writer, exception in
            writer.item(1, "domain", exception.domain.entry.description)
            writer.add(2, "reason", exception.reason)
            writer.add(2, "owner", exception.owner)
            writer.add(2, "from", exception.from)
            writer.add(2, "until", exception.until)
            writer.add(2, "recorded", exception.recorded)
        }
        writeSettings(register)
    }

    private mutating func section<Record>(
        _ name: String, _ records: [Record], _ body: (inout RegisterYAMLWriter, Record) -> Void
    ) {
        if records.isEmpty { return }
        lines.append("\(name):")
        for record in records { body(&self, record) }
    }

    private mutating func write(_ vendor: Vendor) {
        item(1, "id", vendor.id)
        add(2, "name", vendor.name)
        if !vendor.aliases.isEmpty { add(2, "aliases", list: vendor.aliases) }
        if !vendor.owners.isEmpty { line(2, "owners:") }
        for owner in vendor.owners {
            item(3, "name", owner.name)
            add(4, "from", owner.from)
            add(4, "to", owner.to)
        }
        add(2, "recorded", vendor.recorded)
        if !vendor.products.isEmpty { line(2, "products:") }
        for product in vendor.products {
            item(3, "id", product.id)
            add(4, "name", product.name)
            add(4, "domains", product.domains)
            add(4, "excluded_domains", product.excludedDomains)
            if !product.appIDs.isEmpty { add(4, "app_ids", list: product.appIDs) }
        }
        if !vendor.agreements.isEmpty { line(2, "agreements:") }
        for agreement in vendor.agreements { write(agreement) }
    }

    private mutating func write(_ agreement: Agreement) {
        item(3, "id", agreement.id)
        add(4, "form", agreement.form)
        add(4, "relation", agreement.relation.rawValue)
        add(4, "status", agreement.status.rawValue)
        if let offer = agreement.offer {
            let ends = [offer.from.map { "from: \($0)" }, offer.until.map { "until: \($0)" }]
            line(4, "offer: {\(ends.compactMap(\.self).joined(separator: ", "))}")
        }
        add(4, "signed_provider", agreement.signedProvider)
        add(4, "signed_district", agreement.signedDistrict)
        add(4, "effective", agreement.effective)
        add(4, "ends", agreement.ends)
        add(4, "terminated", agreement.terminated)
        add(4, "termination_recorded", agreement.terminationRecorded)
        scope("products", agreement.products) { $0 }
        scope("schools", agreement.schools) { $0 }
        scope("roles", agreement.roles, \.rawValue)
        add(4, "grades", agreement.grades?.description)
        add(4, "hours", agreement.hours?.description)
        if !agreement.dataElements.isEmpty {
            add(4, "data_elements", list: agreement.dataElements.map(\.rawValue))
        }
        if !agreement.subprocessors.isEmpty { line(4, "subprocessors:") }
        for party in agreement.subprocessors {
            item(5, "name", party.name)
            add(6, "domains", party.domains)
            add(6, "function", party.function)
            if let data = party.studentData { line(6, "student_data: \(data)") }
            add(6, "from", party.from)
            add(6, "to", party.to)
        }
        if let document = agreement.document {
            line(4, "document:")
            add(5, "file", document.file)
            add(5, "sha256", document.sha256)
            if let pages = document.pages { line(5, "pages: \(pages)") }
        }
        if !agreement.clauses.isEmpty { line(4, "clauses:") }
        for obligation in Obligation.allCases { add(5, obligation.rawValue, agreement.clauses[obligation]) }
        add(4, "recorded", agreement.recorded)
    }

    private mutating func write(_ party: ThirdParty) {
        item(1, "category", party.category)
        add(2, "owner", party.owner)
        add(2, "domains", party.domains)
        add(2, "source", party.source)
        add(2, "valid_from", party.validFrom)
        add(2, "valid_to", party.validTo)
        add(2, "recorded", party.recorded)
    }

    /// Only what differs from the defaults.
    private mutating func writeSettings(_ register: Register) {
        let usual = Setting.all(SeverityWeights(), ContextSettings())
        let changed = Setting.all(register.severity, register.context).sorted { $0.key < $1.key }
            .filter { usual[$0.key] != $0.value }
        var tables: [String: [(String, String)]] = [:]
        var plain: [(String, String)] = []
        for (key, value) in changed {
            let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
            if parts.count == 2 {
                tables[parts[0], default: []].append((parts[1], value))
            } else {
                plain.append((key, value))
            }
        }
        func flow(_ pairs: [(String, String)]) -> String {
            "{"
                + pairs.map { "\(RegisterYAMLWriter.scalar($0)): \(RegisterYAMLWriter.scalar($1))" }.joined(
                    separator: ", ") + "}"
        }
        if let context = tables.removeValue(forKey: "context") { lines.append("context: \(flow(context))") }
        if plain.isEmpty && tables.isEmpty { return }
        lines.append("severity:")
        for (key, value) in plain { add(1, key, value) }
        for (key, pairs) in tables.sorted(by: { $0.key < $1.key }) { line(1, "\(key): \(flow(pairs))") }
    }

    // MARK: - Lines

    private mutating func line(_ depth: Int, _ text: String) {
        lines.append(String(repeating: "  ", count: depth) + text)
    }

    private mutating func item(_ depth: Int, _ key: String, _ text: String) {
        line(depth, "- \(key): \(RegisterYAMLWriter.scalar(text))")
    }

    private mutating func add(_ depth: Int, _ key: String, _ text: String?) {
        if let text { line(depth, "\(key): \(RegisterYAMLWriter.scalar(text))") }
    }

    private mutating func add(_ depth: Int, _ key: String, _ day: CivilDay?) {
        if let day { line(depth, "\(key): \(day)") }
    }

    private mutating func add(_ depth: Int, _ key: String, _ domains: [ListedDomain]) {
        if !domains.isEmpty { add(depth, key, list: domains.map(\.entry.description)) }
    }

    private mutating func add(_ depth: Int, _ key: String, list: [String]) {
        let short = "\(key): [\(list.map(RegisterYAMLWriter.scalar).joined(separator: ", "))]"
        if short.count <= 100 { return line(depth, short) }
        line(depth, "\(key):")
        for value in list { line(depth + 1, "- \(RegisterYAMLWriter.scalar(value))") }
    }

    private mutating func scope<Value>(_ key: String, _ scope: Scope<Value>, _ word: (Value) -> String) {
        guard case .only(let values) = scope else { return }
        add(4, key, list: values.map(word))
    }

    /// A text as it is where it cannot be taken for anything else, else in double quotes.
    static func scalar(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [0x20, 0x2d, 0x2e, 0x2f, 0x5f].contains(byte)
        }
        let starts = text.utf8.first.map { $0 != 0x20 && $0 != 0x2d && $0 != 0x2e } ?? false
        let words: Set = ["null", "true", "false", "yes", "no", "on", "off"]
        if isPlain, starts, text.utf8.last != 0x20, !words.contains(text.lowercased()) { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _
            where scalar.value < 0x20 || scalar.value == 0x7f || (0x80...0x9f).contains(scalar.value)
                || scalar.value == 0x2028 || scalar.value == 0x2029 || scalar.value == 0xfeff:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
