import Bytes

/// Reads vendors from a spreadsheet with one row per vendor domain.
///
/// Columns, by their header, in any order: `vendor` and `domain` are needed; `vendor_id`, `product`,
/// `product_id`, `excluded` (yes or no), `agreement`, `form`, `relation`, `status`, `signed_provider`,
/// `signed_district`, `effective`, `ends`, `terminated`, `schools`, `roles`, `grades` and `recorded` may be
/// there. Several values in a cell are separated by semicolons. Rows of one agreement must agree in what
/// they say about it.
struct RegisterCSV {
    static let columns = [
        "vendor", "vendor_id", "product", "product_id", "domain", "excluded", "agreement", "form", "relation",
        "status", "signed_provider", "signed_district", "effective", "ends", "terminated", "schools", "roles",
        "grades", "recorded",
    ]

    private let file: String
    private let log: ProblemLog
    private var positions: [String: Int] = [:]
    private var vendors: [Vendor] = []

    static func read(_ text: String, file: String, log: ProblemLog) -> [Vendor] {
        var reader = RegisterCSV(file: file, log: log)
        let csv = CSVText(text)
        if let line = csv.unclosedQuote {
            log.add(Place(file: file, line: line), "a quoted field begins here and never ends")
        }
        guard let header = csv.rows.first else { return [] }
        guard reader.take(header: header) else { return [] }
        for row in csv.rows.dropFirst() { reader.take(row) }
        return reader.vendors
    }

    private init(file: String, log: ProblemLog) {
        self.file = file
        self.log = log
    }

    private mutating func take(header: CSVText.Row) -> Bool {
        for (index, field) in header.fields.enumerated() where !field.isEmpty {
            let name = field.lowercased()
            let place = Place(file: file, line: header.line, column: index + 1)
            if !RegisterCSV.columns.contains(name) {
                log.add(
                    place,
                    "unknown column \(quoted(field))" + suggestion(for: name, among: RegisterCSV.columns))
            } else if positions[name] != nil {
                log.add(place, "the column \(quoted(name)) is there twice")
            } else {
                positions[name] = index
            }
        }
        for needed in ["vendor", "domain"] where positions[needed] == nil {
            log.add(Place(file: file, line: header.line), "the column \(quoted(needed)) is missing")
        }
        return positions["vendor"] != nil && positions["domain"] != nil
    }

    private mutating func take(_ row: CSVText.Row) {
        let cells = Cells(row: row, positions: positions, file: file, log: log)
        guard let name = cells.required("vendor"), let text = cells.required("domain") else { return }
        let id = cells["vendor_id"] ?? slug(name)
        let vendor = vendors.firstIndex { $0.id == id } ?? vendors.count
        if vendor == vendors.count {
            vendors.append(
                Vendor(
                    id: id, name: name, aliases: [], owners: [], products: [], agreements: [],
                    place: cells.place))
        } else if vendors[vendor].name != name {
            cells.problem(
                "vendor",
                "vendor \(quoted(id)) is named \(quoted(vendors[vendor].name)) at \(vendors[vendor].place)")
        }
        let product = productIndex(of: cells, in: vendor)
        do {
            let domain = ListedDomain(try DomainEntry(parsing: text), at: cells.place("domain"))
            if cells.yes("excluded") {
                vendors[vendor].products[product].excludedDomains.append(domain)
            } else {
                vendors[vendor].products[product].domains.append(domain)
            }
        } catch {
            cells.problem("domain", error.message)
        }
        takeAgreement(cells, vendor: vendor, product: vendors[vendor].products[product].id)
    }

    private mutating func productIndex(of cells: Cells, in vendor: Int) -> Int {
        let name = cells["product"] ?? vendors[vendor].name
        let id = cells["product_id"] ?? cells["product"].map(slug) ?? vendors[vendor].id
        if let index = vendors[vendor].products.firstIndex(where: { $0.id == id }) { return index }
        vendors[vendor].products.append(
            Product(id: id, name: name, domains: [], excludedDomains: [], appIDs: [], place: cells.place))
        return vendors[vendor].products.count - 1
    }

