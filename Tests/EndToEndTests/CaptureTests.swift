import Foundation
import Testing

/// Every committed capture against what tshark found in it.
@Suite struct CaptureTests {
    @Test func thereAreCapturesToTest() { #expect(Case.all.count >= 6) }

    @Test(arguments: Case.all)
    func namesEqualThoseOfTshark(_ example: Case) throws {
        let result = try Tool.run(["names", example.capture])
        let expected = try String(
            contentsOf: Tool.root.appendingPathComponent(example.names), encoding: .utf8)
        #expect(result.code == 0)
        let ours = Set(result.output.split(separator: "\n"))
        let theirs = Set(expected.split(separator: "\n"))
        #expect(theirs.subtracting(ours).sorted() == [])
        #expect(ours.subtracting(theirs).sorted() == [])
        #expect(result.output == expected)
    }

    /// Two sites share one address. Who asked for both gets both as candidates, who asked for one gets that one, and
    /// who asked for none gets no name, whatever others were told.
    @Test func theJoinNamesOnlyWhatThisClientAskedFor() throws {
        let result = try Tool.run(["contacts", "captures/shared-join/capture.pcap"])
        var found: [String: [String: Any]] = [:]
        for line in result.output.split(separator: "\n") {
            let contact = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            guard contact["port"] as? Int == 4444, let client = contact["client"] as? String else { continue }
            #expect(found[client] == nil, "two contacts where one is enough")
            found[client] = contact
        }
        let both = try #require(found["10.20.4.17"])
        #expect(both["name"] == nil && both["ambiguity"] as? String == "shared")
        #expect(both["candidates"] as? [String] == ["alpha.example", "beta.example"])
        #expect(both["flows"] as? Int == 2)
        let one = try #require(found["10.20.4.23"])
        #expect(one["name"] as? String == "alpha.example" && one["ambiguity"] as? String == "inferred")
        #expect(one["candidates"] == nil && one["evidence"] as? String == "dns_answer")
        let none = try #require(found["10.30.2.5"])
        #expect(none["name"] == nil && none["candidates"] == nil && none["evidence"] as? String == "none")
    }

    struct Pair: Hashable {
        let a: String
        let b: String
    }

    struct Sums: Equatable {
        var packetsAB = 0
        var bytesAB = 0
        var packetsBA = 0
        var bytesBA = 0
    }

    @Test(arguments: Case.all)
    func packetsAndBytesEqualThoseOfTshark(_ example: Case) throws {
        let expected = try expectedSums(example)
        let result = try Tool.run(["contacts", example.capture])
        #expect(result.code == 0)
        var ours: [Pair: Sums] = [:]
        var total = 0
        for line in result.output.split(separator: "\n") {
            let contact = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let servers = try #require(contact["servers"] as? [String])
            let client = try #require(contact["client"] as? String)
            let server = try #require(servers.first)
            // A name on several addresses could not be told apart here; the recordings give each one address.
            #expect(servers.count == 1, "\(contact)")
            let up = (try number(contact, "packets_up"), try number(contact, "bytes_up"))
            let down = (try number(contact, "packets_down"), try number(contact, "bytes_down"))
            total += up.0 + down.0
            add(client, server, up: up, down: down, to: &ours)
        }
        #expect(total == expected.values.reduce(0) { $0 + $1.packetsAB + $1.packetsBA })
        #expect(Set(ours.keys) == Set(expected.keys))
        for (pair, sums) in expected { #expect(ours[pair] == sums, "\(pair)") }
    }

    private func add(
        _ client: String, _ server: String, up: (Int, Int), down: (Int, Int), to sums: inout [Pair: Sums]
    ) {
        let isOrdered = client.utf8.lexicographicallyPrecedes(server.utf8)
        let pair = isOrdered ? Pair(a: client, b: server) : Pair(a: server, b: client)
        let (ab, ba) = isOrdered ? (up, down) : (down, up)
        sums[pair, default: Sums()].packetsAB += ab.0
        sums[pair, default: Sums()].bytesAB += ab.1
        sums[pair, default: Sums()].packetsBA += ba.0
        sums[pair, default: Sums()].bytesBA += ba.1
    }

    private func number(_ contact: [String: Any], _ key: String) throws -> Int {
        try #require(contact[key] as? Int)
    }

    private func expectedSums(_ example: Case) throws -> [Pair: Sums] {
        let text = try String(
            contentsOf: Tool.root.appendingPathComponent(example.conversations), encoding: .utf8)
        var sums: [Pair: Sums] = [:]
        for line in text.split(separator: "\n").dropFirst() {
            let cells = line.split(separator: "\t").map(String.init)
            let numbers = cells.dropFirst(2).compactMap { Int($0) }
            try #require(cells.count == 6 && numbers.count == 4)
            sums[Pair(a: cells[0], b: cells[1])] = Sums(
                packetsAB: numbers[0], bytesAB: numbers[1], packetsBA: numbers[2], bytesBA: numbers[3])
        }
        return sums
    }

    /// Facts do not depend on being told apart by hour: the hours add up to the whole.
    @Test func hoursAddUpToTheWhole() throws {
        let whole = try Tool.run(["contacts", "captures/school-morning/capture.pcap", "--format", "csv"])
        let hours = try Tool.run([
            "contacts", "captures/school-morning/capture.pcap", "--format", "csv", "--by-hour",
        ])
        #expect(sum(whole.output, "bytes_up") == sum(hours.output, "bytes_up"))
        #expect(sum(whole.output, "flows") == sum(hours.output, "flows"))
        #expect(sum(whole.output, "flows") > 0)
    }

    private func sum(_ csv: String, _ column: String) -> Int {
        let rows = csv.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        guard let index = rows.first?.firstIndex(of: Substring(column)) else { return -1 }
        // No cell before the counters holds a comma in this capture.
        return rows.dropFirst().reduce(0) { $0 + (Int($1[index]) ?? 0) }
    }
}
