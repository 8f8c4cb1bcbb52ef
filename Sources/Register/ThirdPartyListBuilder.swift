import Bytes
import Foundation

/// Gathers the parties of one list.
struct ThirdPartyListBuilder {
    private let path: String
    private(set) var parties: [ThirdParty] = []
    private(set) var leftOut = 0

    init(path: String) { self.path = path }

    /// Adds domains of one owner; what is a public suffix or no name is counted as left out.
    private mutating func add(_ domains: [String], owner: String?, category: String, line: Int = 0) {
        let place = Place(file: path, line: line)
        let isCarrier = ThirdParty.carrierCategories.contains(category)
        var listed: [ListedDomain] = []
        for domain in domains {
            if let entry = try? DomainEntry(parsing: domain, sharedSuffix: isCarrier) {
                listed.append(ListedDomain(entry, at: place))
            } else {
                leftOut += 1
            }
        }
        if listed.isEmpty { return }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        parties.append(
            ThirdParty(owner: owner, category: category, domains: listed, source: name, place: place))
    }

    // MARK: - Lines

    /// Lines of a filter list (`||name^`) or of a hosts file (`0.0.0.0 name`); nil when neither is there.
    mutating func readLines(_ text: String) -> ThirdPartyList.Format? {
        var category = "listed"
        var isFilterList = false
        var number = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            let line = CSVCell.trimmed(String(line))
            if line.hasPrefix("! Title:") { category = ThirdPartyListBuilder.category(ofTitle: line) }
            if line.hasPrefix("||") || line.hasPrefix("[Adblock") || line.hasPrefix("!") {
                isFilterList = true
            }
            if line.isEmpty || line.hasPrefix("#") || line.hasPrefix("!") || line.hasPrefix("[") { continue }
            guard let name = isFilterList ? filtered(line) : hosted(line) else {
                leftOut += 1
                continue
            }
            add([name], owner: nil, category: category, line: number)
        }
        return parties.isEmpty ? nil : isFilterList ? .filterList : .hosts
    }

    private static func category(ofTitle line: String) -> String {
        let title = line.lowercased()
        if title.contains("easyprivacy") || title.contains("privacy") { return "tracking" }
        if title.contains("easylist") || title.contains("ads") { return "advertising" }
        return "listed"
    }

    /// The name of `||name^` with no option but `third-party`, which is what all of a name's traffic here is: rules
    /// for a path, a page or a kind of request say nothing of the whole host.
    private func filtered(_ line: String) -> String? {
        guard line.hasPrefix("||"), let end = line.firstIndex(of: "^") else { return nil }
        let name = line[line.index(line.startIndex, offsetBy: 2)..<end]
        let options = line[line.index(after: end)...]
        guard ["", "$third-party", "$3p", "$all", "$important"].contains(options), name.contains(".") else {
            return nil
        }
        return String(name)
    }

    /// The name that a hosts file sends nowhere; the machine's own names are no third parties.
    private func hosted(_ line: String) -> String? {
        let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count >= 2, ["0.0.0.0", "127.0.0.1", "::", "::1"].contains(words[0]),
            words[1].contains(".")
        else {
            return nil
        }
        // `=`: a hosts file means the one name.
        return words[1] == "0.0.0.0" || words[1].hasSuffix(".localdomain") ? nil : "=" + words[1]
    }

    // MARK: - JSON

    mutating func readJSON(_ bytes: [UInt8]) -> ThirdPartyList.Format? {
        guard let root = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else {
            return nil
        }
        if let categories = root["categories"] as? [String: Any],
            root["license"] != nil || root["trackers"] == nil,
            root["domain"] == nil
        {
            for name in categories.keys.sorted() { readDisconnect(name, categories[name]) }
            return parties.isEmpty ? nil : .disconnect
        }
        readTrackerRadar(root)
        return parties.isEmpty ? nil : .trackerRadar
    }

    /// `{"Advertising": [{"Owner": {"http://owner/": ["domain", ...]}}]}`.
    private mutating func readDisconnect(_ name: String, _ value: Any?) {
        let category = ThirdPartyListBuilder.disconnectCategories[name] ?? slug(name)
        for entry in value as? [[String: Any]] ?? [] {
            for owner in entry.keys.sorted() {
                guard let sites = entry[owner] as? [String: Any] else { continue }
                var domains: Set<String> = []
                for site in sites.values { domains.formUnion(site as? [String] ?? []) }
                add(domains.sorted(), owner: owner, category: category)
            }
        }
    }

    /// One file of `domains/` or `entities/`, `domain_map.json`, `entity_map.json`, or the blocklist with `trackers`.
    private mutating func readTrackerRadar(_ root: [String: Any]) {
        if let domain = root["domain"] as? String {
            add([domain], owner: owner(root["owner"]), category: category(root["categories"]))
        } else if let properties = root["properties"] as? [String], let name = root["name"] as? String {
            add(properties, owner: root["displayName"] as? String ?? name, category: "listed")
        } else if let trackers = root["trackers"] as? [String: Any] {
            for name in trackers.keys.sorted() {
                guard let tracker = trackers[name] as? [String: Any] else { continue }
                add([name], owner: owner(tracker["owner"]), category: category(tracker["categories"]))
            }
        } else {
            readMaps(root)
        }
    }

    private mutating func readMaps(_ root: [String: Any]) {
        for name in root.keys.sorted() {
            guard let value = root[name] as? [String: Any] else { continue }
            if let entity = value["entityName"] as? String {
                add([name], owner: value["displayName"] as? String ?? entity, category: "listed")
            } else if let properties = value["properties"] as? [String] {
                add(properties, owner: value["displayName"] as? String ?? name, category: "listed")
            }
        }
    }

    private func owner(_ value: Any?) -> String? {
        guard let owner = value as? [String: Any] else { return nil }
        return owner["displayName"] as? String ?? owner["name"] as? String
    }

    /// The gravest of several, in the order of the table.
    private func category(_ value: Any?) -> String {
        let stated = value as? [String] ?? []
        let known = ThirdPartyListBuilder.radarCategories.first { stated.contains($0.theirs) }
        return known?.ours ?? stated.sorted().first.map(slug) ?? "listed"
    }

    private static let disconnectCategories = [
        "Advertising": "advertising", "Analytics": "analytics", "Social": "social", "Content": "content",
        "Disconnect": "tracking", "Cryptomining": "cryptomining", "FingerprintingInvasive": "fingerprinting",
        "FingerprintingGeneral": "fingerprinting", "Email": "tracking", "EmailAggressive": "tracking",
        "ConsentManagers": "consent", "Anti-fraud": "fraud-prevention",
    ]

    private static let radarCategories: [(theirs: String, ours: String)] = [
        ("Malware", "malware"), ("Session Replay", "session-recording"),
        ("Ad Motivated Tracking", "advertising"), ("Advertising", "advertising"),
        ("Action Pixels", "advertising"), ("Audience Measurement", "analytics"), ("Analytics", "analytics"),
        ("Third-Party Analytics Marketing", "analytics"), ("Social Network", "social"),
        ("Social - Share", "social"), ("Social - Comment", "social"), ("Tag Manager", "tag-manager"),
        ("Ad Fraud", "fraud-prevention"), ("Fraud Prevention", "fraud-prevention"),
        ("Federated Login", "login"), ("SSO", "login"), ("Online Payment", "payment"),
        ("Support Chat Widget", "chat"), ("Consent Management Platform", "consent"), ("CDN", "cdn"),
        ("Embedded Content", "content"), ("Badge", "content"), ("Non-Tracking", "content"),
    ]
}
