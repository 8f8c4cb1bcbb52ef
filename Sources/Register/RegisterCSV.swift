import Bytes

/// Reads a register from CSV: what `RegisterCSVWriter` writes, or a spreadsheet with one row per vendor domain.
///
/// Columns stand by their header, in any order. Of a plain spreadsheet `vendor` and `domain` are needed; rows of one
/// agreement must agree in what they say about it.
struct RegisterCSV {
    private let file: String
    private let log: ProblemLog
    private var positions: [String: Int] = [:]
    private(set) var content = RegisterContent()
    /// Vendors, products (by vendor) and agreements (by vendor) that are there already, by id.
    private var vendors: [String: Int] = [:]
    private var products: [Member: Int] = [:]
    private var agreements: [Member: Int] = [:]
    private var weights: SeverityWeights?
    private var context: ContextSettings?
    /// Rows may leave out the domain: of a registry's list, say, that knows none.
    private let needsDomains: Bool

    /// Domains that large products have already.
    private var listed: Set<Listed> = []
    /// The row before, if it listed a domain of a product and nothing was wrong with it.
    private var before: (fields: [String], vendor: Int, product: Int, isExcluded: Bool)?
    /// Where the header has the columns of agreements.
    private var agreementPositions: [Int] = []
    /// What the latest row with an agreement said of it.
    private var latest: (fields: [String], agreement: Agreement)?

    private struct Listed: Hashable {
        let vendor: Int
        let product: Int
        let entry: DomainEntry
    }

    private struct Member: Hashable {
        var vendor: Int
        var id: String
    }

    static func read(_ text: String, file: String, log: ProblemLog) -> RegisterContent {
        read(CSVText(text), file: file, log: log)
    }

    static func read(
        _ csv: CSVText, file: String, log: ProblemLog, needsDomains: Bool = true
    ) -> RegisterContent {
        var reader = RegisterCSV(file: file, log: log, needsDomains: needsDomains)
        if let line = csv.unclosedQuote {
            log.add(Place(file: file, line: line), "a quoted field begins here and never ends")
        }
        guard let header = csv.rows.first, reader.take(header: header) else { return RegisterContent() }
        for row in csv.rows.dropFirst() { reader.take(row) }
        let place = Place(file: file, line: header.line)
        if let weights = reader.weights { reader.content.severities.append((place, weights)) }
        if let context = reader.context { reader.content.contexts.append((place, context)) }
        return reader.content
    }

    private init(file: String, log: ProblemLog, needsDomains: Bool) {
        self.file = file
        self.log = log
        self.needsDomains = needsDomains
    }

    private mutating func take(header: CSVText.Row) -> Bool {
        for (index, field) in header.fields.enumerated() where !field.isEmpty {
            let name = field.lowercased()
            let place = Place(file: file, line: header.line, column: index + 1)
            if !CSVColumns.all.contains(name) {
                log.add(
                    place, "unknown column \(quoted(field))" + suggestion(for: name, among: CSVColumns.all))
            } else if positions[name] != nil {
                log.add(place, "the column \(quoted(name)) is there twice")
            } else {
                positions[name] = index
            }
        }
        agreementPositions = CSVColumns.Record.agreementColumns.compactMap { positions[$0] }
        for needed in ["vendor", "domain"] where positions[needed] == nil {
            log.add(Place(file: file, line: header.line), "the column \(quoted(needed)) is missing")
        }
        return positions["vendor"] != nil && positions["domain"] != nil
    }

    private mutating func take(_ row: CSVText.Row) {
        if takeRepeat(row) { return }
        before = nil
        let problems = log.problems.count
        takeOther(row)
        // What is wrong with a cell is said of every row.
        if log.problems.count > problems { before = nil }
    }

    private mutating func takeOther(_ row: CSVText.Row) {
        let cells = CSVCells(row: row, positions: positions, file: file, log: log)
        if row.fields.count > positions.count, row.fields[positions.count...].contains(where: { !$0.isEmpty })
        {
            log.add(cells.place, "the row has more cells than the header has columns")
        }
        guard cells["record"] != nil else { return takeDomain(cells) }
        guard let record = cells.word("record", CSVColumns.Record.self) else { return }
        cells.refuse(others: ["record"] + record.columns, in: "a row of \(quoted(record.rawValue))")
        switch record {
        case .domain: takeDomain(cells)
        case .vendor: _ = takeVendor(cells)
        case .product: takeProduct(cells)
        case .agreement: takeAgreement(cells)
        case .subprocessor: takeSubprocessor(cells)
        case .district: content.districts += [cells.district()].compactMap(\.self)
        case .thirdParty: content.thirdParties += [cells.thirdParty()].compactMap(\.self)
        case .platform: content.platform += [cells.platformService()].compactMap(\.self)
        case .exception: content.exceptions += [cells.exception()].compactMap(\.self)
        case .setting: takeSetting(cells)
        }
    }

