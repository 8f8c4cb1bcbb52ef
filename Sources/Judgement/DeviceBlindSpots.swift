package import Contacts
package import Register
package import Roster

/// What the network could not see of the district's devices: all of them, and those that count as students'.
package struct DeviceBlindSpots: Equatable, Sendable {
    package private(set) var all = BlindSpots()
    /// Student, brought and unknown devices.
    package private(set) var students = BlindSpots()
    package private(set) var roles: [BlindSpots.Client: Role] = [:]

    package init() {}

    /// Contacts with destinations outside, without those of devices that the roster leaves out.
    package init(_ contacts: [Contact], roster: Roster) {
        for contact in contacts where DeviceBlindSpots.reachesOutside(contact, roster) {
            add(contact, role: roster.device(for: contact).role, roster)
        }
    }

    /// Adds contacts of one device whose role is known.
    mutating func add(_ contacts: [Contact], of device: Device, _ roster: Roster) {
        for contact in contacts where DeviceBlindSpots.reachesOutside(contact, roster) {
            add(contact, role: device.role, roster)
        }
    }

    mutating func merge(_ other: DeviceBlindSpots) {
        all.merge(other.all)
        students.merge(other.students)
        roles.merge(other.roles) { _, new in new }
    }

    private static func reachesOutside(_ contact: Contact, _ roster: Roster) -> Bool {
        contact.servers.isEmpty || !contact.servers.allSatisfy(roster.isLocal)
    }

    private mutating func add(_ contact: Contact, role: Role, _ roster: Roster) {
        guard !roster.leftOut.contains(role) else { return }
        let isInspected = roster.isInspected(contact)
        all.add(contact, isIntercepted: isInspected)
        if isStudentLike(role) { students.add(contact, isIntercepted: isInspected) }
        roles[BlindSpots.Client(contact)] = role
    }
}
