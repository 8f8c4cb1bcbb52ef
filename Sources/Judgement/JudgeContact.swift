package import Bytes
package import Contacts
import Register
package import Roster

extension Judge {
    /// Judges one contact on its own hour for the device that the roster says it was.
    package func judge(_ contact: Contact) -> Judgment {
        let device = roster.device(for: contact)
        return judge(contact, circumstances(at: contact.first, for: device))
    }

    /// When and for whom a contact of `device` at `moment` is judged.
    package func circumstances(at moment: Timestamp, for device: Device) -> Circumstances {
        let local = clock.local(moment)
        return Circumstances(
            day: local.day, weekday: local.weekday, minute: local.minute, role: device.role,
            school: device.school,
            grades: device.grades, isQuestion: false)
    }

    package func judge(_ contact: Contact, _ circumstances: Circumstances) -> Judgment {
        if let local = judgeLocal(contact) { return local }
        guard let name = contact.domainName else { return judgeNameless(contact, circumstances) }
        var judgment = judge(name: name, circumstances)
        if contact.ambiguity == .shared, !contact.candidates.isEmpty {
            judgment = judge(candidates: Array(Set(contact.candidates + [name])).sorted(), circumstances)
        }
        judgment = judge(chain: contact.cnameChain, of: name, judgment, circumstances)
        if contact.ambiguity == .concealed, judgment.verdict.isUncovered {
            judgment.reasons.insert("what lies behind \(name) is hidden from the network", at: 0)
            judgment.verdict = .concealed
            judgment.offers = []
        }
        return judgment
    }

    /// Contacts that stay inside: nameless ones with the district's own addresses, multicast and broadcast,
    /// and lookups sent to an inside resolver.
    private func judgeLocal(_ contact: Contact) -> Judgment? {
        // One outside server is enough to make a local-sounding name no excuse: a client may claim any name.
        guard contact.servers.allSatisfy(roster.isLocal) else { return nil }
        guard !contact.servers.isEmpty else {
            return contact.domainName.flatMap { isLocalName($0) ? localName($0) : nil }
        }
        if contact.servers.allSatisfy(\.isMulticastOrBroadcast) {
            return Judgment(.local, reason: "multicast or broadcast, which stays on the link")
        }
        if contact.service == "dns" {
            return Judgment(.local, reason: "a lookup at a resolver inside the district")
        }
        guard let name = contact.domainName else {
            return Judgment(.local, reason: "an address inside the district's own networks")
        }
        return isLocalName(name) ? localName(name) : nil
    }

    private func localName(_ name: String) -> Judgment {
        Judgment(.local, reason: "\(name) is a name of the local network")
    }

    /// Judges a name that was only asked for.
    package func judge(lookup name: String, _ circumstances: Circumstances) -> Judgment {
        isLocalName(name) || isReverseName(name) ? localName(name) : judge(name: name, circumstances)
    }

    private func judgeNameless(_ contact: Contact, _ circumstances: Circumstances) -> Judgment {
        if contact.ambiguity == .shared, !contact.candidates.isEmpty {
            return judge(candidates: contact.candidates, circumstances)
        }
        if contact.ambiguity == .concealed {
            return Judgment(.concealed, reason: "the destination's name is hidden from the network")
        }
        let service = contact.port == 0 ? contact.transport : "\(contact.transport) \(contact.port)"
        return Judgment(.unnamed, reason: "nothing in the input names this address, reached over \(service)")
    }

    private func judge(candidates: [String], _ circumstances: Circumstances) -> Judgment {
        let judgments = candidates.map { candidate in
            var judgment = judge(name: candidate, circumstances)
            judgment.decidingName = candidate
            return judgment
        }
        var worst =
            Judge.worst(judgments) ?? Judgment(.unnamed, reason: "nothing in the input names this address")
        let list = candidates.prefix(4).joined(separator: ", ") + (candidates.count > 4 ? ", ..." : "")
        if Set(judgments.map(\.verdict)).count > 1 {
            worst.isAmbiguous = true
            worst.reasons.append("several names fit (\(list)) with different answers; the worst is shown")
        } else {
            worst.reasons.append("several names fit (\(list)); all get the same answer")
        }
        return worst
    }

    /// A name may be another party's in disguise: a tracker behind a first party's CNAME. The worse of both
    /// holds. Carriers (CDN, hosting, cloud) stand behind everybody's names and do not count.
    private func judge(
        chain: [String], of name: String, _ judgment: Judgment, _ circumstances: Circumstances
    ) -> Judgment {
        for target in chain {
            let behind = judge(name: target, circumstances)
            guard let kind = behind.record?.kind, kind == "third_party",
                let category = behind.category, !ThirdParty.carrierCategories.contains(category)
            else { continue }
            let owner = behind.owner ?? "an unknown owner"
            let path = ([name] + chain.prefix { $0 != target } + [target]).joined(separator: " -> ")
            let reason = "\(name) leads to \(owner) (\(category)) by its CNAME chain: \(path)"
            guard behind.verdict > judgment.verdict else {
                var same = judgment
                same.reasons.append(reason)
                same.category = same.category ?? category
                return same
            }
            var worse = behind
            worse.reasons.insert(reason, at: 0)
            worse.nearMisses.append("\(name) itself is \(judgment.verdict.words)")
            return worse
        }
        return judgment
    }
}

/// Names that mean something only on the network where they are used: single labels, mDNS (RFC 6762),
/// `home.arpa` (RFC 8375), `internal` (reserved by ICANN).
package func isLocalName(_ name: String) -> Bool {
    !name.contains(".") || [".local", ".home.arpa", ".internal", ".lan"].contains { name.hasSuffix($0) }
}

/// Names under which an address's own name is asked for (RFC 1035 §3.5, RFC 3596 §2.5).
package func isReverseName(_ name: String) -> Bool {
    name.hasSuffix(".in-addr.arpa") || name.hasSuffix(".ip6.arpa")
}

extension Contact {
    /// The name when it is a domain: an address written where a name belongs (a Host header, say) names
    /// nobody.
    var domainName: String? {
        guard let name, !name.isEmpty, IPAddress(name) == nil else { return nil }
        return name
    }
}
