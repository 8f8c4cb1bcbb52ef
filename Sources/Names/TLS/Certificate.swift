package import Bytes

/// The names in an X.509 certificate (RFC 5280 §4): whom it stands for and who issued it. Nothing is
/// verified.
package struct CertificateNames: Equatable, Sendable {
    /// The subject's last common name as text, as it stands; often a host name, often not.
    package var commonName: String?
    /// The common name when it is a host name (a wildcard is allowed).
    package var commonHost: String?
    /// dNSName entries of subjectAltName that are host names, in order, lower case; `*.` may lead.
    package var dnsNames: [String] = []
    /// dNSName entries beyond `dnsNameLimit` or that are no host names.
    package var dnsNamesRefused = 0
    package var subjectOrganization: String?
    package var issuerCommonName: String?
    package var issuerOrganization: String?
    /// Set when the certificate was decoded in part.
    package var fault: DecodeFault?

    /// Content networks put 100 to 250 names into one certificate; beyond this a report has no use for more.
    package static let dnsNameLimit = 1024

    package init() {}

    /// Decodes one DER certificate. Never fails as a whole: `fault` says what stopped the decoding.
    package static func parse(_ der: RawSpan) -> CertificateNames {
        var names = CertificateNames()
        do {
            try names.read(der)
        } catch {
            names.fault = error
        }
        return names
    }

    /// ```
    /// Certificate ::= SEQUENCE { tbsCertificate SEQUENCE { [0] version, serial, signature, issuer, validity,
    ///     subject, subjectPublicKeyInfo, [1] issuerUniqueID, [2] subjectUniqueID, [3] extensions }, ... }
    /// ```
    private mutating func read(_ der: RawSpan) throws(DecodeFault) {
        var outer = DERReader(der)
        var certificate = DERReader(try outer.element(DERReader.sequence))
        var body = DERReader(try certificate.element(DERReader.sequence))
        try body.skip(ifTag: 0xa0)
        _ = try body.element(0x02)
        _ = try body.element(DERReader.sequence)
        let issuer = try CertificateNames.readName(try body.element(DERReader.sequence))
        issuerCommonName = issuer.commonName
        issuerOrganization = issuer.organization
        _ = try body.element(DERReader.sequence)
        let subject = try CertificateNames.readName(try body.element(DERReader.sequence))
        commonName = subject.commonName
        commonHost = subject.commonHost
        subjectOrganization = subject.organization
        _ = try body.element(DERReader.sequence)
        try body.skip(ifTag: 0x81)
        try body.skip(ifTag: 0x82)
        guard body.nextTag == 0xa3 else { return }
        var wrapper = DERReader(try body.element())
        try readExtensions(try wrapper.element(DERReader.sequence))
    }

    /// RDNSequence: SEQUENCE of SET of SEQUENCE { OID, string }. Of several common names the last, which is
    /// the most specific (RFC 6125 §2.3.1), counts.
    private static func readName(
        _ sequence: RawSpan
    ) throws(DecodeFault) -> (commonName: String?, commonHost: String?, organization: String?) {
        var commonName: String?
        var commonHost: String?
        var organization: String?
        var names = DERReader(sequence)
        // Both loops consume at least two bytes a round.
        while !names.isAtEnd {
            var set = DERReader(try names.element(DERReader.set))
            while !set.isAtEnd {
                var attribute = DERReader(try set.element(DERReader.sequence))
                let type = try attribute.element(DERReader.objectIdentifier)
                // 2.5.4.3 commonName, 2.5.4.10 organizationName.
                guard type.byteCount == 3, type.byte(at: 0) == 0x55, type.byte(at: 1) == 0x04 else {
                    continue
                }
                let tag = attribute.nextTag ?? 0
                let value = try attribute.element()
                if type.byte(at: 2) == 3 {
                    commonName = text(value, tag: tag)
                    commonHost = HostName(value, wildcard: true).flatMap { $0.isAddress ? nil : $0.text }
                } else if type.byte(at: 2) == 10, organization == nil {
                    organization = text(value, tag: tag)
                }
            }
        }
        return (commonName, commonHost, organization)
    }

    private mutating func readExtensions(_ sequence: RawSpan) throws(DecodeFault) {
        var list = DERReader(sequence)
        while !list.isAtEnd {
            var entry = DERReader(try list.element(DERReader.sequence))
            let type = try entry.element(DERReader.objectIdentifier)
            try entry.skip(ifTag: DERReader.boolean)
            let value = try entry.element(DERReader.octetString)
            // 2.5.29.17 subjectAltName.
            guard type.byteCount == 3, type.byte(at: 0) == 0x55, type.byte(at: 1) == 0x1d,
                type.byte(at: 2) == 17
            else { continue }
            var wrapper = DERReader(value)
            var names = DERReader(try wrapper.element(DERReader.sequence))
            while !names.isAtEnd {
                // GeneralName: [2] IA5String is dNSName (RFC 5280 §4.2.1.6); addresses and mailboxes are
                // passed over.
                let isDNSName = names.nextTag == 0x82
                let name = try names.element()
                guard isDNSName else { continue }
                if dnsNames.count < CertificateNames.dnsNameLimit, let host = HostName(name, wildcard: true),
                    !host.isAddress, host.port == nil
                {
                    dnsNames.append(host.text)
                } else {
                    dnsNamesRefused += 1
                }
            }
        }
    }

    /// A DirectoryString as text. Nil when it is not valid in its encoding, has control characters (it is
    /// shown on terminals) or is longer than 256 bytes (RFC 5280 appendix A.1 allows 64 characters).
    private static func text(_ value: RawSpan, tag: UInt8) -> String? {
        guard value.byteCount >= 1, value.byteCount <= 256 else { return nil }
        let bytes = value.copied()
        let decoded: String?
        switch tag {
        case 0x0c, 0x12, 0x13, 0x16, 0x1a: decoded = String(validating: bytes, as: UTF8.self)
        // TeletexString, which everybody writes and reads as Latin-1.
        case 0x14: decoded = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        // BMPString: UCS-2, big-endian.
        case 0x1e:
            let units = stride(from: 0, to: bytes.count - 1, by: 2).map {
                UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
            }
            decoded = String(validating: units, as: UTF16.self)
        default: decoded = nil
        }
        guard let decoded, decoded.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { return nil }
        return decoded
    }
}
