import Bytes
import Foundation

/// Reads one YAML file of the register into records (DESIGN.md §6). Problems go to `log`; what could be read
/// is kept, so that one run shows every problem.
struct RegisterYAML {
    var content = RegisterContent()

    mutating func read(_ root: YAMLValue) {
        let keys = ["district", "vendors", "third_parties", "platform", "exceptions", "severity", "context"]
        guard let map = root.map("the register", keys: keys) else { return }
        if let value = map["district"], let district = district(value) { content.districts.append(district) }
        content.vendors += map.list("vendors").compactMap(vendor)
        content.thirdParties += map.list("third_parties").compactMap(thirdParty)
        content.platform += map.list("platform").compactMap(platformService)
        content.exceptions += map.list("exceptions").compactMap(exception)
        if let value = map["context"] { content.contexts.append((value.place, context(value))) }
        if let value = map["severity"] { content.severities.append((value.place, severity(value))) }
    }

    private func district(_ value: YAMLValue) -> District? {
        guard let map = value.map("the district", keys: ["name", "timezone", "domains"]) else { return nil }
        let name = map.required("name")?.string()
        let zone = map.required("timezone").flatMap(timezone)
        let domains = listed(map.list("domains"))
        guard let name, let zone else { return nil }
        return District(name: name, timezone: zone, domains: domains, place: map.place)
    }

    private func timezone(_ value: YAMLValue) -> String? {
        guard let text = value.string() else { return nil }
        if isTimeZone(text) { return text }
        value.problem(timeZoneAdvice(text))
        return nil
    }

    private func vendor(_ value: YAMLValue) -> Vendor? {
        let keys = ["id", "name", "aliases", "owners", "products", "agreements", "recorded"]
        guard let map = value.map("a vendor", keys: keys) else { return nil }
        let id = map.required("id").flatMap(identifier)
        let name = map.required("name")?.string()
        let aliases = map.strings("aliases")
        let owners = map.list("owners").compactMap(ownership)
        let products = map.list("products").compactMap(product)
        let agreements = map.list("agreements").compactMap(agreement)
        let recorded = map["recorded"]?.day()
        guard let id, let name else { return nil }
        return Vendor(
            id: id, name: name, aliases: aliases, owners: owners, products: products, agreements: agreements,
            recorded: recorded, place: map.place)
    }

    private func ownership(_ value: YAMLValue) -> Vendor.Ownership? {
        guard let map = value.map("an owner", keys: ["name", "from", "to"]) else { return nil }
        let name = map.required("name")?.string()
        let from = map["from"]?.day()
        let to = map["to"]?.day()
        return name.map { Vendor.Ownership(name: $0, from: from, to: to) }
    }

    private func product(_ value: YAMLValue) -> Product? {
        let keys = ["id", "name", "domains", "excluded_domains", "app_ids"]
        guard let map = value.map("a product", keys: keys) else { return nil }
        let id = map.required("id").flatMap(identifier)
        let name = map.required("name")?.string()
        let domains = listed(map.list("domains"))
        let excluded = listed(map.list("excluded_domains"))
        let apps = map.strings("app_ids")
        guard let id, let name else { return nil }
        return Product(
            id: id, name: name, domains: domains, excludedDomains: excluded, appIDs: apps, place: map.place)
    }

    private func thirdParty(_ value: YAMLValue) -> ThirdParty? {
        let keys = ["owner", "category", "domains", "source", "valid_from", "valid_to", "recorded"]
        guard let map = value.map("a third party", keys: keys) else { return nil }
        // Lists of trackers often name no owner: then nobody's is the right answer.
        let owner = map["owner"]?.string()
        let category = map.required("category")?.string()
        // Who rents out shared infrastructure may be named by its suffix, and nobody else.
        let isCarrier = category.map(ThirdParty.carrierCategories.contains) ?? false
        let domains = listed(map.required("domains")?.list() ?? [], sharedSuffix: isCarrier)
        let source = map["source"]?.string()
        let from = map["valid_from"]?.day()
        let to = map["valid_to"]?.day()
        let recorded = map["recorded"]?.day()
        guard let category else { return nil }
        return ThirdParty(
            owner: owner, category: category, domains: domains, source: source, validFrom: from, validTo: to,
            recorded: recorded, place: map.place)
    }

    private func platformService(_ value: YAMLValue) -> PlatformService? {
        let keys = ["owner", "function", "domains", "source", "recorded"]
        guard let map = value.map("a platform service", keys: keys) else { return nil }
        let owner = map.required("owner")?.string()
        let function = map.required("function")?.string()
        let domains = listed(map.required("domains")?.list() ?? [])
        let source = map["source"]?.string()
        let recorded = map["recorded"]?.day()
        guard let owner, let function else { return nil }
        return PlatformService(
            owner: owner, function: function, domains: domains, source: source, recorded: recorded,
            place: map.place)
    }

    private func exception(_ value: YAMLValue) -> ExceptionRecord? {
        let keys = ["domain", "reason", "owner", "from", "until", "recorded"]
        guard let map = value.map("an exception", keys: keys) else { return nil }
        let domain = map.required("domain").flatMap { value in
            value.domain().map { ListedDomain($0, at: value.place) }
        }
        let reason = map.required("reason")?.string()
        let owner = map["owner"]?.string()
        let from = map["from"]?.day()
        let until = map.required("until")?.day()
        let recorded = map["recorded"]?.day()
        guard let domain, let reason, let until else { return nil }
        return ExceptionRecord(
            domain: domain, reason: reason, owner: owner, from: from, until: until, recorded: recorded,
            place: map.place)
    }
}

// MARK: - Values that several records share

/// Whether a text is a time zone of the IANA list.
///
/// Only real identifiers: `EST` or `GMT+5` know no daylight saving, and would move the day silently.
func isTimeZone(_ text: String) -> Bool {
    TimeZone.knownTimeZoneIdentifiers.contains(text) || text == "UTC"
}

func timeZoneAdvice(_ text: String) -> String {
    let near = nearest(to: text, among: TimeZone.knownTimeZoneIdentifiers)
    return "\(quoted(text)) is not a time zone of the IANA list"
        + (near.map { "; did you mean \(quoted($0))?" } ?? "; write one such as America/New_York")
}

/// Domains with their places.
func listed(_ values: [YAMLValue], sharedSuffix: Bool = false) -> [ListedDomain] {
    values.compactMap { value in
        value.domain(sharedSuffix: sharedSuffix).map { ListedDomain($0, at: value.place) }
    }
}

/// A text without spaces by which other records and outputs refer to this one.
func identifier(_ value: YAMLValue) -> String? {
    guard let text = value.string() else { return nil }
    if text.contains(where: \.isWhitespace) {
        value.problem("an id has no spaces; write \(quoted(slug(text)))")
        return nil
    }
    return text
}

/// Lower-case letters and digits joined by hyphens, from any name: `Quizly, Inc.` gives `quizly-inc`.
func slug(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 128 }) { return plainSlug(text) }
    return text.lowercased().split { !($0.isLetter || $0.isNumber) }.joined(separator: "-")
}

/// The same for ASCII, of which a large register has hundreds of thousands.
private func plainSlug(_ text: String) -> String {
    var slug: [UInt8] = []
    var isBreak = false
    for byte in text.utf8 {
        let lower = (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
        if (0x61...0x7a).contains(lower) || (0x30...0x39).contains(lower) {
            if isBreak, !slug.isEmpty { slug.append(0x2d) }
            isBreak = false
            slug.append(lower)
        } else {
            isBreak = true
        }
    }
    return String(decoding: slug, as: UTF8.self)
}
