import Bytes
import Contacts
import Evidence
import Flows
import Foundation
import Packets
import Pipeline
import TestSupport
import Testing

/// What an excerpt of a committed capture holds.
@Suite struct ExcerptTests {
    /// A capture, names of destinations in it, and what the excerpt's frames have to carry.
    struct Case: CustomStringConvertible, Sendable {
        let capture: String
        let names: [String]
        let carries: Set<FrameFact>
        /// tshark finds the names too: not where a protocol goes before TLS, of which nothing is shown.
        var tshark = true

        var description: String { "\(capture) \(names.joined(separator: " "))" }
    }

    static let tcp: Set<FrameFact> = [.syn, .synAck, .clientHello, .serverHello, .fin]
    static let dns: Set<FrameFact> = [.dnsQuestion, .dnsAnswer]

    static let cases: [Case] = [
        Case(
            capture: "school-morning/capture.pcap", names: ["insights.quizly.example"],
            carries: [.syn, .synAck, .clientHello, .serverHello, .dnsQuestion, .dnsAnswer]),
        Case(
            capture: "school-morning/capture.pcap", names: ["pixel.adtrack.example", "randomgame.example"],
            carries: [.syn, .synAck, .clientHello, .serverHello, .dnsQuestion, .dnsAnswer]),
        Case(
            capture: "post-quantum-hello/capture.pcap", names: ["pixel.adtrack.example"],
            carries: [.syn, .synAck, .clientHello, .serverHello]),
        Case(
            capture: "quic-http3/capture.pcap", names: ["video.quizly.example"],
            carries: [.quicInitial, .dnsQuestion, .dnsAnswer]),
        Case(
            capture: "tls12/capture.pcap", names: ["quizly.example", "cdn.quizly-static.example"],
            carries: [.syn, .synAck, .clientHello, .serverHello, .certificate, .dnsQuestion, .dnsAnswer]),
        Case(
            capture: "tls12/capture.pcap", names: ["mathpath.example"],
            carries: [.syn, .synAck, .clientHello, .serverHello, .certificate]),
        Case(
            capture: "ipv6-only/capture.pcap", names: ["insights.quizly.example"],
            carries: [.syn, .synAck, .clientHello, .serverHello, .dnsQuestion, .dnsAnswer]),
        Case(
            capture: "ipv6-only/capture.pcap", names: ["pixel.adtrack.example"],
            carries: [.syn, .synAck, .httpRequest, .dnsQuestion, .dnsAnswer]),
        Case(
            capture: "vlan-nanoseconds/capture.pcap", names: ["quizly.example", "oldnews.example"],
            carries: [.syn, .synAck, .clientHello, .serverHello, .httpRequest, .dnsQuestion, .dnsAnswer]),
        Case(
            capture: "http-proxy/capture.pcap", names: ["oldnews.example", "pixel.adtrack.example"],
            carries: [.syn, .synAck, .httpRequest, .socksRequest]),
        // Behind a request for another host on the same connection.
        Case(
            capture: "http-proxy/capture.pcap", names: ["pixel.adtrack.example"],
            carries: [.syn, .synAck, .httpRequest, .blanked]),
        Case(
            capture: "squid/capture.pcap", names: ["pixel.adtrack.example"],
            carries: [.syn, .synAck, .httpRequest]),
        Case(
            capture: "starttls/capture.pcap", names: ["mail.quizly.example", "db.quizly.example"],
            carries: [.syn, .synAck, .clientHello], tshark: false),
        Case(
            capture: "dtls/capture.pcap", names: ["video.quizly.example"], carries: [.clientHello]),
        Case(
            capture: "shared-join/capture.pcap", names: ["alpha.example"],
            carries: [.syn, .synAck, .dnsQuestion, .dnsAnswer]),
        Case(
            capture: "containers/morning.pcap.zst", names: ["pixel.adtrack.example"],
            carries: [.syn, .synAck, .clientHello, .dnsQuestion, .dnsAnswer]),
        Case(
            capture: "containers/morning.pcapng", names: ["pixel.adtrack.example"],
            carries: [.syn, .synAck, .clientHello, .dnsQuestion, .dnsAnswer]),
    ]

    @Test(arguments: cases) func carriesTheFactAndNothingElse(_ given: Case) throws {
        let excerpt = ExcerptCase.make([given.capture], given.names)
        let facts = excerpt.frames.reduce(into: Set<FrameFact>()) { $0.formUnion($1.carries) }
        #expect(facts.isSuperset(of: given.carries), "\(facts.sorted()) of \(given.carries.sorted())")
        #expect(!excerpt.frames.isEmpty && excerpt.frames.allSatisfy { !$0.carries.isEmpty })
        #expect(ExcerptCase.frames(excerpt.pcap).count == excerpt.frames.count)
        #expect(excerpt.frames.map(\.number) == Array(1...max(excerpt.frames.count, 1)))
        #expect(zip(excerpt.frames, excerpt.frames.dropFirst()).allSatisfy { $0.time <= $1.time })
        #expect(!excerpt.notes.contains { $0.contains("without a frame that carries the name") })
    }

