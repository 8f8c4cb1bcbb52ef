import Bytes
import Contacts
import Register
import Roster

/// Judges the contacts of whole devices and adds them to groups.
///
/// Several may work side by side, each on devices of its own: nothing but the judge is shared, and what they
/// found is merged by an `AssessmentMerger`.
struct ContactJudge: Sendable {
    let judge: Judge
    private(set) var memo = JudgmentMemo()
    private(set) var groups: [Group] = []
    private(set) var traces: [DeviceTrace] = []
    private(set) var links = ContextLinks()
    private(set) var all = TallyBuilder()
    private(set) var leftOut = TallyBuilder()
    private(set) var byVerdict = Array(repeating: TallyBuilder(), count: Verdict.allCases.count)
    private(set) var blocked = 0
    private(set) var attempted = 0
    private(set) var activity = ActivityBuilder()
    private(set) var blindSpots = BlindSpotBuilder()

    private var groupNumbers: [GroupKey: Int32] = [:]
    private var clock: ZoneCursor
    private var circumstances = CircumstanceTable()
    private var locality: [IPAddress: Bool] = [:]
    private var lastLocality: (server: IPAddress, isLocal: Bool)?
    /// Whether the district's own filter opens TLS.
    private let inspects: Bool
    private var trace = TraceBuilder()
    private var devices: Int32 = -1
    /// Of the device at hand: contacts whose entry has offers, by their place in the slice.
    private var open: [Int] = []
    /// The entry of each contact of the device at hand.
    private var entries: [Int32] = []

    /// Servers whose place inside or outside is remembered.
    private static let localityLimit = 1_000_000

    init(judge: Judge) {
        self.judge = judge
        inspects = !judge.roster.inspectionIssuers.isEmpty
        clock = ZoneCursor(judge.clock)
        circumstances.scopes = judge.register.hourScopes
    }

    /// Takes in contacts of which all of one client follow each other.
    mutating func take(_ contacts: ArraySlice<Contact>) {
        var start = contacts.startIndex
        while start < contacts.endIndex {
            var end = start + 1
            while end < contacts.endIndex, ContactJudge.isSameClient(contacts, start, end) { end += 1 }
            if let first = contacts[start..<end].first {
                take(device: contacts[start..<end], as: judge.roster.device(for: first))
            }
            start = end
        }
    }

    /// As `ClientKey` has it, without making any.
    static func isSameClient(_ contacts: ArraySlice<Contact>, _ a: Int, _ b: Int) -> Bool {
        if let client = contacts[a].client { return contacts[b].client == client }
        return contacts[b].client == nil && contacts[a].clientHost == contacts[b].clientHost
            && contacts[a].clientUser == contacts[b].clientUser
    }

    /// First every contact by itself, for only then is it known what went on beside a sub-processor's host.
    mutating func take(device contacts: ArraySlice<Contact>, as device: Device) {
        devices &+= 1
        trace.removeAll()
        open.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        let profile = circumstances.profile(of: device)
        let isLeftOut = judge.roster.leftOut.contains(device.role)
        for index in contacts.indices {
            let local = clock.local(contacts[index].first)
            if isLeftOut {
                leftOut.add(measure(contacts, index, device.role, local.day))
                continue
            }
            let number = circumstances.number(profile, local)
            let entry = self.entry(contacts, index, number)
            entries.append(entry)
            if memo.entries[Int(entry)].hasOffers { open.append(index) }
            noteTraffic(contacts, index, entry)
            if reachesOutside(contacts, index) {
                blindSpots.add(
                    contacts[index], as: device.role,
                    isIntercepted: inspects && judge.roster.isInspected(contacts[index]))
            }
        }
        if isLeftOut { return }
        blindSpots.flush(as: device.role)
        if !open.isEmpty { settle(contacts) }
        for index in contacts.indices { count(contacts, index, device) }
        if let finished = trace.finish(window: judge.register.context.window) { traces.append(finished) }
    }

    private func measure(
        _ contacts: ArraySlice<Contact>, _ index: Int, _ role: Role, _ day: CivilDay
    ) -> Measure {
        Measure(
            device: devices, role: role, day: day, first: contacts[index].first, last: contacts[index].last,
            flows: contacts[index].flows, bytesUp: contacts[index].bytesUp,
            bytesDown: contacts[index].bytesDown)
    }

    // MARK: - One contact by itself

    private mutating func entry(_ contacts: ArraySlice<Contact>, _ index: Int, _ number: UInt32) -> Int32 {
        guard let name = plainName(contacts, index) else {
            let contact = contacts[index]
            let judgment = judge.judge(contact, circumstances[number])
            return enter(judgment, contact)
        }
        let nameNumber = memo.number(name, chain: contacts[index].cnameChain)
        if let known = memo.entry(name: nameNumber, circumstances: number) { return known }
        let contact = contacts[index]
        let entry = enter(judge.judge(contact, circumstances[number]), contact)
        memo.remember(entry, name: nameNumber, circumstances: number)
        return entry
    }

    /// The name when it, its chain and the circumstances alone make the judgment.
    private mutating func plainName(_ contacts: ArraySlice<Contact>, _ index: Int) -> String? {
        let ambiguity = contacts[index].ambiguity
        guard ambiguity == .exact || ambiguity == .inferred, let name = contacts[index].name else {
            return nil
        }
        // An address in place of a name begins or ends with a digit or holds a colon; those go the long way.
        guard let last = name.utf8.last, last > UInt8(ascii: ":"), !holdsColon(name) else { return nil }
        for server in contacts[index].servers where isLocal(server) { return nil }
        // Without a server, a local name is judged as one.
        return contacts[index].servers.isEmpty ? nil : name
    }

