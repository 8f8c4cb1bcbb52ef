import Bytes
import Testing

@testable import Review

@Suite struct InitiationTests {
    /// Each host is pulled in by the one before.
    private func chain(_ length: Int) -> [ExchangeFact] {
        (0..<length).map { number in
            var fact = ExchangeFact(
                host: "h\(number).example", first: Timestamp(nanoseconds: Int64(number)), source: .har)
            if number > 0 { fact.refererHost = "h\(number - 1).example" }
            return fact
        }
    }

    private func count(_ nodes: [InitiatorNode]) -> (nodes: Int, depth: Int) {
        var open = nodes.map { (node: $0, depth: 1) }
        var (total, deepest) = (0, 0)
        while let next = open.popLast() {
            total += 1
            deepest = max(deepest, next.depth)
            open += next.node.children.map { ($0, next.depth + 1) }
        }
        return (total, deepest)
    }

    @Test func aChainIsATree() {
        let found = count(InitiatorMap(chain(10)).roots)
        #expect(found.nodes == 10)
        #expect(found.depth == 10)
    }

    /// A crafted recording cannot make a tree that is deeper than anything can walk.
    @Test func anEndlessChainStaysFlatBeneathTheLimit() {
        let found = count(InitiatorMap(chain(50_000)).roots)
        #expect(found.nodes == 50_000)
        #expect(found.depth == InitiatorMap.depthLimit + 1)
    }
}
