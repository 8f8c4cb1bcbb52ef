import Crypto
import Foundation
import Register
import Reports

/// One field of a fact that the bundle hides: everything needed to reveal it later.
package struct HiddenField: Equatable, Sendable {
    /// The fact's number in `facts.csv`.
    package var fact: Int
    package var field: String
    package var value: String
    /// 32 bytes that nobody can guess, so that a short list of possible values cannot be tried out.
    package var salt: [UInt8]

    /// What is committed to: parts of known length one after the other, so that no two fields give the same bytes.
    var leaf: [UInt8] {
        var bytes = salt
        for part in [String(fact), field, value] {
            bytes.append(bigEndian: UInt64(part.utf8.count), 4)
            bytes += Array(part.utf8)
        }
        return bytes
    }
}

/// A Merkle tree over salted fields. Leaves and nodes are hashed apart, and the tree's shape is that of RFC 6962,
/// section 2.1: leaf = SHA-256(0x00 || bytes), node = SHA-256(0x01 || left || right).
package struct Commitments: Sendable {
    package static let name = "commitments.csv"
    static let header = "leaf,fact,field,sha256"

    package private(set) var fields: [HiddenField]
    private let hashes: [[UInt8]]

    package init(_ fields: [HiddenField]) {
        self.fields = fields
        hashes = fields.map { Merkle.leaf($0.leaf) }
    }

    package var root: [UInt8] { Merkle.root(hashes[...]) }

    /// `commitments.csv`: which fields are hidden, and the hash of each.
    package var table: String {
        zip(fields, hashes).enumerated().reduce(into: Commitments.header + "\n") { text, line in
            let (field, hash) = line.element
            text += "\(line.offset),\(field.fact),\(field.field),\(hexadecimal(hash))\n"
        }
    }

    /// The hashes of a table, in order; nil when it is none.
    static func hashes(of table: String) -> [[UInt8]]? {
        var lines = table.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.popLast() == "", lines.first.map(String.init) == header else { return nil }
        var hashes: [[UInt8]] = []
        for (index, line) in lines.dropFirst().enumerated() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            guard cells.count == 4, cells[0] == String(index), let hash = bytes(hexadecimal: cells[3]) else {
                return nil
            }
            hashes.append(hash)
        }
        return hashes
    }

    /// The file that the district keeps: every hidden field with its salt. Whoever has it can reveal them all.
    package var openings: String {
        fields.map { field in
            JSONValue.object([
                ("fact", .count(field.fact)), ("field", .string(field.field)),
                ("value", .string(field.value)),
                ("salt", .string(hexadecimal(field.salt))),
            ]).compact + "\n"
        }.joined()
    }

    private struct Stored: Decodable {
        var fact: Int
        var field: String
        var value: String
        var salt: String
    }

    package init(openings text: String) throws(EvidenceFault) {
        var fields: [HiddenField] = []
        for (index, line) in text.split(separator: "\n").enumerated() {
            guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(line.utf8)),
                let salt = bytes(hexadecimal: stored.salt)
            else { throw EvidenceFault("line \(index + 1) of the openings is none: it was damaged") }
            fields.append(
                HiddenField(fact: stored.fact, field: stored.field, value: stored.value, salt: salt))
        }
        self.init(fields)
    }

    /// The proof that the field at `index` is in the tree.
    package func opening(_ index: Int, manifest: [UInt8]) -> Opening {
        Opening(
            bundle: sha256(manifest), field: fields[index], leaf: index, count: fields.count,
            path: Merkle.path(index, hashes[...]))
    }
}

