package import Bytes
package import Register

/// The test student whose invented values a reviewer signs in with.
package struct Persona: Equatable, Sendable {
    package var givenName: String?
    package var familyName: String?
    package var birthDate: CivilDay?
    package var email: String?
    package var studentID: String?
    package var school: String?
    package var grade: String?
    package var phone: String?
    package var street: String?
    package var postalCode: String?
    package var deviceID: String?

    package init() {}

    /// Reads a persona file; every problem names its line.
    package static func load(_ path: String) throws(RegisterError) -> Persona {
        let file = try readFile(path, relative: path)
        let log = ProblemLog()
        guard let text = file.text(log) else {
            try log.throwIfAny()
            return Persona()
        }
        return try parse(text, file: path)
    }

    package static func parse(_ text: String, file: String = "persona.yaml") throws(RegisterError) -> Persona
    {
        let log = ProblemLog()
        var persona = Persona()
        if let root = YAMLValue.read(text: text, file: file, log: log),
            let map = root.map("a persona file", keys: ["persona"])?.required("persona")?
                .map("a persona", keys: keys)
        {
            persona.read(map)
        }
        if log.problems.isEmpty, persona == Persona() {
            log.add(Place(file: file), "no value is planted; make a file with: hallpass review persona")
        }
        try log.throwIfAny()
        return persona
    }

    private static let keys = [
        "given_name", "family_name", "birth_date", "email", "student_id", "school", "grade", "phone",
        "street",
        "postal_code", "device_id",
    ]

    private mutating func read(_ map: YAMLMap) {
        givenName = map["given_name"]?.string()
        familyName = map["family_name"]?.string()
        birthDate = map["birth_date"]?.day()
        email = map["email"]?.string()
        if let email, email.split(separator: "@").count != 2 {
            map["email"]?.problem("this is no e-mail address")
        }
        studentID = map["student_id"]?.string()
        school = map["school"]?.string()
        grade = map["grade"]?.string()
        phone = map["phone"]?.string()
        if let phone, !(7...15).contains(phone.filter { $0.isASCII && $0.isNumber }.count) {
            map["phone"]?.problem("a phone number has 7 to 15 digits (ITU-T E.164)")
        }
        street = map["street"]?.string()
        postalCode = map["postal_code"]?.string()
        deviceID = map["device_id"]?.string()
    }

    /// The file that `parse` reads.
    package var yaml: String {
        let values: [(String, String?)] = [
            ("given_name", givenName), ("family_name", familyName), ("birth_date", birthDate?.description),
            ("email", email), ("student_id", studentID), ("school", school), ("grade", grade),
            ("phone", phone),
            ("street", street), ("postal_code", postalCode), ("device_id", deviceID),
        ]
        let lines = values.compactMap { key, value in value.map { "  \(key): \(Persona.quoted($0))\n" } }
        return "persona:\n" + lines.joined()
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
