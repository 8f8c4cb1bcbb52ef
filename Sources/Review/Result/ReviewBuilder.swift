import Bytes
import Contacts
package import Judgement
package import Register

/// What a review is asked.
package struct ReviewQuestion: Sendable {
    package var app: String
    /// The id of the app's vendor; nil finds it by the first page that was opened.
    package var vendor: String?
    package var role: Role
    package var school: String?
    package var grades: GradeSet?
    package var declared: [DeclaredList] = []

    package init(app: String, vendor: String? = nil, role: Role = .student) {
        self.app = app
        self.vendor = vendor
        self.role = role
    }
}

/// Judges what a session did.
package struct ReviewBuilder {
    private let question: ReviewQuestion
    private let judge: Judge
    private let session: Session
    /// Of each host from the recording that tells most, on one clock.
    private let facts: [ExchangeFact]
    private let everything: [ExchangeFact]
    private let corroboration: Corroboration
    private let vendor: Int?
    private let countries: CountryDatabase?
    private var judgments: [String: Judgment] = [:]

    package init(
        _ session: Session, _ question: ReviewQuestion, judge: Judge, countries: CountryDatabase? = nil
    ) {
        self.countries = countries
        self.question = question
        self.judge = judge
        self.session = session
        corroboration = Corroboration(session.facts)
        everything = ReviewBuilder.ordered(corroboration.aligned(session.facts))
        facts = ReviewBuilder.richest(everything)
        let vendors = judge.register.vendors
        let named = question.vendor.flatMap { id in vendors.firstIndex { $0.id == id } }
        vendor = question.vendor == nil ? ReviewBuilder.vendor(of: session, judge, question) : named
    }

    private static func ordered(_ facts: [ExchangeFact]) -> [ExchangeFact] {
        facts.enumerated().sorted { a, b in
            (a.element.start?.nanoseconds ?? .max, a.offset) < (
                b.element.start?.nanoseconds ?? .max, b.offset
            )
        }.map(\.element)
    }

    /// Two recordings of one request are one request: of each host the recording speaks that tells most.
    private static func richest(_ facts: [ExchangeFact]) -> [ExchangeFact] {
        var best: [String: SessionKind] = [:]
        for fact in facts { best[fact.host] = min(best[fact.host] ?? fact.source, fact.source) }
        return facts.filter { best[$0.host] == $0.source }
    }

    /// The vendor whose product the session's first page belongs to.
    private static func vendor(of session: Session, _ judge: Judge, _ question: ReviewQuestion) -> Int? {
        guard let page = session.facts.first(where: { $0.isDocument }) ?? session.facts.first else {
            return nil
        }
        let circumstances = circumstances(page.start, session, judge, question, .nobody)
        return judge.judge(lookup: page.host, circumstances).productKey?.vendor
    }

    private static func circumstances(
        _ moment: Timestamp?, _ session: Session, _ judge: Judge, _ question: ReviewQuestion,
        _ company: Circumstances.Company
    ) -> Circumstances {
        let local = judge.clock.local(moment ?? session.first ?? Timestamp(nanoseconds: 0))
        var circumstances = Circumstances(
            day: local.day, weekday: local.weekday, minute: local.minute, role: question.role,
            school: question.school, grades: question.grades, isQuestion: true)
        circumstances.company = company
        return circumstances
    }

    package mutating func build() -> AppReview {
        for fact in facts where judgments[fact.host] == nil {
            judgments[fact.host] = judgment(of: fact)
        }
        let parties = self.parties()
        let map = InitiatorMap(facts)
        let elements = self.elements(parties)
        var review = AppReview(
            app: question.app, vendor: vendor.map { judge.register.vendors[$0].name },
            agreement: parties.first { $0.verdict == .covered }?.judgment.agreement, role: question.role,
            registerSHA256: judge.register.sha256, inputs: session.inputs, first: session.first,
            last: session.last, requests: facts.reduce(0) { $0 + $1.times },
            failedRequests: facts.filter(\.hasFailed).reduce(0) { $0 + $1.times },
            hasPersona: session.hasPersona,
            parties: parties, initiators: map.roots, edges: map.edges, elements: elements, gaps: gaps(),
            possible: possible(parties), declarations: declarations(parties), corroboration: corroboration,
            countrySource: countries.map { CountrySource(type: $0.type, built: $0.built) },
            accesses: session.accesses.sorted { $0.key < $1.key }.map {
                AppReview.Gap(reason: $0.key, count: $0.value)
            },
            drift: nil, headline: "")
        review.headline = Headline.text(review)
        return review
    }

    /// An address in a URL names nobody, so it is judged as a contact with an address.
    private func judgment(of fact: ExchangeFact) -> Judgment {
        let company = vendor.map { Circumstances.Company.vendor($0) } ?? .nobody
        let circumstances = ReviewBuilder.circumstances(fact.start, session, judge, question, company)
        let moment = fact.start ?? Timestamp(nanoseconds: 0)
        let address = IPAddress(fact.host)
        var contact = Contact(
            client: nil, servers: address.map { [$0] } ?? [], port: fact.port, transport: "tcp", first: moment
        )
        if address == nil { contact.name = fact.host }
        return judge.judge(contact, circumstances)
    }

    // MARK: - Parties

    private struct PartyKey: Hashable {
        var domain: String
        var verdict: Verdict
        var owner: String?
    }

    private func key(_ host: String) -> PartyKey? {
        guard let judgment = judgments[host] else { return nil }
        let domain = IPAddress(host) == nil ? PublicSuffixList.registrableDomain(of: host) ?? host : host
        return PartyKey(domain: domain, verdict: judgment.verdict, owner: judgment.owner)
    }

    private func parties() -> [Party] {
        var parties: [PartyKey: Party] = [:]
        for fact in facts {
            guard let key = key(fact.host), let judgment = judgments[fact.host] else { continue }
            var party =
                parties[key]
                ?? Party(
                    domain: key.domain, owner: judgment.owner, category: judgment.category,
                    judgment: judgment,
                    hosts: [], first: fact.start, requests: 0, failed: 0, bytesUp: 0, bytesDown: 0,
                    cookies: [])
            if !party.hosts.contains(fact.host) { party.hosts = (party.hosts + [fact.host]).sorted() }
            party.requests += fact.times
            if fact.hasFailed { party.failed += fact.times }
            party.bytesUp = saturating(party.bytesUp, fact.hasFailed ? 0 : fact.bytesUp)
            party.bytesDown = saturating(party.bytesDown, fact.bytesDown)
            party.cookies = Array(Set(party.cookies + fact.cookiesSet)).sorted()
            parties[key] = party
        }
        addCountries(to: &parties)
        return parties.values.sorted {
            if $0.verdict != $1.verdict { return $0.verdict > $1.verdict }
            if $0.bytesUp != $1.bytesUp { return $0.bytesUp > $1.bytesUp }
            return ($0.domain, $0.owner ?? "") < ($1.domain, $1.owner ?? "")
        }
    }

    /// By the addresses of every recording: a HAR of some browsers has none, a capture beside it has.
    private func addCountries(to parties: inout [PartyKey: Party]) {
        guard let countries else { return }
        var known: [IPAddress: String?] = [:]
        var found: [PartyKey: Set<String>] = [:]
        for fact in everything where !fact.hasFailed {
            guard let key = key(fact.host) else { continue }
            let own = IPAddress(fact.host).map { [$0] } ?? []
            for server in own + fact.servers {
                let country = known[server] ?? countries.country(of: server)
                known[server] = country
                if let country { found[key, default: []].insert(country) }
            }
        }
        for (key, codes) in found { parties[key]?.countries = codes.sorted() }
    }

    // MARK: - Elements

    private struct ElementKey: Hashable {
        var host: String
        var hit: ElementHit
    }

    private func elements(_ parties: [Party]) -> [ElementFinding] {
        var bySource: [SessionKind: [ElementKey: Int]] = [:]
        // What was never sent reached nobody.
        for fact in everything where !fact.hasFailed {
            for hit in fact.hits {
                bySource[fact.source, default: [:]][ElementKey(host: fact.host, hit: hit), default: 0] += 1
            }
        }
        // Several recordings of one request hold the same value.
        var counts: [ElementKey: Int] = [:]
        for found in bySource.values { counts.merge(found) { max($0, $1) } }
        let place = Dictionary(
            parties.enumerated().flatMap { number, party in party.hosts.map { ($0, number) } },
            uniquingKeysWith: { first, _ in first })
        return counts.compactMap { key, count -> ElementFinding? in
            guard let number = place[key.host] else { return nil }
            let hit = key.hit
            return ElementFinding(
                party: parties[number].domain, host: key.host, element: hit.element,
                category: hit.element.category,
                standing: standing(of: hit.element, parties[number].judgment), place: hit.place,
                field: hit.field, form: hit.form, note: hit.note, isSent: hit.isSent, requests: count)
        }.sorted {
            let (a, b) = (place[$0.host] ?? 0, place[$1.host] ?? 0)
            if a != b { return a < b }
            if $0.hit != $1.hit { return ElementHit.precedes($0.hit, $1.hit) }
            return $0.host < $1.host
        }
    }

    private func standing(of element: Element, _ judgment: Judgment) -> ElementFinding.Standing {
        switch judgment.verdict {
        case .district, .local: return .district
        case .covered, .coveredSubprocessor:
            let agreements = judge.register.vendors.flatMap(\.agreements)
            guard let id = judgment.agreement?.id, let agreement = agreements.first(where: { $0.id == id })
            else {
                return .noSchedule
            }
            if agreement.dataElements.isEmpty { return .noSchedule }
            return agreement.dataElements.contains(element.category) ? .declared : .undeclared
        default: return .noAgreement
        }
    }

    /// Recorders of sessions are known by their paths or by the register's category.
    private func possible(_ parties: [Party]) -> [PossibleFinding] {
        var counts: [PossibleKey: Int] = [:]
        for fact in facts where !fact.hasFailed {
            for hit in fact.possible { counts[PossibleKey(host: fact.host, hit: hit), default: 0] += 1 }
            if judgments[fact.host]?.category == "session-recording", fact.possible.isEmpty {
                let hit = PossibleHit(kind: .sessionRecording, place: .url, field: "")
                counts[PossibleKey(host: fact.host, hit: hit), default: 0] += fact.times
            }
        }
        return counts.compactMap { key, count in
            parties.first { $0.hosts.contains(key.host) }.map { party in
                PossibleFinding(
                    party: party.domain, host: key.host, kind: key.hit.kind, place: key.hit.place,
                    field: key.hit.field, requests: count)
            }
        }.sorted {
            ($0.party, $0.host, $0.kind, $0.place, $0.field) < (
                $1.party, $1.host, $1.kind, $1.place, $1.field
            )
        }
    }

    private struct PossibleKey: Hashable {
        var host: String
        var hit: PossibleHit
    }

    private func declarations(_ parties: [Party]) -> DeclarationCheck? {
        question.declared.isEmpty
            ? nil
            : DeclarationCheck(parties, question.declared, vendor: vendor.map { judge.register.vendors[$0] })
    }

    private func gaps() -> [AppReview.Gap] {
        var counts: [Exchange.Gap: Int] = [:]
        for fact in everything { counts.merge(fact.gaps) { $0 + $1 } }
        return Exchange.Gap.allCases.compactMap { gap in
            counts[gap].map { AppReview.Gap(reason: gap.rawValue, count: $0) }
        }
    }
}

extension ElementFinding {
    var hit: ElementHit {
        ElementHit(element: element, note: note, form: form, place: place, field: field, isSent: isSent)
    }
}
