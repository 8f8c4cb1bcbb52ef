import Bytes
import Roster

extension FuzzBodies {
    /// Lease files and inventories.
    package static func leases(_ input: RawSpan) {
        precondition(LeaseFuzz.run(input), "a table of leases breaks its promise")
    }
}
