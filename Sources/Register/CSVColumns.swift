/// The columns of a register's CSV, in the order in which they are written.
///
/// A row is what its `record` says; without one it is a vendor's domain, as a district keeps them in a spreadsheet.
/// Several values in one cell are separated by semicolons; a semicolon or backslash within a value has a backslash
/// before it. A cell that would begin like a formula has an apostrophe before it, which readers drop.
enum CSVColumns {
    static let all = [
        "record", "vendor", "vendor_id", "aliases", "owners", "product", "product_id", "app_ids", "domain",
        "excluded", "agreement", "form", "relation", "status", "offer_from", "offer_until", "signed_provider",
        "signed_district", "effective", "ends", "terminated", "termination_recorded", "agreement_products",
        "schools", "roles", "grades", "hours", "data_elements", "document", "document_sha256",
        "document_pages", "clauses", "recorded", "name", "category", "function", "student_data", "from", "to",
        "reason",
        "source", "timezone", "key", "value",
    ]

    /// What a row may be.
    enum Record: String, CaseIterable {
        case domain
        case vendor
        case product
        case agreement
        case subprocessor
        case district
        case thirdParty = "third-party"
        case platform
        case exception
        /// One number of the severity or context table.
        case setting
    }
}

/// Cells with several values, and cells that a spreadsheet must not run.
enum CSVCell {
    /// Values joined by semicolons.
    static func join(_ values: [String]) -> String { values.map(escape).joined(separator: ";") }

    private static func escape(_ value: String) -> String {
        var text = ""
        for character in value {
            if character == ";" || character == "\\" { text.append("\\") }
            text.append(character)
        }
        return text
    }

    /// The values of a cell, without white space around them; empty ones are left out.
    static func split(_ text: String) -> [String] {
        if isOnePlainValue(text) { return [text] }
        var values: [String] = []
        var value = ""
        var isEscaped = false
        for character in text {
            if isEscaped || (character != ";" && character != "\\") {
                value.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                values.append(value)
                value = ""
            }
        }
        values.append(value)
        return values.map(trimmed).filter { !$0.isEmpty }
    }

    /// A single value without escapes or white space, as nearly all cells hold.
    private static func isOnePlainValue(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\\")
            }
    }

    static func trimmed(_ text: String) -> String {
        let start = text.drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }

    private static let formulaStarts: Set<Character> = ["=", "+", "-", "@", "'"]

    /// A cell as it is written (RFC 4180).
    static func written(_ text: String) -> String {
        let isFormula = text.first.map(formulaStarts.contains) ?? false
        let safe = isFormula ? "'" + text : text
        guard safe.utf8.contains(where: { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }) else { return safe }
        return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
    }

    /// What a cell that was read stands for.
    static func plain(_ text: String) -> String {
        guard text.utf8.first == UInt8(ascii: "'"), let second = text.dropFirst().first,
            formulaStarts.contains(second)
        else {
            return text
        }
        return String(text.dropFirst())
    }
}
