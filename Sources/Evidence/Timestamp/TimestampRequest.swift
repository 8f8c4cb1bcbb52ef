import Crypto

/// A request for a timestamp over a bundle's manifest (RFC 3161, section 2.4.1), and what an authority answered. Both
/// go to and come from the authority by other programs: nothing here uses the network.
package enum TimestampRequest {
    /// AlgorithmIdentifier of SHA-256 with NULL parameters (RFC 5754, section 2.2), in DER.
    private static let sha256Identifier: [UInt8] = [
        0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    ]

    /// DER of a TimeStampReq: version 1, the manifest's SHA-256, certificates asked for. It has no nonce, so that the
    /// same manifest gives the same request.
    package static func request(for manifest: [UInt8]) -> [UInt8] {
        let imprint = sequence(sha256Identifier + [0x04, 0x20] + Array(SHA256.hash(data: manifest)))
        return sequence([0x02, 0x01, 0x01] + imprint + [0x01, 0x01, 0xff])
    }

    /// Shorter than 128 bytes in all uses above.
    private static func sequence(_ body: [UInt8]) -> [UInt8] {
        [0x30, UInt8(truncatingIfNeeded: body.count)] + body
    }
}

/// What a TimeStampResp (RFC 3161, section 2.4.2) says. Its signature is not checked here; `openssl ts -verify`
/// does that.
package struct TimestampResponse: Equatable, Sendable {
    /// As the authority wrote it, in UTC: `20261124120000Z`.
    package var time: String
    /// The digest that was stamped.
    package var imprint: [UInt8]

    /// SignedData (RFC 5652, section 5.1) and TSTInfo (RFC 3161, section 2.4.2) as object identifiers.
    private static let signedData: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02]
    private static let tstInfo: [UInt8] = [
        0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04,
    ]
    private static let sha256: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]

    package init(reading bytes: [UInt8]) throws(EvidenceFault) {
        var file = DER(bytes[...])
        var response = DER(try file.take(0x30))
        guard file.isAtEnd else { throw DER.fault }
        var status = DER(try response.take(0x30))
        // granted (0) or grantedWithMods (1).
        guard let code = try status.take(0x02).last, code <= 1 else {
            throw EvidenceFault("the authority refused to give a timestamp (its status is not 'granted')")
        }
        var content = DER(try response.take(0x30))
        guard try Array(content.take(0x06)) == TimestampResponse.signedData else { throw DER.fault }
        var explicit = DER(try content.take(0xa0))
        var signed = DER(try explicit.take(0x30))
        _ = try signed.take(0x02)
        _ = try signed.take(0x31)
        var encapsulated = DER(try signed.take(0x30))
        guard try Array(encapsulated.take(0x06)) == TimestampResponse.tstInfo else { throw DER.fault }
        var octets = DER(try encapsulated.take(0xa0))
        var outer = DER(try octets.take(0x04))
        var info = DER(try outer.take(0x30))
        _ = try info.take(0x02)
        _ = try info.take(0x06)
        var stamped = DER(try info.take(0x30))
        var algorithm = DER(try stamped.take(0x30))
        guard try Array(algorithm.take(0x06)) == TimestampResponse.sha256 else {
            throw EvidenceFault("the timestamp is over another digest than SHA-256")
        }
        imprint = Array(try stamped.take(0x04))
        _ = try info.take(0x02)
        time = plain(String(decoding: try info.take(0x18), as: UTF8.self))
    }
}

/// A reader of DER (X.690) that goes from value to value; every length is checked against what is there.
private struct DER {
    static let fault = EvidenceFault("no response of a timestamp authority (RFC 3161), or a damaged one")

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    /// The content of the next value, which must have that tag.
    mutating func take(_ tag: UInt8) throws(EvidenceFault) -> ArraySlice<UInt8> {
        guard rest.popFirst() == tag, let first = rest.popFirst() else { throw DER.fault }
        var length = Int(first)
        if first >= 0x80 {
            // Up to four bytes of length: no response has gigabytes.
            let count = Int(first & 0x7f)
            guard (1...4).contains(count), rest.count >= count else { throw DER.fault }
            length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(count)
        }
        guard rest.count >= length else { throw DER.fault }
        defer { rest = rest.dropFirst(length) }
        return rest.prefix(length)
    }
}
