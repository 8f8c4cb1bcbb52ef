import Bytes
import Testing

@testable import Review

struct SearchCase: CustomTestStringConvertible, Sendable {
    let name: String
    let text: String
    let element: String
    /// Encodings from the outside in, with spaces between them.
    let form: String
    let field: String

    init(_ name: String, _ text: String, _ element: String, _ form: String, _ field: String) {
        (self.name, self.text, self.element, self.form, self.field) = (name, text, element, form, field)
    }

    var testDescription: String { name }
}

enum Planted {
    /// Nobody's values.
    static let yaml = """
        persona:
          given_name: Thessaly
          family_name: Quorndale
          birth_date: 2013-04-17
          email: V.Maressol4821@lakeside.k12.example
          student_id: S730441856
          school: Marlowe Crossing Middle School
          grade: "7"
          phone: "+15085550148"
          street: 4182 Vantrel Road
          postal_code: "01937"
          device_id: 7f3c1a52-90b4-4d0e-8a6b-2f61c7de0934
        """

    static let search: ElementSearch? = (try? Persona.parse(yaml)).map { ElementSearch($0) }

    /// A request that posts `body`.
    static func hits(_ body: [UInt8], type: String = "text/plain", coding: String? = nil) throws
        -> [ElementHit]
    {
        var exchange = Exchange()
        exchange.url = URLParts("https://collect.example/")
        exchange.request.body = body
        exchange.request.mediaType = type
        if let coding {
            exchange.request.headers = [Exchange.Header(name: "Content-Encoding", value: Array(coding.utf8))]
        }
        return try #require(search).search(&exchange)
    }
}

@Suite struct SearchTests {
    @Test func thereAreEnoughCases() { #expect(searchCases.count >= 80) }

    /// The value is found as what it is, and nothing else is.
    @Test(arguments: searchCases) func findsTheValue(_ test: SearchCase) throws {
        let type =
            test.text.hasPrefix("n=Thessaly+") || test.text.hasPrefix("s=")
            ? "application/x-www-form-urlencoded" : ""
        let hits = try Planted.hits(Array(test.text.utf8), type: type)
        let found = hits.map {
            "\($0.element.rawValue)|\($0.form.map(\.rawValue).joined(separator: " "))|\($0.field)"
        }
        #expect(found == ["\(test.element)|\(test.form)|\(test.field)"])
    }

    /// What is near to a value and is another one.
    @Test(arguments: [
        "grade=70", "grade=17", "grade=7.5", "level7", #"{"a":7}"#, #"{"upgrade_count":"7a"}"#, "zip=019370",
        "x=01937",
        "id=20130417", "x=Thessalyn", "p=25085550148000", #"{"n":"Quorndalestead"}"#,
        "em=v.maressol4821@lakeside",
        "h=3f2b8d", "d=2013-04-170", "07=grade", "grade=", "grade", "grade:",
        #"{"student_number":7304418560}"#,
    ])
    func findsNothingElse(_ text: String) throws {
        #expect(try Planted.hits(Array(text.utf8)).map(\.element) == [])
    }

    /// A mail address made of the name is no name; a name beside it is one.
    @Test func aPartIsNotTheWhole() throws {
        let yaml = Planted.yaml.replacing("V.Maressol4821@", with: "thessaly.quorndale@")
        let search = ElementSearch(try Persona.parse(yaml))
        var exchange = Exchange()
        exchange.request.body = Array("em=Thessaly.Quorndale%40lakeside.k12.example".utf8)
        #expect(search.search(&exchange).map(\.element) == [.email])
        exchange.request.body += Array("&first=Thessaly".utf8)
        #expect(search.search(&exchange).map(\.element) == [.name, .email])
    }

    /// Five megabytes of random JSON, of the kinds of values that traffic holds.
    @Test func randomJSONHoldsNothing() throws {
        var random = SplitMix64(state: 7)
        var text: [UInt8] = [UInt8(ascii: "[")]
        while text.count < 5 << 20 {
            text += Array(RandomJSON.object(&random).utf8)
            text.append(UInt8(ascii: ","))
        }
        #expect(try Planted.hits(text, type: "application/json").isEmpty)
    }

    @Test func theRandomJSONCanHoldSomething() throws {
        var random = SplitMix64(state: 7)
        let text = RandomJSON.object(&random) + #"{"grade":7}"# + RandomJSON.object(&random)
        #expect(try Planted.hits(Array(text.utf8)).map(\.element) == [.grade])
    }
}

enum RandomJSON {
    private static let keys = [
        "id", "name", "grade", "zip", "dob", "email", "phone", "school", "score", "ts", "token", "url", "x",
        "items",
    ]

    static func object(_ random: inout SplitMix64) -> String {
        let members = (0..<Int.random(in: 2...9, using: &random)).map { _ in
            "\"\(keys.randomElement(using: &random) ?? "x")\":\(value(&random))"
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func value(_ random: inout SplitMix64) -> String {
        func text(_ alphabet: String, _ count: ClosedRange<Int>) -> String {
            let characters = Array(alphabet)
            return String(
                (0..<Int.random(in: count, using: &random)).map { _ in
                    characters.randomElement(using: &random) ?? "a"
                })
        }
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        switch Int.random(in: 0...6, using: &random) {
        case 0: return text("123456789", 2...12)
        case 1: return "\"\(text(letters, 1...24))\""
        case 2: return "\"\(text("0123456789abcdef", 8...64))\""
        case 3: return "\"\(text(letters + "0123456789+/", 16...80))==\""
        case 4: return "\"\(text(letters + " \\/%.@-", 3...60).replacing("\\", with: "\\\\"))\""
        case 5:
            return
                "\"20\(text("01", 1...1))\(text("0123456789", 1...1))-0\(text("123456789", 1...1))-1\(text("0123456", 1...1))\""
        default: return "\"\(text(letters + "0123456789 ", 2...40))\""
        }
    }
}
