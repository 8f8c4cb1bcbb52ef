import Bytes

extension ClientHello {
    /// Decodes the body of the message, after the handshake header. Never fails as a whole: what precedes a
    /// fault is kept, and `fault` says what stopped the decoding.
    ///
    /// ```
    /// legacy_version 2 | random 32 | session_id <1> | [DTLS: cookie <1>] | cipher_suites <2>
    ///   | compression_methods <1> | extensions <2>
    /// ```
    package static func parse(body: RawSpan, dtls: Bool = false) -> ClientHello {
        var hello = ClientHello()
        hello.framing = dtls ? .dtls : .tls
        var reader = ByteReader(body)
        do {
            try hello.readFixedPart(&reader, dtls: dtls)
            // SSL 3.0 and old TLS clients end here (RFC 5246 §7.4.1.2).
            if !reader.isAtEnd { try hello.readExtensions(&reader) }
        } catch {
            hello.fault = error
        }
        return hello
    }

    private mutating func readFixedPart(_ reader: inout ByteReader, dtls: Bool) throws(DecodeFault) {
        legacyVersion = try reader.u16()
        try reader.skip(32)
        sessionIDLength = try reader.u8()
        guard sessionIDLength <= 32 else { throw .malformed }
        try reader.skip(Int(sessionIDLength))
        if dtls { try reader.skip(Int(try reader.u8())) }
        let ciphers = Int(try reader.u16())
        guard ciphers % 2 == 0 else { throw .malformed }
        cipherSuites = ClientHello.values(try reader.take(ciphers))
        try reader.skip(Int(try reader.u8()))
    }

    private mutating func readExtensions(_ reader: inout ByteReader) throws(DecodeFault) {
        let length = Int(try reader.u16())
        let isCut = length > reader.remaining
        var list = ByteReader(isCut ? reader.takeRest() : try reader.take(length))
        // Each round consumes at least four bytes of a message that is at most 64 KiB.
        while !list.isAtEnd {
            do throws(DecodeFault) {
                let type = try list.u16()
                let content = try list.take(Int(try list.u16()))
                let isFirst = !extensions.contains(type)
                extensions.append(type)
                // RFC 8446 §4.2 forbids a second extension of one type; the first one counts.
                if isFirst { readExtension(type, content) } else { fault = .malformed }
                if extensions.count >= ClientHello.extensionLimit { throw DecodeFault.malformed }
            } catch {
                throw isCut && error == .truncated ? .truncated : .malformed
            }
        }
        if isCut { throw .truncated }
    }

    /// Clients send 10 to 25; the check for duplicates is quadratic in this.
    private static let extensionLimit = 256

    /// An extension that contradicts its own format is passed over: the others keep their meaning.
    private mutating func readExtension(_ type: UInt16, _ content: RawSpan) {
        var reader = ByteReader(content)
        do throws(DecodeFault) {
            switch type {
            case TLSValue.serverName: try readServerName(&reader)
            case TLSValue.alpn: try readALPN(&reader)
            case TLSValue.supportedGroups: supportedGroups = try ClientHello.list16(&reader)
            case TLSValue.signatureAlgorithms: signatureAlgorithms = try ClientHello.list16(&reader)
            case TLSValue.supportedVersions:
                supportedVersions = ClientHello.values(try reader.take(Int(try reader.u8())))
            case TLSValue.keyShare, TLSValue.oldKeyShare: try readKeyShares(&reader)
            case TLSValue.encryptedClientHello: try readECH(&reader)
            case TLSValue.sessionTicket: offersResumption = offersResumption || !reader.isAtEnd
            case TLSValue.preSharedKey: offersResumption = true
            default: break
            }
        } catch {
            fault = .malformed
        }
    }

    /// RFC 6066 §3: a list of (name type, name); host_name is type 0 and the only one ever defined.
    private mutating func readServerName(_ reader: inout ByteReader) throws(DecodeFault) {
        // A server's empty answer, or a client that has nothing to say.
        if reader.isAtEnd { return }
        var names = ByteReader(try reader.take(Int(try reader.u16())))
        while !names.isAtEnd {
            let type = try names.u8()
            let name = try names.take(Int(try names.u16()))
            guard type == 0, serverName == nil, serverNameRefusal == nil else { continue }
            do {
                serverName = try HostName.parse(name)
            } catch {
                serverNameRefusal = error
            }
        }
    }

    private mutating func readALPN(_ reader: inout ByteReader) throws(DecodeFault) {
        var names = ByteReader(try reader.take(Int(try reader.u16())))
        while !names.isAtEnd, alpn.count < ClientHello.alpnLimit {
            alpn.append(try names.take(Int(try names.u8())).copied())
        }
    }

    private mutating func readKeyShares(_ reader: inout ByteReader) throws(DecodeFault) {
        var shares = ByteReader(try reader.take(Int(try reader.u16())))
        while !shares.isAtEnd {
            keyShareGroups.append(try shares.u16())
            try shares.skip(Int(try shares.u16()))
        }
    }

    /// RFC 9849 §5: type 0 (outer), KDF, AEAD, config id, enc <2>, payload <2>; type 1 (inner) is empty.
    private mutating func readECH(_ reader: inout ByteReader) throws(DecodeFault) {
        guard try reader.u8() == 0 else {
            ech = EncryptedClientHello(
                isOuter: false, configID: 0, kdf: 0, aead: 0, encapsulatedKeyLength: 0, payloadLength: 0)
            return
        }
        let kdf = try reader.u16()
        let aead = try reader.u16()
        let configID = try reader.u8()
        let key = Int(try reader.u16())
        try reader.skip(key)
        let payload = Int(try reader.u16())
        try reader.skip(payload)
        ech = EncryptedClientHello(
            isOuter: true, configID: configID, kdf: kdf, aead: aead, encapsulatedKeyLength: key,
            payloadLength: payload)
    }

    private static func list16(_ reader: inout ByteReader) throws(DecodeFault) -> [UInt16] {
        values(try reader.take(Int(try reader.u16())))
    }

    /// The 16-bit values of `bytes`; an odd last byte is dropped.
    private static func values(_ bytes: RawSpan) -> [UInt16] {
        var values: [UInt16] = []
        values.reserveCapacity(bytes.byteCount / 2)
        var reader = ByteReader(bytes)
        while let value = try? reader.u16() { values.append(value) }
        return values
    }
}
