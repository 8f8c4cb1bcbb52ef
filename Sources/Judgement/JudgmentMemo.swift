import Contacts
import Register

/// What contacts are added up under.
enum GroupKey: Hashable, Sendable {
    /// Data flows that nothing on record permits, by verdict and destination.
    case uncovered(Verdict, domain: String)
    case covered(Verdict, owner: String?, product: String?, agreement: AgreementSummary?)
    /// Blocked or never answered.
    case attempt(Verdict, domain: String, ContactAction)

    init(_ judgment: Judgment, domain: String, action: ContactAction) {
        if action != .allowed {
            self = .attempt(judgment.verdict, domain: domain, action)
        } else if judgment.verdict.isUncovered {
            self = .uncovered(judgment.verdict, domain: domain)
        } else {
            self = .covered(
                judgment.verdict, owner: judgment.owner, product: judgment.product ?? judgment.category,
                agreement: judgment.agreement)
        }
    }

    var isUncovered: Bool {
        if case .uncovered = self { return true }
        return false
    }
}

/// Judgments of names that were made already, numbered. Judging a name costs microseconds, and a school day
/// has few distinct ones.
struct JudgmentMemo: Sendable {
    /// One judgment of one name, and the groups that its contacts belong to.
    struct Entry: Sendable {
        var judgment: Int32
        var verdict: Verdict
        /// Shown as the name under the destination; nil when there is none.
        var name: String?
        /// The registrable domain, or what stands for the destination.
        var domain: String
        /// The group of each action, in the order of `ContactAction.number`; -1 until one comes.
        var groups: InlineArray<3, Int32> = .init(repeating: -1)
        /// Contacts of each action.
        var counts: InlineArray<3, Int> = .init(repeating: 0)
        /// The product whose traffic this is; nil for everything else.
        var product: ProductKey?
        /// Whether something else holds next to the traffic of a parent.
        var hasOffers = false
    }

    private struct EntryKey: Hashable {
        var judgment: Int32
        var name: String?
        var domain: String
    }

    private struct ChainKey: Hashable {
        var name: String
        var chain: [String]
    }

    private(set) var judgments: [Judgment] = []
    var entries: [Entry] = []
    private var judgmentNumbers: [Judgment: Int32] = [:]
    private var entryNumbers: [EntryKey: Int32] = [:]
    /// `name << 32 | circumstances` to an entry.
    private var known: [UInt64: Int32] = [:]
    private var names: [String: UInt32] = [:]
    private var chains: [ChainKey: UInt32] = [:]
    private var lastName: (text: String, number: UInt32)?
    private var lastEntry: (key: UInt64, entry: Int32)?

    /// Enough for every name of a large district's week; beyond it judging goes on without memory.
    private static let limit = 4_000_000

    /// The number of a name with the chain that it led through.
    mutating func number(_ name: String, chain: [String]) -> UInt32 {
        if chain.isEmpty, let lastName, lastName.text == name { return lastName.number }
        let fresh = UInt32(truncatingIfNeeded: names.count + chains.count)
        let number: UInt32
        if chain.isEmpty {
            number = names[name] ?? fresh
            if number == fresh { names[name] = fresh }
            lastName = (name, number)
        } else {
            let key = ChainKey(name: name, chain: chain)
            number = chains[key] ?? fresh
            if number == fresh { chains[key] = fresh }
        }
        return number
    }

    /// Contacts of one name follow each other: the last answer is mostly the next.
    mutating func entry(name: UInt32, circumstances: UInt32) -> Int32? {
        let key = UInt64(name) << 32 | UInt64(circumstances)
        if let lastEntry, lastEntry.key == key { return lastEntry.entry }
        guard let entry = known[key] else { return nil }
        lastEntry = (key, entry)
        return entry
    }

    mutating func remember(_ entry: Int32, name: UInt32, circumstances: UInt32) {
        if known.count < JudgmentMemo.limit { known[UInt64(name) << 32 | UInt64(circumstances)] = entry }
    }

    /// The number of the entry for a judgment of a name that belongs to `domain`.
    mutating func enter(_ judgment: Judgment, name: String?, domain: String) -> Int32 {
        let number = self.number(judgment)
        let key = EntryKey(judgment: number, name: name, domain: domain)
        if let entry = entryNumbers[key] { return entry }
        var entry = Entry(judgment: number, verdict: judgment.verdict, name: name, domain: domain)
        entry.product = judgment.productKey
        entry.hasOffers = !judgment.offers.isEmpty
        let place = Int32(truncatingIfNeeded: entries.count)
        entries.append(entry)
        entryNumbers[key] = place
        return place
    }

    private mutating func number(_ judgment: Judgment) -> Int32 {
        if let known = judgmentNumbers[judgment] { return known }
        let number = Int32(truncatingIfNeeded: judgments.count)
        judgments.append(judgment)
        judgmentNumbers[judgment] = number
        return number
    }
}

extension ContactAction {
    /// The place of the action in the arrays of an entry.
    var number: Int {
        switch self {
        case .allowed: 0
        case .blocked: 1
        case .attempted: 2
        }
    }
}
