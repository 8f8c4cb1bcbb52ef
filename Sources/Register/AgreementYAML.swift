import Bytes

extension RegisterYAML {
    private static let agreementKeys = [
        "id", "form", "relation", "status", "offer", "signed_provider", "signed_district", "effective",
        "ends",
        "terminated", "termination_recorded", "products", "schools", "roles", "grades", "hours",
        "data_elements", "subprocessors", "document", "clauses", "recorded",
    ]

    func agreement(_ value: YAMLValue) -> Agreement? {
        guard let map = value.map("an agreement", keys: RegisterYAML.agreementKeys) else { return nil }
        let id = map.required("id").flatMap(identifier)
        let status = map.required("status")?.word(Agreement.Status.self)
        let relation = map["relation"]?.word(Agreement.Relation.self)
        guard let id, let status else { return nil }
        return Agreement(
            id: id,
            form: map["form"]?.string(),
            relation: relation ?? .originator,
            status: status,
            offer: map["offer"].flatMap(offer),
            signedProvider: map["signed_provider"]?.day(),
            signedDistrict: map["signed_district"]?.day(),
            effective: map["effective"]?.day(),
            ends: map["ends"]?.day(),
            terminated: map["terminated"]?.day(),
            terminationRecorded: map["termination_recorded"]?.day(),
            products: scope(map["products"]) { $0.string() },
            schools: scope(map["schools"]) { $0.string() },
            roles: scope(map["roles"]) { $0.word(Role.self) },
            grades: map["grades"].flatMap(grades),
            hours: map["hours"].flatMap(hours),
            dataElements: map.list("data_elements").compactMap { $0.word(DataElement.self) },
            subprocessors: map.list("subprocessors").compactMap(subprocessor),
            document: map["document"].flatMap(document),
            clauses: map["clauses"].map(clauses) ?? [:],
            recorded: map["recorded"]?.day(),
            place: map.place)
    }

    /// `all`, or a list; absent is all.
    private func scope<Value>(_ value: YAMLValue?, _ read: (YAMLValue) -> Value?) -> Scope<Value> {
        guard let value, value.isList || value.text != "all" else { return .all }
        let items = value.list()
        if items.isEmpty { value.problem("an empty list covers nothing; write all, or what is covered") }
        return .only(items.compactMap(read))
    }

    private func offer(_ value: YAMLValue) -> Agreement.Offer? {
        guard let map = value.map("an offer", keys: ["from", "until"]) else { return nil }
        return Agreement.Offer(from: map["from"]?.day(), until: map["until"]?.day())
    }

    private func grades(_ value: YAMLValue) -> GradeSet? {
        readGrades(value)
    }

    func hours(_ value: YAMLValue) -> HourScope? {
        guard let text = value.string(), text != "all" else { return nil }
        if let hours = HourScope(text) { return hours }
        value.problem("\(quoted(text)) are not hours; write them as \(quoted("Mon-Fri 07:00-16:00"))")
        return nil
    }

    private func subprocessor(_ value: YAMLValue) -> Subprocessor? {
        let keys = ["name", "domains", "function", "student_data", "from", "to"]
        guard let map = value.map("a sub-processor", keys: keys) else { return nil }
        let name = map.required("name")?.string()
        let domains = listed(map.list("domains"))
        let function = map["function"]?.string()
        let studentData = map["student_data"]?.bool()
        let from = map["from"]?.day()
        let to = map["to"]?.day()
        guard let name else { return nil }
        return Subprocessor(
            name: name, domains: domains, function: function, studentData: studentData, from: from, to: to,
            place: map.place)
    }

    private func clauses(_ value: YAMLValue) -> [Obligation: String] {
        let keys = Obligation.allCases.map(\.rawValue)
        guard let map = value.map("the clauses of an agreement", keys: keys) else { return [:] }
        var clauses: [Obligation: String] = [:]
        for obligation in Obligation.allCases {
            clauses[obligation] = map[obligation.rawValue]?.string()
        }
        return clauses
    }

    private func document(_ value: YAMLValue) -> Agreement.Document? {
        guard let map = value.map("a document", keys: ["file", "sha256", "pages"]) else { return nil }
        let file = map.required("file")?.string()
        let pages = map["pages"]?.count()
        var hash = map["sha256"]?.string()?.lowercased()
        if let text = hash, text.utf8.count != 64 || !text.allSatisfy({ $0.isASCII && $0.isHexDigit }) {
            map["sha256"]?.problem("a SHA-256 has 64 hexadecimal digits")
            hash = nil
        }
        guard let file else { return nil }
        return Agreement.Document(file: file, sha256: hash, pages: pages)
    }
}

/// `all` (nil), `6-12`, `K-5`, or a list of grades.
package func readGrades(_ value: YAMLValue) -> GradeSet? {
    let texts = value.list().compactMap { $0.string() }
    if texts.isEmpty || texts == ["all"] { return nil }
    if let grades = GradeSet(texts.joined(separator: ",")) { return grades }
    value.problem(
        "\(quoted(texts.joined(separator: ","))) are not grades; write them as \(quoted("6-12")), "
            + "with PK and K before 1")
    return nil
}
