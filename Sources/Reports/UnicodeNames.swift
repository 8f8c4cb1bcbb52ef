import Names

/// Names beside which their Unicode form is shown.
enum UnicodeNames {
    /// `name` for a person: the Unicode form behind it, and a warning where scripts are mixed.
    static func beside(_ name: String) -> String {
        guard let unicode = UnicodeName(name) else { return name }
        return "\(name) (\(unicode.text)\(unicode.mixesScripts ? ", mixed scripts" : ""))"
    }

    /// Of several names those that have one.
    static func value(_ names: [String]) -> JSONValue? {
        let found = names.compactMap { name in UnicodeName(name).map { (name, $0) } }
        guard !found.isEmpty else { return nil }
        return .array(
            found.map { name, unicode in
                .object([
                    ("name", .string(name)), ("unicode", .string(unicode.text)),
                    ("mixed_scripts", .bool(unicode.mixesScripts)),
                ])
            })
    }
}
