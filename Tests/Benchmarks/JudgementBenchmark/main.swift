import Bytes
import Contacts
import Dispatch
import Foundation
import Judgement
import Pipeline
import Register
import Roster

// Measures a register of a million domains, look-ups in it, and the judging of ten million contacts: for
// `make bench-judgement`. Everything is generated, the same every time.

struct Random {
    var state: UInt64

    mutating func next(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
    }
}

nonisolated func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    try body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
}

func rounded(_ value: Double) -> String { String(format: "%.2f", value) }

/// One row per domain: 100,000 vendors of ten domains each, half of them with an agreement.
func spreadsheet(_ domains: Int) -> String {
    var text = "vendor,vendor_id,product,domain,agreement,status,effective,ends,roles\n"
    for number in 0..<domains {
        let vendor = number / 10
        let agreement =
            vendor % 2 == 0 ? "A-\(vendor),signed,2025-07-01,2028-06-30,student;staff" : ",,,,"
        text += "Vendor \(vendor),v\(vendor),Product,site\(number).vendor\(vendor).example,\(agreement)\n"
    }
    return text
}

/// Contacts of `devices` devices in the hours of one school day, in output order.
func schoolDay(devices: Int, names: Int, domains: Int) -> [Contact] {
    var random = Random(state: 42)
    var contacts: [Contact] = []
    contacts.reserveCapacity(devices * names * 8)
    let server = IPAddress(ipv4: 0xc000_0207)
    for device in 0..<devices {
        let client = IPAddress(ipv4: 0x0a14_0000 + UInt32(device))
        for _ in 0..<names {
            // Few names have most of the traffic.
            let popular = random.next(4) > 0
            let number = popular ? random.next(300) * 10 : random.next(domains)
            let isKnown = random.next(10) > 2
            let name =
                isKnown
                ? "site\(number).vendor\(number / 10).example" : "host\(number).tracker\(number % 50).example"
            for hour in 0..<8 {
                let first = (495_000 + Int64(hour)) * 3600 + Int64(random.next(3600))
                var contact = Contact(
                    client: client, servers: [server], port: 443, transport: "tcp",
                    first: Timestamp(nanoseconds: first * 1_000_000_000))
                contact.name = name
                contact.evidence = .tlsSNI
                contact.service = "tls"
                contact.hour = contact.first.hour
                contact.starts |= 1 << UInt64(random.next(60))
                contact.active = contact.starts
                contact.flows = 2
                contact.bytesUp = 1500
                contact.bytesDown = 20_000
                contacts.append(contact)
            }
        }
    }
    return contacts
}

let domains = 1_000_000
let path = NSTemporaryDirectory() + "hallpass-bench-register.csv"
try Data(spreadsheet(domains).utf8).write(to: URL(fileURLWithPath: path))
defer { try? FileManager.default.removeItem(atPath: path) }
var loaded: Register?
let loading = try seconds { loaded = try Register.load(path) }
guard let register = loaded else { exit(70) }
print("register of \(domains) domains: loaded in \(rounded(loading)) s (bar: 2 s)")

var random = Random(state: 7)
let names = (0..<1_000_000).map { _ in
    let number = random.next(domains)
    return random.next(3) == 0
        ? "x.nobody\(number).example" : "www.site\(number).vendor\(number / 10).example"
}
var hits = 0
let looking = seconds { for name in names where register.firstMatch(name) != nil { hits += 1 } }
print(
    "look-up: \(rounded(looking / Double(names.count) * 1e9)) ns each, \(hits) of \(names.count) found (bar: 300 ns)"
)
let few = Array(names.prefix(1000))
let warm = seconds {
    for _ in 0..<1000 { for name in few where register.firstMatch(name) != nil { hits += 1 } }
}
print("look-up of 1000 names again and again: \(rounded(warm / 1e6 * 1e9)) ns each")

let roster = try Roster.parse(
    yaml: """
        schools: [{id: high, name: High, grades: "9-12"}]
        networks: [{prefix: 10.20.0.0/16, role: student, school: high}]
        """)
let judge = Judge(register: register, roster: roster)
let day = schoolDay(devices: 5000, names: 50, domains: domains)
let rounds = 5
for jobs in [1, Parallel.jobs] {
    var total = 0.0
    var findings = 0
    for _ in 0..<rounds {
        total += seconds {
            let assessment = Assessment(Facts(contacts: day), judge: judge, jobs: jobs, run: Parallel.run)
            findings = assessment.findings.count
        }
    }
    let count = day.count * rounds
    print(
        "judging with \(jobs) job(s): \(count) contacts in \(rounded(total)) s, "
            + "\(rounded(total / Double(count) * 1e9)) ns each, \(findings) findings a round (bar: 10000000 in 5 s on 2 cores)"
    )
}
