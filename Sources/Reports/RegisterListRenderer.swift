import Bytes
package import Register

/// `hallpass register list`: every vendor's products and what was signed about them.
package struct RegisterListRenderer {
    package enum Format: String, Sendable, CaseIterable {
        case text
        case json
    }

    private let format: Format

    package init(format: Format) { self.format = format }

    /// Vendors in the order of their names; those without any agreement only when `all` is asked for.
    package func render(_ register: Register, all: Bool) -> String {
        let vendors = register.vendors.filter { all || !$0.agreements.isEmpty }.sorted {
            ($0.name, $0.id) < ($1.name, $1.id)
        }
        if format == .json { return JSONValue.array(vendors.map(value)).pretty }
        var lines = vendors.flatMap(text)
        let silent = register.vendors.count - vendors.count
        if silent > 0 {
            let count = Quantity.of(silent, "vendor")
            lines.append("and \(count) without an agreement (--all lists them)")
        }
        return lines.map { TerminalText.safe($0) + "\n" }.joined()
    }

    private func text(_ vendor: Vendor) -> [String] {
        var lines = ["\(vendor.name) (\(vendor.id))"]
        for product in vendor.products {
            let domains = product.domains.map(\.entry.description).joined(separator: ", ")
            lines.append("  product    \(product.id): \(domains.isEmpty ? "no domains" : domains)")
        }
        for agreement in vendor.agreements {
            let from = agreement.begins.map { " from \($0)" } ?? ""
            let to = agreement.lastDay.map { " to \($0)" } ?? ""
            lines.append("  agreement  \(agreement.id): \(agreement.status.rawValue)\(from)\(to)")
        }
        if vendor.agreements.isEmpty { lines.append("  agreement  none on record") }
        return lines
    }

    private func value(_ vendor: Vendor) -> JSONValue {
        let products = vendor.products.map { product in
            JSONValue.object([
                ("id", .string(product.id)), ("name", .string(product.name)),
                ("domains", .strings(product.domains.map(\.entry.description))),
                ("excluded_domains", .strings(product.excludedDomains.map(\.entry.description))),
            ])
        }
        let agreements = vendor.agreements.map { agreement in
            JSONValue.object([
                ("id", .string(agreement.id)), ("status", .string(agreement.status.rawValue)),
                ("relation", .string(agreement.relation.rawValue)),
                ("effective", .text(agreement.begins?.description)),
                ("ends", .text(agreement.lastDay?.description)),
                ("file", .string(agreement.place.file)), ("line", .count(agreement.place.line)),
            ])
        }
        return .object([
            ("id", .string(vendor.id)), ("name", .string(vendor.name)), ("products", .array(products)),
            ("agreements", .array(agreements)),
        ])
    }
}
