import Bytes
import Contacts
import Reports

/// `case.jsonld`: the bundle in the terms of CASE and UCO (caseontology.org, unifiedcyberontology.org), as JSON-LD 1.1.
struct CaseGraph {
    let inquiry: Inquiry

    private static let uco = "https://ontology.unifiedcyberontology.org/uco/"

    private static let context: [(String, JSONValue?)] = [
        ("kb", .string("https://hallpass.example/kb/")),
        ("case-investigation", .string("https://ontology.caseontology.org/case/investigation/")),
        ("uco-action", .string(uco + "action/")), ("uco-core", .string(uco + "core/")),
        ("uco-observable", .string(uco + "observable/")), ("uco-tool", .string(uco + "tool/")),
        ("uco-types", .string(uco + "types/")), ("uco-vocabulary", .string(uco + "vocabulary/")),
        ("xsd", .string("http://www.w3.org/2001/XMLSchema#")),
    ]

    var text: String {
        let inputs = inquiry.inputs.map(file)
        let names = Set(inquiry.facts.compactMap(\.contact.name)).sorted()
        let connections = inquiry.facts.map(connection)
        let tool: [(String, JSONValue?)] = [
            ("@id", .string(toolID)), ("@type", .string("uco-tool:Tool")),
            ("uco-core:name", .string("hallpass")), ("uco-tool:version", .string(inquiry.tool)),
        ]
        let action: [(String, JSONValue?)] = [
            ("@id", .string(id("action", "analysis"))),
            ("@type", .string("case-investigation:InvestigativeAction")),
            ("uco-core:name", .string("Analysis of captures for contacts of student devices")),
            ("uco-action:instrument", reference(toolID)),
            ("uco-action:object", .array(inquiry.inputs.map { reference(inputID($0)) })),
            ("uco-action:result", reference(id("provenance", "result"))),
        ]
        let provenance: [(String, JSONValue?)] = [
            ("@id", .string(id("provenance", "result"))),
            ("@type", .string("case-investigation:ProvenanceRecord")),
            (
                "uco-core:description",
                .string("Contacts of student devices, \(inquiry.period), for \(inquiry.recipient)")
            ),
            ("uco-core:object", .array(inquiry.facts.map { reference(factID($0)) })),
        ]
        let graph =
            inputs + names.map(domain) + connections
            + [.object(tool), .object(action), .object(provenance)]
        return JSONValue.object([
            ("@context", .object(CaseGraph.context)), ("@graph", .array(graph)),
        ]).pretty
    }

    // MARK: Objects

    private func file(_ input: CaseInput) -> JSONValue {
        let size = JSONValue.object([
            ("@type", .string("xsd:integer")), ("@value", .string(String(input.report.bytes))),
        ])
        var facets: [JSONValue] = [
            .object([
                ("@id", .string(id("file-facet", input.name))),
                ("@type", .string("uco-observable:FileFacet")),
                ("uco-observable:fileName", .string(input.name)), ("uco-observable:sizeInBytes", size),
            ])
        ]
        if let digest = input.sha256 {
            let hash = JSONValue.object([
                ("@id", .string(id("hash", digest))), ("@type", .string("uco-types:Hash")),
                (
                    "uco-types:hashMethod",
                    typed("uco-vocabulary:HashNameVocab", "SHA256")
                ), ("uco-types:hashValue", typed("xsd:hexBinary", digest.uppercased())),
            ])
            facets.append(
                .object([
                    ("@id", .string(id("content-facet", input.name))),
                    ("@type", .string("uco-observable:ContentDataFacet")), ("uco-observable:hash", hash),
                ]))
        }
        return .object([
            ("@id", .string(inputID(input))), ("@type", .string("uco-observable:File")),
            ("uco-core:hasFacet", .array(facets)),
        ])
    }

    private func domain(_ name: String) -> JSONValue {
        let facet: [(String, JSONValue?)] = [
            ("@id", .string(id("domain-facet", name))), ("@type", .string("uco-observable:DomainNameFacet")),
            ("uco-observable:value", .string(name)),
        ]
        return .object([
            ("@id", .string(id("domain", name))), ("@type", .string("uco-observable:DomainName")),
            ("uco-core:hasFacet", .array([.object(facet)])),
        ])
    }

    private func connection(_ fact: Fact) -> JSONValue {
        let port = typed("xsd:integer", String(fact.contact.port))
        var facet: [(String, JSONValue?)] = [
            ("@id", .string(id("connection-facet", String(fact.number)))),
            ("@type", .string("uco-observable:NetworkConnectionFacet")),
            ("uco-observable:destinationPort", port),
        ]
        if let name = fact.contact.name {
            facet.append(("uco-observable:dst", .array([reference(id("domain", name))])))
        }
        if inquiry.times == .exact {
            facet.append(("uco-observable:startTime", typed("xsd:dateTime", fact.contact.first.description)))
            facet.append(("uco-observable:endTime", typed("xsd:dateTime", fact.contact.last.description)))
        }
        return .object([
            ("@id", .string(factID(fact))), ("@type", .string("uco-observable:NetworkConnection")),
            ("uco-core:name", .string("fact \(fact.number)")),
            (
                "uco-core:description",
                .string("\(fact.device), \(fact.contact.service), within the hour from \(fact.hour)")
            ), ("uco-core:hasFacet", .array([.object(facet)])),
        ])
    }

    // MARK: Identifiers

    private var toolID: String { id("tool", inquiry.tool + inquiry.build) }

    private func inputID(_ input: CaseInput) -> String { id("file", input.name) }

    private func factID(_ fact: Fact) -> String { id("connection", String(fact.number)) }

    private func reference(_ id: String) -> JSONValue { .object([("@id", .string(id))]) }

    private func typed(_ type: String, _ value: String) -> JSONValue {
        .object([("@type", .string(type)), ("@value", .string(value))])
    }

    /// The form that CASE asks for: a kind and a UUID, which is made from what the object is (RFC 9562, version 8).
    private func id(_ kind: String, _ what: String) -> String {
        var digits = Array(
            sha256("\(inquiry.recipient)\0\(inquiry.registerSHA256)\0\(kind)\0\(what)".utf8).prefix(32))
        digits[12] = "8"
        digits[16] = "8"
        let text = String(digits)
        let cuts = [0, 8, 12, 16, 20, 32]
        let parts = zip(cuts, cuts.dropFirst()).map { start, end in text.dropFirst(start).prefix(end - start)
        }
        return "kb:\(kind)-\(parts.joined(separator: "-"))"
    }
}
