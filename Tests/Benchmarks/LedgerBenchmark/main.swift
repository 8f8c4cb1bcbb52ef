import Bytes
import Contacts
import Foundation
import Judgement
import Ledger
import Pipeline
import Register
import Roster

// How long a big day takes to import and a year to report, and how large the ledger grows. Everything is invented, and
// the same in every run.
//
//   LedgerBenchmark FOLDER          a day of 5 million contacts of 1,000 devices, then a year of 2 million a month
//   LedgerBenchmark FOLDER DAYS     fewer days

/// A generator without a seed from outside (splitmix64).
struct Generator {
    var state: UInt64

    mutating func next(_ limit: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(max(1, limit)))
    }
}

let devices = 1000
/// Destinations: a few that everybody uses, many that few do.
let names = (0..<5000).map { "host\($0 % 7).party\($0).example" }
/// Monday, 2026-08-31T12:00:00Z.
let start: Int64 = 1_788_177_600

/// Contacts of one day, each another combination of client, destination and hour, in output order.
func contacts(day: Int, each: Int) -> [Contact] {
    var generator = Generator(state: UInt64(day))
    var all: [Contact] = []
    all.reserveCapacity(devices * each)
    for device in 0..<devices {
        let client = IPAddress(ipv4: 0x0a14_0000 + UInt32(device))
        var mine: [Contact] = []
        mine.reserveCapacity(each)
        for number in 0..<each {
            // A step that no length of the list divides: no combination comes twice.
            let hour = number % 8
            let place = generator.next(4) == 0 ? generator.next(names.count) : number / 8 % names.count
            let seconds = start + Int64(day) * 86400 + Int64(hour) * 3600 + Int64(generator.next(3000))
            guard let first = Timestamp(seconds: seconds, nanoseconds: Int64(generator.next(1_000_000_000))),
                let last = Timestamp(seconds: seconds + Int64(generator.next(500)))
            else { continue }
            var contact = Contact(
                client: client, servers: [IPAddress(ipv4: 0xcb00_7100 + UInt32(place % 256))], port: 443,
                transport: "tcp", first: first)
            contact.name = names[place]
            contact.evidence = .tlsSNI
            contact.service = "tls"
            contact.hour = first.hour
            contact.last = max(first, last)
            contact.active = MinuteMask.range(first, contact.last, hour: first.hour)
            contact.flows = UInt64(1 + generator.next(9))
            (contact.packetsUp, contact.packetsDown) = (
                UInt64(generator.next(900)), UInt64(generator.next(2000))
            )
            (contact.bytesUp, contact.bytesDown) = (
                UInt64(generator.next(90_000)), UInt64(generator.next(2_000_000))
            )
            mine.append(contact)
        }
        all += mine
    }
    return all
}

func register() throws -> Register {
    var yaml = "district: {name: Bench, timezone: America/New_York}\nvendors:\n"
    for number in 0..<400 {
        yaml += """
              - id: v\(number)
                name: Vendor \(number)
                products: [{id: p, name: Product \(number), domains: [party\(number).example]}]
                agreements: [{id: A-\(number), status: signed, effective: 2025-01-01, ends: 2029-01-01}]

            """
    }
    return try Register.parse(yaml: yaml)
}

func measured<Value>(_ what: String, _ body: () throws -> Value) rethrows -> Value {
    let clock = ContinuousClock()
    let began = clock.now
    let value = try body()
    let passed = clock.now - began
    let seconds = Double(passed.components.seconds) + Double(passed.components.attoseconds) / 1e18
    say("\(what): \(String(format: "%.2f", seconds)) s, peak \(peak()) MB")
    return value
}

func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

/// The process's largest resident size so far, as the kernel has it.
func peak() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
}

func size(_ path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
}

func record(_ contacts: [Contact], day: Int, _ ledger: Ledger, _ judge: Judge) throws {
    var facts = Facts()
    facts.contacts = contacts
    let name = "day-\(day).pcap"
    facts.inputs = [InputReport(path: name, kind: "pcap")]
    let file = ReadFile(path: name, bytes: 1, modified: Int64(day), sha256: name, content: name)
    _ = try ledger.record(
        Night(
            facts: facts, files: [file], judge: judge, assessment: Assessment(Facts(), judge: judge),
            gate: IdentityGate(key: Array(repeating: 1, count: 32)), version: "bench", at: "now", by: "bench")
    )
}

func assess(_ ledger: Ledger, _ judge: Judge, jobs: Int) throws -> Assessment {
    let history = try History(ledger)
    if jobs == 1 { return try history.assess(judge) }
    return try history.assess(judge, jobs: jobs, run: Parallel.run)
}

func fresh(_ name: String, in folder: String) throws -> Ledger {
    let path = folder + "/" + name
    for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
    return try Ledger(path, creates: true)
}

let arguments = CommandLine.arguments
guard arguments.count > 1 else {
    say("usage: LedgerBenchmark FOLDER [DAYS]")
    exit(64)
}
let folder = arguments[1]
let days = arguments.count > 2 ? Int(arguments[2]) ?? 365 : 365
try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
let judge = Judge(
    register: try register(),
    roster: try Roster.parse(yaml: "networks: [{prefix: 10.20.0.0/16, role: student}]"))

do {
    let ledger = try fresh("day.sqlite", in: folder)
    let all = contacts(day: 0, each: 5000)
    try measured("import of a day of \(all.count) contacts, \(devices) devices") {
        try record(all, day: 0, ledger, judge)
        try ledger.settle()
    }
    let bytes = size(folder + "/day.sqlite")
    say("  \(bytes / 1_000_000) MB, \(bytes / all.count) bytes a contact")
}

let ledger = try fresh("year.sqlite", in: folder)
// 2 million a month, 1,000 devices: 66 for each device and day.
let each = 66
try measured("import of \(days) days of \(devices * each) contacts") {
    for day in 0..<days { try record(contacts(day: day, each: each), day: day, ledger, judge) }
    try ledger.settle()
}
let bytes = size(folder + "/year.sqlite")
let count = try ledger.contactCount()
say("  \(count) contacts, \(bytes / 1_000_000) MB, \(bytes / max(1, Int(count))) bytes a contact")
say("  growth: \(bytes / devices * 365 / max(1, days) / 1000) kB per device and year")
for jobs in [1, Parallel.jobs] {
    let assessment = try measured("report over \(days) days, \(jobs) threads") {
        try assess(ledger, judge, jobs: jobs)
    }
    say("  \(assessment.totals.all.contacts) contacts judged, \(assessment.findings.count) findings")
}