    // MARK: - Vendors

    /// The vendor of a row, which is added when it is new.
    private mutating func takeVendor(_ cells: CSVCells) -> Int? {
        let name = cells["vendor"]
        guard let id = cells["vendor_id"] == nil ? name.map(slug) : cells.id("vendor_id") else {
            if cells["vendor_id"] == nil { _ = cells.required("vendor") }
            return nil
        }
        if let known = vendors[id] {
            if let name, name != content.vendors[known].name {
                let vendor = content.vendors[known]
                cells.problem(
                    "vendor", "vendor \(quoted(id)) is named \(quoted(vendor.name)) at \(vendor.place)")
            }
            return known
        }
        guard let name = name ?? cells.required("vendor") else { return nil }
        content.vendors.append(
            Vendor(
                id: id, name: name, aliases: cells.list("aliases"), owners: cells.owners(), products: [],
                agreements: [], recorded: cells["record"] == nil ? nil : cells.day("recorded"),
                place: cells.place))
        vendors[id] = content.vendors.count - 1
        return content.vendors.count - 1
    }

    /// The product of a row, which is added when it is new.
    private mutating func productIndex(_ cells: CSVCells, _ vendor: Int) -> Int {
        let name = cells["product"] ?? content.vendors[vendor].name
        let id = cells.id("product_id") ?? cells["product"].map(slug) ?? content.vendors[vendor].id
        if let index = products[Member(vendor: vendor, id: id)] { return index }
        content.vendors[vendor].products.append(
            Product(
                id: id, name: name, domains: [], excludedDomains: [], appIDs: cells.list("app_ids"),
                place: cells.place))
        let index = content.vendors[vendor].products.count - 1
        products[Member(vendor: vendor, id: id)] = index
        return index
    }

    private mutating func takeProduct(_ cells: CSVCells) {
        guard let vendor = takeVendor(cells) else { return }
        let product = productIndex(cells, vendor)
        let (domains, excluded) = (cells.domains("domain"), cells.domains("excluded"))
        content.vendors[vendor].products[product].domains += domains
        content.vendors[vendor].products[product].excludedDomains += excluded
        let offered = content.vendors[vendor].products[product]
        if offered.domains.count + offered.excludedDomains.count > RegisterCSV.listLimit {
            noteAll(vendor, product)
        }
    }

    /// A row that differs from the one before in the domain alone, as most do in a long list: what it says of vendor,
    /// product and agreement is known.
    private mutating func takeRepeat(_ row: CSVText.Row) -> Bool {
        guard let before, let column = positions["domain"], row.fields.count == before.fields.count,
            column < row.fields.count, !row.fields[column].isEmpty
        else { return false }
        for index in row.fields.indices where index != column && row.fields[index] != before.fields[index] {
            return false
        }
        let cells = CSVCells(row: row, positions: positions, file: file, log: log)
        guard let domain = cells.domain(CSVCell.plain(row.fields[column]), "domain") else { return true }
        let isNew = note(domain.entry, before.vendor, before.product)
        // With an agreement the row may be another row of one domain; then nothing is new.
        if !isNew, hasAgreement(before.fields) { return true }
        append(domain, before.vendor, before.product, isExcluded: before.isExcluded)
        return true
    }

    private func hasAgreement(_ fields: [String]) -> Bool {
        guard let column = positions["agreement"], column < fields.count else { return false }
        return !fields[column].isEmpty
    }

    private mutating func append(_ domain: ListedDomain, _ vendor: Int, _ product: Int, isExcluded: Bool) {
        if isExcluded {
            content.vendors[vendor].products[product].excludedDomains.append(domain)
        } else {
            content.vendors[vendor].products[product].domains.append(domain)
        }
    }

    /// A list of so many domains is searched as fast as a set.
    private static let listLimit = 16

    /// Whether the product had not listed the domain before.
    private mutating func note(_ entry: DomainEntry, _ vendor: Int, _ product: Int) -> Bool {
        let known = content.vendors[vendor].products[product]
        let count = known.domains.count + known.excludedDomains.count
        if count < RegisterCSV.listLimit {
            return !known.domains.contains { $0.entry == entry }
                && !known.excludedDomains.contains { $0.entry == entry }
        }
        if count == RegisterCSV.listLimit { noteAll(vendor, product) }
        return listed.insert(Listed(vendor: vendor, product: product, entry: entry)).inserted
    }

    private mutating func noteAll(_ vendor: Int, _ product: Int) {
        let known = content.vendors[vendor].products[product]
        for domain in known.domains + known.excludedDomains {
            listed.insert(Listed(vendor: vendor, product: product, entry: domain.entry))
        }
    }

