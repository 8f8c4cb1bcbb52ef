import Bytes
import Names

/// Turns DNS messages into sightings and observations.
enum DNSFacts {
    /// `ends.client` is the side that asks, whichever way this message goes.
    static func take(
        _ bytes: RawSpan, fromServer: Bool, ends: MessageEnds, packet: UInt64, time: Timestamp,
        into output: inout FlowOutput
    ) {
        guard let message = try? DNSMessage.parse(bytes) else {
            output.tally.malformedDNS &+= 1
            return
        }
        // Behind a contradiction nothing is certain, the question included: another protocol on port 53, say.
        if message.fault == .malformed {
            output.tally.malformedDNS &+= 1
            return
        }
        // Updates and notifies name zones, not destinations.
        guard message.isQuery, let question = message.questions.first else { return }
        if message.isResponse {
            guard fromServer else { return }
            seeAnswers(message, ends: ends, into: &output)
        } else {
            for asked in message.questions {
                output.see(.dnsQuery, asked.name, value: asked.type.description, ends: ends)
            }
        }
        output.dns.append(
            DNSObservation(
                packet: packet, time: time, client: ends.client, resolver: ends.server,
                isResponse: message.isResponse, responseCode: message.responseCode, name: question.name,
                type: question.type, addresses: addresses(message.answers),
                chain: chain(from: question.name, message.answers),
                echPublicNames: echPublicNames(message.answers), dohNames: dohNames(message.answers)))
    }

    /// RFC 9461 §4: the owner of a DNS server's record is its name behind `_dns.`; RFC 9462 §4: a client asks for
    /// `_dns.resolver.arpa` to learn of its resolver's other doors.
    private static func dohNames(_ records: [DNSMessage.Record]) -> [String] {
        var names: Set<String> = []
        for record in records where record.dnsClass == DNSMessage.classIN && record.type == .svcb {
            guard case .service(let binding) = record.data, binding.hasDoHPath, record.name.hasPrefix("_dns.")
            else { continue }
            names.insert(
                binding.target == DNSName.root ? String(record.name.dropFirst("_dns.".count)) : binding.target
            )
        }
        return names.sorted()
    }

    private static func echPublicNames(_ records: [DNSMessage.Record]) -> [String] {
        var names: Set<String> = []
        for record in records where record.dnsClass == DNSMessage.classIN && record.type == .https {
            if case .service(let binding) = record.data, let name = binding.echPublicName {
                names.insert(name.text)
            }
        }
        return names.sorted()
    }

    private static func seeAnswers(_ message: DNSMessage, ends: MessageEnds, into output: inout FlowOutput) {
        for record in message.answers where record.dnsClass == DNSMessage.classIN {
            switch (record.type, record.data) {
            case (.a, .address(let address)):
                output.see(.dnsAnswerA, record.name, value: address.description, ends: ends)
            case (.aaaa, .address(let address)):
                output.see(.dnsAnswerAAAA, record.name, value: address.description, ends: ends)
            case (.cname, .name(let target)):
                output.see(.dnsAnswerCNAME, record.name, value: target, ends: ends)
            case (.https, .service(let binding)):
                output.see(.dnsAnswerHTTPS, record.name, value: binding.target, ends: ends)
            default: continue
            }
        }
    }

    private static func addresses(_ records: [DNSMessage.Record]) -> [DNSAddress] {
        records.compactMap { record in
            guard case .address(let address) = record.data, record.dnsClass == DNSMessage.classIN else {
                return nil
            }
            return DNSAddress(address: address, ttl: record.ttl)
        }
    }

    /// CNAME targets from `name` on, following owners, so that an unrelated record cannot slip in.
    private static func chain(from name: String, _ records: [DNSMessage.Record]) -> [String] {
        var targets: [String] = []
        var owner = name
        // RFC 1034 sets no limit on chains; resolvers stop after 8 to 16.
        while targets.count < 16 {
            let next = records.first { $0.type == .cname && $0.name == owner }
            guard let next, case .name(let target) = next.data, !targets.contains(target), target != name
            else { break }
            targets.append(target)
            owner = target
        }
        return targets
    }
}
