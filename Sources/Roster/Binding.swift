import Bytes

/// Where a statement about an address came from.
package enum BindingSource: UInt8, Sendable, CaseIterable {
    case radius
    case iscLeases
    case kea
    case dnsmasqLeases
    case iscLog
    case dnsmasqLog
    case windows
    case zeek
    case suricata
    case captureDHCP
    /// ARP and neighbour discovery in a capture.
    case neighbour

    /// The word of every output.
    package var name: String {
        switch self {
        case .radius: "radius"
        case .iscLeases: "isc-leases"
        case .kea: "kea-leases"
        case .dnsmasqLeases: "dnsmasq-leases"
        case .iscLog: "dhcpd-log"
        case .dnsmasqLog: "dnsmasq-log"
        case .windows: "windows-dhcp"
        case .zeek: "zeek-dhcp"
        case .suricata: "suricata-dhcp"
        case .captureDHCP: "dhcp"
        case .neighbour: "neighbour"
        }
    }
}

/// Who holds an address, in one integer: what is compared when two statements are about the same time.
struct Holder: Hashable, Comparable, Sendable {
    private let bits: UInt64

    private static let identifierMark: UInt64 = 1 << 62
    private static let userMark: UInt64 = 2 << 62

    static func mac(_ mac: MACAddress) -> Holder { Holder(bits: mac.bits) }

    /// A client known by an identifier (DUID) that holds no hardware address.
    static func identifier(_ text: RawSpan) -> Holder {
        Holder(bits: TextPool.fingerprint(text) >> 2 | identifierMark)
    }

    /// A user, by the number of the name in the text pool.
    static func user(_ id: Int32) -> Holder { Holder(bits: UInt64(UInt32(bitPattern: id)) | userMark) }

    private init(bits: UInt64) { self.bits = bits }

    var mac: MACAddress? { bits >> 62 == 0 ? MACAddress(bits: bits) : nil }

    static func < (a: Holder, b: Holder) -> Bool { a.bits < b.bits }
}

/// One statement: `key` belonged to `holder` from `from` until before `to`.
struct Binding<Key: Comparable & Sendable>: Sendable {
    let key: Key
    var from: Timestamp
    var to: Timestamp
    let holder: Holder
    /// Numbers in the text pool.
    var host: Int32
    var user: Int32
    let source: BindingSource
    /// A DUID's hardware address stands for the machine and may be another interface's: it counts only where
    /// nothing else is known.
    let isWeak: Bool
}

extension Timestamp {
    /// Later than any packet.
    static let distantFuture = Timestamp(nanoseconds: .max)

    /// The moment so many seconds later; the end of time when it does not fit.
    func adding(seconds: Int64) -> Timestamp {
        let (span, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflow2) = nanoseconds.addingReportingOverflow(span)
        if overflow || overflow2 { return Timestamp(nanoseconds: seconds < 0 ? .min : .max) }
        return Timestamp(nanoseconds: sum)
    }
}
