import Bytes
import Names
import TestSupport
import Testing

/// The name in wire form, uncompressed.
private func wire(_ name: String) -> [UInt8] {
    name.split(separator: ".").flatMap { counted(1, String($0).bytes) } + [0]
}

/// A DNS message built by hand; compression pointers are written where a test wants them.
private struct MessageForge {
    var flags = 0x8180
    var questions: [[UInt8]] = []
    var answers: [[UInt8]] = []
    var authorities: [[UInt8]] = []
    var additionals: [[UInt8]] = []

    mutating func ask(_ name: [UInt8], _ type: Int) {
        questions.append(name + bigEndian(type, 2) + [0, 1])
    }

    static func record(_ name: [UInt8], _ type: Int, ttl: Int = 300, _ data: [UInt8]) -> [UInt8] {
        name + bigEndian(type, 2) + [0, 1] + bigEndian(ttl, 4) + counted(2, data)
    }

    var bytes: [UInt8] {
        [0x12, 0x34] + bigEndian(flags, 2) + bigEndian(questions.count, 2) + bigEndian(answers.count, 2)
            + bigEndian(authorities.count, 2) + bigEndian(additionals.count, 2)
            + (questions + answers + authorities + additionals).flatMap { $0 }
    }
}

@Suite struct DNSMessageTests {
    private func parse(_ bytes: [UInt8]) throws -> DNSMessage {
        try bytes.withRawSpan { (view: RawSpan) throws(DecodeFault) in try DNSMessage.parse(view) }
    }

    /// Question at offset 12: `www.quizly.example`; its labels begin at 12, 16 and 23.
    private func answerForge() -> MessageForge {
        var forge = MessageForge()
        forge.ask(wire("WWW.Quizly.example"), 1)
        forge.answers = [
            MessageForge.record([0xc0, 12], 5, counted(1, "cdn".bytes) + [0xc0, 23]),
            MessageForge.record(counted(1, "cdn".bytes) + [0xc0, 23], 1, ttl: 60, [192, 0, 2, 7]),
        ]
        return forge
    }

