package import Bytes

/// One call for fuzzers: any bytes, no trap. The first byte says which reader they go to.
package enum ReviewFuzz {
    private static let search: ElementSearch = {
        var persona = Persona()
        persona.givenName = "Thessaly"
        persona.familyName = "Quorndale"
        persona.email = "V.Maressol4821@lakeside.k12.example"
        persona.studentID = "S730441856"
        persona.grade = "7"
        return ElementSearch(persona)
    }()

    /// False when a promise was broken: that a file's pieces do not depend on how it is read.
    package static func run(_ input: RawSpan) -> Bool {
        var reader = ByteReader(input)
        guard let family = try? reader.u8() else { return true }
        let rest = reader.takeRest()
        switch family & 7 {
        case 0, 1:
            let format: HARCutter.Format = family & 7 == 0 ? .har : .netlog
            return pieces(rest, format, step: 1 << 20) == pieces(rest, format, step: 7)
        case 2:
            var dump = MitmproxyFile()
            dump.read(MemorySource(rest.copied(), step: 100), head: []) { exchange in
                var exchange = exchange
                _ = search.search(&exchange)
            }
        case 3:
            _ = HTTPText(rest.copied())
        case 4:
            _ = AppPrivacyLine.read(rest)
        case 5:
            for coding in ["gzip", "deflate", "br", "zstd"] {
                _ = ContentDecoder.decode(rest.copied(), coding: Array(coding.utf8))
            }
        default:
            var exchange = Exchange()
            exchange.request.body = rest.copied()
            exchange.request.mediaType = family & 8 == 0 ? "" : "application/x-www-form-urlencoded"
            _ = search.search(&exchange)
        }
        return true
    }

    /// All pieces of a file, each parsed and searched.
    private static func pieces(_ bytes: RawSpan, _ format: HARCutter.Format, step: Int) -> [HARCutter.Piece] {
        var file = HARFile(format)
        var found: [HARCutter.Piece] = []
        var log = NetLog()
        file.read(MemorySource(bytes.copied(), step: step), head: []) { pieces in
            found += pieces
            for piece in pieces {
                if format == .netlog { log.take(piece) }
                guard var exchange = HAREntry.read(piece) else { continue }
                _ = search.search(&exchange)
            }
        }
        return found
    }
}