    private mutating func takeAgreement(_ cells: Cells, vendor: Int, product: String) {
        guard let id = cells["agreement"] else {
            if cells["status"] != nil {
                cells.problem("status", "a status needs an id in the column \"agreement\"")
            }
            return
        }
        guard let status = cells.required("status"),
            let read = cells.word(status, "status", Agreement.Status.self)
        else { return }
        var agreement = Agreement(
            id: id, form: cells["form"], relation: .originator, status: read, offer: nil,
            signedProvider: cells.day("signed_provider"), signedDistrict: cells.day("signed_district"),
            effective: cells.day("effective"), ends: cells.day("ends"), terminated: cells.day("terminated"),
            products: .only([product]), schools: cells.scope("schools") { $0 },
            roles: cells.scope("roles") { cells.word($0, "roles", Role.self) }, grades: cells.grades(),
            hours: nil, dataElements: [], subprocessors: [], document: nil, recorded: cells.day("recorded"),
            place: cells.place)
        if let relation = cells["relation"] {
            agreement.relation = cells.word(relation, "relation", Agreement.Relation.self) ?? .originator
        }
        guard let index = vendors[vendor].agreements.firstIndex(where: { $0.id == id }) else {
            vendors[vendor].agreements.append(agreement)
            return
        }
        merge(agreement, product: product, into: index, of: vendor, cells)
    }

    /// A further row of a known agreement may add a product; all else must be the same.
    private mutating func merge(
        _ agreement: Agreement, product: String, into index: Int, of vendor: Int, _ cells: Cells
    ) {
        let known = vendors[vendor].agreements[index]
        var compared = agreement
        compared.products = known.products
        compared.place = known.place
        if compared != known {
            cells.problem(
                "agreement", "agreement \(quoted(agreement.id)) is described differently at \(known.place)")
        }
        if case .only(let products) = known.products, !products.contains(product) {
            vendors[vendor].agreements[index].products = .only(products + [product])
        }
    }
}

/// The cells of one row by the name of their column; an empty cell is nil.
private struct Cells {
    let row: CSVText.Row
    let positions: [String: Int]
    let file: String
    let log: ProblemLog

    var place: Place { Place(file: file, line: row.line) }

    func place(_ column: String) -> Place {
        Place(file: file, line: row.line, column: (positions[column] ?? -1) + 1)
    }

    func problem(_ column: String, _ message: String) { log.add(place(column), message) }

    subscript(column: String) -> String? {
        guard let index = positions[column], index < row.fields.count, !row.fields[index].isEmpty else {
            return nil
        }
        return row.fields[index]
    }

    func required(_ column: String) -> String? {
        if let text = self[column] { return text }
        problem(column, "the column \(quoted(column)) is empty")
        return nil
    }

    func day(_ column: String) -> CivilDay? {
        guard let text = self[column] else { return nil }
        if let day = CivilDay(text) { return day }
        problem(column, dateAdvice(text))
        return nil
    }

    func yes(_ column: String) -> Bool {
        switch self[column]?.lowercased() {
        case nil, "no", "false": return false
        case "yes", "true": return true
        default:
            problem(column, "yes or no is expected here")
            return false
        }
    }

    func word<Word: RawRepresentable & CaseIterable>(_ text: String, _ column: String, _ type: Word.Type)
        -> Word?
    where Word.RawValue == String {
        if let word = Word(rawValue: text.lowercased()) { return word }
        problem(
            column,
            "\(quoted(text)) is not known here" + suggestion(for: text, among: Word.allCases.map(\.rawValue)))
        return nil
    }

    func scope<Value>(_ column: String, _ read: (String) -> Value?) -> Scope<Value> {
        guard let text = self[column], text.lowercased() != "all" else { return .all }
        return .only(text.split(separator: ";").map { trimmed($0) }.filter { !$0.isEmpty }.compactMap(read))
    }

    func grades() -> GradeSet? {
        guard let text = self["grades"], text.lowercased() != "all" else { return nil }
        if let grades = GradeSet(text.split(separator: ";").joined(separator: ",")) { return grades }
        problem("grades", "\(quoted(text)) are not grades; write them as \(quoted("6-12"))")
        return nil
    }

    private func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}
