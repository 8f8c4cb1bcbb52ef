package import Contacts
package import Register
import Roster

/// What the network could not see of the district's devices: all of them, and those that count as students'.
package struct DeviceBlindSpots: Equatable, Sendable {
    package private(set) var all = BlindSpots()
    /// Student, brought and unknown devices.
    package private(set) var students = BlindSpots()
    /// Unknown for a client that was several devices of different roles.
    package private(set) var roles: [BlindSpots.Client: Role] = [:]

    package init() {}

    /// Adds what a client did outside as a device of that role.
    mutating func add(_ tally: BlindSpots.Tally, of client: BlindSpots.Client, as role: Role) {
        all.add(tally, of: client)
        if isStudentLike(role) { students.add(tally, of: client) }
        note(role, of: client)
    }

    mutating func merge(_ other: DeviceBlindSpots) {
        all.merge(other.all)
        students.merge(other.students)
        for (client, role) in other.roles { note(role, of: client) }
    }

    private mutating func note(_ role: Role, of client: BlindSpots.Client) {
        let known = roles[client]
        roles[client] = known == nil || known == role ? role : .unknown
    }
}

/// Adds up what one client after the other did outside.
struct BlindSpotBuilder: Sendable {
    private(set) var spots = DeviceBlindSpots()
    private var client: BlindSpots.Client?
    private var tally = BlindSpots.Tally()

    mutating func add(_ contact: Contact, as role: Role, isIntercepted: Bool) {
        if client?.isOf(contact) != true {
            flush(as: role)
            client = BlindSpots.Client(contact)
        }
        tally.add(contact, isIntercepted: isIntercepted)
    }

    /// Ends a device, whose role was `role`.
    mutating func flush(as role: Role) {
        guard let client else { return }
        spots.add(tally, of: client, as: role)
        self.client = nil
        tally = BlindSpots.Tally()
    }
}
