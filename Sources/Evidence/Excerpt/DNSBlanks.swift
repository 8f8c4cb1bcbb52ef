import Bytes
import Names

/// A DNS message cut to its question and its answers. What follows them goes: EDNS with its client subnet (RFC 7871),
/// cookies (RFC 7873) and device ids, and records that nobody asked for.
enum DNSBlanks {
    /// What is asked for when a destination is looked up.
    static let types: Set<DNSType> = [.a, .aaaa, .https, .svcb, .cname]

    /// A message about one of the names.
    struct Message {
        let id: UInt16
        let isResponse: Bool
        let name: String
        let type: DNSType
        let addresses: Set<IPAddress>
    }

    /// Decodes a message if it asks one question, for the address of one of `names`.
    static func read(_ bytes: RawSpan, names: Set<String>) -> Message? {
        guard let message = try? DNSMessage.parse(bytes), message.isQuery, message.questions.count == 1,
            message.fault != .malformed, let question = message.questions.first,
            names.contains(question.name),
            question.dnsClass == DNSMessage.classIN, types.contains(question.type)
        else { return nil }
        var addresses: Set<IPAddress> = []
        for record in message.answers {
            if case .address(let address) = record.data { addresses.insert(address) }
        }
        return Message(
            id: message.id, isResponse: message.isResponse, name: question.name, type: question.type,
            addresses: addresses)
    }

    /// The message without its authority and additional sections, with addresses inside the district replaced; nil when
    /// it is damaged or holds such addresses where they cannot be replaced.
    static func cut(_ bytes: [UInt8], _ mask: inout AddressMask) -> [UInt8]? {
        var text: [UInt8] = []
        let places = bytes.withRawSpan { (message: RawSpan) -> [Place]? in
            var reader = ByteReader(message)
            do throws(DecodeFault) {
                let places = try answers(&reader, message)
                text = message.clamped(from: 0, count: reader.offset).copied()
                return places
            } catch {
                return nil
            }
        }
        guard let places, text.count >= 12 else { return nil }
        for place in places {
            guard mask.isInside(place.address) else { continue }
            guard let range = place.range else { return nil }
            var masked: [UInt8] = []
            masked.append(mask.mask(place.address))
            guard masked.count == range.count else { return nil }
            text.replaceSubrange(range, with: masked)
        }
        // NSCOUNT and ARCOUNT (RFC 1035 section 4.1.1).
        text.fill(8..<12)
        return text
    }

    /// An address in the answers, and where it stands if it can be replaced there.
    private struct Place {
        let address: IPAddress
        let range: Range<Int>?
    }

    /// Walks over questions and answers; the reader stands behind them then.
    private static func answers(_ reader: inout ByteReader, _ message: RawSpan) throws(DecodeFault) -> [Place]
    {
        var places: [Place] = []
        try reader.skip(4)
        let questions = try reader.u16()
        let answers = try reader.u16()
        try reader.skip(4)
        for _ in 0..<questions {
            try DNSName.skip(&reader)
            try reader.skip(4)
        }
        for _ in 0..<answers {
            try DNSName.skip(&reader)
            let type = DNSType(rawValue: try reader.u16())
            try reader.skip(6)
            let length = Int(try reader.u16())
            let start = reader.offset
            try reader.skip(length)
            var data = ByteReader(message, at: start)
            switch (type, length) {
            case (.a, 4):
                places.append(Place(address: IPAddress(ipv4: try data.u32()), range: start..<(start + 4)))
            case (.aaaa, 16):
                let address = IPAddress(ipv6High: try data.u64(), low: try data.u64())
                places.append(Place(address: address, range: start..<(start + 16)))
            case (.https, _), (.svcb, _): places += hints(message, start, length)
            case (.cname, _), (.dname, _): continue
            // Types that are not asked for: signatures and the like tell nothing, but nothing is known of others.
            case (DNSType(rawValue: 46), _): continue
            default: throw .unknown
            }
        }
        return places
    }

    /// Addresses that a service record hints at (RFC 9460 section 7.3).
    private static func hints(_ message: RawSpan, _ start: Int, _ length: Int) -> [Place] {
        var reader = ByteReader(message.clamped(from: 0, count: start + length), at: start)
        guard (try? reader.skip(2)) != nil, (try? DNSName.skip(&reader)) != nil else { return [] }
        var places: [Place] = []
        // Each round consumes at least four bytes.
        while let key = try? reader.u16(), let count = try? reader.u16(),
            let value = try? reader.take(Int(count))
        {
            var hints = ByteReader(value)
            if key == 4 {
                while let bits = try? hints.u32() {
                    places.append(Place(address: IPAddress(ipv4: bits), range: nil))
                }
            } else if key == 6 {
                while let high = try? hints.u64(), let low = try? hints.u64() {
                    places.append(Place(address: IPAddress(ipv6High: high, low: low), range: nil))
                }
            }
        }
        return places
    }
}
