import Bytes
import Glibc
import Names

// What one name costs, in nanoseconds: each parser over one message of the fuzzers' seeds. For `make bench-names`.

func seconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func read(_ path: String, from start: Int = 0) -> [UInt8] {
    guard let file = try? InputFile(path: path) else { return [] }
    var buffer = ByteBuffer(capacity: 64 << 10)
    let got = (try? file.read(at: 0, into: &buffer, at: 0, count: buffer.capacity)) ?? 0
    return buffer.bytes(got).clamped(from: start, count: got).copied()
}

/// Runs `body` for about half a second, five times; the best of them is the one that was disturbed least.
func measure(_ name: String, _ bytes: [UInt8], _ body: (RawSpan) -> Bool) {
    guard bytes.withRawSpan(body) else {
        print("\(name): the seed is not there or does not parse")
        exit(1)
    }
    var rounds = 1
    var best = Double.infinity
    var runs = 0
    while runs < 5 {
        let began = seconds()
        for _ in 0..<rounds where !bytes.withRawSpan(body) { exit(1) }
        let took = seconds() - began
        if took < 0.3 {
            rounds *= 2
            continue
        }
        best = min(best, took / Double(rounds))
        runs += 1
    }
    let padded = name + String(repeating: " ", count: max(0, 34 - name.utf8.count))
    print("\(padded)\(Int(best * 1e9)) ns for \(bytes.count) bytes")
}

let arguments = CommandLine.arguments
guard arguments.count == 2 else {
    print("usage: NamesBenchmark FOLDER (Tests/Fuzzers)")
    exit(64)
}
let base = arguments[1]
let hello = read(base + "/TLSFuzzer/Seeds/hello13")
measure("TLS hello", hello) { ClientHello.parse(stream: $0).value?.serverName != nil }
measure("TLS hello with JA4", hello) { bytes in
    guard let hello = ClientHello.parse(stream: bytes).value else { return false }
    return JA4.fingerprint(hello, transport: .tcp).utf8.count == 36
}
measure("TLS 1.2 server flight, certificate", read(base + "/TLSFuzzer/Seeds/flight12")) {
    ServerFlight.parse(stream: $0).value?.certificate != nil
}
measure("DNS query", read(base + "/DNSFuzzer/Seeds/query")) { (try? DNSMessage.parse($0))?.fault == nil }
measure("DNS answer, three records", read(base + "/DNSFuzzer/Seeds/answer")) {
    (try? DNSMessage.parse($0))?.answers.count == 3
}
measure("HTTP request", read(base + "/HTTP1Fuzzer/Seeds/pipeline")) {
    RequestHead.parse(stream: $0).value?.host != nil
}
// Behind the two bytes that say the datagram's length.
measure("QUIC Initial, keys and all", read(base + "/QUICFuzzer/Seeds/version2", from: 2)) { bytes in
    var search = QUICSearch()
    if case .hello = search.take(bytes, fromA: true) { return true }
    return false
}
measure("what is no name: TLS data", [23, 3, 3, 5, 0] + [UInt8](repeating: 7, count: 1280)) {
    !ClientHello.probe($0) && !ServerFlight.probe($0) && !RequestHead.probe($0)
}
