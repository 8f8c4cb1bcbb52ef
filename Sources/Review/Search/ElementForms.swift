import Bytes

/// A form in which a value of the persona may travel.
struct PlantedText: Hashable, Sendable {
    var element: Element
    /// What the form is called where it is not the value as it was planted: `given name`, `digits only`...
    var note: String
    var text: String
    /// Too short to be told from chance: counts only beneath a key of its own.
    var isWeak: Bool
}

/// The texts that stand for each planted value, before any encoding.
enum ElementForms {
    typealias Spelling = (note: String, text: String)

    /// What a stretch of random text must hold by chance once in so many positions (2 to that power) before it counts
    /// by itself: 100 million bytes of random JSON hold none.
    static let strongBits = 28.0
    /// Names are words, which are not random: eight letters and more.
    static let strongNameBits = 36.0

    static func all(of persona: Persona) -> [PlantedText] {
        var texts: [PlantedText] = []
        func add(_ element: Element, _ note: String, _ text: String?, _ limit: Double = strongBits) {
            guard let text, !text.isEmpty,
                !texts.contains(where: { $0.element == element && $0.text == text })
            else { return }
            texts.append(
                PlantedText(element: element, note: note, text: text, isWeak: bits(text) < limit))
        }
        addNames(persona, add)
        for (note, text) in persona.birthDate.map(dates) ?? [Spelling]() {
            add(.birthDate, note, text, strongBits)
        }
        for (note, text) in persona.email.map(emails) ?? [Spelling]() { add(.email, note, text, strongBits) }
        add(.studentID, "", persona.studentID)
        add(.studentID, "digits only", persona.studentID.map(digits))
        add(.school, "", persona.school)
        add(.grade, "", persona.grade)
        for (note, text) in persona.phone.map(phones) ?? [Spelling]() { add(.phone, note, text, strongBits) }
        add(.address, "street", persona.street)
        add(.address, "postal code", persona.postalCode)
        add(.deviceID, "", persona.deviceID)
        add(.deviceID, "without dashes", persona.deviceID.map { $0.filter { $0 != "-" } })
        return texts
    }

    private static func addNames(
        _ persona: Persona, _ add: (Element, String, String?, Double) -> Void
    ) {
        if let given = persona.givenName, let family = persona.familyName {
            for separator in [" ", ".", "_", "-", ""] {
                add(.name, "", given + separator + family, strongNameBits)
            }
            for separator in [", ", ",", " ", ".", "_"] {
                add(.name, "family name first", family + separator + given, strongNameBits)
            }
        }
        add(.name, "given name", persona.givenName, strongNameBits)
        add(.name, "family name", persona.familyName, strongNameBits)
    }

    /// How unlikely the text is by chance, in bits: digits, letters of any case, and separators in their places.
    static func bits(_ text: String) -> Double {
        text.unicodeScalars.reduce(0) { sum, scalar in
            if scalar.properties.numericType != nil { return sum + 3.3 }
            return sum + (scalar.properties.isAlphabetic ? 4.7 : 1.5)
        }
    }

    static func digits(_ text: String) -> String { text.filter { $0.isASCII && $0.isNumber } }

    /// As written, and as mail services take it for the same: without a tag, for Gmail without dots.
    static func emails(_ email: String) -> [Spelling] {
        let parts = email.split(separator: "@", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return [("", email)] }
        let base = parts[0].split(separator: "+", maxSplits: 1).first.map(String.init) ?? parts[0]
        var forms = [("", email)]
        if base != parts[0] { forms.append(("without its tag", base + "@" + parts[1])) }
        if ["gmail.com", "googlemail.com"].contains(parts[1].lowercased()) {
            forms.append(("without dots", base.filter { $0 != "." } + "@" + parts[1]))
        }
        return forms
    }

    /// A number of the North American plan in its usual spellings; any other as written and as its digits.
    static func phones(_ phone: String) -> [Spelling] {
        let all = digits(phone)
        var forms = [("", phone), ("with country code", "+" + all), ("digits only", all)]
        let national = all.count == 11 && all.first == "1" ? String(all.dropFirst()) : all
        guard national.count == 10 else { return forms }
        let area = national.prefix(3)
        let exchange = national.dropFirst(3).prefix(3)
        let line = national.suffix(4)
        forms += [
            ("national digits", national), ("with country code", "+1" + national),
            ("digits only", "1" + national),
        ]
        for text in [
            "(\(area)) \(exchange)-\(line)", "(\(area))\(exchange)-\(line)", "\(area)-\(exchange)-\(line)",
            "\(area).\(exchange).\(line)", "\(area) \(exchange) \(line)",
        ] {
            forms.append(("national spelling", text))
        }
        return forms
    }

    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November",
        "December",
    ]

    static func dates(_ day: CivilDay) -> [Spelling] {
        let (year, month, date) = day.components
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let (y, m, d) = ("\(year)", two(month), two(date))
        var forms = [("", "\(y)-\(m)-\(d)")]
        for separator in ["/", ".", "-"] {
            forms.append(("month first", [m, d, y].joined(separator: separator)))
            forms.append(("month first", ["\(month)", "\(date)", y].joined(separator: separator)))
            forms.append(("day first", [d, m, y].joined(separator: separator)))
            forms.append(("day first", ["\(date)", "\(month)", y].joined(separator: separator)))
        }
        forms += [("year first", "\(y)/\(m)/\(d)"), ("year first", "\(y).\(m).\(d)")]
        forms += [("digits only", y + m + d), ("digits only", m + d + y), ("digits only", d + m + y)]
        let name = months[month - 1]
        for word in [name, String(name.prefix(3))] {
            forms += [("in words", "\(word) \(date), \(y)"), ("in words", "\(date) \(word) \(y)")]
        }
        return forms
    }
}
