package import Bytes

/// What `hallpass register check` looks at beyond what must be right for a register to load.
package struct RegisterCheck {
    /// The day on which the question is asked, for what ends soon; nil leaves those checks out.
    package var on: CivilDay?
    /// Days after `on` within which an end counts as soon.
    package var within: Int64

    package init(on: CivilDay? = nil, within: Int64 = 0) {
        self.on = on
        self.within = within
    }

    /// What a careful reader would ask about, sorted by place.
    package func problems(of register: Register) -> [RegisterProblem] {
        let log = ProblemLog()
        checkSharedDomains(register, log)
        for vendor in register.vendors {
            for product in vendor.products { check(product, of: vendor, register, log) }
            check(agreementsOf: vendor, log)
            for agreement in vendor.agreements {
                check(agreement, of: vendor, log)
                for party in agreement.subprocessors { check(party, register, log) }
                check(documentOf: agreement, log)
            }
        }
        for exception in register.exceptions {
            checkEnd("the exception for \(exception.domain.entry)", exception.until, exception.place, log)
        }
        return Array(Set(log.problems)).sorted()
    }

    // MARK: - Domains

    private func checkSharedDomains(_ register: Register, _ log: ProblemLog) {
        var first: [DomainEntry: (vendor: String, place: Place)] = [:]
        for vendor in register.vendors {
            for domain in vendor.products.flatMap(\.domains) {
                guard let known = first[domain.entry] else {
                    first[domain.entry] = (vendor.id, domain.place)
                    continue
                }
                if known.vendor == vendor.id { continue }
                log.add(
                    domain.place,
                    "\(quoted(domain.entry.description)) of vendor \(quoted(vendor.id)) is also vendor "
                        + "\(quoted(known.vendor))'s at \(known.place); contacts get the worse answer of both"
                )
            }
        }
    }

    private func check(_ product: Product, of vendor: Vendor, _ register: Register, _ log: ProblemLog) {
        for excluded in product.excludedDomains
        where !product.domains.contains(where: { $0.entry.covers(excluded.entry.name) }) {
            log.add(
                excluded.place,
                "the excluded \(quoted(excluded.entry.description)) lies beneath no domain of "
                    + "\(quoted(product.id)), so it excludes nothing")
        }
        for domain in product.domains {
            // The next shorter entry decides the same when it is the same product's alone.
            let groups = register.matches(domain.entry.name)
            let at = groups.firstIndex { $0.contains { $0.domain == domain } }
            guard let at, at + 1 < groups.count, groups[at].count == 1, groups[at + 1].count == 1,
                groups[at + 1][0].subject == groups[at][0].subject
            else { continue }
            let wider = groups[at + 1][0].domain
            log.add(
                domain.place,
                "\(quoted(domain.entry.description)) never decides: \(quoted(wider.entry.description)) at "
                    + "\(wider.place) covers it already")
        }
    }

    // MARK: - Agreements

    private func check(_ agreement: Agreement, of vendor: Vendor, _ log: ProblemLog) {
        let title = "agreement \(quoted(agreement.id))"
        let products = vendor.products.filter { agreement.products.contains($0.id) }
        if products.isEmpty {
            log.add(agreement.place, "\(title) covers no product: the vendor has none on record")
        } else if products.allSatisfy(\.domains.isEmpty) {
            log.add(agreement.place, "\(title) can never match: its products have no domains")
        }
        if agreement.missedOffer {
            log.add(
                agreement.place, "\(title) was signed outside the window of its offer, so it binds nobody")
        }
        if agreement.status == .signed, let last = agreement.lastDay {
            checkEnd(title, last, agreement.place, log)
        }
    }

    private func checkEnd(_ title: String, _ last: CivilDay, _ place: Place, _ log: ProblemLog) {
        guard let on else { return }
        let left = last.daysSince1970 - on.daysSince1970
        if left >= 0, left <= within {
            let days = left == 1 ? "1 day" : "\(left) days"
            log.add(place, "\(title) ends on \(last), in \(days)")
        }
    }

    /// Two agreements in force at once for one product, school, role and grade: which one speaks is not
    /// plain.
    private func check(agreementsOf vendor: Vendor, _ log: ProblemLog) {
        let signed = vendor.agreements.filter { $0.status == .signed && !$0.missedOffer }
        for (index, later) in signed.enumerated() {
            for earlier in signed[..<index] where RegisterCheck.overlap(earlier, later, vendor) {
                log.add(
                    later.place,
                    "agreement \(quoted(later.id)) overlaps \(quoted(earlier.id)) at \(earlier.place): both "
                        + "cover the same product for the same people on the same days")
            }
        }
    }

    private static func overlap(_ a: Agreement, _ b: Agreement, _ vendor: Vendor) -> Bool {
        guard let startA = a.begins, let startB = b.begins, startB <= (b.lastDay ?? startB),
            startA <= (b.lastDay ?? startA), startB <= (a.lastDay ?? startB)
        else { return false }
        let products = vendor.products.map(\.id)
        let sharesGrades = a.grades.flatMap { first in b.grades.map { first.intersects($0) } } ?? true
        return products.contains { a.products.contains($0) && b.products.contains($0) } && sharesGrades
            && intersect(a.schools, b.schools) && intersect(a.roles, b.roles)
    }

    private static func intersect<Value>(_ a: Scope<Value>, _ b: Scope<Value>) -> Bool {
        guard case .only(let first) = a else { return true }
        return first.contains { b.contains($0) }
    }

    // MARK: - Sub-processors and documents

    private func check(_ party: Subprocessor, _ register: Register, _ log: ProblemLog) {
        guard party.domains.isEmpty else { return }
        let wanted = party.name.lowercased()
        let isKnown =
            register.thirdParties.contains { $0.owner?.lowercased() == wanted }
            || register.vendors.contains { ([$0.name] + $0.aliases).contains { $0.lowercased() == wanted } }
        let advice = isKnown ? "copy those that it uses from its own record" : "no record knows it either"
        log.add(
            party.place,
            "sub-processor \(quoted(party.name)) has no domains, so it never matches; \(advice)")
    }

    private func check(documentOf agreement: Agreement, _ log: ProblemLog) {
        guard let document = agreement.document else { return }
        let folder = agreement.place.file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let isAbsolute = document.file.hasPrefix("/")
        let path = isAbsolute ? document.file : (folder + [document.file[...]]).joined(separator: "/")
        let name = "the document \(quoted(document.file)) of agreement \(quoted(agreement.id))"
        do {
            let found = try readFile(path, relative: document.file).sha256
            guard let stated = document.sha256 else {
                log.add(agreement.place, "\(name) has no sha256 on record; it is \(found)")
                return
            }
            if found != stated {
                log.add(agreement.place, "\(name) has changed: its sha256 is \(found), not \(stated)")
            }
        } catch {
            log.add(agreement.place, "\(name) is not there: \(path)")
        }
    }
}