    private func holdsColon(_ name: String) -> Bool {
        let bytes = name.utf8.span
        for index in bytes.indices where bytes[index] == UInt8(ascii: ":") { return true }
        return false
    }

    private mutating func isLocal(_ server: IPAddress) -> Bool {
        if let lastLocality, lastLocality.server == server { return lastLocality.isLocal }
        let isLocal: Bool
        if let known = locality[server] {
            isLocal = known
        } else {
            isLocal = judge.roster.isLocal(server)
            if locality.count < ContactJudge.localityLimit { locality[server] = isLocal }
        }
        lastLocality = (server, isLocal)
        return isLocal
    }

    private mutating func reachesOutside(_ contacts: ArraySlice<Contact>, _ index: Int) -> Bool {
        for server in contacts[index].servers where !isLocal(server) { return true }
        return contacts[index].servers.isEmpty
    }

    private mutating func enter(_ judgment: Judgment, _ contact: Contact) -> Int32 {
        let name = judgment.decidingName ?? contact.domainName
        return memo.enter(
            judgment, name: judgment.verdict == .local ? nil : name, domain: destination(contact, judgment))
    }

    /// What a group is named after: the registrable domain, the name itself where there is none, or the
    /// address.
    ///
    /// Names and addresses inside the district are those of people's devices, so they all go under one word.
    private func destination(_ contact: Contact, _ judgment: Judgment) -> String {
        if judgment.verdict == .local { return "local" }
        guard let name = judgment.decidingName ?? contact.domainName else {
            let outside = contact.servers.first { !judge.roster.isLocal($0) }
            return outside?.description ?? "\(contact.transport)/\(contact.port)"
        }
        return PublicSuffixList.registrableDomain(of: name) ?? name
    }

    // MARK: - All contacts of a device

    private mutating func noteTraffic(_ contacts: ArraySlice<Contact>, _ index: Int, _ number: Int32) {
        guard contacts[index].action == .allowed else { return }
        let hour = contacts[index].first.hour
        let starts = contacts[index].starts
        // Field by field: a copy of the entry would count references of its texts.
        let verdict = memo.entries[Int(number)].verdict
        if verdict != .local, verdict != .platform, verdict != .district { trace.noteBusy(hour, starts) }
        if let product = memo.entries[Int(number)].product {
            trace.noteProduct(
                product, hour, starts: starts, active: contacts[index].active,
                isCovered: verdict == .covered)
        }
    }

    /// Gives contacts with a sub-processor's host to the vendor next to whose traffic all of them began.
    private mutating func settle(_ contacts: ArraySlice<Contact>) {
        guard trace.hasProducts else {
            links.noteAlone(contacts, open, entries, memo)
            return
        }
        var context = DeviceContext(trace: trace, window: judge.register.context.window)
        // By hours, for what began in an earlier hour goes on as what it began.
        let ordered = open.sorted { (contacts[$0].first, $0) < (contacts[$1].first, $1) }
        for index in ordered where contacts[index].action == .allowed {
            let place = index - contacts.startIndex
            let entry = memo.entries[Int(entries[place])]
            let offers = memo.judgments[Int(entry.judgment)].offers
            context.note(contacts[index], entry, offers, into: &links)
            guard let offer = context.choose(contacts[index], entry, offers) else { continue }
            entries[place] = memo.enter(offer, name: entry.name, domain: entry.domain)
        }
        context.finish(into: &links)
    }

    private mutating func count(_ contacts: ArraySlice<Contact>, _ index: Int, _ device: Device) {
        let number = Int(entries[index - contacts.startIndex])
        let local = clock.local(contacts[index].first)
        let measure = self.measure(contacts, index, device.role, local.day)
        let action = contacts[index].action
        let group = self.group(number, action)
        memo.entries[number].counts[action.number] += 1
        groups[group].tally.add(measure)
        switch action {
        case .blocked: blocked += 1
        case .attempted: attempted += 1
        case .allowed:
            all.add(measure)
            let verdict = memo.entries[number].verdict
            byVerdict[verdict.rank].add(measure)
            if isStudentLike(device.role) {
                if reachesOutside(contacts, index) {
                    activity.add(
                        saturating(measure.bytesUp, measure.bytesDown), on: local.day, verdict,
                        isHidden: BlindSpots.isHidden(contacts[index]))
                }
                if verdict.isUncovered { activity.addUncovered(local) }
            }
            guard groups[group].key.isUncovered else { return }
            groups[group].note(contacts[index].evidence, contacts[index].ambiguity)
            note(device, local, in: group)
            trace.noteParty(
                Int32(truncatingIfNeeded: group), contacts[index].first.hour, contacts[index].starts)
        }
    }

    private mutating func note(_ device: Device, _ local: LocalTime, in group: Int) {
        if device.role == .student { groups[group].hasStudents = true }
        if isStudentLike(device.role), device.grades?.hasElementary == true {
            groups[group].hasElementary = true
        }
        if judge.isSchoolTime(device.school, local) == false { groups[group].outOfHours += 1 }
    }

    /// The place of the group of an entry's contacts with that action.
    private mutating func group(_ number: Int, _ action: ContactAction) -> Int {
        let known = memo.entries[number].groups[action.number]
        if known >= 0 { return Int(known) }
        let entry = memo.entries[number]
        let key = GroupKey(memo.judgments[Int(entry.judgment)], domain: entry.domain, action: action)
        let group = groupNumbers[key] ?? Int32(truncatingIfNeeded: groups.count)
        if Int(group) == groups.count {
            groups.append(Group(key))
            groupNumbers[key] = group
        }
        if let name = entry.name { groups[Int(group)].names.insert(name) }
        groups[Int(group)].domains.insert(entry.domain)
        memo.entries[number].groups[action.number] = group
        return Int(group)
    }
}
