import Judgement
import Register

/// Observed parties against what the agreement, the vendor's own list and its privacy policy say.
package struct DeclarationCheck: Equatable, Sendable {
    /// Where a party stands; nil where no list of that kind was given.
    package struct Row: Equatable, Sendable {
        package var domain: String
        package var hosts: [String]
        /// The app's own product, or a sub-processor of its agreement.
        package var inAgreement: Bool
        package var inAllowlist: Bool?
        package var inPolicy: Bool?

        package var isDeclaredNowhere: Bool {
            !inAgreement && inAllowlist != true && inPolicy != true
        }
    }

    /// A domain that some list declares and the session never met.
    package struct Unseen: Equatable, Sendable {
        package var domain: String
        /// `agreement`, `allowlist` or `policy`.
        package var declaredBy: [String]
    }

    /// Sources with their dates, as the lists name them.
    package var sources: [String]
    /// In order of the parties.
    package var rows: [Row]
    /// Sorted by domain.
    package var unseen: [Unseen]

    init(_ parties: [Party], _ lists: [DeclaredList], vendor: Vendor?) {
        sources = lists.map { list in
            let date = list.date.map { ", read \($0)" } ?? ""
            return "\(list.kind.rawValue): \(list.source ?? "no source given")\(date)"
        }
        func holds(_ kind: DeclaredList.Kind, _ hosts: [String]) -> Bool? {
            let entries = lists.filter { $0.kind == kind }.flatMap(\.entries)
            if !lists.contains(where: { $0.kind == kind }) { return nil }
            return hosts.allSatisfy { host in entries.contains { $0.covers(host) } }
        }
        // The district and the network itself are nobody whom a vendor would declare.
        let others = parties.filter {
            ![.district, .local, .platform].contains($0.verdict) && $0.requests > $0.failed
        }
        rows = others.map { party in
            Row(
                domain: party.domain, hosts: party.hosts,
                inAgreement: party.verdict == .covered || party.verdict == .coveredSubprocessor,
                inAllowlist: holds(.allowlist, party.hosts), inPolicy: holds(.policy, party.hosts))
        }
        unseen = DeclarationCheck.unseen(others.flatMap(\.hosts), lists, vendor)
    }

    private static func unseen(_ hosts: [String], _ lists: [DeclaredList], _ vendor: Vendor?) -> [Unseen] {
        var declared: [String: Set<String>] = [:]
        func add(_ entry: DomainEntry, _ by: String) {
            if !hosts.contains(where: entry.covers) {
                declared[entry.description, default: []].insert(by)
            }
        }
        for list in lists { for entry in list.entries { add(entry, list.kind.rawValue) } }
        for agreement in vendor?.agreements ?? [] {
            for domain in agreement.subprocessors.flatMap(\.domains) { add(domain.entry, "agreement") }
        }
        return declared.sorted { $0.key < $1.key }.map {
            Unseen(domain: $0.key, declaredBy: $0.value.sorted())
        }
    }
}
