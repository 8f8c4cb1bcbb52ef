package import Register

/// What a review plants with a test student, to see where it goes.
package enum Element: String, Sendable, CaseIterable, Comparable {
    case name
    case birthDate = "birth date"
    case email = "e-mail"
    case studentID = "student id"
    case school
    case grade
    case phone
    case address
    case deviceID = "device id"

    /// The category of the agreement's Schedule of Data (National Data Privacy Agreement, Exhibit B).
    package var category: DataElement {
        switch self {
        case .name: .studentName
        case .birthDate: .demographics
        case .email, .phone, .address: .studentContact
        case .studentID: .studentIdentifiers
        case .school, .grade: .enrollment
        case .deviceID: .applicationTechnologyMetadata
        }
    }

    /// Keys that apps give the element, in lower case without punctuation. A value that is too short to be found by
    /// itself counts only beneath one of them.
    var keyWords: [String] {
        switch self {
        case .name:
            [
                "name", "firstname", "lastname", "givenname", "familyname", "fullname", "fname", "lname",
                "surname", "fn", "ln",
            ]
        case .birthDate: ["birth", "birthdate", "birthday", "dateofbirth", "dob", "bday", "db", "bdate"]
        case .email: ["email", "mail", "em", "username", "login"]
        case .studentID:
            [
                "studentid", "studentnumber", "sid", "sisid", "pupilid", "localid", "stateid", "userid",
                "uid", "externalid",
            ]
        case .school: ["school", "schoolname", "institution", "organization", "org", "campus", "site"]
        case .grade: ["grade", "gradelevel", "grades", "yeargroup", "gr", "grd", "gradelvl", "classlevel"]
        case .phone: ["phone", "phonenumber", "mobile", "tel", "telephone", "ph", "cell"]
        case .address: ["zip", "zipcode", "postal", "postalcode", "postcode", "zp", "address", "street"]
        case .deviceID: ["deviceid", "device", "did", "idfv", "androidid", "udid", "serial", "serialnumber"]
        }
    }

    /// Whether a key as it was found is one of the element's own: the same, or longer words within it.
    func isKey(_ key: [UInt8]) -> Bool {
        let plain = key.filter { isASCIIAlphanumeric($0) }.map { asciiLower($0) }
        let text = String(decoding: plain, as: UTF8.self)
        return keyWords.contains { text == $0 || $0.utf8.count >= 5 && text.contains($0) }
    }

    package static func < (a: Element, b: Element) -> Bool { a.place < b.place }

    private var place: Int { Element.allCases.firstIndex(of: self) ?? 0 }
}

func asciiLower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte }

func isASCIIDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

func isASCIILetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }

func isASCIIAlphanumeric(_ byte: UInt8) -> Bool { isASCIIDigit(byte) || isASCIILetter(byte) }