    /// The excerpt says of the names what the capture says, but for chains and addresses that are the district's.
    @Test(arguments: cases) func hallpassReadsTheSame(_ given: Case) throws {
        let excerpt = ExcerptCase.make([given.capture], given.names)
        let original = ExcerptCase.seen(ExcerptCase.path(given.capture), given.names)
        let again = try ExcerptCase.withFile(excerpt) { ExcerptCase.seen($0, given.names) }
        #expect(!original.isEmpty)
        #expect(again == original)
        // Nothing else is named in it.
        let others = try ExcerptCase.withFile(excerpt) { Run([$0]).facts }
        for contact in others.contacts where contact.service != "dns" {
            #expect(contact.name.map { given.names.contains($0) } ?? true, "\(contact.name ?? "")")
        }
        for lookup in others.lookups { #expect(given.names.contains(lookup.name)) }
    }

    @Test(arguments: cases.filter(\.tshark)) func tsharkReadsTheSame(_ given: Case) throws {
        let original = ExcerptCase.path(given.capture)
        guard let names = try TsharkNames(original, given.names) else { return }
        let excerpt = ExcerptCase.make([given.capture], given.names)
        try ExcerptCase.withFile(excerpt) { path in
            let again = try #require(try TsharkNames(path, given.names))
            #expect(again.names == names.names)
            #expect(again.bad == "", "tshark finds fault: \(again.bad)")
            let information = try ExcerptCase.output("capinfos", ["-c", path])
            #expect(information?.code == 0)
        }
    }

    /// Names that tshark finds in hellos, request heads and questions, and frames with wrong checksums or damage.
    struct TsharkNames {
        let names: Set<String>
        let bad: String

        /// Nil when tshark is not installed.
        init?(_ path: String, _ wanted: [String]) throws {
            let fields = ["tls.handshake.extensions_server_name", "http.host"]
            let columns = fields.flatMap { ["-e", $0] }
            let checks = ["ip.check_checksum", "tcp.check_checksum", "udp.check_checksum"]
            let preferences = checks.flatMap { ["-o", "\($0):TRUE"] }
            guard let output = try ExcerptCase.output("tshark", ["-r", path, "-T", "fields"] + columns) else {
                return nil
            }
            let found = output.text.split { "\t\n,".contains($0) }.map { $0.lowercased() }
            names = Set(found.map { $0.split(separator: ":").first.map(String.init) ?? $0 }).intersection(
                wanted)
            let filter =
                "ip.checksum.status == 0 or tcp.checksum.status == 0 or udp.checksum.status == 0 or _ws.malformed"
            bad = try ExcerptCase.output("tshark", ["-r", path, "-Y", filter] + preferences)?.text ?? ""
        }
    }

    @Test func aChainIsShownWhole() throws {
        let excerpt = ExcerptCase.make(["ipv6-only/capture.pcap"], ["insights.quizly.example"])
        let seen = try ExcerptCase.withFile(excerpt) { ExcerptCase.seen($0, ["insights.quizly.example"]) }
        #expect(seen.map(\.chain) == [["quizly.collect.metrica.example"]])
    }

    @Test(arguments: cases) func jobsAndChunksDoNotMatter(_ given: Case) {
        let first = ExcerptCase.make([given.capture], given.names) { $0.jobs = 1 }
        for (jobs, bytes) in [(2, 1000), (3, 1 << 20)] {
            let other = ExcerptCase.make([given.capture], given.names) {
                $0.jobs = jobs
                $0.chunkBytes = bytes
            }
            #expect(other.pcap == first.pcap && other.frames == first.frames && other.notes == first.notes)
        }
    }

    /// More of everything than is kept of a flow: what is left out must not depend on where a chunk begins.
    @Test func limitsHoldWhereverChunksAreCut() throws {
        var forge = PCAPForge(linkType: 101)
        var sequence: UInt32 = 1
        func send(_ flags: UInt8, _ text: String = "", fromServer: Bool = false) {
            let ports = fromServer ? (80, 50000) : (50000, 80)
            let segment = Forge.tcp(ports.0, ports.1, sequence: sequence, flags: flags, Array(text.utf8))
            let packet = Forge.ipv4(6, segment) {
                guard fromServer else { return }
                $0.source = Forge.server
                $0.destination = Forge.client
            }
            forge.add(packet, seconds: 1_700_000_000)
        }
        for _ in 0..<4 { send(Forge.syn) }
        send(Forge.syn | Forge.ack, fromServer: true)
        sequence = 2
        let hosts = Array(repeating: "site.example", count: 30) + ["late.example"]
        for host in hosts {
            let head = "GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n"
            send(Forge.ack, head)
            sequence += UInt32(head.utf8.count)
        }
        send(Forge.fin | Forge.ack)
        try ExcerptCase.withFile(forge.bytes) { path in
            func make(_ chunkBytes: Int) -> Excerpt {
                var request = ExcerptCase.request([path], ["site.example", "late.example"])
                request.chunkBytes = chunkBytes
                return Excerpt.make(request)
            }
            let whole = make(1 << 20)
            let carried = Set(whole.frames.flatMap(\.carries))
            #expect(carried.isSuperset(of: [.syn, .synAck, .httpRequest, .fin]))
            #expect(whole.frames.count { $0.carries.contains(.httpRequest) } == 2)
            for chunkBytes in stride(from: 100, to: 3000, by: 170) {
                let other = make(chunkBytes)
                #expect(other.pcap == whole.pcap && other.frames == whole.frames, "chunks of \(chunkBytes)")
            }
        }
    }

    @Test func anotherKeyGivesOtherAddresses() {
        let names = ["pixel.adtrack.example"]
        let one = ExcerptCase.make(["school-morning/capture.pcap"], names)
        let two = ExcerptCase.make(["school-morning/capture.pcap"], names) {
            $0.key = [UInt8](repeating: 7, count: 32)
        }
        let sources = [one, two].map { excerpt in
            Set(ExcerptCase.frames(excerpt.pcap).flatMap { ExcerptTests.addresses($0) })
        }
        let inside = sources.map { $0.filter { $0.isIPv4 && $0.low >> 24 == 10 } }
        #expect(!inside[0].isEmpty && inside[0].isDisjoint(with: inside[1]))
    }

    static func addresses(_ frame: [UInt8]) -> [IPAddress] {
        var packet = Packet()
        let reason = frame.withRawSpan {
            PacketDecoder.decode($0, linkType: 1, originalLength: UInt64(frame.count), into: &packet)
        }
        return reason == nil ? [packet.source, packet.destination] : []
    }

    @Test func clientsAndTimesAreKeptTo() throws {
        let names = ["randomgame.example"]
        let client = try #require(IPAddress("10.30.2.5"))
        let all = ExcerptCase.make(["school-morning/capture.pcap"], names)
        let one = ExcerptCase.make(["school-morning/capture.pcap"], names) { $0.clients = [client] }
        #expect(!one.frames.isEmpty && one.frames.count < all.frames.count)
        let none = ExcerptCase.make(["school-morning/capture.pcap"], names) {
            $0.to = Timestamp(nanoseconds: 1)
        }
        #expect(none.frames.isEmpty && none.pcap.count == 24)
    }

    /// frames.csv names frames that are there, and finds those that are not.
    @Test func rowsAreCheckedAgainstCaptures() throws {
        let captures = ["school-morning/capture.pcap", "containers/morning.pcapng"].map(ExcerptCase.path)
        let excerpt = ExcerptCase.make(["school-morning/capture.pcap"], ["pixel.adtrack.example"])
        let text = FramesTable.text(excerpt.frames)
        let rows = try FramesTable.read(text)
        #expect(rows.count == excerpt.frames.count)
        #expect(FramesTable.check(rows, in: [captures[0]]).allSatisfy { $0 == .same })
        #expect(FramesTable.check(rows, in: [captures[1]]).allSatisfy { $0 == .noCapture })
        let digit: Character = rows[0].sha256.hasPrefix("0") ? "1" : "0"
        let other = text.split(separator: ",").map { cell in
            cell == rows[0].sha256 ? String(digit) + cell.dropFirst() : String(cell)
        }.joined(separator: ",")
        let changed = FramesTable.check(try FramesTable.read(other), in: [captures[0]])
        #expect(changed[0] == .different)
        #expect(changed.dropFirst().allSatisfy { $0 == .same })
        #expect(throws: FramesTable.Fault.self) { try FramesTable.read("nothing\n") }
        #expect(throws: FramesTable.Fault.self) { try FramesTable.read(FramesTable.header + "\n1,2,3\n") }
    }

    /// The numbers are Wireshark's, and the offsets those of the file.
    @Test func placesAreTrue() throws {
        let path = ExcerptCase.path("school-morning/capture.pcap")
        let excerpt = ExcerptCase.make(["school-morning/capture.pcap"], ["pixel.adtrack.example"])
        let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        for frame in excerpt.frames {
            let start = Int(frame.offset)
            let bytes = Array(file[start..<(start + frame.originalBytes)])
            // A pcap record's header stands before the frame: its captured length is the third field.
            let length = file[(start - 8)..<(start - 4)].reversed().reduce(0) { $0 << 8 | Int($1) }
            #expect(length == bytes.count)
            #expect(frame.file == "capture.pcap")
        }
    }

    @Test func namesOfCapturesLeaveFoldersOut() {
        let root = ExcerptCase.path("") + "/"
        #expect(CaptureNames.name(root + "dtls/capture.pcap", [root]) == "dtls/capture.pcap")
        #expect(CaptureNames.name(root + "dtls/capture.pcap", [root + "dtls/capture.pcap"]) == "capture.pcap")
        #expect(CaptureNames.name("/a/b.zip/c.pcap", ["/a/b.zip"]) == "b.zip/c.pcap")
    }
}
