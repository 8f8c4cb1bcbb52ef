import Bytes
import Names
import TestSupport
import Testing

@Suite struct OpenVPNTests {
    private let session = hex("0102030405060708")

    /// P_CONTROL_V1 (opcode 4) without and with an acknowledgement.
    private func control(_ id: Int, _ content: [UInt8], acknowledges: Bool = false) -> [UInt8] {
        let acknowledgement = acknowledges ? [1] + bigEndian(0, 4) + session : [0]
        return counted(2, [0x20] + session + acknowledgement + bigEndian(id, 4) + content)
    }

    private func handshake(_ stream: [UInt8]) -> (bytes: [UInt8], isLost: Bool) {
        var channel = OpenVPNControl()
        _ = stream.withRawSpan { channel.take($0) }
        return (channel.handshake, channel.isLost)
    }

    @Test func joinsControlPackets() {
        let reset = counted(2, [0x40] + session + [1] + bigEndian(0, 4) + session + bigEndian(0, 4))
        let acknowledgement = counted(2, [0x28] + session + [1] + bigEndian(1, 4) + session)
        let stream = reset + control(1, [1, 2], acknowledges: true) + acknowledgement + control(2, [3])
        #expect(handshake(stream).bytes == [1, 2, 3])
        #expect(handshake(stream + control(2, [3])).bytes == [1, 2, 3], "sent again")
        #expect(handshake(stream + control(4, [9])).isLost, "a packet that never came")
        #expect(handshake(counted(2, [0xff] + session)).isLost, "an opcode that does not exist")
        #expect(!handshake(stream + [0]).isLost)
        var signed = OpenVPNControl(signature: 28)
        let packet = counted(2, [0x20] + session + noise(28, seed: 9) + [0] + bigEndian(1, 4) + [7, 8])
        #expect(packet.withRawSpan { signed.take($0) } == packet.count && signed.handshake == [7, 8])
    }

    @Test func readsTheServersCertificateInIt() {
        let parts = stride(from: 0, to: Golden.flight12.count, by: 100).map {
            Array(Golden.flight12[$0..<min($0 + 100, Golden.flight12.count)])
        }
        let stream = parts.enumerated().flatMap { control($0.offset + 1, $0.element) }
        let found = handshake(stream).bytes.withRawSpan { ServerFlight.parse(stream: $0) }
        #expect(found.value?.certificate?.dnsNames == ["www.golden.example", "*.cdn.golden.example"])
    }

    @Test func tellsFirstPackets() {
        func client(_ bytes: [UInt8]) -> OpenVPNStream.Reset? {
            bytes.withRawSpan { OpenVPNStream.clientReset($0) }
        }
        let plain = counted(2, [0x38] + session + [0, 0, 0, 0, 0])
        #expect(client(plain) == .clear(signature: 0))
        // tls-auth with SHA-1: HMAC 20, packet id 1, time, no acknowledgements, message 0.
        let tail = bigEndian(1, 4) + hex("50ff20fd 00 00000000")
        let signed = counted(2, [0x38] + session + noise(20, seed: 3) + tail)
        #expect(signed.count == 44 && client(signed) == .clear(signature: 28))
        #expect(client(plain + [0]) == nil, "a client waits for the answer")
        #expect(client(counted(2, [0x38] + session + noise(45, seed: 1))) == .encrypted)
        #expect(client(counted(2, [0x38] + session + noise(33, seed: 1))) == nil, "no signature is that long")
        #expect(client(counted(2, [0x39] + session + noise(45, seed: 1))) == nil, "key 1 does not begin")
        #expect(client(counted(2, [0x38] + [UInt8](repeating: 0, count: 8) + noise(45, seed: 1))) == nil)
        let reply = counted(2, [0x40] + session + noise(17, seed: 2))
        #expect(reply.withRawSpan { OpenVPNStream.isServerReset($0) })
        #expect((reply + [1]).withRawSpan { OpenVPNStream.isServerReset($0) })
        #expect(!Array(reply.dropLast()).withRawSpan { OpenVPNStream.isServerReset($0) })
    }

    @Test func survivesAnyDamage() {
        let stream = control(1, [1, 2], acknowledges: true) + control(2, [3, 4, 5])
        everyDamage(of: stream) { bytes in
            var channel = OpenVPNControl()
            let used = channel.take(bytes)
            if used > bytes.byteCount || channel.handshake.count > bytes.byteCount {
                Issue.record("beyond the bytes")
            }
            _ = OpenVPNStream.clientReset(bytes)
            _ = OpenVPNStream.isServerReset(bytes)
        }
    }

    @Test func aTorLinkIsToldByBothMadeUpNames() {
        func certificate(_ subject: String, _ issuer: String) -> CertificateNames {
            var names = CertificateNames()
            names.commonName = subject
            names.issuerCommonName = issuer
            return names
        }
        #expect(TorLink.isRelay(certificate("www.2ztxfg5qrm4yolge.net", "www.kkkbntnqvqmaw.com")))
        #expect(!TorLink.isRelay(certificate("www.short7.net", "www.kkkbntnqvqmaw.com")), "seven characters")
        #expect(!TorLink.isRelay(certificate("www.has-hyphens.net", "www.kkkbntnqvqmaw.com")))
        #expect(
            !TorLink.isRelay(certificate("www.university1.net", "www.kkkbntnqvqmaw.com")), "1 is not base32")
        #expect(!TorLink.isRelay(certificate("www.2ztxfg5qrm4yolge.net", "Some CA")))
        var named = certificate("www.2ztxfg5qrm4yolge.net", "www.kkkbntnqvqmaw.com")
        named.dnsNames = ["www.2ztxfg5qrm4yolge.net"]
        #expect(!TorLink.isRelay(named), "a certificate with alternative names")
    }
}
