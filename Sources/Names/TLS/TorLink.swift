/// The certificate by which a Tor relay shows itself on a link up to TLS 1.2: subject `www.<random>.net`, issuer
/// `www.<random>.com`, nothing else (Tor's source, `tor_tls_context_init_certificates`: a common name of 8 to 20
/// characters of base32 between `www.` and `.net` or `.com`). No authority signs under such a name.
package enum TorLink {
    package static func isRelay(_ certificate: CertificateNames) -> Bool {
        guard certificate.fault == nil, certificate.dnsNames.isEmpty, certificate.dnsNamesRefused == 0,
            certificate.subjectOrganization == nil, certificate.issuerOrganization == nil,
            let subject = certificate.commonName, let issuer = certificate.issuerCommonName
        else { return false }
        return isMadeUp(subject, ending: ".net") && isMadeUp(issuer, ending: ".com")
    }

    private static func isMadeUp(_ name: String, ending: String) -> Bool {
        guard name.hasPrefix("www."), name.hasSuffix(ending) else { return false }
        let middle = name.utf8.dropFirst(4).dropLast(ending.utf8.count)
        guard (8...20).contains(middle.count) else { return false }
        return middle.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains($0)
        }
    }
}
