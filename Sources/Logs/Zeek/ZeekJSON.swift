import Bytes

/// Zeek's logs as one JSON object a line (`src/threading/formatters/JSON.cc`): the same columns by the same names,
/// dots and all. Files may mix logs: `_path` says which, where a shipper adds it, else the columns do.
package struct ZeekJSON: LogLineParser {
    package static let kind = "zeek-json"

    private static let columns: [(JSONKey, ZeekColumn)] = ZeekColumn.allCases.map {
        (JSONKey(stringLiteral: ZeekColumn.names[Int($0.rawValue)]), $0)
    }

    package init(head: RawSpan) {}

    package mutating func read(_ line: RawSpan, into chunk: inout LogChunk) -> LogReason? {
        chunk.record.reset()
        guard line.byte(at: 0) == UInt8(ascii: "{") else { return .fieldsMissing }
        let reason: LogReason?? = JSONDocument.with(line) { document in ZeekJSON.take(document, into: &chunk)
        }
        guard let reason else { return .jsonInvalid }
        return reason
    }

    private static func take(_ document: borrowing JSONDocument, into chunk: inout LogChunk) -> LogReason? {
        guard document.member(JSONDocument.root, "ts") != nil else { return .fieldsMissing }
        var facts = ZeekFacts()
        var stated: ZeekPath?
        for (key, column) in columns {
            guard let index = document.member(JSONDocument.root, key) else { continue }
            facts.set(column, document, index)
            if column == .path { stated = document.string(index).map { ZeekPath($0) } }
        }
        guard let path = stated ?? ZeekPath({ facts.has($0) }) else { return .fieldsMissing }
        return ZeekLine.take(facts, path, text: document.texts, into: &chunk)
    }
}
