/// The constants of HPACK (RFC 7541 appendices A and B).
enum HPACKTables {
    /// Lengths of the names and values of the static table's 61 entries: of the contents only `:authority`
    /// (1) and `host` (38) are ever of interest, but every length counts into the size of the dynamic table.
    static let staticLengths: [(name: Int, value: Int)] = [
        (10, 0), (7, 3), (7, 4), (5, 1), (5, 11), (7, 4), (7, 5), (7, 3), (7, 3), (7, 3), (7, 3), (7, 3),
        (7, 3), (7, 3), (14, 0), (15, 13), (15, 0), (13, 0), (6, 0), (27, 0), (3, 0), (5, 0), (13, 0),
        (
            13,
            0
        ), (19, 0), (16, 0), (16, 0), (14, 0), (16, 0), (13, 0), (12, 0), (6, 0), (4, 0), (4, 0), (6, 0),
        (7, 0), (4, 0), (4, 0), (8, 0), (17, 0), (13, 0), (8, 0), (19, 0), (13, 0), (4, 0), (8, 0), (12, 0),
        (18, 0), (19, 0), (5, 0), (7, 0), (7, 0), (11, 0), (6, 0), (10, 0), (25, 0), (17, 0), (10, 0),
        (
            4,
            0
        ), (3, 0), (16, 0),
    ]

    static let authorityIndex = 1
    static let hostIndex = 38

    /// Bits of the Huffman code of each byte, and of the end-of-string symbol (256). The code is canonical:
    /// within one length it ascends with the symbol, so that the lengths are all there is to know.
    private static let codeLengths: [UInt8] = [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28,
        28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6,
        6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5,
        6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24,
        23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21,
        23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26,
        26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21,
        26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26,
        26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
    ]

    static let endOfString: UInt16 = 256
    static let longestCode = 30

    /// For each code length: the first code of that length, and where its symbols begin in `symbols`.
    static let (firstCodes, firstSymbols, symbols): ([UInt32], [Int], [UInt16]) = canonical()

    private static func canonical() -> ([UInt32], [Int], [UInt16]) {
        var firstCodes = [UInt32](repeating: 0, count: longestCode + 2)
        var firstSymbols = [Int](repeating: 0, count: longestCode + 2)
        var symbols: [UInt16] = []
        var code: UInt32 = 0
        for length in 1...(longestCode + 1) {
            code <<= 1
            firstCodes[length] = code
            firstSymbols[length] = symbols.count
            for (symbol, bits) in codeLengths.enumerated() where Int(bits) == length {
                symbols.append(UInt16(truncatingIfNeeded: symbol))
                code &+= 1
            }
        }
        return (firstCodes, firstSymbols, symbols)
    }
}
