import ArgumentParser
import Foundation
import Reports

/// Who is told of a night. What is sent holds counts and finding ids, nothing else; that it could not be sent is a
/// warning, since the night itself is done.
struct NotifyOptions: ParsableArguments {
    @Option(
        name: .customLong("notify-webhook"),
        help: ArgumentHelp(
            "Send counts and finding ids as JSON to an http or https address (POST, by curl).",
            valueName: "url"))
    var webhook: String?

    @Option(
        name: .customLong("notify-mail"),
        help: ArgumentHelp(
            "Mail counts and finding ids through the machine's sendmail.", valueName: "address"))
    var mail: String?

    @Flag(
        name: .customLong("notify-syslog"),
        help: "Write one line with counts to the system log (logger, facility daemon).")
    var syslog = false

    func validate() throws {
        if let webhook { _ = try address(webhook) }
        // The address goes into a header: a line break there would begin another one.
        if let mail, !mail.contains("@") || mail.contains(where: { $0.isWhitespace || $0.isNewline }) {
            throw ValidationError("--notify-mail '\(mail)' is no mail address such as it@school.example")
        }
    }

    private func address(_ text: String) throws -> URL {
        guard let url = URL(string: text), let scheme = url.scheme, ["http", "https"].contains(scheme),
            url.host?.isEmpty == false
        else {
            throw ValidationError(
                "--notify-webhook '\(text)' is no address such as https://hooks.school.example/hallpass")
        }
        return url
    }

    func send(_ report: MorningReport, code: Int32) {
        let renderer = NoticeRenderer()
        if let webhook, let url = try? address(webhook) {
            post(renderer.json(report, code: code), to: url)
        }
        if let mail {
            let head =
                "To: \(mail)\nSubject: \(renderer.line(report, code: code))\nAuto-Submitted: auto-generated\n\n"
            pipe(
                head + renderer.text(report, code: code), into: ["/usr/sbin/sendmail", "-i", "--", mail],
                as: "mail")
        }
        if syslog {
            let line = renderer.line(report, code: code)
            let priority = report.toLookAt.isEmpty ? "daemon.info" : "daemon.notice"
            pipe(line + "\n", into: ["/usr/bin/logger", "-t", "hallpass", "-p", priority], as: "syslog")
        }
    }

    // MARK: - Ways

    private static let timeout = 20

    /// By curl, which is there or quickly installed: TLS is a library's job, and Foundation's would make every start
    /// of the program load it. The address may hold a secret, so it goes through curl's standard input, where no list
    /// of processes shows it.
    private func post(_ body: String, to url: URL) {
        let lines = [
            "url = \(quoted(url.absoluteString))", "request = POST",
            "header = \"Content-Type: application/json\"",
            "data-raw = \(quoted(body))", "max-time = \(NotifyOptions.timeout)", "silent", "fail",
            "output = /dev/null",
            "proto = \"=http,https\"",
        ]
        pipe(
            lines.joined(separator: "\n") + "\n", into: ["/usr/bin/curl", "--config", "-"],
            as: "webhook at \(url.host ?? "?")")
    }

    /// A value of curl's configuration, as `curl(1)` has it under `--config`.
    private func quoted(_ text: String) -> String {
        var out = "\""
        for character in text.unicodeScalars {
            switch character {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            default: out.unicodeScalars.append(character)
            }
        }
        return out + "\""
    }

    private func pipe(_ text: String, into command: [String], as what: String) {
        guard let program = command.first, FileManager.default.isExecutableFile(atPath: program) else {
            return warn(what, "\(command.first ?? "") is not installed")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = Array(command.dropFirst())
        let pipe = Pipe()
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        do {
            signal(SIGPIPE, SIG_IGN)
            try process.run()
            try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
            try pipe.fileHandleForWriting.close()
            process.waitUntilExit()
            if process.terminationStatus != 0 {
                warn(what, "\(program) ended with exit code \(process.terminationStatus)")
            }
        } catch {
            warn(what, error.localizedDescription)
        }
    }

    private func warn(_ what: String, _ reason: String) {
        Messages.say("warning: the night was not notified by \(what): \(reason)")
    }
}
