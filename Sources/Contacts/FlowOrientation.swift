import Bytes
import Flows

/// Who of a flow's two sides is the client.
struct FlowOrientation {
    let homeNetworks: [IPPrefix]

    /// Whether side A is the client: the sender of the SYN; without one, the side whose peer has the well-known
    /// port; else the side that alone is inside the home networks; else who spoke first (DESIGN.md §5).
    func clientIsA(_ flow: Flow) -> Bool {
        let flags = flow.flags
        if flags.contains(.synFromA) != flags.contains(.synFromB) { return flags.contains(.synFromA) }
        if flags.contains(.synAckFromA) != flags.contains(.synAckFromB) {
            return flags.contains(.synAckFromB)
        }
        let knownA = FlowOrientation.isServicePort(flow.key.portA)
        let knownB = FlowOrientation.isServicePort(flow.key.portB)
        if knownA != knownB { return knownB }
        // Multicast and broadcast only ever receive.
        let groupA = flow.key.addressA.isMulticastOrBroadcast
        let groupB = flow.key.addressB.isMulticastOrBroadcast
        if groupA != groupB { return groupB }
        let homeA = isHome(flow.key.addressA)
        let homeB = isHome(flow.key.addressB)
        if homeA != homeB { return homeA }
        return flags.contains(.firstFromA)
    }

    func isHome(_ address: IPAddress) -> Bool { homeNetworks.contains { $0.contains(address) } }

    /// Ports on which servers listen: the system ports (RFC 6335 §6), and a few above that school traffic shows.
    static func isServicePort(_ port: UInt16) -> Bool {
        switch port {
        case 1..<1024, 1194, 1433, 1701, 1723, 1883, 1935, 3128, 3268, 3269, 3306, 3389, 3478, 3544, 4500,
            4789, 5060,
            5061, 5222, 5223, 5228, 5349, 5353, 5355, 5432, 5900, 6081, 8000, 8008, 8009, 8080, 8081, 8443,
            8883,
            8888, 9100, 51820:
            true
        default: false
        }
    }
}
