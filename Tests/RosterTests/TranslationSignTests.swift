import Bytes
import Captures
import Contacts
import Flows
import Register
import Testing

@testable import Roster

/// Addresses behind which several devices stand: mixed hop limits, or far too many connections for one device.
@Suite struct TranslationSignTests {
    /// SYNs of a client with each hop limit, so many of each; every one is a connection of its own.
    private func facts(_ client: UInt8, _ openings: [(hopLimit: UInt8, count: Int)]) -> Facts {
        var engine = FlowEngine()
        var number = 0
        for (hopLimit, count) in openings {
            for _ in 0..<count {
                number += 1
                let port = [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)]
                let frame: [UInt8] =
                    [0x45, 0, 0, 40, 0, 0, 0, 0, hopLimit, 6, 0, 0, 10, 20, 0, client]
                    + [198, 51, 100, UInt8(truncatingIfNeeded: number >> 16 + 1)]
                    + port + [1, 187, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0, 1, 0, 0, 0, 0]
                var batch = FrameBatch()
                batch.append(
                    FrameRecord(
                        offset: 0, captured: frame.count, original: 40,
                        timestamp: Timestamp(nanoseconds: 1_772_409_600_000_000_000 + Int64(number)),
                        linkType: LinkType(rawValue: 101)))
                frame.withRawSpan { engine.process($0, batch) }
            }
        }
        engine.finish()
        return Facts(addresses: engine.addresses)
    }

    private func roster() throws -> Roster {
        try Roster.parse(
            yaml: "networks: [{prefix: 10.20.0.0/16, role: student}]\nhome_networks: [10.0.0.0/8]\n")
    }

    @Test func oneSystemIsNoSign() throws {
        #expect(TranslationSign.find(facts(5, [(64, 200)]), roster: try roster()).isEmpty)
        // A hop more on some paths: the same starting value.
        #expect(TranslationSign.find(facts(5, [(64, 100), (63, 100)]), roster: try roster()).isEmpty)
    }

    @Test func systemsOfTwoKindsAreASign() throws {
        let signs = TranslationSign.find(facts(5, [(63, 40), (127, 60)]), roster: try roster())
        #expect(signs.count == 1)
        #expect(signs.first?.address == IPAddress("10.20.0.5"))
        #expect(signs.first?.hopLimits == [63, 127])
        #expect(signs.first?.connections == 100)
    }

    @Test func aStrayPacketIsNone() throws {
        #expect(TranslationSign.find(facts(5, [(64, 400), (128, 9)]), roster: try roster()).isEmpty)
        #expect(TranslationSign.find(facts(5, [(64, 400), (128, 15)]), roster: try roster()).isEmpty)
        #expect(TranslationSign.find(facts(5, [(64, 200), (128, 10)]), roster: try roster()).count == 1)
    }

    @Test func tooManyConnectionsOverTwoPathsAreOne() throws {
        #expect(TranslationSign.find(facts(5, [(64, 5000), (63, 4999)]), roster: try roster()).isEmpty)
        #expect(TranslationSign.find(facts(5, [(64, 5000), (63, 5000)]), roster: try roster()).count == 1)
    }

    @Test func whoStandsOutsideIsNotLookedAt() throws {
        let elsewhere = try Roster.parse(yaml: "networks: []\nhome_networks: [192.168.0.0/16]\n")
        #expect(TranslationSign.find(facts(5, [(63, 40), (127, 60)]), roster: elsewhere).isEmpty)
    }
}
