import Bytes
import Names
import TestSupport
import Testing

@Suite struct HostNameTests {
    private func parse(_ text: String, wildcard: Bool = false) throws -> HostName {
        try text.bytes.withRawSpan { (bytes: RawSpan) throws(HostName.Refusal) in
            try HostName.parse(bytes, wildcard: wildcard)
        }
    }

    private func refusal(_ text: String, wildcard: Bool = false) -> HostName.Refusal? {
        do {
            _ = try parse(text, wildcard: wildcard)
            return nil
        } catch {
            return error as? HostName.Refusal
        }
    }

    private static let names: [(String, String, UInt16?)] = [
        ("Quizly.Example", "quizly.example", nil),
        ("quizly.example.", "quizly.example", nil),
        ("quizly.example:8443", "quizly.example", 8443),
        ("quizly.example.:80", "quizly.example", 80),
        ("quizly.example:", "quizly.example", nil),
        ("_ldap._tcp.school.example", "_ldap._tcp.school.example", nil),
        ("xn--bcher-kva.example", "xn--bcher-kva.example", nil),
        ("prod", "prod", nil),
        ("3com.example", "3com.example", nil),
        ("1e100.net", "1e100.net", nil),
    ]

    @Test(arguments: names)
    func namesLoseCasePortAndTrailingDot(text: String, name: String, port: UInt16?) throws {
        let host = try parse(text)
        #expect(host.text == name)
        #expect(host.port == port)
        #expect(!host.isAddress)
    }

    private static let addresses: [(String, String, UInt16?)] = [
        ("192.0.2.1", "192.0.2.1", nil),
        ("192.0.2.1:8080", "192.0.2.1", 8080),
        ("[2001:DB8::1]:443", "2001:db8::1", 443),
        ("[2001:db8::1]", "2001:db8::1", nil),
        ("2001:db8:0::1", "2001:db8::1", nil),
        ("3221225985", "3221225985", nil),
        ("1.2.3", "1.2.3", nil),
    ]

    @Test(arguments: addresses)
    func addressesAreToldFromNames(text: String, name: String, port: UInt16?) throws {
        let host = try parse(text)
        #expect(host.text == name)
        #expect(host.port == port)
        #expect(host.isAddress)
    }

    private static let refused: [(String, HostName.Refusal)] = [
        ("", .empty), (".", .empty), (":80", .empty), ("a..b", .label), (".a", .label),
        ("a b", .character),
        ("a\u{0}b", .character), ("a\nb", .character), ("user@host", .character), ("a/b", .character),
        ("b\u{fc}cher.example", .nonASCII), ("host:99999", .port), ("host:8o", .port), ("[::1", .port),
        ("[192.0.2.1]", .character), ("[::1]x", .port), ("*.example", .character),
        ("%41.example", .character),
        (String(repeating: "a", count: 64) + ".example", .label),
        (String(repeating: "a.", count: 127) + "a", .tooLong),
        (String(repeating: "a", count: 300), .tooLong),
    ]

    @Test(arguments: refused)
    func whatCannotBeANameIsRefusedWithItsReason(text: String, reason: HostName.Refusal) {
        #expect(refusal(text) == reason)
    }

    @Test func theLongestNameIsAccepted() throws {
        let longest = String(repeating: "a.", count: 126) + "b"
        #expect(try parse(longest).text == longest)
        #expect(try parse(longest + ".:65535").port == 65535)
    }

    @Test func wildcardsAreForCertificatesAndOnlyTheWholeFirstLabel() throws {
        #expect(try parse("*.CDN.example", wildcard: true).text == "*.cdn.example")
        #expect(refusal("a.*.example", wildcard: true) == .character)
        #expect(refusal("*a.example", wildcard: true) == .character)
        #expect(refusal("*", wildcard: true) == .character)
    }

    @Test func damagedTextIsAnswered() {
        everyDamage(of: "[2001:db8::192.0.2.1]:443".bytes) { _ = HostName($0) }
        everyDamage(of: "*.Quizly.example.:8443".bytes) { _ = HostName($0, wildcard: true) }
    }
}
