import Bytes
import Contacts
import Dispatch
import Glibc
import Logs
import Pipeline

// Reads logs with a number of jobs and prints what it took: for `make bench-logs`. One file to the rows of the log room,
// whose bytes can be compared with another program's, or any the whole way to contacts, as every command reads them.

/// One share of a file, read on a thread of its own.
final class Share: @unchecked Sendable {
    let path: String
    let format: LogFormat
    let head: [UInt8]
    let start: Int64
    let end: Int64
    var chunk: LogChunk?

    init(path: String, format: LogFormat, head: [UInt8], start: Int64, end: Int64) {
        (self.path, self.format, self.head, self.start, self.end) = (path, format, head, start, end)
    }

    func read() throws {
        let file = try InputFile(path: path)
        let size = file.size ?? 0
        var buffer = ByteBuffer(capacity: max(LogChunkReader.minimumBuffer, 2 << 20))
        var reader = head.withRawSpan { format.makeReader(head: $0, isMidFile: start > 0) }
        var position = start > 0 ? start - 1 : 0
        var filled = 0
        while !reader.chunk.isComplete {
            let wanted = min(512 << 10, buffer.capacity - filled)
            filled += try file.read(at: position + Int64(filled), into: &buffer, at: filled, count: wanted)
            let owned = end >= size ? Int.max : Int(end - position)
            let isLast = position + Int64(filled) >= size
            let consumed = reader.read(buffer.bytes(filled), isLast: isLast, ownedBytes: owned)
            buffer.moveToFront(from: consumed, to: filled)
            filled -= consumed
            position += Int64(consumed)
            if isLast, consumed == 0 { break }
        }
        chunk = reader.chunk
    }
}

/// Not of the main actor, as the rest of this file is.
nonisolated func readAll(_ shares: [Share]) {
    DispatchQueue.concurrentPerform(iterations: shares.count) { try? shares[$0].read() }
}

func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

let arguments = CommandLine.arguments
guard arguments.count >= 4, let jobs = Int(arguments[1]), jobs > 0 else {
    print("usage: LogsBenchmark JOBS rows|contacts FILE...")
    exit(64)
}
let path = arguments[3]
if arguments[2] == "contacts" {
    var options = RunOptions()
    options.jobs = jobs
    let began = seconds(CLOCK_MONOTONIC)
    let run = Run(Array(arguments[3...]), options: options)
    let ended = seconds(CLOCK_MONOTONIC)
    let flows = run.facts.contacts.reduce(UInt64(0)) { $0 &+ $1.flows }
    let bytes = run.facts.contacts.reduce(UInt64(0)) { $0 &+ $1.bytesDown }
    print(
        "contacts \(run.facts.contacts.count) flows \(flows) of lines \(run.facts.coverage.linesUsed)",
        "wall \(ended - began) bytes \(bytes)")
    exit(run.isComplete ? 0 : 1)
}
let file = try InputFile(path: path)
var first = ByteBuffer(capacity: LogFormat.headLimit)
let got = try file.read(at: 0, into: &first, at: 0, count: LogFormat.headLimit)
let head = first.bytes(got).copied()
guard let format = head.withRawSpan({ LogFormat.recognise(head: $0) }), let size = file.size else {
    print("\(path): format not recognised")
    exit(65)
}

let began = (wall: seconds(CLOCK_MONOTONIC), cpu: seconds(CLOCK_PROCESS_CPUTIME_ID))
let shares = (0..<jobs).map { job in
    Share(
        path: path, format: format, head: head, start: size * Int64(job) / Int64(jobs),
        end: size * Int64(job + 1) / Int64(jobs))
}
readAll(shares)
var total = LogTally()
var contacts = LogAggregator()
for share in shares {
    guard let chunk = share.chunk else { continue }
    total.append(chunk.tally)
    if contacts.count == 0 { contacts = chunk.contacts } else { contacts.merge(chunk.contacts) }
}
let merged = (wall: seconds(CLOCK_MONOTONIC), cpu: seconds(CLOCK_PROCESS_CPUTIME_ID))
var bytes: UInt64 = 0
var records: UInt64 = 0
contacts.forEachRow {
    bytes &+= ($0.bytesDown ?? 0) &+ $0.bytesAside
    records &+= $0.records
}
let ended = (wall: seconds(CLOCK_MONOTONIC), cpu: seconds(CLOCK_PROCESS_CPUTIME_ID))
let lines = max(Double(total.linesRead), 1)
print(
    "format \(format.kind) lines \(total.linesRead) used \(total.linesUsed)",
    "rows \(contacts.count) bytes \(bytes)")
print(
    "read wall \(merged.wall - began.wall) cpu \(merged.cpu - began.cpu)",
    "ns/line cpu \(((merged.cpu - began.cpu) / lines * 1e9).rounded())",
    "sort wall \(ended.wall - merged.wall)")
