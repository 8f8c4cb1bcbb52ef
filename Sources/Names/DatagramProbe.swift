import Bytes

/// What a UDP datagram is, as far as its first bytes (with a port where the bytes alone are too weak) tell:
/// reads at most a few bytes, allocates nothing, and prefers no answer to a doubtful one.
package enum DatagramProbe: Sendable, CaseIterable {
    case wireGuard
    case openVPN
    case ike
    case espInUDP
    case stun
    case ntp
    case dhcp
    case mdns
    case llmnr
    case netBIOS
    case ssdp

    package init?(_ bytes: RawSpan, ports: (UInt16, UInt16)) {
        if let named = DatagramProbe.byPort(bytes, ports) {
            self = named
        } else if let plain = DatagramProbe.byContent(bytes, ports) {
            self = plain
        } else {
            return nil
        }
    }

    private static func byPort(_ bytes: RawSpan, _ ports: (UInt16, UInt16)) -> DatagramProbe? {
        func has(_ port: UInt16) -> Bool { ports.0 == port || ports.1 == port }
        // Version 1 to 4, mode 1 to 7, at least the 48 bytes of RFC 5905 §7.3.
        if has(123), bytes.byteCount >= 48, let first = bytes.byte(at: 0), (1...4).contains(first >> 3 & 7) {
            return .ntp
        }
        // BOOTP's op and the cookie of RFC 2131 §3; DHCPv6 (RFC 8415 §7.2) between its own ports.
        if has(67) || has(68), (1...2).contains(bytes.byte(at: 0) ?? 0), bytes.byteCount >= 240 {
            return .dhcp
        }
        if has(546) && has(547), (1...13).contains(bytes.byte(at: 0) ?? 0) { return .dhcp }
        if has(5353), bytes.byteCount >= 12 { return .mdns }
        if has(5355), bytes.byteCount >= 12 { return .llmnr }
        if has(137) || has(138), bytes.byteCount >= 12 { return .netBIOS }
        if has(500), isIKE(bytes, at: 0) { return .ike }
        // RFC 3948 §2: four zero bytes before IKE, a security parameter index before ESP, one byte to keep
        // alive.
        if has(4500) {
            if bytes.word(at: 0, count: 4) == 0, isIKE(bytes, at: 4) { return .ike }
            if bytes.byteCount == 1, bytes.byte(at: 0) == 0xff { return .espInUDP }
            if bytes.byteCount >= 32, bytes.word(at: 0, count: 4) != 0 { return .espInUDP }
        }
        return nil
    }

    private static func byContent(_ bytes: RawSpan, _ ports: (UInt16, UInt16)) -> DatagramProbe? {
        guard let first = bytes.byte(at: 0) else { return nil }
        // RFC 8489 §5: two zero bits, a length in fours that is the datagram's, the magic cookie.
        if first & 0xc0 == 0, bytes.byteCount >= 20, bytes.word(at: 4, count: 4) == 0x42a4_1221,
            length16(bytes, at: 2) == bytes.byteCount - 20
        {
            return .stun
        }
        if isWireGuard(bytes, first) { return .wireGuard }
        if isOpenVPN(bytes, first, ports) { return .openVPN }
        if bytes.has("M-SEARCH * HTTP/1.1", at: 0) || bytes.has("NOTIFY * HTTP/1.1", at: 0) { return .ssdp }
        if ports.0 == 1900 || ports.1 == 1900, bytes.has("HTTP/1.1 200", at: 0) { return .ssdp }
        return nil
    }

    /// WireGuard's first messages have one length each ("WireGuard: Next Generation Kernel Network Tunnel"
    /// §5.4): initiation 148 bytes, response 92; three reserved bytes are zero.
    private static func isWireGuard(_ bytes: RawSpan, _ first: UInt8) -> Bool {
        guard bytes.word(at: 0, count: 4) >> 8 == 0 else { return false }
        return first == 1 && bytes.byteCount == 148 || first == 2 && bytes.byteCount == 92
    }

    /// OpenVPN's hard resets: opcode in the upper five bits, key 0, a session id. The client's (7, 10) stand
    /// alone on any port only in the plain form of 14 bytes, whose acknowledgement count and packet id are
    /// zero.
    private static func isOpenVPN(_ bytes: RawSpan, _ first: UInt8, _ ports: (UInt16, UInt16)) -> Bool {
        guard [0x38, 0x40, 0x50].contains(first), bytes.word(at: 1) != 0 else { return false }
        if ports.0 == 1194 || ports.1 == 1194 { return bytes.byteCount >= 14 }
        return first == 0x38 && bytes.byteCount == 14 && bytes.word(at: 9, count: 5) == 0
    }

    /// RFC 7296 §3.1: initiator's index not zero, version 1.0 or 2.0, and a length that is the datagram's.
    private static func isIKE(_ bytes: RawSpan, at offset: Int) -> Bool {
        guard bytes.byteCount >= offset + 28, bytes.word(at: offset) != 0 else { return false }
        let version = bytes.byte(at: offset + 17)
        let length = length16(bytes, at: offset + 24) << 16 | length16(bytes, at: offset + 26)
        return (version == 0x10 || version == 0x20) && length == bytes.byteCount - offset
    }

    private static func length16(_ bytes: RawSpan, at offset: Int) -> Int {
        Int(bytes.byte(at: offset) ?? 0) << 8 | Int(bytes.byte(at: offset + 1) ?? 0)
    }
}
