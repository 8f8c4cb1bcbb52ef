import Bytes
import Names
import TestSupport
import Testing

@Suite struct DTLSTests {
    /// The body of a DTLS hello for `host`, with a cookie.
    private func body(_ host: String, cookie: [UInt8] = []) -> [UInt8] {
        let name = counted(2, [0] + counted(2, host.bytes))
        return [0xfe, 0xfd] + noise(32, seed: 1) + [0] + counted(1, cookie) + counted(2, [0xc0, 0x2b])
            + counted(1, [0]) + counted(2, [0, 0] + counted(2, name))
    }

    private func record(_ fragment: ArraySlice<UInt8>, of total: Int, at offset: Int, sequence: Int = 0)
        -> [UInt8]
    {
        let message =
            [1] + bigEndian(total, 3) + bigEndian(sequence, 2) + bigEndian(offset, 3)
            + bigEndian(fragment.count, 3) + fragment
        return [22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0] + counted(2, message)
    }

    private func names(_ datagrams: [[UInt8]]) -> [String?] {
        var search = DTLSSearch()
        return datagrams.map { datagram in datagram.withRawSpan { search.takeHello($0)?.serverName?.text } }
    }

    @Test func readsAWholeHello() {
        let hello = body("dtls.example")
        let datagram = record(hello[...], of: hello.count, at: 0)
        #expect(names([datagram]) == ["dtls.example"])
        #expect(datagram.withRawSpan { DTLSSearch.probe($0) })
    }

    @Test func joinsFragmentsInAnyOrder() {
        let hello = body("dtls.example")
        let parts = [hello[0..<30], hello[30..<60], hello[60...]]
        let records = [0, 30, 60].enumerated().map {
            record(parts[$0.offset], of: hello.count, at: $0.element)
        }
        #expect(names([records[2], records[0], records[1]]) == [nil, nil, "dtls.example"])
        #expect(names([records[1] + records[2], records[0]]) == [nil, "dtls.example"])
    }

    @Test func theSecondHelloBeginsAnew() {
        let first = body("dtls.example")
        let second = body("dtls.example", cookie: [1, 2, 3, 4])
        let part = record(first[0..<30], of: first.count, at: 0)
        let whole = record(second[...], of: second.count, at: 0, sequence: 1)
        #expect(names([part, whole]) == [nil, "dtls.example"])
    }

    @Test func aCutHelloKeepsItsName() {
        let hello = body("dtls.example") + [0, 0]
        var search = DTLSSearch()
        let datagram = record(hello[0..<(hello.count - 2)], of: hello.count, at: 0)
        #expect(datagram.withRawSpan { search.takeHello($0) } == nil)
        #expect(search.finish()?.serverName?.text == "dtls.example")
    }

    @Test func survivesAnyDamage() {
        let hello = body("dtls.example")
        everyDamage(of: record(hello[...], of: hello.count, at: 0)) { FuzzEntry.dtls($0) }
        #expect([22, 3, 1, 0, 0].withRawSpan { DTLSSearch.probe($0) } == false)
    }
}

extension DTLSTests {
    /// Alert (RFC 6347 §4.1): level 2 is fatal, 40 is handshake_failure; with an epoch it would be encrypted.
    @Test func aFatalAlertInClearIsARefusal() {
        let alert = hex("15 fefd 0000 000000000001 0002 02 28")
        for (datagram, isRefused) in [
            (alert, true), (hex("15 fefd 0000 000000000001 0002 01 00"), false),
            (hex("15 fefd 0001 000000000001 0002 02 28"), false),
        ] {
            var search = DTLSSearch(inServer: true)
            _ = datagram.withRawSpan { search.takeCertificate($0) }
            #expect(search.isRefused == isRefused && search.isOver)
        }
    }
}
