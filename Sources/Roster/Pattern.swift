package import Register

/// A pattern of names: `*` stands for any characters, `?` for one; letters of either case are the same.
package struct Pattern: Hashable, Sendable {
    package let text: String
    private let bytes: [UInt8]

    package init(_ text: String) {
        self.text = text
        bytes = Array(text.lowercased().utf8)
    }

    /// `name` in lower case. Takes time in proportion to the two lengths at most.
    package func matches(_ name: [UInt8]) -> Bool {
        var pattern = 0
        var index = 0
        var star = -1
        var resume = 0
        while index < name.count {
            if pattern < bytes.count, bytes[pattern] == 0x2a {
                star = pattern
                resume = index
                pattern += 1
            } else if pattern < bytes.count, bytes[pattern] == 0x3f || bytes[pattern] == name[index] {
                pattern += 1
                index += 1
            } else if star >= 0 {
                // The last star takes one more character.
                pattern = star + 1
                resume += 1
                index = resume
            } else {
                return false
            }
        }
        while pattern < bytes.count, bytes[pattern] == 0x2a { pattern += 1 }
        return pattern == bytes.count
    }
}

/// What a pattern of users or hosts says of those whom it fits. The first that fits decides.
package struct NameRule: Equatable, Sendable {
    package var pattern: Pattern
    package var standing: Standing
    package var place: Place
}
