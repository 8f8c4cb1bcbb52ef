import Bytes
import Contacts
import Foundation
import Register
import Roster

/// Measures how fast a large district's leases and inventory are loaded, and what a look-up costs.
///
///     RosterBenchmark FOLDER     makes the files in FOLDER first (a million leases, 100,000 devices)
guard CommandLine.arguments.count == 2 else {
    FileHandle.standardError.write(Data("usage: RosterBenchmark FOLDER\n".utf8))
    exit(64)
}
let folder = CommandLine.arguments[1]
let leaseCount = 1_000_000
let deviceCount = 100_000
/// 2026-03-02T00:00:00Z.
let begin = 1_772_409_600

func mac(_ device: Int) -> String {
    let digits = String(device, radix: 16)
    let padded = String(repeating: "0", count: 8 - digits.count) + digits
    let pairs = stride(from: 0, to: 8, by: 2).map { padded.dropFirst($0).prefix(2) }
    return "00:00:" + pairs.joined(separator: ":")
}

func make() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var leases =
        "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n"
    for number in 0..<leaseCount {
        let address = number % 120_000
        let device = number % deviceCount
        let start = begin + number / 120_000 * 3600
        leases += "10.\(20 + address / 65536).\(address / 256 % 256).\(address % 256),\(mac(device)),,3600,"
        leases += "\(start + 3600),30,0,0,cb-\(device).lakeside.example,0,\n"
    }
    try Data(leases.utf8).write(to: URL(fileURLWithPath: folder + "/kea-leases4.csv"))
    var devices = "Serial number,Organizational unit,Most recent user,MAC address\n"
    for device in 0..<deviceCount {
        devices += "SN\(device),/Students/\(device % 50),s\(device)@lakeside.example,\(mac(device))\n"
    }
    try Data(devices.utf8).write(to: URL(fileURLWithPath: folder + "/devices.csv"))
    let roster = """
        networks: [{prefix: 10.0.0.0/8, role: student}]
        inventories:
          - file: devices.csv
            format: google
            units: [{match: "/Students/*", role: student}]
        """
    try Data(roster.utf8).write(to: URL(fileURLWithPath: folder + "/roster.yaml"))
}

func residentPeak() -> String {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    return status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }.map(String.init) ?? "unknown"
}

if !FileManager.default.fileExists(atPath: folder + "/roster.yaml") {
    try make()
    print("made; run again to measure")
    exit(0)
}
let clock = ContinuousClock()
var roster = Roster.empty
let listed = try clock.measure { roster = try Roster.load(folder + "/roster.yaml") }
var reports: [LeaseReport] = []
let leased = clock.measure {
    (roster, reports) = roster.attributing(Facts(), leases: [folder + "/kea-leases4.csv"], district: "UTC")
}
print("\(roster.deviceCount) devices in \(listed), \(reports.first?.linesUsed ?? 0) leases in \(leased)")
print("peak resident size: \(residentPeak())")
var found = 0
let looked = clock.measure {
    for number in 0..<leaseCount {
        let address = number % 120_000
        let bits = UInt32(10) << 24 | UInt32(20 + address / 65536) << 16 | UInt32(address % 65536)
        let second = begin + number / 120_000 * 3600 + 60
        guard let moment = Timestamp(seconds: Int64(second)) else { continue }
        if roster.device(for: IPAddress(ipv4: bits), at: moment).isAttributed { found += 1 }
    }
}
print("\(leaseCount) look-ups, \(found) attributed, in \(looked)")
