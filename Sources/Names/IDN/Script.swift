/// The scripts in which people write names, and where they stand in Unicode.
///
/// Source: the property Script of the Unicode Character Database 14.0.0 (2021-09, `Scripts.txt`), for the scripts that
/// UAX #31 table 5 recommends for identifiers; read 2026-11. Ranges are joined over code points that are not assigned.
/// What stands in no range is common to all scripts (digits, hyphen), inherits that of the letter before it, or is
/// of a script that nobody uses for names today.
package enum Script: String, Sendable, CaseIterable {
    case latin
    case greek
    case cyrillic
    case armenian
    case hebrew
    case arabic
    case thaana
    case devanagari
    case bengali
    case gurmukhi
    case gujarati
    case oriya
    case tamil
    case telugu
    case kannada
    case malayalam
    case sinhala
    case thai
    case lao
    case tibetan
    case myanmar
    case georgian
    case hangul
    case ethiopic
    case khmer
    case hiragana
    case katakana
    case bopomofo
    case han
}

extension Script {
    /// First and last code point of each range, ascending.
    static let ranges: [(ClosedRange<UInt32>, Script)] = [
        (0x41...0x5a, .latin), (0x61...0x7a, .latin), (0xaa...0xaa, .latin), (0xba...0xba, .latin),
        (0xc0...0xd6, .latin), (0xd8...0xf6, .latin), (0xf8...0x2b8, .latin), (0x2e0...0x2e4, .latin),
        (0x2ea...0x2eb, .bopomofo), (0x370...0x373, .greek), (0x375...0x37d, .greek), (0x37f...0x384, .greek),
        (0x386...0x386, .greek), (0x388...0x3e1, .greek), (0x3f0...0x3ff, .greek), (0x400...0x484, .cyrillic),
        (0x487...0x52f, .cyrillic), (0x531...0x58f, .armenian), (0x591...0x5f4, .hebrew),
        (0x600...0x604, .arabic), (0x606...0x60b, .arabic), (0x60d...0x61a, .arabic),
        (0x61c...0x61e, .arabic),
        (0x620...0x63f, .arabic), (0x641...0x64a, .arabic), (0x656...0x66f, .arabic),
        (0x671...0x6dc, .arabic),
        (0x6de...0x6ff, .arabic), (0x750...0x77f, .arabic), (0x780...0x7b1, .thaana),
        (0x870...0x8e1, .arabic),
        (0x8e3...0x8ff, .arabic), (0x900...0x950, .devanagari), (0x955...0x963, .devanagari),
        (0x966...0x97f, .devanagari), (0x980...0x9fe, .bengali), (0xa01...0xa76, .gurmukhi),
        (0xa81...0xaff, .gujarati), (0xb01...0xb77, .oriya), (0xb82...0xbfa, .tamil),
        (0xc00...0xc7f, .telugu),
        (0xc80...0xcf2, .kannada), (0xd00...0xd7f, .malayalam), (0xd81...0xdf4, .sinhala),
        (0xe01...0xe3a, .thai), (0xe40...0xe5b, .thai), (0xe81...0xedf, .lao), (0xf00...0xfd4, .tibetan),
        (0xfd9...0xfda, .tibetan), (0x1000...0x109f, .myanmar), (0x10a0...0x10fa, .georgian),
        (0x10fc...0x10ff, .georgian), (0x1100...0x11ff, .hangul), (0x1200...0x1399, .ethiopic),
        (0x1780...0x17f9, .khmer), (0x19e0...0x19ff, .khmer), (0x1c80...0x1c88, .cyrillic),
        (0x1c90...0x1cbf, .georgian), (0x1d00...0x1d25, .latin), (0x1d26...0x1d2a, .greek),
        (0x1d2b...0x1d2b, .cyrillic), (0x1d2c...0x1d5c, .latin), (0x1d5d...0x1d61, .greek),
        (0x1d62...0x1d65, .latin), (0x1d66...0x1d6a, .greek), (0x1d6b...0x1d77, .latin),
        (0x1d78...0x1d78, .cyrillic), (0x1d79...0x1dbe, .latin), (0x1dbf...0x1dbf, .greek),
        (0x1e00...0x1eff, .latin), (0x1f00...0x1ffe, .greek), (0x2071...0x2071, .latin),
        (0x207f...0x207f, .latin), (0x2090...0x209c, .latin), (0x2126...0x2126, .greek),
        (0x212a...0x212b, .latin), (0x2132...0x2132, .latin), (0x214e...0x214e, .latin),
        (0x2160...0x2188, .latin), (0x2c60...0x2c7f, .latin), (0x2d00...0x2d2d, .georgian),
        (0x2d80...0x2dde, .ethiopic), (0x2de0...0x2dff, .cyrillic), (0x2e80...0x2fd5, .han),
        (0x3005...0x3005, .han), (0x3007...0x3007, .han), (0x3021...0x3029, .han), (0x302e...0x302f, .hangul),
        (0x3038...0x303b, .han), (0x3041...0x3096, .hiragana), (0x309d...0x309f, .hiragana),
        (0x30a1...0x30fa, .katakana), (0x30fd...0x30ff, .katakana), (0x3105...0x312f, .bopomofo),
        (0x3131...0x318e, .hangul), (0x31a0...0x31bf, .bopomofo), (0x31f0...0x31ff, .katakana),
        (0x3200...0x321e, .hangul), (0x3260...0x327e, .hangul), (0x32d0...0x32fe, .katakana),
        (0x3300...0x3357, .katakana), (0x3400...0x4dbf, .han), (0x4e00...0x9fff, .han),
        (0xa640...0xa69f, .cyrillic), (0xa722...0xa787, .latin), (0xa78b...0xa7ff, .latin),
        (0xa8e0...0xa8ff, .devanagari), (0xa960...0xa97c, .hangul), (0xa9e0...0xa9fe, .myanmar),
        (0xaa60...0xaa7f, .myanmar), (0xab01...0xab2e, .ethiopic), (0xab30...0xab5a, .latin),
        (0xab5c...0xab64, .latin), (0xab65...0xab65, .greek), (0xab66...0xab69, .latin),
        (0xac00...0xd7fb, .hangul), (0xf900...0xfad9, .han), (0xfb00...0xfb06, .latin),
        (0xfb13...0xfb17, .armenian), (0xfb1d...0xfb4f, .hebrew), (0xfb50...0xfd3d, .arabic),
        (0xfd40...0xfdff, .arabic), (0xfe2e...0xfe2f, .cyrillic), (0xfe70...0xfefc, .arabic),
        (0xff21...0xff3a, .latin), (0xff41...0xff5a, .latin), (0xff66...0xff6f, .katakana),
        (0xff71...0xff9d, .katakana), (0xffa0...0xffdc, .hangul), (0x10140...0x1018e, .greek),
        (0x101a0...0x101a0, .greek), (0x10780...0x107ba, .latin), (0x10e60...0x10e7e, .arabic),
        (0x111e1...0x111f4, .sinhala), (0x11fc0...0x11fff, .tamil), (0x16fe2...0x16fe3, .han),
        (0x16ff0...0x16ff1, .han), (0x1aff0...0x1b000, .katakana), (0x1b001...0x1b11f, .hiragana),
        (0x1b120...0x1b122, .katakana), (0x1b150...0x1b152, .hiragana), (0x1b164...0x1b167, .katakana),
        (0x1d200...0x1d245, .greek), (0x1df00...0x1df1e, .latin), (0x1e7e0...0x1e7fe, .ethiopic),
        (0x1ee00...0x1eef1, .arabic), (0x1f200...0x1f200, .hiragana), (0x20000...0x2ebe0, .han),
        (0x2f800...0x2fa1d, .han), (0x30000...0x3134a, .han),
    ]

    /// The script of a letter; nil for what belongs to all or to none of them. Binary search over the ranges.
    package init?(_ scalar: Unicode.Scalar) {
        var low = 0
        var high = Script.ranges.count
        while low < high {
            let middle = (low + high) / 2
            let (range, script) = Script.ranges[middle]
            if range.contains(scalar.value) {
                self = script
                return
            }
            if scalar.value < range.lowerBound { high = middle } else { low = middle + 1 }
        }
        return nil
    }
}
