/// Why a packet did not become part of a contact. Every packet read is either used or counted under one of these.
package enum UnusedReason: UInt8, CaseIterable, Sendable, Error {
    case unknownLinkType
    case truncatedLink
    case malformedLink
    case arp
    case spanningTree
    case lldp
    case eapol
    case linkControl
    case unknownEtherType
    case wlanManagement
    case wlanEncrypted
    case wlanBadChecksum
    case wlanFragment
    case truncatedIP
    case malformedIP
    case tooManyLayers
    case tunnelFragment
    case fragmentConflict
    case outsideFilter
    case badChecksum
    case duplicate

    /// The word of every output.
    package var name: String {
        switch self {
        case .unknownLinkType: "unknown_link_type"
        case .truncatedLink: "truncated_link_header"
        case .malformedLink: "malformed_link_header"
        case .arp: "arp"
        case .spanningTree: "spanning_tree"
        case .lldp: "lldp"
        case .eapol: "eapol"
        case .linkControl: "link_control"
        case .unknownEtherType: "unknown_ethertype"
        case .wlanManagement: "wlan_without_data"
        case .wlanEncrypted: "wlan_encrypted"
        case .wlanBadChecksum: "wlan_bad_checksum"
        case .wlanFragment: "wlan_fragment"
        case .truncatedIP: "truncated_ip_header"
        case .malformedIP: "malformed_ip_header"
        case .tooManyLayers: "too_many_layers"
        case .tunnelFragment: "tunnel_fragment"
        case .fragmentConflict: "fragment_conflict"
        case .outsideFilter: "outside_filter"
        case .badChecksum: "bad_checksum"
        case .duplicate: "duplicate"
        }
    }
}
