package import Bytes

/// How one host came to be asked. The raw values are the words of every output.
package enum InitiationKind: String, Sendable, CaseIterable, Comparable {
    case redirect
    case script
    /// A document or style sheet that refers to it.
    case document
    case preflight
    /// Only the Referer header says so.
    case referer
    /// Nothing says who: the user, or the browser itself.
    case unknown

    package static func < (a: InitiationKind, b: InitiationKind) -> Bool { a.rawValue < b.rawValue }
}

/// A host, how it was first asked for, and whom it pulled in.
package struct InitiatorNode: Equatable, Sendable {
    package var host: String
    package var kind: InitiationKind
    package var requests: Int
    package var first: Timestamp?
    /// In order of their first requests.
    package var children: [InitiatorNode]
}

/// All requests that one host caused at another.
package struct InitiatorEdge: Hashable, Sendable {
    package var from: String
    package var to: String
    package var kind: InitiationKind
    package var requests: Int
}

/// Finds out who pulled whom in: redirects first, then what the browser says, then Referer.
struct InitiatorMap {
    private(set) var edges: [InitiatorEdge] = []
    private(set) var roots: [InitiatorNode] = []

    private struct Link {
        var parent: String?
        var kind: InitiationKind
    }

    /// `facts` in order of time.
    init(_ facts: [ExchangeFact]) {
        var redirects: [Int: String] = [:]
        var seen: [String] = []
        var order: [String: Int] = [:]
        var links: [String: Link] = [:]
        var counts: [InitiatorEdge: Int] = [:]
        var requests: [String: Int] = [:]
        var first: [String: Timestamp] = [:]
        for fact in facts {
            let link = InitiatorMap.link(fact, redirects)
            if let target = fact.redirectsTo { redirects[target] = fact.host }
            requests[fact.host, default: 0] += 1
            if order[fact.host] == nil {
                order[fact.host] = seen.count
                seen.append(fact.host)
                first[fact.host] = fact.start
                // A parent that comes later is no parent: clocks of workers and pages differ by a hair.
                let isKnown = link.parent.map { order[$0] != nil && $0 != fact.host } ?? false
                links[fact.host] =
                    isKnown ? link : Link(parent: nil, kind: link.parent == nil ? link.kind : .unknown)
            }
            if let parent = link.parent, parent != fact.host {
                counts[
                    InitiatorEdge(from: parent, to: fact.host, kind: link.kind, requests: 0), default: 0] += 1
            }
        }
        edges = counts.map { edge, count in
            InitiatorEdge(from: edge.from, to: edge.to, kind: edge.kind, requests: count)
        }.sorted { ($0.from, $0.to, $0.kind) < ($1.from, $1.to, $1.kind) }
        roots = InitiatorMap.tree(seen, links, requests, first)
    }

    private static func link(_ fact: ExchangeFact, _ redirects: [Int: String]) -> Link {
        if let host = redirects[fact.url], host != fact.host { return Link(parent: host, kind: .redirect) }
        // The innermost foreign script: a host's own script that asks its own host was pulled in by another.
        if let host = fact.initiatorHosts.first(where: { $0 != fact.host }) {
            switch fact.initiatorKind {
            case "script": return Link(parent: host, kind: .script)
            case "preflight": return Link(parent: host, kind: .preflight)
            default: return Link(parent: host, kind: .document)
            }
        }
        if !fact.initiatorHosts.isEmpty { return Link(parent: fact.host, kind: .script) }
        if let host = fact.refererHost { return Link(parent: host, kind: .referer) }
        return Link(parent: nil, kind: .unknown)
    }

    /// Hosts that pull each other in one after the other, at most: no page has so many, and a crafted recording could
    /// make a tree that nothing can walk. What is deeper stands side by side at the last level.
    static let depthLimit = 64

    /// Children are built before their parents, from the last host to the first: a host's parent came before it.
    private static func tree(
        _ seen: [String], _ links: [String: Link], _ requests: [String: Int], _ first: [String: Timestamp]
    ) -> [InitiatorNode] {
        let parents = places(seen, links)
        var children: [String: [InitiatorNode]] = [:]
        var roots: [InitiatorNode] = []
        for host in seen.reversed() {
            let node = InitiatorNode(
                host: host, kind: links[host]?.kind ?? .unknown, requests: requests[host] ?? 0,
                first: first[host], children: children.removeValue(forKey: host).map { $0.reversed() } ?? [])
            if let parent = parents[host] {
                children[parent, default: []].append(node)
            } else {
                roots.append(node)
            }
        }
        return roots.reversed()
    }

    /// Beneath which host each stands.
    private static func places(_ seen: [String], _ links: [String: Link]) -> [String: String] {
        var depths: [String: Int] = [:]
        var parents: [String: String] = [:]
        for host in seen {
            guard var parent = links[host]?.parent else {
                depths[host] = 0
                continue
            }
            if (depths[parent] ?? 0) >= depthLimit, let above = parents[parent] { parent = above }
            parents[host] = parent
            depths[host] = (depths[parent] ?? 0) + 1
        }
        return parents
    }
}
