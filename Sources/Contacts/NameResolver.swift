package import Bytes
package import Flows

/// Brings DNS answers and the beginnings of flows of all lanes together, in the order in which they happened.
package struct NameResolver {
    private var join = DNSJoin()
    package private(set) var lookups: LookupTable

    /// All answers seen, where somebody asked for them.
    package private(set) var answers: LoggedAnswers?

    /// - Parameters:
    ///   - sinkholes: addresses that the district's filter answers with instead of a refused name's own.
    ///   - answers: what logs told, when all answers are to be collected: for flow logs, which keep no order.
    package init(sinkholes: Set<IPAddress> = [], answers: LoggedAnswers? = nil) {
        lookups = LookupTable(sinkholes: sinkholes)
        self.answers = answers
    }

    /// What one lane saw in one round, each list in order.
    package struct Questions {
        let starts: [FlowStart]
        let dns: [DNSObservation]

        package init(starts: [FlowStart] = [], dns: [DNSObservation] = []) {
            self.starts = starts
            self.dns = dns
        }
    }

    /// What the sides of the flow with this number in its lane had been told.
    package struct Answer {
        package let serial: UInt64
        package let told: DNSJoin.Told
    }

    /// Answers by lane.
    package mutating func resolve(_ lanes: [Questions]) -> [[Answer]] {
        var answers = [[Answer]](repeating: [], count: lanes.count)
        var next = [Int](repeating: 0, count: lanes.count)
        // Stable: messages of one packet stay in order of their lanes.
        let messages = lanes.flatMap(\.dns).enumerated().sorted {
            ($0.element.packet, $0.offset) < ($1.element.packet, $1.offset)
        }
        for (_, message) in messages {
            answer(lanes, &next, upTo: message.packet, &answers)
            join.take(message)
            lookups.take(message)
            self.answers?.take(message)
        }
        answer(lanes, &next, upTo: .max, &answers)
        return answers
    }

    /// Answers for flows that began no later than the packet at `position`: its own message tells them nothing.
    private func answer(
        _ lanes: [Questions], _ next: inout [Int], upTo position: UInt64, _ answers: inout [[Answer]]
    ) {
        for lane in lanes.indices {
            while next[lane] < lanes[lane].starts.count {
                let start = lanes[lane].starts[next[lane]]
                guard start.packet <= position else { break }
                next[lane] += 1
                if let told = join.told(start.addressA, start.addressB, at: start.time) {
                    answers[lane].append(Answer(serial: start.serial, told: told))
                }
            }
        }
    }
}
