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
        for contact in contacts {
            let reachesOutside = contact.servers.isEmpty || !contact.servers.allSatisfy(roster.isLocal)
            guard reachesOutside else { continue }
            let role = roster.device(for: contact).role
            guard !roster.leftOut.contains(role) else { continue }
            let isInspected = roster.isInspected(contact)
            all.add(contact, isIntercepted: isInspected)
            if isStudentLike(role) { students.add(contact, isIntercepted: isInspected) }
            roles[BlindSpots.Client(contact)] = role
        }
    }
}
