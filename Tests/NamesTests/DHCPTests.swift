import Bytes
import Names
import TestSupport
import Testing

/// DHCPv4 and DHCPv6 messages written by hand from RFC 2131, 2132, 4702, 8415.
@Suite struct DHCPTests {
    /// The fixed part: op, ciaddr, yiaddr; chaddr 00:00:5e:00:53:2a.
    private static func fixed(_ operation: String, client: String = "00000000", given: String = "00000000")
        -> [UInt8]
    {
        hex("\(operation) 01 06 00 1a2b3c4d 0000 0000 \(client) \(given) 00000000 00000000 00005e00532a")
            ++ [UInt8](repeating: 0, count: 10 + 64 + 128) ++ hex("63825363")
    }

    /// ACK of 10.20.30.40 for 8 hours by 10.20.0.67.
    static let acknowledgment =
        fixed("02", given: "0a141e28") ++ hex("35 01 05 36 04 0a140043 33 04 00007080 ff")

    private func parse(_ bytes: [UInt8]) throws -> DHCPv4Message {
        try bytes.withRawSpan { (span: RawSpan) throws in try DHCPv4Message.parse(span) }
    }

    @Test func anAcknowledgmentGivesAnAddress() throws {
        let message = try parse(DHCPTests.acknowledgment)
        #expect(message.kind == .acknowledgment)
        #expect(message.isFromServer)
        #expect(message.mac == MACAddress("00:00:5e:00:53:2a"))
        #expect(message.givenAddress == IPAddress("10.20.30.40"))
        #expect(message.clientAddress == nil)
        #expect(message.leaseSeconds == 28800)
        #expect(message.server == IPAddress("10.20.0.67"))
    }

    @Test func aRequestNamesTheHost() throws {
        let message = try parse(
            DHCPTests.fixed("01") ++ hex("35 01 03 0c 09") ++ Array("CB-LIB-07".utf8)
                ++ hex("32 04 0a141e28 ff"))
        #expect(message.kind == .request)
        #expect(message.hostName == "CB-LIB-07")
        #expect(message.requestedAddress == IPAddress("10.20.30.40"))
    }

    @Test func aQualifiedNameIsTheHostsToo() throws {
        // Flags 4: the name is encoded in labels (RFC 4702 §2.1).
        let encoded = try parse(
            DHCPTests.fixed("01") ++ hex("35 01 03 51 0d 04 00 00 05") ++ Array("cb-07".utf8) ++ hex("02")
                ++ Array("ms".utf8) ++ hex("00 ff"))
        #expect(encoded.hostName == "cb-07.ms")
        let plain = try parse(
            DHCPTests.fixed("01") ++ hex("35 01 03 51 08 00 00 00") ++ Array("cb-08".utf8) ++ hex("ff"))
        #expect(plain.hostName == "cb-08")
    }

    @Test func partsOfOneOptionAreJoined() throws {
        let message = try parse(
            DHCPTests.fixed("01") ++ hex("35 01 03 0c 03") ++ Array("CB-".utf8) ++ hex("0c 02")
                ++ Array("07".utf8) ++ hex("ff"))
        #expect(message.hostName == "CB-07")
    }

    @Test func optionsMayStandInTheFileField() throws {
        // Option 52 = 1: `file` holds options (RFC 2132 §9.3).
        var bytes = DHCPTests.fixed("02", given: "0a141e28") ++ hex("35 01 05 34 01 01 ff")
        bytes.replaceSubrange(108..<115, with: hex("33 04 00000e10 ff"))
        #expect(try parse(bytes).leaseSeconds == 3600)
    }

    @Test func namesThatCannotBeShownAreRefused() throws {
        let message = try parse(DHCPTests.fixed("01") ++ hex("35 01 03 0c 03 411b42 ff"))
        #expect(message.hostName == nil)
    }

