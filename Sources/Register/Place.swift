/// Where a record or a problem stands: a file, and a line and column counted from 1.
///
/// Line 0 means the file as a whole; column 0 the line as a whole.
package struct Place: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let file: String
    package let line: Int
    package let column: Int

    package init(file: String, line: Int = 0, column: Int = 0) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String {
        if line == 0 { return file }
        return column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)"
    }

    package static func < (a: Place, b: Place) -> Bool {
        (a.file, a.line, a.column) < (b.file, b.line, b.column)
    }
}

/// One thing wrong in a register or roster file, and what to write instead where that is known.
package struct RegisterProblem: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let place: Place
    package let message: String

    package init(_ place: Place, _ message: String) {
        self.place = place
        self.message = message
    }

    package var description: String { "\(place): \(message)" }

    package static func < (a: RegisterProblem, b: RegisterProblem) -> Bool {
        (a.place, a.message) < (b.place, b.message)
    }
}

/// All problems of one reading, sorted by place: an officer mends a file once, not once per error.
package struct RegisterError: Error, Equatable, Sendable, CustomStringConvertible {
    package let problems: [RegisterProblem]
    /// The path that was asked for does not exist (exit code 66, not 65).
    package let missing: Bool

    package init(_ problems: [RegisterProblem], missing: Bool = false) {
        self.problems = Array(Set(problems)).sorted()
        self.missing = missing
    }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Collects problems while files are read, so that one run shows them all.
package final class ProblemLog {
    package private(set) var problems: [RegisterProblem] = []

    package init() {}

    package func add(_ place: Place, _ message: String) {
        problems.append(RegisterProblem(place, message))
    }

    /// Throws everything collected so far, if anything was.
    package func throwIfAny() throws(RegisterError) {
        if !problems.isEmpty { throw RegisterError(problems) }
    }
}
