package import Bytes
import Contacts
import Flows

/// A sign that several devices stand behind one address (network address translation): attribution ends there.
package struct TranslationSign: Equatable, Sendable {
    package let address: IPAddress
    /// The UTC clock hour, as hours since 1970.
    package let hour: Int64
    /// TCP connections begun in that hour.
    package let connections: UInt64
    /// The hop limits with which they began, ascending.
    package let hopLimits: [UInt8]

    /// A hop limit counts when it began so many connections, and a twentieth of all: a stray packet is no sign.
    private static let leastConnections: UInt64 = 10
    /// A lively browser begins some hundreds of connections in an hour; a class behind one address, tens of thousands.
    private static let manyConnections: UInt64 = 10_000

    /// Where systems start counting hops down: 64 (Linux, Android, Apple), 128 (Windows), 255.
    private static func start(of hopLimit: UInt8) -> UInt8 {
        hopLimit <= 64 ? 64 : hopLimit <= 128 ? 128 : 255
    }

    /// One sign per address: in its busiest hour with one.
    static func find(_ facts: Facts, roster: Roster) -> [TranslationSign] {
        struct Place: Hashable {
            let address: IPAddress
            let hour: Int64
        }
        var hours: [Place: [UInt8: UInt64]] = [:]
        for (opening, count) in facts.addresses.openings where roster.isLocal(opening.address) {
            hours[Place(address: opening.address, hour: opening.hour), default: [:]][
                opening.hopLimit, default: 0] +=
                count
        }
        var signs: [IPAddress: TranslationSign] = [:]
        for (place, counts) in hours {
            let all = counts.values.reduce(0, +)
            let frequent = counts.filter { $0.value >= leastConnections && $0.value >= all / 20 }.keys
                .sorted()
            let isMixed = Set(frequent.map(start)).count > 1
            guard isMixed || (frequent.count > 1 && all >= manyConnections) else { continue }
            let sign = TranslationSign(
                address: place.address, hour: place.hour, connections: all, hopLimits: frequent)
            if let known = signs[place.address], (known.connections, sign.hour) >= (all, known.hour) {
                continue
            }
            signs[place.address] = sign
        }
        return signs.values.sorted { $0.address < $1.address }
    }
}