    @Test func answersAreReadThroughCompression() throws {
        let message = try parse(answerForge().bytes)
        #expect(message.id == 0x1234)
        #expect(message.isResponse && !message.isTruncated && message.isQuery && message.recursionDesired)
        #expect(message.questions == [.init(name: "www.quizly.example", type: .a)])
        #expect(
            message.answers == [
                .init(name: "www.quizly.example", type: .cname, ttl: 300, data: .name("cdn.example")),
                .init(name: "cdn.example", type: .a, ttl: 60, data: .address(IPAddress(ipv4: 0xc000_0207))),
            ])
        #expect(message.fault == nil)
    }

    /// The example of RFC 1035 §4.1.4: F.ISI.ARPA at 20, FOO.F.ISI.ARPA at 40, ARPA at 64, and the root at 92.
    @Test func theExampleOfRFC1035IsRead() throws {
        var bytes = [UInt8](repeating: 0, count: 93)
        bytes.replaceSubrange(20..<32, with: hex("01 46 03 495349 04 41525041 00"))
        bytes.replaceSubrange(40..<46, with: hex("03 464f4f c014"))
        bytes.replaceSubrange(64..<66, with: hex("c01a"))
        let names = try bytes.withRawSpan { (view: RawSpan) throws(DecodeFault) in
            var names: [String] = []
            for (offset, end) in [(20, 32), (40, 46), (64, 66), (92, 93)] {
                var reader = ByteReader(view, at: offset)
                names.append(try DNSName.read(&reader, in: view))
                #expect(reader.offset == end)
            }
            return names
        }
        #expect(names == ["f.isi.arpa", "foo.f.isi.arpa", "arpa", "<root>"])
    }

    @Test func oddBytesAreEscaped() throws {
        var forge = MessageForge()
        forge.ask(counted(1, "a.b\\".bytes + [0, 0x20, 0xff, 0x2c]) + [0], 1)
        #expect(try parse(forge.bytes).questions.first?.name == #"a\.b\\\000\032\255,"#)
    }

    @Test func theRootHasATextOfItsOwn() throws {
        var forge = MessageForge()
        forge.ask([0], 2)
        #expect(try parse(forge.bytes).questions.first?.name == DNSName.root)
    }

    @Test(arguments: [
        "c00c",  // itself
        "0161 c00c",  // the start of its own labels
        "0161 c00e",  // its own pointer
        "c0ff",  // beyond the message
        "0161 c020",  // forward
        "4161", "8161",  // label types that do not exist
    ])
    func pointersThatDoNotLeadBackAreRefused(name: String) throws {
        var forge = MessageForge()
        forge.ask(hex(name), 1)
        let message = try parse(forge.bytes + [UInt8](repeating: 0, count: 32))
        #expect(message.questions.isEmpty)
        #expect(message.fault != nil)
    }

    @Test func aNameOf255OctetsIsTheLongest() throws {
        let label = counted(1, [UInt8](repeating: 0x61, count: 63))
        var longest = MessageForge()
        longest.ask(label + label + label + counted(1, [UInt8](repeating: 0x61, count: 61)) + [0], 1)
        #expect(try parse(longest.bytes).questions.first?.name.utf8.count == 253)
        var tooLong = MessageForge()
        tooLong.ask(label + label + label + counted(1, [UInt8](repeating: 0x61, count: 62)) + [0], 1)
        #expect(try parse(tooLong.bytes).fault == .malformed)
    }

    @Test func pointersToPointersEndAtTheCap() throws {
        var forge = MessageForge()
        forge.ask([0], 1)
        // A ladder of pointers in the data of a record of unknown type: each leads to the one before it.
        let start = 12 + 5 + 11
        let ladder = (0..<200).flatMap { bigEndian(0xc000 | ($0 == 0 ? 12 : start + 2 * ($0 - 1)), 2) }
        forge.answers = [
            MessageForge.record([0], 10, ladder),
            MessageForge.record(bigEndian(0xc000 | (start + 2 * 100), 2), 1, [192, 0, 2, 1]),
            MessageForge.record(bigEndian(0xc000 | (start + 2 * 199), 2), 1, [192, 0, 2, 1]),
        ]
        let message = try parse(forge.bytes)
        #expect(message.answers.count == 2)
        #expect(message.fault == .malformed)
    }

    @Test func addressesOfBothFamiliesAndOtherTypes() throws {
        var forge = MessageForge()
        forge.answers = [
            MessageForge.record(wire("a.example"), 28, hex("20010db8000000000000000000000001")),
            MessageForge.record(wire("b.example"), 39, wire("c.example")),
            MessageForge.record(wire("1.2.0.192.in-addr.arpa"), 12, wire("host.example")),
            MessageForge.record(wire("t.example"), 16, counted(1, "text".bytes)),
            MessageForge.record(wire("bad.example"), 1, [1, 2, 3]),
            MessageForge.record(wire("e.example"), 1, ttl: 0x8000_0000, [192, 0, 2, 1]),
        ]
        let answers = try parse(forge.bytes).answers
        #expect(answers[0].data == .address(try #require(IPAddress("2001:db8::1"))))
        #expect(answers[1].type == .dname && answers[1].data == .name("c.example"))
        #expect(answers[2].type == .ptr && answers[2].data == .name("host.example"))
        #expect(answers[3].data == .other)
        #expect(answers[4].data == .malformed)
        #expect(answers[5].ttl == 0)
    }

    /// Test vectors of RFC 9460 appendix D.
    @Test func serviceBindingsOfRFC9460() throws {
        func binding(_ data: String) throws -> ServiceBinding? {
            var forge = MessageForge()
            forge.answers = [MessageForge.record(wire("example.com"), 65, hex(data))]
            guard case .service(let binding)? = try parse(forge.bytes).answers.first?.data else { return nil }
            return binding
        }
        let foo = "03666f6f 076578616d706c65 03636f6d 00"
        let alias = try #require(try binding("0000" + foo))
        #expect(alias.isAlias && alias.target == "foo.example.com")
        let own = try #require(try binding("0001 00"))
        #expect(own.priority == 1 && own.target == DNSName.root)
        #expect(try binding("0010" + foo + "0003 0002 0035")?.port == 53)
        let hints = "20010db8000000000000000000000001 20010db8000000000000000000530001"
        #expect(
            try binding("0001" + foo + "0006 0020" + hints)?.ipv6Hints.map { "\($0)" } == [
                "2001:db8::1", "2001:db8::53:1",
            ])
        let last = try #require(
            try binding(
                "0010" + foo + "0000 0004 0001 0004  0001 0009 026832 0568332d3139  0004 0004 c0000201"))
        #expect(last.alpn == ["h2".bytes, "h3-19".bytes])
        #expect(last.ipv4Hints.map { "\($0)" } == ["192.0.2.1"])
        #expect(try binding("0010" + foo + "0003 0003 0035")?.fault == .malformed)
    }

    @Test func anEncryptedHelloConfigurationShowsItsPublicName() throws {
        let config =
            [7, 0, 0x20] + counted(2, noise(32, seed: 1)) + counted(2, [0, 1, 0, 1]) + [0]
            + counted(1, "public.example".bytes) + [0, 0]
        let list = counted(2, [0xfe, 0x0d] + counted(2, config))
        var forge = MessageForge()
        forge.answers = [
            MessageForge.record(wire("a.example"), 65, [0, 1, 0, 0, 5] + counted(2, list)),
            MessageForge.record(wire("b.example"), 65, [0, 1, 0, 0, 5, 0, 1, 9]),
        ]
        let answers = try parse(forge.bytes).answers
        guard case .service(let first) = answers[0].data, case .service(let second) = answers[1].data else {
            Issue.record("no service bindings")
            return
        }
        #expect(first.echPublicName?.text == "public.example")
        #expect(first.echLength == list.count)
        #expect(second.echLength == 1 && second.echPublicName == nil)
    }

    @Test func extendedResponseCodesComeFromEDNS() throws {
        var forge = MessageForge()
        forge.flags = 0x8183
        forge.additionals = [[0] + [0, 41] + [0x04, 0xd0] + [1, 0, 0x80, 0] + [0, 0]]
        let message = try parse(forge.bytes)
        #expect(message.edns == .init(payloadSize: 1232, version: 0, dnssecOK: true))
        #expect(message.responseCode.rawValue == 0x13)
        forge.additionals = []
        #expect(try parse(forge.bytes).responseCode == .nameError)
    }

    @Test func whatPrecedesACutIsKept() throws {
        let whole = answerForge().bytes
        for length in whole.indices.dropFirst(12) {
            let message = try parse(Array(whole.prefix(length)))
            #expect(message.fault == .truncated)
            #expect(message.answers.count == (length >= whole.count - 20 ? 1 : 0))
        }
        #expect(throws: DecodeFault.truncated) { try parse(Array(whole.prefix(11))) }
    }

    @Test func probesAcceptMessagesAndRefuseNoise() throws {
        func probe(_ bytes: [UInt8]) -> Bool { bytes.withRawSpan { DNSMessage.probe($0) } }
        #expect(probe(answerForge().bytes))
        var query = MessageForge()
        query.flags = 0x0100
        query.ask(wire("a.example"), 65)
        #expect(probe(query.bytes))
        #expect((0..<500).filter { probe(noise(60, seed: UInt64($0))) }.isEmpty)
        #expect(!probe(Golden.hello12) && !probe([]))
    }

    @Test func framesOverTCPAreFoundOneAfterAnother() throws {
        let one = answerForge().bytes
        let stream = counted(2, one) + counted(2, one) + [0, 5]
        stream.withRawSpan { view in
            let first = DNSMessage.nextFrame(in: view, from: 0)
            #expect(first == .done(2..<(2 + one.count)))
            let second = DNSMessage.nextFrame(in: view, from: 2 + one.count)
            #expect(second == .done((4 + one.count)..<(4 + 2 * one.count)))
            #expect(DNSMessage.nextFrame(in: view, from: 4 + 2 * one.count) == .notMine(.malformed))
            #expect(
                DNSMessage.nextFrame(in: view, from: view.byteCount) == .needMore(until: view.byteCount + 2))
        }
        checkStream(counted(2, one)) { view, ended in
            // An ended stream yields the cut message; only whole ones must agree.
            DNSMessage.nextFrame(in: view, from: 0, ended: ended)
        }
    }

    @Test func typesHaveTheirRegisteredNames() {
        let types: [UInt16] = [1, 28, 65, 64, 255, 12345]
        let names = types.map { DNSType(rawValue: $0).description }
        #expect(names == ["A", "AAAA", "HTTPS", "SVCB", "ANY", "TYPE12345"])
    }

    @Test func damagedMessagesAreAnswered() {
        var forge = answerForge()
        forge.answers.append(
            MessageForge.record(
                [0xc0, 12], 65, hex("0001 00 0001 0003 026832 0004 0004 c0000201 0005 0002 0000")))
        forge.authorities = [MessageForge.record([0xc0, 12], 2, [0xc0, 12])]
        forge.additionals = [[0, 0, 41, 4, 0xd0, 0, 0, 0, 0, 0, 0]]
        everyDamage(of: forge.bytes) { bytes in
            _ = try? DNSMessage.parse(bytes)
            _ = DNSMessage.probe(bytes)
            _ = DNSMessage.nextFrame(in: bytes, from: 0, ended: true)
        }
    }
}
