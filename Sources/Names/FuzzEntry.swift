import Bytes

/// One call per decoder for fuzzers: any bytes, no result, no trap.
package enum FuzzEntry {
    /// A datagram from either side, twice, then the end of the flow.
    package static func quic(_ bytes: RawSpan) {
        var search = QUICSearch()
        for fromA in [true, false, true] { _ = search.take(bytes, fromA: fromA) }
        _ = search.finish()
        _ = QUICProbe(bytes)
    }

    /// The frames inside of an opened packet, which an attacker's client chooses freely.
    package static func quicFrames(_ bytes: RawSpan) {
        var crypto = PieceBuffer()
        for family in [QUICVersion.Family.ietf, .googleEncrypted] {
            _ = QUICFrames(bytes, family: family, into: &crypto)
        }
        _ = crypto.bytes.withRawSpan { ClientHello.parse(handshakeMessage: $0, ended: true) }
        _ = GoogleHello.parse(bytes)
    }

    package static func dtls(_ bytes: RawSpan) {
        var search = DTLSSearch()
        for _ in 0..<2 { _ = search.takeHello(bytes) }
        var server = DTLSSearch(inServer: true)
        _ = server.takeCertificate(bytes)
        _ = search.finish()
    }
}

extension FuzzEntry {
    /// A client's stream in two parts, and the block decoder alone.
    package static func http2(_ bytes: RawSpan) {
        var requests = HTTP2Requests()
        _ = requests.take(bytes.clamped(from: 0, count: bytes.byteCount / 2))
        _ = requests.take(bytes)
        _ = requests.takeHosts()
        var hpack = HPACKDecoder()
        _ = try? hpack.decode(bytes)
    }

    package static func socks(_ bytes: RawSpan) {
        _ = SOCKSRequest.parse4(bytes)
        _ = SOCKSRequest.parse5(bytes)
        _ = SOCKSRequest.greeting5(bytes)
        _ = SOCKSRequest.password5(bytes)
        _ = SOCKSRequest.reply5(bytes)
        _ = ProxyHeader.parse(bytes)
    }
}
