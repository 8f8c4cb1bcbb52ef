import Foundation
import Pipeline

/// How far long work has come, on one line of a terminal's standard error; silent elsewhere.
final class ProgressLine {
    private let clock = ContinuousClock()
    private let began: ContinuousClock.Instant
    private var shown: ContinuousClock.Instant
    private var isShown = false

    /// Nil when standard error is no terminal.
    init?() {
        guard isatty(FileHandle.standardError.fileDescriptor) == 1 else { return nil }
        began = clock.now
        shown = began
    }

    func show(_ progress: RunProgress) {
        let now = clock.now
        // Five times a second is as fast as anybody reads.
        guard now - shown > .milliseconds(200) else { return }
        shown = now
        isShown = true
        write("\r" + ProgressLine.text(progress, after: now - began) + "\u{1b}[K")
    }

    /// Takes the line away.
    func clear() {
        if isShown { write("\r\u{1b}[K") }
        isShown = false
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

    /// Such as `1.2 of 4.0 GB, 30 %, 812 MB/s, 4 s left`.
    static func text(_ progress: RunProgress, after elapsed: Duration) -> String {
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        let rate = seconds > 0 ? Double(progress.done) / seconds : 0
        let speed = amount(rate) + "/s"
        guard progress.total > 0, progress.done <= progress.total else {
            return "\(amount(Double(progress.done))) read, \(speed)"
        }
        let share = Int(100 * Double(progress.done) / Double(progress.total))
        let left = rate > 0 ? Double(progress.total - progress.done) / rate : 0
        return
            "\(amount(Double(progress.done))) of \(amount(Double(progress.total))), \(share) %, \(speed), "
            + "\(time(left)) left"
    }

    private static func amount(_ bytes: Double) -> String {
        for (unit, size) in [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)] where bytes >= size {
            return String(format: "%.1f %@", bytes / size, unit)
        }
        return String(format: "%.0f B", bytes)
    }

    private static func time(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