/// A hidden field revealed: what it is, and why it must be what was hidden.
package struct Opening: Equatable, Sendable {
    /// SHA-256 of the manifest of the bundle that it belongs to.
    package var bundle: String
    package var field: HiddenField
    package var leaf: Int
    package var count: Int
    /// The hashes beside the way from the leaf to the root.
    package var path: [[UInt8]]

    package var text: String {
        JSONValue.object([
            ("format", .string("hallpass-opening-1")), ("bundle", .string(bundle)),
            ("fact", .count(field.fact)), ("field", .string(field.field)), ("value", .string(field.value)),
            ("salt", .string(hexadecimal(field.salt))), ("leaf", .count(leaf)), ("count", .count(count)),
            ("path", .strings(path.map { hexadecimal($0) })),
        ]).pretty
    }

    private struct Stored: Decodable {
        var format: String
        var bundle: String
        var fact: Int
        var field: String
        var value: String
        var salt: String
        var leaf: Int
        var count: Int
        var path: [String]
    }

    package init(reading data: [UInt8]) throws(EvidenceFault) {
        guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(data)),
            stored.format == "hallpass-opening-1", let salt = bytes(hexadecimal: stored.salt)
        else { throw EvidenceFault("no opening that hallpass evidence open wrote, or damaged") }
        bundle = stored.bundle
        field = HiddenField(fact: stored.fact, field: stored.field, value: stored.value, salt: salt)
        leaf = stored.leaf
        count = stored.count
        path = stored.path.compactMap { bytes(hexadecimal: $0) }
        guard path.count == stored.path.count else { throw EvidenceFault("the opening's path is damaged") }
    }

    init(bundle: String, field: HiddenField, leaf: Int, count: Int, path: [[UInt8]]) {
        self.bundle = bundle
        self.field = field
        self.leaf = leaf
        self.count = count
        self.path = path
    }

    /// Whether the field is what the tree of that root hides.
    package func proves(root: String, count: Int) -> Bool {
        guard self.count == count, salt.count >= 16 else { return false }
        return Merkle.root(of: Merkle.leaf(field.leaf), at: leaf, count: count, path).map { hexadecimal($0) }
            == root
    }

    private var salt: [UInt8] { field.salt }
}

/// RFC 6962, section 2.1 (the same as RFC 9162, section 2.1).
enum Merkle {
    static func leaf(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: [0] + bytes)) }

    private static func node(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: [1] + left + right))
    }

    /// The largest power of two below `count`, which is at least 2.
    private static func split(_ count: Int) -> Int {
        var half = 1
        while half << 1 < count { half <<= 1 }
        return half
    }

    static func root(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
        guard leaves.count > 1 else { return leaves.first ?? Array(SHA256.hash(data: [UInt8]())) }
        let middle = leaves.startIndex + split(leaves.count)
        return node(root(leaves[..<middle]), root(leaves[middle...]))
    }

    static func path(_ index: Int, _ leaves: ArraySlice<[UInt8]>) -> [[UInt8]] {
        guard leaves.count > 1 else { return [] }
        let half = split(leaves.count)
        let middle = leaves.startIndex + half
        return index < half
            ? path(index, leaves[..<middle]) + [root(leaves[middle...])]
            : path(index - half, leaves[middle...]) + [root(leaves[..<middle])]
    }

    /// The root that a leaf and its path lead to; nil when the path is not one of a leaf at that place.
    static func root(of leaf: [UInt8], at index: Int, count: Int, _ path: [[UInt8]]) -> [UInt8]? {
        guard index >= 0, index < count, path.allSatisfy({ $0.count == 32 }) else { return nil }
        guard count > 1 else { return path.isEmpty ? leaf : nil }
        guard let beside = path.last else { return nil }
        let half = split(count)
        let rest = Array(path.dropLast())
        return index < half
            ? root(of: leaf, at: index, count: half, rest).map { node($0, beside) }
            : root(of: leaf, at: index - half, count: count - half, rest).map { node(beside, $0) }
    }
}

/// Bytes of hexadecimal digits; nil for anything else.
func bytes(hexadecimal text: some StringProtocol) -> [UInt8]? {
    let digits = text.utf8.map { UInt8(hexadecimal: $0) }
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
        guard let high = digits[index], let low = digits[index + 1] else { return nil }
        bytes.append(high << 4 | low)
    }
    return bytes
}

extension UInt8 {
    fileprivate init?(hexadecimal digit: UInt8) {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self = digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self = digit - UInt8(ascii: "a") + 10
        default: return nil
        }
    }
}
