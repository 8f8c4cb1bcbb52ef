package import Bytes

/// The content of an HTTPS or SVCB record (RFC 9460): where a service is offered, and how.
package struct ServiceBinding: Equatable, Sendable {
    /// 0 is AliasMode: the target stands for the owner as a CNAME does.
    package var priority: UInt16
    /// The target's name; `DNSName.root` means the owner itself (RFC 9460 §2.5).
    package var target: String
    package var alpn: [[UInt8]] = []
    package var port: UInt16?
    package var ipv4Hints: [IPAddress] = []
    package var ipv6Hints: [IPAddress] = []
    /// The target answers DNS over HTTPS: it has the parameter `dohpath` (RFC 9461 §5).
    package var hasDoHPath = false
    /// The length of the `ech` parameter (RFC 9848); nil when absent.
    package var echLength: Int?
    /// public_name of the first ECH configuration: the outer name that its clients will send.
    package var echPublicName: HostName?
    /// Set when the parameters were decoded in part.
    package var fault: DecodeFault?

    package init(priority: UInt16, target: String) {
        self.priority = priority
        self.target = target
    }

    package var isAlias: Bool { priority == 0 }

    /// Decodes record data that lies in `data`, a part of `message`; throws when even the target cannot be
    /// read.
    static func parse(
        _ data: ByteReader, end: Int, in message: RawSpan
    ) throws(DecodeFault) -> ServiceBinding {
        var reader = ByteReader(message, at: data.offset)
        let priority = try reader.u16()
        let target = try DNSName.read(&reader, in: message)
        guard reader.offset <= end else { throw .malformed }
        var binding = ServiceBinding(priority: priority, target: target)
        var parameters = ByteReader(message.clamped(from: reader.offset, count: end - reader.offset))
        do throws(DecodeFault) {
            // Each round consumes at least four bytes.
            while !parameters.isAtEnd {
                let key = try parameters.u16()
                try binding.readParameter(key, try parameters.take(Int(try parameters.u16())))
            }
        } catch {
            binding.fault = error == .truncated ? .malformed : error
        }
        return binding
    }

    /// RFC 9460 §7: 1 alpn, 3 port, 4 ipv4hint, 6 ipv6hint; 5 ech; 7 dohpath.
    private mutating func readParameter(_ key: UInt16, _ value: RawSpan) throws(DecodeFault) {
        var reader = ByteReader(value)
        switch key {
        case 1:
            while !reader.isAtEnd { alpn.append(try reader.take(Int(try reader.u8())).copied()) }
        case 3: port = try reader.u16()
        case 4:
            while !reader.isAtEnd { ipv4Hints.append(IPAddress(ipv4: try reader.u32())) }
        case 5:
            echLength = value.byteCount
            echPublicName = ServiceBinding.publicName(value)
        case 6:
            while !reader.isAtEnd {
                ipv6Hints.append(IPAddress(ipv6High: try reader.u64(), low: try reader.u64()))
            }
        case 7: hasDoHPath = true
        default: break
        }
    }

    /// ECHConfigList (RFC 9849 §4): list <2> of { version 0xfe0d, length 2, config_id 1, kem_id 2,
    /// public_key <2>, cipher_suites <2>, maximum_name_length 1, public_name <1>, extensions <2> }.
    private static func publicName(_ value: RawSpan) -> HostName? {
        var reader = ByteReader(value)
        do {
            var list = ByteReader(try reader.take(Int(try reader.u16())))
            while !list.isAtEnd {
                let version = try list.u16()
                var config = ByteReader(try list.take(Int(try list.u16())))
                guard version == TLSValue.encryptedClientHello else { continue }
                try config.skip(3)
                try config.skip(Int(try config.u16()))
                try config.skip(Int(try config.u16()))
                try config.skip(1)
                return HostName(try config.take(Int(try config.u8())))
            }
        } catch {
            return nil
        }
        return nil
    }
}
