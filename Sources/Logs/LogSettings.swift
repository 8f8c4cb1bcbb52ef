import Bytes

/// What the lines of a log do not say and the user does: the clock, and formats of the user's own.
package struct LogSettings: Sendable {
    package var clock = LogClock()
    /// Formats that the user described; they are tried before the built-in ones and win over them.
    package var ownFormats: [LogFormat] = []

    package init() {}

    /// All formats, in the order in which equals win.
    package var formats: [LogFormat] { ownFormats + LogFormat.all }

    /// The number by which rows name `format`; it counts within one run only.
    func number(of index: Int) -> UInt8 { UInt8(exactly: index + 1) ?? 0 }

    /// The number of the format with this word; 0 for one that is not in the list.
    package func number(ofKind kind: String) -> UInt8 {
        formats.firstIndex { $0.kind == kind }.map { number(of: $0) } ?? 0
    }

    /// The words of all formats by their numbers; 0 stands for a log of no format in the list.
    package var kinds: [String] { ["log"] + formats.map(\.kind) }

    /// The word of the format with this number, or `kind` for 0.
    package func kind(of number: UInt8, else kind: String) -> String {
        guard let index = Int(exactly: number), index > 0, index <= formats.count else { return kind }
        return formats[index - 1].kind
    }
}
