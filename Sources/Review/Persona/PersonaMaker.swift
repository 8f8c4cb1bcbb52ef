import Bytes

/// Invents a test student whose values nobody else has, so that whatever is found was planted.
package struct PersonaMaker {
    private var random: any RandomNumberGenerator

    /// The system's random source without a `seed`; with one, the same persona every time.
    package init(seed: UInt64? = nil) {
        random = seed.map { SplitMix64(state: $0) } ?? SystemRandomNumberGenerator()
    }

    /// `domain` is that of the mail address, `school` and `grade` what the roster calls them; `year` is the school
    /// year's first, from which the age follows.
    package mutating func make(domain: String, school: String, grade: Int, year: Int) -> Persona {
        var persona = Persona()
        let given = word(of: 3, ending: ["ra", "lin", "neth", "via", "dor", "mar"])
        let family = word(of: 3, ending: ["wick", "dale", "brook", "combe", "thorne", "stead"])
        let number = digits(4)
        persona.givenName = given
        persona.familyName = family
        persona.birthDate = birthDate(grade, year)
        // Not made of the name: then a name that is found was sent as a name.
        persona.email = "\(word(of: 3, ending: ["x", "n", "l"]).lowercased())\(number)@\(domain)"
        persona.studentID = "S" + digits(9)
        persona.school = school
        persona.grade = grade == 0 ? "K" : String(grade)
        // 555-0100 to 555-0199 are kept for fiction; the area code makes the number rare.
        persona.phone = "+1\(Int.random(in: 201...989, using: &random))55501\(digits(2))"
        persona.street =
            "\(Int.random(in: 1000...9899, using: &random)) \(word(of: 3, ending: ["wood", "field"])) Road"
        persona.postalCode = digits(5)
        persona.deviceID = deviceID()
        return persona
    }

    /// Kindergarten begins at five.
    private mutating func birthDate(_ grade: Int, _ year: Int) -> CivilDay? {
        let month = Int.random(in: 1...12, using: &random)
        // Days beyond the twelfth cannot be taken for months.
        let day = Int.random(in: 13...28, using: &random)
        return CivilDay(year: year - 5 - grade - (month < 9 ? 0 : 1), month: month, day: day)
    }

    private mutating func word(of syllables: Int, ending: [String]) -> String {
        let consonants = [
            "b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "br", "th", "qu",
        ]
        let vowels = ["a", "e", "i", "o", "u", "ae"]
        var text = ""
        for _ in 1..<syllables {
            text += consonants.randomElement(using: &random) ?? "k"
            text += vowels.randomElement(using: &random) ?? "a"
        }
        text +=
            (consonants.randomElement(using: &random) ?? "k") + "e"
            + (ending.randomElement(using: &random) ?? "n")
        return text.prefix(1).uppercased() + text.dropFirst()
    }

    private mutating func digits(_ count: Int) -> String {
        (0..<count).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
    }

    /// A UUID of version 4 (RFC 9562 §5.4).
    private mutating func deviceID() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        let text = String(decoding: hexadecimalDigits(bytes), as: UTF8.self)
        var parts: [Substring] = []
        var rest = text[...]
        for count in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return parts.joined(separator: "-")
    }
}

/// A generator whose numbers follow from its seed (Steele, Lea and Flood 2014).
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
