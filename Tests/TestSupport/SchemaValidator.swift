package import Foundation

/// A JSON value with booleans, whole numbers and other numbers told apart.
package indirect enum JSONTree: Decodable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONTree])
    case object([String: JSONTree])

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONTree].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONTree].self))
        }
    }

    package subscript(key: String) -> JSONTree? {
        if case .object(let members) = self { return members[key] }
        return nil
    }

    package var text: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// The texts of a list, or of a single text.
    package var texts: [String] {
        if case .array(let values) = self { return values.compactMap(\.text) }
        return text.map { [$0] } ?? []
    }
}

/// Checks a JSON value against the part of JSON Schema that `docs/analyze.schema.json` uses: type,
/// required, properties, additionalProperties, items, enum, pattern, minimum and local references. A
/// keyword that it does not know is an error, so that the schema cannot ask for something that nobody
/// checks.
package struct SchemaValidator {
    private let root: JSONTree

    package init(_ data: Data) throws { root = try JSONDecoder().decode(JSONTree.self, from: data) }

    /// What is wrong, each with the path of the value; empty when the value is valid.
    package func errors(in data: Data) throws -> [String] {
        check(try JSONDecoder().decode(JSONTree.self, from: data), root, "$")
    }

    private static let known: Set<String> = [
        "$schema", "title", "$defs", "$ref", "type", "required", "properties", "additionalProperties",
        "items", "enum",
        "pattern", "minimum",
    ]

    private func check(_ value: JSONTree, _ schema: JSONTree, _ path: String) -> [String] {
        if let reference = schema["$ref"]?.text {
            let name = reference.split(separator: "/").last.map(String.init) ?? ""
            guard let target = root["$defs"]?[name] else { return ["\(path): no \(reference)"] }
            return check(value, target, path)
        }
        guard case .object(let keywords) = schema else { return ["\(path): the schema is no object"] }
        var errors = keywords.keys.filter { !Self.known.contains($0) }.map {
            "\(path): unknown keyword \($0)"
        }
        let types = schema["type"]?.texts ?? []
        if !types.isEmpty, !types.contains(where: { matches(value, $0) }) {
            return errors + ["\(path): not of type \(types.joined(separator: " or "))"]
        }
        if case .array(let allowed)? = schema["enum"], !allowed.contains(value) {
            errors.append("\(path): not one of the listed values")
        }
        if let pattern = schema["pattern"]?.text, let text = value.text,
            text.range(of: pattern, options: .regularExpression) == nil
        {
            errors.append("\(path): does not match \(pattern)")
        }
        if case .integer(let minimum)? = schema["minimum"], case .integer(let number) = value,
            number < minimum
        {
            errors.append("\(path): below \(minimum)")
        }
        if case .object(let members) = value { errors += check(members, schema, path) }
        if case .array(let items) = value, let itemSchema = schema["items"] {
            for (index, item) in items.enumerated() { errors += check(item, itemSchema, "\(path)[\(index)]") }
        }
        return errors
    }

    private func check(_ members: [String: JSONTree], _ schema: JSONTree, _ path: String) -> [String] {
        let required = schema["required"]?.texts ?? []
        var errors = required.filter { members[$0] == nil }.map { "\(path): no \($0)" }
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            if let property = schema["properties"]?[key] {
                errors += check(value, property, "\(path).\(key)")
            } else if schema["additionalProperties"] == .bool(false) {
                errors.append("\(path): unexpected \(key)")
            }
        }
        return errors
    }

    private func matches(_ value: JSONTree, _ type: String) -> Bool {
        switch (value, type) {
        case (.null, "null"), (.bool, "boolean"), (.integer, "integer"), (.string, "string"),
            (.array, "array"),
            (.object, "object"), (.integer, "number"), (.number, "number"):
            true
        default: false
        }
    }
}
