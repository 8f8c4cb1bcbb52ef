import Bytes
import Contacts
import Crypto
import Flows
import Names
import Packets
import Pipeline

/// From traced flows to an excerpt: finds their frames, decides what is shown of each, and writes it.
struct ExcerptBuilder {
    private let request: ExcerptRequest
    private let names: Set<String>
    private let traces: FlowTraces
    private let flows: [TracedFlow]
    /// The same by flow: a connection to a proxy has several names.
    private let groups: [[TracedFlow]]
    private let flowsLeftOut: Int
    private var writer: FrameWriter
    private var pieces: [Piece] = []
    private var unshown: [String: Int] = [:]
    private var damagedMessages = 0
    private var untimely = 0

    /// A frame on its way into the excerpt.
    private struct Piece {
        let scanned: ScannedFrame
        var facts: Set<FrameFact>
        let bytes: [UInt8]
        let missing: Int
    }

    init(_ request: ExcerptRequest, _ traces: FlowTraces) {
        self.request = request
        self.traces = traces
        names = Set(request.names)
        flows = ExcerptBuilder.choose(traces.flows)
        groups = ExcerptBuilder.group(flows)
        flowsLeftOut = traces.flows.count - flows.count
        writer = FrameWriter(
            mask: AddressMask(
                key: request.key, homeNetworks: request.homeNetworks,
                clients: Set(flows.map(\.client)).union(request.clients ?? []),
                servers: Set(flows.map(\.server))))
    }

    /// The first flow of every client and name, then the second of each, and so on, up to the limit; in order of time.
    private static func choose(_ flows: [TracedFlow]) -> [TracedFlow] {
        guard flows.count > Excerpt.flowLimit else { return flows }
        var seen: [String: Int] = [:]
        let ranked = flows.enumerated().map { index, flow -> (rank: Int, index: Int) in
            let rank = seen["\(flow.client) \(flow.name)", default: 0]
            seen["\(flow.client) \(flow.name)"] = rank + 1
            return (rank, index)
        }
        let chosen = ranked.sorted { $0 < $1 }.prefix(Excerpt.flowLimit).map(\.index).sorted()
        return chosen.map { flows[$0] }
    }

    private static func group(_ flows: [TracedFlow]) -> [[TracedFlow]] {
        var groups: [[TracedFlow]] = []
        var places: [FrameWatch.Flow: Int] = [:]
        for flow in flows {
            let own = FrameWatch.Flow(key: flow.key, first: flow.first, last: flow.first)
            if let place = places[own] {
                groups[place].append(flow)
            } else {
                places[own] = groups.count
                groups.append([flow])
            }
        }
        return groups
    }

    /// What a scan found, wherever it read.
    struct Found {
        var frames: [ScannedFrame]
        /// How evidence calls the captures, by their places.
        var files: [String]
        var messagesLeftOut = 0
        var problems: [String] = []
    }

    mutating func make() -> Excerpt {
        let scan = FrameScan(request.captures, watch, jobs: request.jobs, chunkBytes: request.chunkBytes)
        let captures = request.captures
        return make(
            Found(
                frames: scan.frames, files: scan.inputs.map { CaptureNames.name($0.path, captures) },
                messagesLeftOut: scan.messagesLeftOut,
                problems: scan.problems.map { "\(CaptureNames.name($0.path, captures)): \($0.problem)." }))
    }

    mutating func make(_ scan: Found) -> Excerpt {
        var byFlow: [Int: [ScannedFrame]] = [:]
        var messages = DNSMessages(names: names)
        for scanned in scan.frames {
            if let flow = scanned.frame.flow { byFlow[flow, default: []].append(scanned) }
            messages.take(scanned)
        }
        for (index, group) in groups.enumerated() {
            take(group, byFlow[index] ?? [])
            for flow in group {
                for (scanned, fact) in messages.behind(flow) { takeMessage(scanned, fact) }
            }
        }
        merge()
        return finish(scan)
    }

    var watch: FrameWatch {
        let names = names
        let isHTTP = groups.map { $0.contains { $0.evidence == .httpHost || $0.evidence == .httpConnect } }
        return FrameWatch(
            flows: groups.map { group in
                FrameWatch.Flow(
                    key: group[0].key, first: group[0].first, last: group.map(\.last).max() ?? group[0].last)
            },
            askers: Set(flows.map(\.client)),
            wantsMessage: { DNSBlanks.read($0, names: names) != nil },
            wantsPayload: { flow, payload in
                isHTTP.indices.contains(flow) && isHTTP[flow] && RequestHead.probe(payload)
                    && RequestBlanks.request(payload.copied(), names: names) != nil
            })
    }

    private mutating func take(_ group: [TracedFlow], _ scanned: [ScannedFrame]) {
        let excerpt = FlowExcerpt(group[0], group, scanned.map(\.frame), names: names)
        for flow in group where !excerpt.carried.contains(flow.name) { unshown[flow.name, default: 0] += 1 }
        for shown in excerpt.shown {
            let frame = scanned[shown.index]
            let bytes = writer.write(
                frame.frame, payload: shown.payload, missing: shown.missing, shift: shown.shift)
            add(frame, shown.facts, bytes, missing: shown.missing)
        }
    }

