import Foundation

/// Headless Chromium, driven through the DevTools protocol over two pipes: messages of JSON, each with a NUL byte
/// behind it (`--remote-debugging-pipe`).
final class Browser {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The program, or nil where it is not installed (`make test` installs Debian's `chromium`).
    static let program: String? = [
        "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
    ].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let profile: URL
    private var pending = Data()
    private var messages: [Data] = []
    private var lastID = 0
    private var session: String?
    /// Every event that came, in order.
    private(set) var events: [(method: String, parameters: [String: Any])] = []

    init() throws {
        guard let program = Browser.program else { throw Failure(description: "no Chromium is installed") }
        profile = try Tool.temporaryFolder()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let options = [
            "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-dev-shm-usage", "--disable-background-networking", "--hide-scrollbars",
            "--user-data-dir=\(profile.path)", "about:blank",
        ]
        // Chromium reads from descriptor 3 and writes to 4; what it says on its own goes nowhere.
        process.arguments =
            ["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 >/dev/null 2>&1 </dev/null", program] + options
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let target = try call("Target.createTarget", ["url": "about:blank"])
        let attached = try call(
            "Target.attachToTarget", ["targetId": target["targetId"] as? String ?? "", "flatten": true])
        session = attached["sessionId"] as? String
        for domain in ["Page", "Runtime", "Log", "Network"] { _ = try call("\(domain).enable") }
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: profile)
    }

    /// Sends a command and waits for its answer; events that come meanwhile are kept.
    @discardableResult
    func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
        lastID += 1
        var message: [String: Any] = ["id": lastID, "method": method, "params": parameters]
        if let session { message["sessionId"] = session }
        try input.fileHandleForWriting.write(
            contentsOf: JSONSerialization.data(withJSONObject: message) + Data([0]))
        while true {
            let answer = try next()
            if let id = answer["id"] as? Int, id == lastID {
                if let error = answer["error"] { throw Failure(description: "\(method): \(error)") }
                return answer["result"] as? [String: Any] ?? [:]
            }
            note(answer)
        }
    }

    private func note(_ message: [String: Any]) {
        guard let method = message["method"] as? String else { return }
        events.append((method, message["params"] as? [String: Any] ?? [:]))
    }

    private func next() throws -> [String: Any] {
        while true {
            if !messages.isEmpty {
                let message = messages.removeFirst()
                return try JSONSerialization.jsonObject(with: message) as? [String: Any] ?? [:]
            }
            var more = output.fileHandleForReading.availableData
            if more.isEmpty { throw Failure(description: "Chromium ended") }
            // Pictures come in many pieces: each piece is searched once.
            while let end = Browser.firstNought(more) {
                messages.append(pending + more.prefix(end))
                pending = Data()
                more = Data(more.dropFirst(end + 1))
            }
            pending.append(more)
        }
    }

    private static func firstNought(_ data: Data) -> Int? {
        unsafe data.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, let found = unsafe memchr(start, 0, bytes.count) else {
                return nil
            }
            return unsafe UnsafeRawPointer(found) - start
        }
    }

    /// Opens a file and waits until it is loaded.
    func open(_ file: URL) throws {
        events.removeAll()
        let answer = try call("Page.navigate", ["url": file.absoluteString])
        if let error = answer["errorText"] as? String, !error.isEmpty { throw Failure(description: error) }
        while !events.contains(where: { $0.method == "Page.loadEventFired" }) { note(try next()) }
    }

    /// The screen's width in CSS pixels, and whether it prefers dark.
    func show(width: Int, dark: Bool) throws {
        try call(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false])
        try call(
            "Emulation.setEmulatedMedia",
            ["features": [["name": "prefers-color-scheme", "value": dark ? "dark" : "light"]]])
    }

    /// The value of an expression. The page's own policy forbids scripts; the debugger's are no part of it.
    func evaluate(_ expression: String) throws -> Any? {
        let answer = try call("Runtime.evaluate", ["expression": expression, "returnByValue": true])
        if let details = answer["exceptionDetails"] { throw Failure(description: "\(details)") }
        return (answer["result"] as? [String: Any])?["value"]
    }

    /// A picture of the whole page (PNG).
    func screenshot() throws -> Data {
        let answer = try call(
            "Page.captureScreenshot", ["format": "png", "captureBeyondViewport": true])
        return Data(base64Encoded: answer["data"] as? String ?? "") ?? Data()
    }

    /// The page on paper, in inches.
    func pdf(width: Double, height: Double) throws -> Data {
        let answer = try call(
            "Page.printToPDF", ["paperWidth": width, "paperHeight": height, "preferCSSPageSize": false])
        return Data(base64Encoded: answer["data"] as? String ?? "") ?? Data()
    }

    /// URLs of every request since the page was opened.
    var requests: [String] {
        events.filter { $0.method == "Network.requestWillBeSent" }
            .compactMap { ($0.parameters["request"] as? [String: Any])?["url"] as? String }
    }

    /// What the console and the browser itself complained about.
    var complaints: [String] {
        events.compactMap { method, parameters in
            switch method {
            case "Runtime.exceptionThrown", "Runtime.consoleAPICalled": "\(parameters)"
            case "Log.entryAdded": "\(parameters["entry"] ?? "")"
            default: nil
            }
        }
    }
}
