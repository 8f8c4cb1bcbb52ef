import Bytes

/// A log format that Hallpass reads: how to recognise it and how to read it.
package struct LogFormat: Sendable {
    /// The word for reports.
    package let kind: String
    /// Whether chunks of one file may be read apart; if not, the file is one chunk.
    package let isSplittable: Bool
    private let parser: any LogLineParser.Type

    init(_ parser: any LogLineParser.Type) {
        kind = parser.kind
        isSplittable = parser.isSplittable
        self.parser = parser
    }

    /// All formats, in the order in which equals win. A new one is one line here.
    package static let all: [LogFormat] = [
        LogFormat(SquidNative.self),
        LogFormat(SquidCommon.self),
        LogFormat(DNSTap.self),
        LogFormat(Unbound.self),
        LogFormat(AdGuardHome.self),
        LogFormat(Route53Resolver.self),
    ]

    /// A reader for one chunk of a file that starts with `head`.
    package func makeReader(head: RawSpan, isMidFile: Bool = false) -> LogChunkReader {
        LogChunkReader(parser: parser.init(head: head), isMidFile: isMidFile)
    }
}

extension LogFormat {
    /// How well the first lines of a file fit a format.
    package struct Score: Equatable, Sendable {
        /// Lines looked at, empty ones aside.
        package var lines = 0
        /// Of these, lines that parse whole and give a contact.
        package var used = 0
        /// Of these, lines that parse whole, whether or not they give a contact.
        package var understood = 0

        /// Whether at least four fifths parse whole: enough to tell formats apart, lenient to a damaged line.
        package var isAccepted: Bool { understood > 0 && understood * 5 >= lines * 4 }

        /// Whether this beats `other` by a fifth of the lines or more.
        func isClearlyAbove(_ other: Score) -> Bool {
            (understood * other.lines - other.understood * lines) * 5 >= lines * other.lines
        }
    }

    /// Lines looked at. More would not change the answer; fewer would trust a few odd ones.
    package static let sampleLines = 200

    /// Bytes of a file that recognition looks at.
    package static let headLimit = 64 << 10

    /// The format of a file that starts with `head`, or nil when none fits or two fit about equally well. The
    /// file's name plays no part.
    package static func recognise(head: RawSpan) -> LogFormat? {
        let sample = head.clamped(from: 0, count: headLimit)
        var best: (format: LogFormat, score: Score)?
        var isDoubtful = false
        for format in all {
            let score = format.parser.score(sample)
            guard score.isAccepted else { continue }
            if let current = best {
                if score.isClearlyAbove(current.score) {
                    best = (format, score)
                    isDoubtful = false
                } else if !current.score.isClearlyAbove(score) {
                    isDoubtful = true
                }
            } else {
                best = (format, score)
            }
        }
        return isDoubtful ? nil : best?.format
    }
}