    private mutating func takeMessage(_ scanned: ScannedFrame, _ fact: FrameFact) {
        let packet = scanned.frame.packet
        let isTCP = packet.transport == IPProtocol.tcp
        let payload = scanned.frame.payload
        guard let message = DNSBlanks.cut(Array(payload.dropFirst(isTCP ? 2 : 0)), &writer.mask) else {
            damagedMessages += 1
            return
        }
        var length: [UInt8] = []
        if isTCP { length.append(bigEndian: UInt64(message.count), 2) }
        add(scanned, [fact], writer.write(scanned.frame, payload: length + message), missing: 0)
    }

    private mutating func add(
        _ scanned: ScannedFrame, _ facts: Set<FrameFact>, _ bytes: [UInt8], missing: Int
    ) {
        // What a pcap file can say of time: 1970 to 2106.
        guard (0...Int64(UInt32.max)).contains(scanned.frame.time.seconds) else {
            untimely += 1
            return
        }
        pieces.append(Piece(scanned: scanned, facts: facts, bytes: bytes, missing: missing))
    }

    /// One answer may stand behind several flows. In order of time, then of the files.
    private mutating func merge() {
        var merged: [Piece] = []
        let sorted = pieces.enumerated().sorted { a, b in
            let (one, two) = (a.element.scanned, b.element.scanned)
            if one.frame.time != two.frame.time { return one.frame.time < two.frame.time }
            if ScannedFrame.precedes(one, two) { return true }
            return ScannedFrame.precedes(two, one) ? false : a.offset < b.offset
        }
        for (_, piece) in sorted {
            if let last = merged.last, !ScannedFrame.precedes(last.scanned, piece.scanned),
                !ScannedFrame.precedes(piece.scanned, last.scanned)
            {
                merged[merged.count - 1].facts.formUnion(piece.facts)
            } else {
                merged.append(piece)
            }
        }
        pieces = merged
    }

    private func finish(_ scan: Found) -> Excerpt {
        var pcap = PCAPFile()
        var frames: [ExcerptFrame] = []
        for (index, piece) in pieces.enumerated() {
            let scanned = piece.scanned
            pcap.add(piece.bytes, at: scanned.frame.time, missing: piece.missing)
            frames.append(
                ExcerptFrame(
                    number: index + 1, time: scanned.frame.time, file: scan.files[scanned.input],
                    originalNumber: scanned.number, offset: scanned.offset,
                    originalBytes: scanned.frame.bytes.count,
                    sha256: ExcerptBuilder.digest(scanned.frame.bytes), carries: piece.facts.sorted()))
        }
        return Excerpt(pcap: pcap.bytes, frames: frames, notes: notes(scan), captures: scan.files)
    }

    static func digest(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }

    private func notes(_ scan: Found) -> [String] {
        var notes = ExcerptBuilder.standing
        func note(_ count: Int, _ text: String) { if count > 0 { notes.append("\(count) \(text)") } }
        let beyond = Int(clamping: traces.beyondLimit)
        note(
            beyond,
            "further flows left out: of each client and name the earliest \(FlowTraces.limit) are shown.")
        note(flowsLeftOut, "further flows left out: an excerpt shows \(Excerpt.flowLimit) flows.")
        note(
            Int(clamping: traces.spokenFor),
            "contacts left out: a load balancer spoke for the client, and names it.")
        note(
            Int(clamping: traces.withoutPorts),
            "contacts left out: neither TCP nor UDP, so that no packet of theirs names a destination.")
        note(damagedMessages, "DNS messages left out: damaged, or with addresses that cannot be replaced.")
        note(scan.messagesLeftOut, "DNS messages were not looked at: too many.")
        note(untimely, "frames left out: their time lies outside of what a capture file can hold.")
        for (name, count) in unshown.sorted(by: { $0.key < $1.key }) {
            notes.append(
                "\(count) flows to \(name) are shown without a frame that carries the name: it was lost, fragmented, "
                    + "or stands in a protocol that cannot be shown in part.")
        }
        return notes + scan.problems
    }

    /// What holds for every excerpt.
    private static let standing = [
        "Frames are written anew as Ethernet, IP without options, TCP or UDP: VLAN tags, tunnels and other link layers "
            + "are left away. Checksums are those of the new frames.",
        "Addresses of clients, of home networks and of the clients' own networks (/16 of IPv4, /48 of IPv6) are "
            + "replaced, prefix-preserving under a key (Crypto-PAn with HMAC-SHA-256). Hardware addresses are "
            + "replaced. Addresses of destinations stay.",
        "TCP timestamps and all TCP options but MSS, window scale and SACK are blanked; flow labels of IPv6 are zero.",
        "Session ids, session tickets, resumption identities, key shares and unknown extensions of TLS hellos are "
            + "blanked; lengths stay. QUIC Initial packets are sealed again under their own keys, without tokens.",
        "Of HTTP requests paths, values of queries and all fields that may identify somebody are blanked with x.",
        "DNS messages are cut behind the answers: EDNS, and with it client subnets and cookies, is left away.",
        "Times, ports, IPv4 identifications and TCP sequence numbers are those of the captures.",
        "Fragmented packets, DHCP, mDNS, LLMNR, NetBIOS, ARP and neighbour discovery are left out.",
    ]
}
