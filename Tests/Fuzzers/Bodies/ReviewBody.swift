import Bytes
import Review

extension FuzzBodies {
    /// Recorded sessions and what is searched in them.
    package static func review(_ input: RawSpan) {
        precondition(ReviewFuzz.run(input), "pieces depend on the window")
    }
}
