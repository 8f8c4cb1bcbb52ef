import Names
import TestSupport
import Testing

@Suite struct IDNTests {
    /// RFC 3492 §7.1, as far as the samples are without upper case; label and what it stands for.
    @Test(arguments: [
        (
            "egbpdaj6bu4bxfgehfvwxn",
            "\u{644}\u{64a}\u{647}\u{645}\u{627}\u{628}\u{62a}\u{643}\u{644}\u{645}\u{648}\u{634}\u{639}\u{631}\u{628}\u{64a}\u{61f}"
        ),
        (
            "ihqwcrb4cv8a8dqg056pqjye",
            "\u{4ed6}\u{4eec}\u{4e3a}\u{4ec0}\u{4e48}\u{4e0d}\u{8bf4}\u{4e2d}\u{6587}"
        ),
        (
            "4dbcagdahymbxekheh6e0a7fei0b",
            "\u{5dc}\u{5de}\u{5d4}\u{5d4}\u{5dd}\u{5e4}\u{5e9}\u{5d5}\u{5d8}\u{5dc}\u{5d0}\u{5de}\u{5d3}\u{5d1}\u{5e8}\u{5d9}\u{5dd}\u{5e2}\u{5d1}\u{5e8}\u{5d9}\u{5ea}"
        ),
        (
            "b1abfaaepdrnnbgefbadotcwatmq2g4l",
            "\u{43f}\u{43e}\u{447}\u{435}\u{43c}\u{443}\u{436}\u{435}\u{43e}\u{43d}\u{438}\u{43d}\u{435}\u{433}\u{43e}\u{432}\u{43e}\u{440}\u{44f}\u{442}\u{43f}\u{43e}\u{440}\u{443}\u{441}\u{441}\u{43a}\u{438}"
        ),
        ("2-u9tlzr9756bt3uc0v", "\u{3072}\u{3068}\u{3064}\u{5c4b}\u{6839}\u{306e}\u{4e0b}2"),
        ("d9juau41awczczp", "\u{305d}\u{306e}\u{30b9}\u{30d4}\u{30fc}\u{30c9}\u{3067}"),
        ("bcher-kva", "b\u{fc}cher"), ("", ""), ("abc-", "abc"),
    ])
    func decodesTheSamplesOfTheRFC(label: String, text: String) {
        #expect(Punycode.decode(label) == text)
    }

    @Test func refusesWhatIsNoEncoding() {
        // A digit that does not end, a character outside of the alphabet, sums beyond Unicode, surrogates, too long.
        for label in [
            "z", "a_b", "99999999", "zzzzzzzzzzzzzzzzzz9", "ib9b", String(repeating: "a", count: 64),
            "\u{fc}",
        ] {
            #expect(Punycode.decode(label) == nil, "\(label)")
        }
    }

    @Test func survivesAnyLabel() {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789-".utf8)
        for seed in 1...3000 as ClosedRange<UInt64> {
            let bytes = noise(Int(seed % 63) + 1, seed: seed).map { alphabet[Int($0) % alphabet.count] }
            let label = String(decoding: bytes, as: UTF8.self)
            if let text = Punycode.decode(label) { #expect(text.unicodeScalars.count <= 63) }
            _ = UnicodeName("xn--" + label + ".example")
        }
    }

    @Test func namesAreShownBeside() {
        #expect(UnicodeName("xn--bcher-kva.example")?.text == "b\u{fc}cher.example")
        #expect(UnicodeName("www.example") == nil)
        #expect(UnicodeName("xn--abc-.example") == nil, "an encoding of ASCII hides something")
        #expect(UnicodeName("xn--99999999.example") == nil)
        // U+202E, which turns the direction of what follows.
        #expect(Punycode.decode("ab-g4t") == "a\u{202e}b")
        #expect(UnicodeName("xn--ab-g4t.example") == nil)
    }

    @Test func mixedScriptsAreMarked() {
        // Latin "pypal" with a Cyrillic "a" (U+0430) in it: UTS #39's own kind of example.
        let imitation = UnicodeName("xn--pypal-4ve.com")
        #expect(imitation?.text == "p\u{430}ypal.com" && imitation?.mixesScripts == true)
        #expect(UnicodeName("xn--bcher-kva.example")?.mixesScripts == false, "one label, one script")
        #expect(UnicodeName("xn--b1abfaaepdrnnbgefbadotcwatmq2g4l.com")?.mixesScripts == false)
        #expect(UnicodeName("xn--2-u9tlzr9756bt3uc0v.example")?.mixesScripts == false, "Japanese mixes three")
    }

    @Test func scriptsComeFromTheTable() {
        let cases: [(Unicode.Scalar, Script?)] = [
            ("a", .latin), ("\u{430}", .cyrillic), ("\u{3b1}", .greek), ("\u{4e00}", .han),
            ("\u{3042}", .hiragana),
            ("\u{30a2}", .katakana), ("\u{ac00}", .hangul), ("5", nil), ("-", nil), ("\u{301}", nil),
            ("\u{1f600}", nil),
        ]
        for (scalar, script) in cases { #expect(Script(scalar) == script) }
    }
}
