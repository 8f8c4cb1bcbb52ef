import Bytes
import Foundation
import SyntheticDay

/// A command line that is not understood.
struct Usage: Error {
    let text: String
}

enum Command {
    static let help = """
        usage: hallpass-bench generate --gigabytes N [--seed S] --output FILE.pcap [--pcapng] [--snaplen BYTES]
                 writes a synthetic school day, and FILE.truth.tsv beside it: what `hallpass contacts` must find
               hallpass-bench check FILE.truth.tsv CONTACTS.jsonl
                 compares; exit code 1 when anything differs
               hallpass-bench walk FILE.pcap
                 a bare walk over the record headers: the least that reading a capture can cost
               hallpass-bench measure --output FILE COMMAND [ARGUMENT...]
                 runs a command; prints seconds of wall time, seconds of processor time, peak resident kilobytes
        """

    static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    static func run(_ arguments: [String]) throws {
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "generate": try generate(rest)
        case "check": try check(rest)
        case "walk": try walk(rest)
        case "measure": try measure(rest)
        default: throw Usage(text: help)
        }
    }

    private static func generate(_ arguments: [String]) throws {
        var rest = arguments[...]
        var gigabytes: Double?
        var seed: UInt64 = 1
        var output: String?
        var form = CaptureForm.pcap
        var snapLength = 262_144
        while let option = rest.popFirst() {
            switch option {
            case "--gigabytes": gigabytes = try number(&rest, option, Double.init)
            case "--seed": seed = try number(&rest, option) { UInt64($0) }
            case "--snaplen": snapLength = try number(&rest, option) { Int($0) }
            case "--output": output = try number(&rest, option) { $0 }
            case "--pcapng": form = .pcapng
            default: throw Usage(text: "unknown option \(option)\n\(help)")
            }
        }
        guard let gigabytes, gigabytes > 0, gigabytes <= 10_000, let output else {
            throw Usage(text: "--gigabytes and --output are needed\n\(help)")
        }
        guard (64...262_144).contains(snapLength) else { throw Usage(text: "--snaplen takes 64 to 262144") }
        var options = DayOptions(bytes: UInt64(gigabytes * 1e9), seed: seed)
        options.form = form
        options.snapLength = snapLength
        var day = try SyntheticDay(path: output, options)
        let truth = try day.write()
        try truth.text.write(toFile: output + ".truth.tsv", atomically: true, encoding: .utf8)
        print("\(output): \(truth.packets) packets, \(truth.flows) flows, \(truth.rows.count) contacts")
    }

    private static func number<T>(
        _ rest: inout ArraySlice<String>, _ option: String, _ parse: (String) -> T?
    ) throws -> T {
        guard let text = rest.popFirst(), let value = parse(text) else {
            throw Usage(text: "\(option) lacks its value\n\(help)")
        }
        return value
    }
}