    private mutating func takeDomain(_ cells: CSVCells) {
        guard cells["vendor"] != nil || cells["vendor_id"] != nil else {
            _ = cells.required("vendor")
            return
        }
        if needsDomains, cells["domain"] == nil {
            _ = cells.required("domain")
            return
        }
        guard let vendor = takeVendor(cells) else { return }
        let product = productIndex(cells, vendor)
        if let text = cells["domain"], let domain = cells.domain(text, "domain") {
            // A row for each agreement of one domain is how spreadsheets say that there are two.
            let isNew = note(domain.entry, vendor, product)
            let isExcluded = cells.bool("excluded") ?? false
            if isNew || cells["agreement"] == nil {
                append(domain, vendor, product, isExcluded: isExcluded)
            }
            before = (cells.row.fields, vendor, product, isExcluded)
        }
        if cells["agreement"] == nil, cells["status"] == nil { return }
        let products = Scope.only([content.vendors[vendor].products[product].id])
        guard let agreement = self.agreement(of: cells, products) else { return }
        guard let index = agreements[Member(vendor: vendor, id: agreement.id)] else {
            return add(agreement, to: vendor)
        }
        merge(agreement, into: index, of: vendor, cells)
    }

    /// The agreement of a row. Rows of one agreement mostly follow each other and say the same of it: then it is read
    /// once.
    private mutating func agreement(of cells: CSVCells, _ products: Scope<String>) -> Agreement? {
        let fields = agreementPositions.map { $0 < cells.row.fields.count ? cells.row.fields[$0] : "" }
        if let latest, latest.fields == fields {
            var agreement = latest.agreement
            agreement.products = products
            agreement.place = cells.place
            return agreement
        }
        let problems = log.problems.count
        latest = nil
        guard let agreement = cells.agreement(products: products) else { return nil }
        if log.problems.count == problems { latest = (fields, agreement) }
        return agreement
    }

    private mutating func add(_ agreement: Agreement, to vendor: Int) {
        content.vendors[vendor].agreements.append(agreement)
        agreements[Member(vendor: vendor, id: agreement.id)] = content.vendors[vendor].agreements.count - 1
    }

    private mutating func takeAgreement(_ cells: CSVCells) {
        guard let vendor = takeVendor(cells), cells.required("agreement") != nil else { return }
        let products = cells.scope("agreement_products") { $0 }
        guard let agreement = cells.agreement(products: products) else { return }
        if let known = agreements[Member(vendor: vendor, id: agreement.id)] {
            let place = content.vendors[vendor].agreements[known].place
            cells.problem("agreement", "agreement \(quoted(agreement.id)) stands already at \(place)")
            return
        }
        add(agreement, to: vendor)
    }

    private mutating func takeSubprocessor(_ cells: CSVCells) {
        guard let vendor = takeVendor(cells), let id = cells.required("agreement"),
            let name = cells.required("name")
        else { return }
        guard let agreement = agreements[Member(vendor: vendor, id: id)] else {
            cells.problem("agreement", "no row above describes the agreement \(quoted(id))")
            return
        }
        content.vendors[vendor].agreements[agreement].subprocessors.append(
            Subprocessor(
                name: name, domains: cells.domains("domain"), function: cells["function"],
                studentData: cells.bool("student_data"), from: cells.day("from"), to: cells.day("to"),
                place: cells.place))
    }

    /// A further row of a known agreement may add a product; all else must be the same.
    private mutating func merge(_ agreement: Agreement, into index: Int, of vendor: Int, _ cells: CSVCells) {
        let known = content.vendors[vendor].agreements[index]
        var compared = agreement
        compared.products = known.products
        compared.place = known.place
        if compared != known {
            cells.problem(
                "agreement", "agreement \(quoted(agreement.id)) is described differently at \(known.place)")
        }
        if case .only(let products) = known.products, case .only(let more) = agreement.products {
            let fresh = more.filter { !products.contains($0) }
            content.vendors[vendor].agreements[index].products = .only(products + fresh)
        }
    }

    private mutating func takeSetting(_ cells: CSVCells) {
        guard let key = cells.required("key"), let value = cells.required("value") else { return }
        var weights = self.weights ?? SeverityWeights()
        var context = self.context ?? ContextSettings()
        guard Setting.set(key, value, &weights, &context) else {
            let known = Setting.all(SeverityWeights(), ContextSettings()).keys.sorted()
            cells.problem(
                "key", "\(quoted(key)) cannot be \(quoted(value))" + suggestion(for: key, among: known))
            return
        }
        if key.hasPrefix("context.") { self.context = context } else { self.weights = weights }
    }
}
