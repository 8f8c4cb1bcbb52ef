package import Bytes
import Foundation
package import Judgement
package import Register

/// An app that was approved, by its lockfile, held against what a network saw.
///
/// Traffic shows no values and no pages. It shows that a destination appears right after the app's own, on the same
/// device, far more often than by chance (`Finding.companions`), and under which verdict: that much can drift.
package struct LockedApp: Sendable {
    package let file: String
    package let behaviour: Behaviour

    package init(file: String, behaviour: Behaviour) {
        self.file = file
        self.behaviour = behaviour
    }

    /// The lockfiles (`*.lock`) of a folder, by name.
    package static func load(folder: String) throws(RegisterError) -> [LockedApp] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            let missing = !FileManager.default.fileExists(atPath: folder)
            let reason = missing ? "no such folder" : "is no folder that can be read"
            throw RegisterError([RegisterProblem(Place(file: folder), reason)], missing: missing)
        }
        var apps: [LockedApp] = []
        for name in names.sorted() where name.hasSuffix(".lock") {
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            apps.append(LockedApp(file: path, behaviour: try Lockfile.load(path)))
        }
        var files: [String: String] = [:]
        for app in apps {
            if let other = files.updateValue(app.file, forKey: app.behaviour.app) {
                let reason = "\(other) is of the app '\(app.behaviour.app)' too; keep one of them"
                throw RegisterError([RegisterProblem(Place(file: app.file), reason)])
            }
        }
        return apps
    }

    /// One thing that the approved behaviour does not have.
    package struct Change: Equatable, Sendable {
        package var party: String
        package var verdict: Verdict
        package var severity: Severity
        package var text: String
        package var first: Timestamp?
        package var last: Timestamp?
    }

    /// What the findings of a night say against the approved behaviour, in their order.
    package func changes(_ findings: [Finding], _ register: Register) -> [Change] {
        let products = products(register)
        return findings.compactMap { finding in
            if approves(finding.domain, finding.verdict.rawValue) { return nil }
            let known = behaviour.parties.filter { $0.domain == finding.domain }
            let companion = finding.companions.first { companion in
                // One that always comes with another product may be that one's.
                companion.alikeWith.isEmpty
                    && products.contains(AppProduct(companion.owner, companion.product))
            }
            // The app's own domains speak for themselves.
            let isOwn = known.contains { $0.verdict == Verdict.covered.rawValue }
            guard companion != nil || isOwn && LockedApp.lapses.contains(finding.verdict) else { return nil }
            return Change(
                party: finding.domain, verdict: finding.verdict, severity: finding.severity,
                text: text(finding, companion, known), first: finding.tally.first, last: finding.tally.last)
        }
    }

    /// Verdicts that a covered product gets when its agreement does not hold any more; that a contact is out of
    /// scope says something of who used the app.
    private static let lapses: [Verdict] = [
        .notYetEffective, .pending, .expired, .declined, .noAgreement, .unknownOwner,
    ]

    /// Whether the approved behaviour has a party with that verdict.
    package func approves(_ party: String, _ verdict: String) -> Bool {
        behaviour.parties.contains { $0.domain == party && $0.verdict == verdict }
    }

    private func text(_ finding: Finding, _ companion: Companion?, _ known: [Behaviour.PartyLine]) -> String {
        var text = finding.owner ?? "owner unknown"
        if let category = finding.category { text += " (\(category))" }
        text += ", \(finding.verdict.words)"
        if !known.isEmpty { text += ", approved as \(known.map(\.verdict).joined(separator: ", "))" }
        guard let companion else { return text }
        let minutes = companion.minutes == 1 ? "minute" : "minutes"
        let devices = companion.devices == 1 ? "device" : "devices"
        return text
            + "; right after \(companion.product) in \(companion.together) of \(companion.minutes) \(minutes), "
            + "on \(companion.devices) \(devices)"
    }

    private struct AppProduct: Hashable {
        var owner: String
        var product: String

        init(_ owner: String, _ product: String) {
            self.owner = owner
            self.product = product
        }
    }

    /// The products to which the covered parties of the lockfile belong.
    private func products(_ register: Register) -> Set<AppProduct> {
        var products: Set<AppProduct> = []
        for line in behaviour.parties where line.verdict == Verdict.covered.rawValue {
            for vendor in register.vendors where vendor.name == line.owner {
                for product in vendor.products {
                    let domains = product.domains.map {
                        PublicSuffixList.registrableDomain(of: $0.entry.name) ?? $0.entry.name
                    }
                    if domains.contains(line.domain) {
                        products.insert(AppProduct(vendor.name, product.name))
                    }
                }
            }
        }
        return products
    }
}
