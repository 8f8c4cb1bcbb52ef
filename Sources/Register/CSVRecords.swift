import Bytes

extension CSVColumns.Record {
    /// The columns that a row of this kind may fill.
    var columns: [String] {
        switch self {
        case .domain:
            ["vendor", "vendor_id", "product", "product_id", "domain", "excluded"] + Self.agreementColumns
        case .vendor: ["vendor", "vendor_id", "aliases", "owners", "recorded"]
        case .product: ["vendor", "vendor_id", "product", "product_id", "app_ids", "domain", "excluded"]
        case .agreement: ["vendor", "vendor_id", "agreement_products"] + Self.agreementColumns
        case .subprocessor:
            ["vendor", "vendor_id", "agreement", "name", "domain", "function", "student_data", "from", "to"]
        case .district: ["name", "timezone", "domain"]
        case .thirdParty: ["name", "category", "domain", "source", "from", "to", "recorded"]
        case .platform: ["name", "function", "domain", "source", "recorded"]
        case .exception: ["domain", "reason", "name", "from", "to", "recorded"]
        case .setting: ["key", "value"]
        }
    }

    static let agreementColumns = [
        "agreement", "form", "relation", "status", "offer_from", "offer_until", "signed_provider",
        "signed_district", "effective", "ends", "terminated", "termination_recorded", "schools", "roles",
        "grades", "hours", "data_elements", "document", "document_sha256", "document_pages", "clauses",
        "recorded",
    ]
}

/// One kind of record each, from one row.
extension CSVCells {
    /// Nil when the row names no agreement, or a problem was logged.
    func agreement(products: Scope<String>) -> Agreement? {
        guard self["agreement"] != nil else {
            if self["status"] != nil { problem("status", "a status needs an id in the column \"agreement\"") }
            return nil
        }
        guard let id = id("agreement"), required("status") != nil,
            let status = word("status", Agreement.Status.self)
        else { return nil }
        return Agreement(
            id: id, form: self["form"], relation: word("relation", Agreement.Relation.self) ?? .originator,
            status: status, offer: offer(), signedProvider: day("signed_provider"),
            signedDistrict: day("signed_district"), effective: day("effective"), ends: day("ends"),
            terminated: day("terminated"), terminationRecorded: day("termination_recorded"),
            products: products, schools: scope("schools") { $0 },
            roles: scope("roles") { word($0, "roles", Role.self) }, grades: grades(), hours: hours(),
            dataElements: list("data_elements").compactMap { word($0, "data_elements", DataElement.self) },
            subprocessors: [], document: document(), clauses: clauses(), recorded: day("recorded"),
            place: place)
    }

    /// `ownership=Article II, 1;audit=Article V, 4`.
    private func clauses() -> [Obligation: String] {
        var clauses: [Obligation: String] = [:]
        for text in list("clauses") {
            guard let sign = text.firstIndex(of: "=") else {
                problem(
                    "clauses", "\(quoted(text)) is no clause; write it as \(quoted("audit=Article V, 4"))")
                continue
            }
            if let obligation = word(String(text[..<sign]), "clauses", Obligation.self) {
                clauses[obligation] = String(text[text.index(after: sign)...])
            }
        }
        return clauses
    }

    private func offer() -> Agreement.Offer? {
        guard self["offer_from"] != nil || self["offer_until"] != nil else { return nil }
        func end(_ column: String) -> CivilDay? { self[column] == "open" ? nil : day(column) }
        return Agreement.Offer(from: end("offer_from"), until: end("offer_until"))
    }

    private func document() -> Agreement.Document? {
        guard let file = self["document"] else {
            for column in ["document_sha256", "document_pages"] where self[column] != nil {
                problem(column, "this needs a file in the column \"document\"")
            }
            return nil
        }
        let hash = self["document_sha256"]?.lowercased()
        if let hash, hash.utf8.count != 64 || !hash.allSatisfy({ $0.isASCII && $0.isHexDigit }) {
            problem("document_sha256", "a SHA-256 has 64 hexadecimal digits")
        }
        let pages = self["document_pages"].flatMap { Int($0) }
        if let text = self["document_pages"], pages.map({ $0 < 0 }) ?? true {
            problem("document_pages", "\(quoted(text)) is no number of pages")
        }
        return Agreement.Document(file: file, sha256: hash, pages: pages)
    }

    /// `name|from|to`, as the writer has it; a name alone is an owner throughout.
    func owners() -> [Vendor.Ownership] {
        list("owners").map { text in
            var parts = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            guard parts.count >= 3 else { return Vendor.Ownership(name: text) }
            let to = ownerDay(parts.removeLast())
            let from = ownerDay(parts.removeLast())
            return Vendor.Ownership(name: parts.joined(separator: "|"), from: from, to: to)
        }
    }

    private func ownerDay(_ text: String) -> CivilDay? {
        if text.isEmpty { return nil }
        if let day = CivilDay(text) { return day }
        problem("owners", dateAdvice(text))
        return nil
    }

    func district() -> District? {
        let zone = required("timezone").flatMap { text -> String? in
            if isTimeZone(text) { return text }
            problem("timezone", timeZoneAdvice(text))
            return nil
        }
        guard let name = required("name"), let zone else { return nil }
        return District(name: name, timezone: zone, domains: domains("domain"), place: place)
    }

    func thirdParty() -> ThirdParty? {
        guard let category = required("category"), required("domain") != nil else { return nil }
        return ThirdParty(
            owner: self["name"], category: category,
            domains: domains("domain", sharedSuffix: ThirdParty.carrierCategories.contains(category)),
            source: self["source"], validFrom: day("from"), validTo: day("to"), recorded: day("recorded"),
            place: place)
    }

    func platformService() -> PlatformService? {
        guard let owner = required("name"), let function = required("function"), required("domain") != nil
        else { return nil }
        return PlatformService(
            owner: owner, function: function, domains: domains("domain"), source: self["source"],
            recorded: day("recorded"), place: place)
    }

    func exception() -> ExceptionRecord? {
        guard let text = required("domain"), let domain = domain(text, "domain"),
            let reason = required("reason"), required("to") != nil, let until = day("to")
        else { return nil }
        return ExceptionRecord(
            domain: domain, reason: reason, owner: self["name"], from: day("from"), until: until,
            recorded: day("recorded"), place: place)
    }
}
