import Bytes

/// What a QUIC version number decides: how packets look and which keys open the first ones.
package struct QUICVersion: Equatable, Sendable {
    package enum Family: Equatable, Sendable {
        /// RFC 9000 and the drafts from 22 on, whose long header it shares.
        case ietf
        /// RFC 9369: other numbers for the packet types, other labels for the keys.
        case ietf2
        /// Google's Q050, T050 and T051: the IETF's header and keys around Google's frames.
        case googleEncrypted
        /// Google's Q046 to Q049: a long header of its own, nothing encrypted.
        case googleLong
    }

    package let number: UInt32
    package let family: Family
    /// Salt of the Initial secret (RFC 9001 §5.2).
    let salt: [UInt8]

    package static let v1: UInt32 = 0x0000_0001
    package static let v2: UInt32 = 0x6b33_43cf
    static let q050: UInt32 = 0x5130_3530
    static let t050: UInt32 = 0x5430_3530
    static let t051: UInt32 = 0x5430_3531

    /// The version of that number; nil when it is not known.
    package init?(_ number: UInt32) {
        self.number = number
        switch number {
        case QUICVersion.v2: (family, salt) = (.ietf2, Salt.v2)
        case 0x709a_50c4, 0xff02_0000: (family, salt) = (.ietf2, Salt.v2Draft)
        case QUICVersion.q050: (family, salt) = (.googleEncrypted, Salt.q050)
        case QUICVersion.t050: (family, salt) = (.googleEncrypted, Salt.t050)
        case QUICVersion.t051: (family, salt) = (.googleEncrypted, Salt.t051)
        case 0x5130_3436...0x5130_3439: (family, salt) = (.googleLong, [])
        default:
            guard let salt = QUICVersion.draftSalt(number) else { return nil }
            (family, self.salt) = (.ietf, salt)
        }
    }

    private init(_ number: UInt32, _ family: Family, _ salt: [UInt8]) {
        self.number = number
        self.family = family
        self.salt = salt
    }

    private static func draftSalt(_ number: UInt32) -> [UInt8]? {
        switch number {
        case v1: Salt.v1
        // Drafts 33 and 34 took the salt that version 1 kept.
        case 0xff00_0021, 0xff00_0022: Salt.v1
        case 0xff00_001d...0xff00_0020: Salt.draft29
        case 0xff00_0017...0xff00_001c: Salt.draft23
        case 0xff00_0016: Salt.draft22
        // Facebook's mvfst, by the draft it follows.
        case 0xface_b001: Salt.draft22
        case 0xface_b002, 0xface_b00e: Salt.draft23
        default: nil
        }
    }

    /// Versions to try on a packet whose own is not known: private and future ones mostly keep the keys of
    /// the version that they grew from. A packet opened with the wrong key is not possible: its tag says no.
    static func guesses(for number: UInt32) -> [QUICVersion] {
        [
            QUICVersion(number, .ietf, Salt.v1), QUICVersion(number, .ietf2, Salt.v2),
            QUICVersion(number, .ietf, Salt.draft29), QUICVersion(number, .ietf, Salt.draft23),
        ]
    }

    /// 0x?a?a?a?a: reserved to force version negotiation (RFC 9000 §15).
    package static func isReserved(_ number: UInt32) -> Bool { number & 0x0f0f_0f0f == 0x0a0a_0a0a }

    /// The type of a long packet with this first byte (RFC 9000 §17.2, RFC 9369 §3.2).
    func packetType(_ first: UInt8) -> QUICPacketType {
        let bits = first >> 4 & 3
        switch family == .ietf2 ? (bits &- 1) & 3 : bits {
        case 0: return .initial
        case 1: return .zeroRTT
        case 2: return .handshake
        default: return .retry
        }
    }

    private enum Salt {
        static let v1: [UInt8] = [
            0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad,
            0xcc, 0xbb, 0x7f, 0x0a,
        ]
        static let v2: [UInt8] = [
            0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb,
            0xf9, 0xbd, 0x2e, 0xd9,
        ]
        static let v2Draft: [UInt8] = [
            0xa7, 0x07, 0xc2, 0x03, 0xa5, 0x9b, 0x47, 0x18, 0x4a, 0x1d, 0x62, 0xca, 0x57, 0x04, 0x06, 0xea,
            0x7a, 0xe3, 0xe5, 0xd3,
        ]
        static let draft29: [UInt8] = [
            0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0,
            0x43, 0x90, 0xa8, 0x99,
        ]
        static let draft23: [UInt8] = [
            0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65,
            0xbe, 0xf9, 0xf5, 0x02,
        ]
        static let draft22: [UInt8] = [
            0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a, 0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd,
            0x7a, 0x02, 0x64, 0x4a,
        ]
        static let q050: [UInt8] = [
            0x50, 0x45, 0x74, 0xef, 0xd0, 0x66, 0xfe, 0x2f, 0x9d, 0x94, 0x5c, 0xfc, 0xdb, 0xd3, 0xa7, 0xf0,
            0xd3, 0xb5, 0x6b, 0x45,
        ]
        static let t050: [UInt8] = [
            0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80, 0x30, 0x4c, 0x43, 0xa2, 0x36, 0x7c,
            0x60, 0x48, 0x83, 0x10,
        ]
        static let t051: [UInt8] = [
            0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50, 0x6c, 0x19, 0x12, 0x4f, 0xc8, 0xcc,
            0xda, 0x6e, 0x03, 0x3d,
        ]
    }
}

/// The long packets of RFC 9000 §17.2.
package enum QUICPacketType: Equatable, Sendable {
    case initial
    case zeroRTT
    case handshake
    case retry
}
