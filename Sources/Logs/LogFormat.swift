import Bytes

/// A log format that Hallpass reads: how to recognise it and how to read it.
package struct LogFormat: Sendable {
    /// The word for reports.
    package let kind: String
    /// Whether chunks of one file may be read apart; if not, the file is one chunk.
    package let isSplittable: Bool
    /// Whether header lines within a file say anew what the columns are.
    let hasHeader: Bool
    private let makeParser: @Sendable (RawSpan) -> any LogLineParser

    init(_ parser: any LogLineParser.Type) {
        self.init(kind: parser.kind, isSplittable: parser.isSplittable, hasHeader: parser.hasHeader) {
            parser.init(head: $0)
        }
    }

    /// A format that is described by values: the user's own, or the senders found in a file.
    init(
        kind: String, isSplittable: Bool = true, hasHeader: Bool = false,
        makeParser: @escaping @Sendable (_ head: RawSpan) -> any LogLineParser
    ) {
        self.kind = kind
        self.isSplittable = isSplittable
        self.hasHeader = hasHeader
        self.makeParser = makeParser
    }

    /// All built-in formats, in the order in which equals win. A new one is one line here.
    package static let all: [LogFormat] = [
        LogFormat(SquidNative.self),
        LogFormat(SquidCommon.self),
        LogFormat(ZeekTSV.self),
        LogFormat(ZeekJSON.self),
        LogFormat(SuricataEVE.self),
        LogFormat(CEFLog.self),
        LogFormat(LEEFLog.self),
        LogFormat(ELFFLog.self),
        LogFormat(CommonLog.self),
        LogFormat(StreamLog.self),
        LogFormat(HAProxyLog.self),
        LogFormat(EnvoyText.self),
        LogFormat(EnvoyJSON.self),
        LogFormat(TinyproxyLog.self),
        LogFormat(UmbrellaProxy.self),
        LogFormat(UmbrellaDNS.self),
        LogFormat(PANOSLog.self),
        LogFormat(FortiGateLog.self),
        LogFormat(ZscalerPairs.self),
        LogFormat(ZscalerJSON.self),
        LogFormat(MerakiLog.self),
        LogFormat(SonicWallLog.self),
        LogFormat(SophosFirewall.self),
        LogFormat(SophosUTM.self),
        LogFormat(FilterLog.self),
        LogFormat(VPCFlowLog.self),
        LogFormat(NfdumpFile.self),
        LogFormat(NfdumpCSV.self),
        LogFormat(DNSTap.self),
        LogFormat(Dnsmasq.self),
        LogFormat(BIND.self),
        LogFormat(Unbound.self),
        LogFormat(WindowsDNS.self),
        LogFormat(AdGuardHome.self),
        LogFormat(Route53Resolver.self),
    ]

    /// A reader for one chunk of a file that starts with `head`. `number` is that of the format in `settings`, by which
    /// rows of several files are told apart; 0 when there is one file.
    package func makeReader(
        head: RawSpan, settings: LogSettings = LogSettings(), isMidFile: Bool = false, number: UInt8 = 0
    ) -> LogChunkReader {
        LogChunkReader(
            parser: parser(head: head, settings: settings), isMidFile: isMidFile, format: number)
    }

    func parser(head: RawSpan, settings: LogSettings) -> any LogLineParser {
        var parser = bareParser(head)
        parser.use(settings)
        return parser
    }

    /// A parser that does not know the settings yet.
    func bareParser(_ head: RawSpan) -> any LogLineParser { makeParser(head) }
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
    /// file's name plays no part. Lines are first taken as they are, then without a syslog header, then as the
    /// texts in a shipper's JSON objects.
    package static func recognise(head: RawSpan, settings: LogSettings = LogSettings()) -> LogFormat? {
        let sample = head.clamped(from: 0, count: headLimit)
        let settings = forRecognition(settings)
        if let format = recogniseBare(head: sample, settings: settings) { return format }
        return sample.isEmpty ? nil : wrapped(sample, settings)
    }

    /// The same without a shipper's JSON around the lines.
    static func recogniseBare(head sample: RawSpan, settings: LogSettings) -> LogFormat? {
        switch best(for: sample, envelope: nil, among: settings.formats, settings) {
        case .one(let index): return settings.formats[index]
        case .doubtful: return nil
        case .none: return SyslogSenders(head: sample, settings: settings).map(syslog)
        }
    }

    enum Best: Equatable {
        case none
        case doubtful
        case one(Int)
    }

    /// The index in `formats` of the one that fits the lines of `sample`; `envelope` is the time that a syslog header
    /// gave them.
    static func best(
        for sample: RawSpan, envelope: LogMoment?, among formats: [LogFormat], _ settings: LogSettings
    ) -> Best {
        var best: (index: Int, score: Score)?
        var isDoubtful = false
        for (index, format) in formats.enumerated() {
            var parser = format.parser(head: sample, settings: settings)
            let score = parser.score(sample, envelope: envelope)
            guard score.isAccepted else { continue }
            guard let current = best else {
                best = (index, score)
                continue
            }
            // What the user described is meant.
            if current.index < settings.ownFormats.count { continue }
            if score.isClearlyAbove(current.score) {
                best = (index, score)
                isDoubtful = false
            } else if !current.score.isClearlyAbove(score) {
                isDoubtful = true
            }
        }
        guard let best else { return .none }
        return isDoubtful ? .doubtful : .one(best.index)
    }

    /// Recognition must not fail for want of a year: any will do.
    private static func forRecognition(_ settings: LogSettings) -> LogSettings {
        var settings = settings
        if settings.clock.latest == nil { settings.clock.latest = Timestamp(nanoseconds: 0) }
        return settings
    }

    private static func syslog(_ senders: SyslogSenders) -> LogFormat {
        LogFormat(kind: "syslog", isSplittable: senders.isSplittable) { _ in SyslogLog(senders) }
    }
}
