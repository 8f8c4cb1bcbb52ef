import Bytes

/// Writes a register as CSV, so that reading it gives the same register: one row per vendor, product, agreement,
/// sub-processor and other record, of the kind that its `record` cell names.
package struct RegisterCSVWriter {
    private let log = ProblemLog()

    package init() {}

    /// The CSV; throws, with the records' places, when a text cannot stand in a cell without loss.
    package func write(_ register: Register) throws(RegisterError) -> String {
        var rows: [[String: String]] = []
        if let district = register.district { rows.append(row(district)) }
        for vendor in register.vendors { rows += self.rows(vendor) }
        rows += register.thirdParties.map(row) + register.platform.map(row) + register.exceptions.map(row)
        rows += settings(register)
        try log.throwIfAny()
        let used = CSVColumns.all.filter { column in
            column == "vendor" || column == "domain" || rows.contains { $0[column] != nil }
        }
        let lines = [used] + rows.map { row in used.map { row[$0] ?? "" } }
        return lines.map { $0.map(CSVCell.written).joined(separator: ",") + "\n" }.joined()
    }

    private func rows(_ vendor: Vendor) -> [[String: String]] {
        var first = cells(.vendor, vendor.place)
        first["vendor"] = text(vendor.name, vendor.place)
        first["vendor_id"] = text(vendor.id, vendor.place)
        first["aliases"] = list(vendor.aliases, vendor.place)
        first["owners"] = list(vendor.owners.map(words), vendor.place)
        first["recorded"] = vendor.recorded?.description
        var rows = [first]
        for product in vendor.products {
            var row = cells(.product, product.place)
            row["vendor_id"] = vendor.id
            row["product"] = text(product.name, product.place)
            row["product_id"] = product.id
            row["app_ids"] = list(product.appIDs, product.place)
            row["domain"] = list(product.domains.map(\.entry.description), product.place)
            row["excluded"] = list(product.excludedDomains.map(\.entry.description), product.place)
            rows.append(row)
        }
        for agreement in vendor.agreements {
            rows.append(row(agreement, of: vendor))
            rows += agreement.subprocessors.map { row($0, of: agreement, vendor) }
        }
        return rows
    }

    /// Such as `Old Holdings|2020-01-01|2026-01-31`; what is open is left empty.
    private func words(_ owner: Vendor.Ownership) -> String {
        "\(owner.name)|\(owner.from?.description ?? "")|\(owner.to?.description ?? "")"
    }

    private func row(_ agreement: Agreement, of vendor: Vendor) -> [String: String] {
        let place = agreement.place
        var row = cells(.agreement, place)
        row["vendor_id"] = vendor.id
        row["agreement"] = agreement.id
        row["form"] = agreement.form.flatMap { text($0, place) }
        row["relation"] = agreement.relation.rawValue
        row["status"] = agreement.status.rawValue
        if let offer = agreement.offer {
            // An offer without days is still an offer.
            row["offer_from"] = offer.from?.description ?? "open"
            row["offer_until"] = offer.until?.description ?? "open"
        }
        row["signed_provider"] = agreement.signedProvider?.description
        row["signed_district"] = agreement.signedDistrict?.description
        row["effective"] = agreement.effective?.description
        row["ends"] = agreement.ends?.description
        row["terminated"] = agreement.terminated?.description
        row["termination_recorded"] = agreement.terminationRecorded?.description
        row["agreement_products"] = scope(agreement.products, place) { $0 }
        row["schools"] = scope(agreement.schools, place) { $0 }
        row["roles"] = scope(agreement.roles, place, \.rawValue)
        row["grades"] = agreement.grades?.description
        row["hours"] = agreement.hours?.description
        row["data_elements"] = list(agreement.dataElements.map(\.rawValue), place)
        row["document"] = agreement.document.flatMap { text($0.file, place) }
        row["document_sha256"] = agreement.document?.sha256
        row["document_pages"] = agreement.document?.pages.map(String.init)
        let clauses = Obligation.allCases.compactMap { obligation in
            agreement.clauses[obligation].map { "\(obligation.rawValue)=\($0)" }
        }
        row["clauses"] = list(clauses, place)
        row["recorded"] = agreement.recorded?.description
        return row
    }

    private func row(_ party: Subprocessor, of agreement: Agreement, _ vendor: Vendor) -> [String: String] {
        var row = cells(.subprocessor, party.place)
        row["vendor_id"] = vendor.id
        row["agreement"] = agreement.id
        row["name"] = text(party.name, party.place)
        row["domain"] = list(party.domains.map(\.entry.description), party.place)
        row["function"] = party.function.flatMap { text($0, party.place) }
        row["student_data"] = party.studentData.map { $0 ? "yes" : "no" }
        row["from"] = party.from?.description
        row["to"] = party.to?.description
        return row
    }

    private func row(_ district: District) -> [String: String] {
        var row = cells(.district, district.place)
        row["name"] = text(district.name, district.place)
        row["timezone"] = district.timezone
        row["domain"] = list(district.domains.map(\.entry.description), district.place)
        return row
    }

    private func row(_ party: ThirdParty) -> [String: String] {
        var row = cells(.thirdParty, party.place)
        row["name"] = party.owner.flatMap { text($0, party.place) }
        row["category"] = text(party.category, party.place)
        row["domain"] = list(party.domains.map(\.entry.description), party.place)
        row["source"] = party.source.flatMap { text($0, party.place) }
        row["from"] = party.validFrom?.description
        row["to"] = party.validTo?.description
        row["recorded"] = party.recorded?.description
        return row
    }

    private func row(_ service: PlatformService) -> [String: String] {
        var row = cells(.platform, service.place)
        row["name"] = text(service.owner, service.place)
        row["function"] = text(service.function, service.place)
        row["domain"] = list(service.domains.map(\.entry.description), service.place)
        row["source"] = service.source.flatMap { text($0, service.place) }
        row["recorded"] = service.recorded?.description
        return row
    }

    private func row(_ exception: ExceptionRecord) -> [String: String] {
        var row = cells(.exception, exception.place)
        row["domain"] = exception.domain.entry.description
        row["reason"] = text(exception.reason, exception.place)
        row["name"] = exception.owner.flatMap { text($0, exception.place) }
        row["from"] = exception.from?.description
        row["to"] = exception.until.description
        row["recorded"] = exception.recorded?.description
        return row
    }

    /// Only what differs from the defaults.
    private func settings(_ register: Register) -> [[String: String]] {
        let usual = Setting.all(SeverityWeights(), ContextSettings())
        return Setting.all(register.severity, register.context).sorted { $0.key < $1.key }
            .filter { usual[$0.key] != $0.value }
            .map { key, value in
                var row = cells(.setting, Place(file: register.files.first ?? "register"))
                row["key"] = text(key, Place(file: register.files.first ?? "register"))
                row["value"] = value
                return row
            }
    }

    // MARK: - Cells

    private func cells(_ record: CSVColumns.Record, _ place: Place) -> [String: String] {
        ["record": record.rawValue]
    }

    private func list(_ values: [String], _ place: Place) -> String? {
        values.isEmpty ? nil : CSVCell.join(values.compactMap { text($0, place) })
    }

    private func scope<Value>(_ scope: Scope<Value>, _ place: Place, _ word: (Value) -> String) -> String {
        guard case .only(let values) = scope else { return "all" }
        if values.map(word) == ["all"] {
            log.add(place, "a single value named \(quoted("all")) cannot be told from all in a CSV")
        }
        return list(values.map(word), place) ?? "all"
    }

    /// Readers of spreadsheets cut white space around a text, so such a text would come back as another.
    private func text(_ text: String, _ place: Place) -> String? {
        if CSVCell.trimmed(text) == text { return text }
        log.add(place, "\(quoted(text)) cannot stand in a CSV: it begins or ends with white space")
        return nil
    }
}