    @Test func bootpAndOtherHardwareAreRefused() {
        #expect(throws: DecodeFault.unknown) { try parse(DHCPTests.fixed("02") ++ hex("ff")) }
        var token = DHCPTests.acknowledgment
        token[1] = 4
        #expect(throws: DecodeFault.unknown) { try parse(token) }
    }

    @Test func damageIsAnswered() {
        everyPrefix(of: DHCPTests.acknowledgment) { span in _ = try? DHCPv4Message.parse(span) }
        oneFlipPerByte(of: DHCPTests.acknowledgment) { span in _ = try? DHCPv4Message.parse(span) }
        hostileLengths(of: Array(DHCPTests.acknowledgment)) { span in _ = try? DHCPv4Message.parse(span) }
        // Cut inside the options, what is cut is no option.
        let cut = Array(DHCPTests.acknowledgment.dropLast(3))
        #expect(throws: DecodeFault.truncated) { try parse(cut) }
    }

    // MARK: DHCPv6

    /// Reply to DUID-LLT of 00:00:5e:00:53:2b with 2001:db8:20::41 for 3600 s.
    static let reply = hex(
        """
        07 a1b2c3 0001 000e 0001 0001 2f000001 00005e00532b
        0003 0028 00000001 00000708 00000b40 0005 0018 20010db8002000000000000000000041 00000e10 00000e10
        """)

    private func parse6(_ bytes: [UInt8]) throws -> DHCPv6Message {
        try bytes.withRawSpan { (span: RawSpan) throws in try DHCPv6Message.parse(span) }
    }

    @Test func aReplyGivesAnAddress() throws {
        let message = try parse6(DHCPTests.reply)
        #expect(message.type == DHCPv6Message.reply)
        #expect(message.mac == MACAddress("00:00:5e:00:53:2b"))
        let address = try #require(IPAddress("2001:db8:20::41"))
        #expect(message.addresses.map(\.address) == [address])
        #expect(message.addresses.map(\.validSeconds) == [3600])
    }

    @Test func aRelayTellsTheHardwareAddress() throws {
        // Relay-forward, hop count 0, two addresses, option 79 (RFC 6939), option 9 with the message.
        let request = hex("03 a1b2c3 0001 0006 0002 00000001 0027 0008 00 06") ++ Array("cb-008".utf8)
        let envelope =
            hex("0c 00") ++ [UInt8](repeating: 0, count: 32) ++ hex("004f 0008 0001 00005e00532c 0009")
            ++ Forge.be16(request.count) ++ request
        let message = try parse6(envelope)
        #expect(message.type == 3)
        #expect(message.mac == MACAddress("00:00:5e:00:53:2c"))
        #expect(message.hostName == "cb-008")
    }

    @Test func relaysWithoutEndAreRefused() {
        var message = DHCPTests.reply
        for _ in 0..<12 {
            message =
                hex("0d 00") ++ [UInt8](repeating: 0, count: 32) ++ hex("0009") ++ Forge.be16(message.count)
                ++ message
        }
        #expect(throws: DecodeFault.malformed) { try parse6(message) }
    }

    @Test func damagedRepliesAreAnswered() {
        everyDamage(of: DHCPTests.reply) { span in _ = try? DHCPv6Message.parse(span) }
        everyPrefix(of: DHCPTests.reply) { span in
            let addresses = (try? DHCPv6Message.parse(span))?.addresses ?? []
            #expect(addresses.isEmpty == (span.byteCount < DHCPTests.reply.count))
        }
    }

    @Test(arguments: [
        ("0001 0001 2f000001 00005e00532b", "00:00:5e:00:53:2b"),
        ("0003 0001 00005e00532b", "00:00:5e:00:53:2b"),
        ("0002 00000009 0cc084d303", nil), ("0004 00112233445566778899aabbccddeeff", nil),
        ("0003 0006 00005e00532b", nil), ("0003 0001 00005e0053", nil), ("", nil),
    ])
    func identifiersHoldHardwareAddresses(_ text: String, expected: String?) {
        let found = hex(text).withRawSpan { DUID.hardwareAddress($0) }
        #expect(found?.description == expected)
    }
}
