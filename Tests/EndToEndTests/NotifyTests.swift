import Foundation
import Testing

/// Who is told of a night, and that nothing but counts and ids is sent.
@Suite struct NotifyTests {
    private func inPlace(_ body: (NightlyTests.Place) throws -> Void) throws {
        let place = try NightlyTests.Place()
        defer { place.remove() }
        try place.add(NightlyTests.morning, as: "morning.pcap")
        try body(place)
    }

    private func expectNoDestination(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        for word in ["adtrack", ".example", "10.20.", "203.0.113"] {
            #expect(!text.contains(word), "\(text)", sourceLocation: sourceLocation)
        }
    }

    /// Takes one request, writes it to a file and answers; Perl is part of every Debian.
    private static let server = """
        use IO::Socket::INET;
        my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1) or die;
        open(my $p, ">", $ARGV[0] . ".tmp"); print $p $s->sockport; close $p; rename $ARGV[0] . ".tmp", $ARGV[0];
        my $c = $s->accept; my ($head, $length) = ("", 0);
        while (<$c>) { $head .= $_; $length = $1 if /^content-length: (\\d+)/i; last if /^\\r?\\n$/ }
        read($c, my $body, $length);
        open(my $o, ">", $ARGV[1]); print $o $head . $body; close $o;
        print $c "HTTP/1.1 $ARGV[2] X\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n"; close $c;
        """

    private func post(_ place: NightlyTests.Place, status: Int) throws -> (
        result: Tool.Result, request: String
    ) {
        let folder = place.folder.path
        try Data(NotifyTests.server.utf8).write(to: place.folder.appendingPathComponent("server.pl"))
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/perl")
        server.arguments = [
            "\(folder)/server.pl", "\(folder)/port", "\(folder)/request", String(status),
        ]
        try server.run()
        defer { if server.isRunning { server.terminate() } }
        for _ in 0..<100 where !FileManager.default.fileExists(atPath: "\(folder)/port") {
            Thread.sleep(forTimeInterval: 0.05)
        }
        let port = try String(contentsOfFile: "\(folder)/port", encoding: .utf8)
        let result = try place.nightly(["--notify-webhook", "http://127.0.0.1:\(port)/secret-path"])
        return (result, try String(contentsOfFile: "\(folder)/request", encoding: .utf8))
    }

    private static let hasCurl = FileManager.default.isExecutableFile(atPath: "/usr/bin/curl")

    @Test(.enabled(if: NotifyTests.hasCurl, "curl is not installed"))
    func theWebhookGetsCountsAndIds() throws {
        try inPlace { place in
            let (result, request) = try post(place, status: 204)
            #expect(result.code == 0)
            #expect(!result.errors.contains("warning"), "\(result.errors)")
            #expect(request.hasPrefix("POST /secret-path "))
            let body = try #require(request.components(separatedBy: "\r\n\r\n").last)
            let root = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
            let ids = try #require((root["changes"] as? [String: [String]])?["new"])
            #expect(ids.count > 3)
            #expect(ids.allSatisfy { $0.count == 12 && $0.allSatisfy(\.isHexDigit) })
            #expect((root["open"] as? [String: Int])?["high"] == 3)
            expectNoDestination(body)
        }
    }

    @Test(.enabled(if: NotifyTests.hasCurl, "curl is not installed"))
    func aWebhookThatFailsIsAWarningWithoutItsSecret() throws {
        try inPlace { place in
            let (result, _) = try post(place, status: 500)
            #expect(result.code == 0)
            // 22: the server answered with an error (curl(1)).
            #expect(
                result.errors.contains(
                    "not notified by webhook at 127.0.0.1: /usr/bin/curl ended with exit code 22"))
            #expect(!result.errors.contains("secret-path"))
        }
    }

    @Test func addressesThatAreNoneAreRefused() throws {
        try inPlace { place in
            for arguments in [
                ["--notify-webhook", "ftp://x.example/"], ["--notify-webhook", "hooks"],
                ["--notify-mail", "it@school.example\nBcc: x@y.example"], ["--notify-mail", "nobody"],
            ] {
                let result = try place.nightly(arguments)
                #expect(result.code == 64, "\(arguments)")
            }
        }
    }

    @Test(.enabled(if: LedgerHarmTests.canMount, "mounting in a name space of its own is not permitted here"))
    func mailAndSyslogGetCountsAndIds() throws {
        try inPlace { place in
            let fake = place.folder.appendingPathComponent("fake")
            try Data("#!/bin/sh\n{ echo \"$0 $*\"; cat; } >> \(place.folder.path)/sent\n".utf8).write(
                to: fake)
            let result = try Shell.run(
                """
                chmod +x '\(fake.path)'
                unshare -rm sh -c '
                mount -t tmpfs none /usr/sbin && cp "\(fake.path)" /usr/sbin/sendmail || exit 99
                mount --bind "\(fake.path)" /usr/bin/logger || exit 99
                "$HALLPASS" nightly "\(place.inbox)" --ledger "\(place.ledger)" --register allowlists --quiet \
                  --min-age 0 --notify-mail it@school.example --notify-syslog >/dev/null'
                """)
            #expect(result.code == 0, "\(result.output)")
            let sent = try String(contentsOfFile: place.folder.path + "/sent", encoding: .utf8)
            #expect(
                sent.contains("sendmail -i -- it@school.example\nTo: it@school.example\nSubject: hallpass: "))
            #expect(sent.contains("logger -t hallpass -p daemon.notice\nhallpass: "))
            #expect(sent.contains("open: 3 high"))
            #expect(sent.contains("\nnew: "))
            expectNoDestination(sent.replacingOccurrences(of: "it@school.example", with: ""))
        }
    }
}
