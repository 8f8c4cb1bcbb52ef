package import Bytes

/// An ARP message of Ethernet and IPv4 (RFC 826), as far as it says who has which address.
package struct ARPMessage: Equatable, Sendable {
    /// 1 request, 2 reply; a gratuitous message may be either.
    package let operation: UInt16
    package let senderMAC: MACAddress
    /// `0.0.0.0` in a probe (RFC 5227 §2.1.1), which claims nothing yet.
    package let sender: IPAddress
    package let target: IPAddress

    /// Refuses other hardware and protocol types (`unknown`) and cut messages (`truncated`).
    package static func parse(_ bytes: RawSpan) throws(DecodeFault) -> ARPMessage {
        var reader = ByteReader(bytes)
        // Hardware type 1 is Ethernet, 6 is IEEE 802 (RFC 1042 §Address Resolution); both have 6-byte addresses.
        let hardware = try reader.u16()
        let type = try reader.u16()
        let lengths = try reader.u16()
        guard hardware == 1 || hardware == 6, type == 0x0800, lengths == 0x0604 else { throw .unknown }
        let operation = try reader.u16()
        let senderMAC = try reader.macAddress()
        let sender = IPAddress(ipv4: try reader.u32())
        _ = try reader.macAddress()
        let target = IPAddress(ipv4: try reader.u32())
        guard operation == 1 || operation == 2 else { throw .unknown }
        return ARPMessage(operation: operation, senderMAC: senderMAC, sender: sender, target: target)
    }

    /// The address that the sender says is its own; nil in a probe.
    package var claim: (address: IPAddress, mac: MACAddress)? {
        guard sender != .zero, !sender.isMulticastOrBroadcast, senderMAC.isUnicast else { return nil }
        return (sender, senderMAC)
    }
}
