package import Bytes

/// The file header of a pcap capture (draft-ietf-opsawg-pcap §4): magic, version, zone, sigfigs, snaplen, link type.
package struct PCAPHeader: Equatable, Sendable {
    package static let byteCount = 24

    package let byteOrder: ByteOrder
    /// Nanoseconds per unit of the record's fraction field: 1000 or 1.
    package let fractionUnit: Int64
    /// Bytes of a record header: 16, or 24 in the modified (Kuznetzov) variant.
    package let recordHeaderBytes: Int
    package let snapLength: UInt32
    package let linkType: LinkType

    /// Nil unless `prefix` begins with one of the known magics and holds the whole header.
    package init?(_ prefix: RawSpan) {
        var reader = ByteReader(prefix)
        guard let magic = try? reader.u32LE() else { return nil }
        switch magic {
        case 0xa1b2_c3d4: (byteOrder, fractionUnit, recordHeaderBytes) = (.little, 1000, 16)
        case 0xd4c3_b2a1: (byteOrder, fractionUnit, recordHeaderBytes) = (.big, 1000, 16)
        case 0xa1b2_3c4d: (byteOrder, fractionUnit, recordHeaderBytes) = (.little, 1, 16)
        case 0x4d3c_b2a1: (byteOrder, fractionUnit, recordHeaderBytes) = (.big, 1, 16)
        case 0xa1b2_cd34: (byteOrder, fractionUnit, recordHeaderBytes) = (.little, 1000, 24)
        case 0x34cd_b2a1: (byteOrder, fractionUnit, recordHeaderBytes) = (.big, 1000, 24)
        default: return nil
        }
        // Version, zone and sigfigs are ignored by every reader, since writers fill them at will.
        guard (try? reader.skip(12)) != nil, let snap = try? reader.u32(byteOrder),
            let link = try? reader.u32(byteOrder)
        else { return nil }
        snapLength = snap
        // The upper bits hold the FCS length (draft §4: R, P and FCS fields), not the type.
        linkType = LinkType(rawValue: link & 0x03ff_ffff)
    }

    /// Whether `prefix` begins with the magic of a pcap file, whole header or not.
    package static func hasMagic(_ prefix: RawSpan) -> Bool {
        var reader = ByteReader(prefix)
        guard let magic = try? reader.u32LE() else { return false }
        return [0xa1b2_c3d4, 0xd4c3_b2a1, 0xa1b2_3c4d, 0x4d3c_b2a1, 0xa1b2_cd34, 0x34cd_b2a1].contains(magic)
    }
}
