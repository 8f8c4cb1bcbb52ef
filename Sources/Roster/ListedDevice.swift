package import Bytes
package import Register

/// A device of the roster's own list or of an inventory.
package struct ListedDevice: Equatable, Sendable {
    /// Unique: the list's `id`, or the serial number, or the first hardware address.
    package var id: String
    package var macs: [MACAddress] = []
    /// Fixed addresses.
    package var addresses: [IPAddress] = []
    package var serial: String?
    package var host: String?
    package var user: String?
    package var standing: Standing
    package var place: Place
}

/// Finds listed devices by hardware address, fixed address and host name.
struct DeviceIndex: Sendable {
    let devices: [ListedDevice]
    private var byMAC: [MACAddress: Int32] = [:]
    private var byAddress: [IPAddress: Int32] = [:]
    private var byHost: [String: Int32] = [:]
    private var byUser: [String: Int32] = [:]

    /// A host name or user of two devices with different standing tells nothing.
    private static let several: Int32 = -1

    init(_ devices: [ListedDevice]) {
        self.devices = devices
        byMAC.reserveCapacity(devices.count)
        for (index, device) in devices.enumerated() {
            let number = Int32(truncatingIfNeeded: index)
            // A dock that is lent out stands with several devices: its address says nothing of which.
            for mac in Set(device.macs) { byMAC[mac] = byMAC[mac] == nil ? number : DeviceIndex.several }
            for address in device.addresses { byAddress[address] = number }
            if let host = device.host { DeviceIndex.note(&byHost, DeviceIndex.label(host), number, devices) }
            if let user = device.user { DeviceIndex.note(&byUser, user.lowercased(), number, devices) }
        }
    }

    /// Static: a method would read the whole index while a part of it is changed, and copy that part every time.
    private static func note(
        _ table: inout [String: Int32], _ name: String, _ number: Int32, _ devices: [ListedDevice]
    ) {
        if let known = table[name], known >= 0, devices[Int(known)].standing != devices[Int(number)].standing
        {
            table[name] = DeviceIndex.several
        } else if table[name] == nil {
            table[name] = number
        }
    }

    func device(_ mac: MACAddress) -> ListedDevice? { found(byMAC[mac]) }
    func device(_ address: IPAddress) -> ListedDevice? { found(byAddress[address]) }

    func standing(ofHost name: String) -> ListedDevice? { found(byHost[DeviceIndex.label(name)]) }
    func standing(ofUser name: String) -> ListedDevice? { found(byUser[name.lowercased()]) }

    private func found(_ number: Int32?) -> ListedDevice? {
        guard let number, number >= 0 else { return nil }
        return devices[Int(number)]
    }

    /// Servers add a domain to the name that the device has: the first label is compared, in lower case.
    static func label(_ name: String) -> String {
        String((name.split(separator: ".").first ?? "")).lowercased()
    }
}
