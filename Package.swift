// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// `make fuzz` sets HALLPASS_FUZZ=1: the rooms are then built with coverage counters, and the fuzzers with them.
let isFuzzing = ProcessInfo.processInfo.environment["HALLPASS_FUZZ"] == "1"

/// `make sanitize` sets HALLPASS_SANITIZED=1: the thread sanitizer brings its own allocator.
let isSanitized = ProcessInfo.processInfo.environment["HALLPASS_SANITIZED"] == "1"

/// jemalloc instead of the C library's allocator: what one thread allocates is often freed by another, and names and
/// flows are many small pieces of memory. A 1 GB capture is read in five sixths of the time with two threads.
let allocator: [LinkerSetting] = isSanitized ? [] : [.linkedLibrary("jemalloc")]

/// Settings of every Swift target: strict memory safety as an error, explicit existentials and imports.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatWarning("StrictMemorySafety", as: .error),
    .enableExperimentalFeature("Lifetimes"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
/// For AES in counter mode, from which QUIC's header protection is made.
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")

/// One room of the straight line: its name and the rooms to its left that it imports.
func room(_ name: String, _ imports: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: imports, swiftSettings: strict + (isFuzzing ? instrumented : []))
}

let instrumented: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])]

/// One libFuzzer program: its entry point hands inputs to a function of `FuzzBodies`.
func fuzzer(_ name: String) -> Target {
    .executableTarget(
        name: name, dependencies: ["Bytes", "FuzzBodies", "FuzzDriver"], path: "Tests/Fuzzers/\(name)",
        exclude: ["Seeds", "Crashes"], swiftSettings: strict + instrumented,
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])])
}

func tests(_ name: String, _ imports: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: imports + ["TestSupport"], exclude: exclude, swiftSettings: strict)
}

let fuzzers = [
    "PCAPFuzzer", "PCAPNGFuzzer", "SnoopFuzzer", "ERFFuzzer", "PacketFuzzer", "FlowFuzzer", "TLSFuzzer",
    "CertificateFuzzer", "DNSFuzzer", "HTTP1Fuzzer", "HTTP2Fuzzer", "QUICFuzzer", "DTLSFuzzer",
    "TunnelFuzzer", "ConversationFuzzer", "ReviewFuzzer", "ZipFuzzer", "LogFuzzer", "LeaseFuzzer",
]

let fuzzing: [Target] =
    [
        .target(name: "FuzzDriver", path: "Tests/Fuzzers/Driver", swiftSettings: strict)
    ] + fuzzers.map(fuzzer)

let package = Package(
    name: "hallpass",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(name: "CPublicSuffix", pkgConfig: "libpsl", providers: [.apt(["libpsl-dev"])]),

        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLZMA", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
        .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CBrotli", pkgConfig: "libbrotlidec", providers: [.apt(["libbrotli-dev"])]),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),

        // simdjson is C++: a shim of one C function stands in front of it.
        .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),

        room("Bytes"),
        room(
            "Captures",
            ["Bytes", "CArchive", "CPcap", "CZlib", "CLZMA", "CBzip2", "CZstd", "CLZ4", "CBrotli"]),
        room("Packets", ["Bytes"]),
        room("Names", ["Bytes", crypto, cryptoExtras]),
        room("Flows", ["Bytes", "Captures", "Packets", "Names"]),
        room("Logs", ["Bytes", "Names", "CSimdjson", "CSQLite"]),
        room("Contacts", ["Bytes", "Packets", "Names", "Flows", "Logs"]),
        room("Pipeline", ["Bytes", "Captures", "Packets", "Names", "Flows", "Logs", "Contacts"]),
        room("Register", ["Bytes", "CPublicSuffix", yams, crypto]),
        room("Roster", ["Bytes", "Captures", "Flows", "Logs", "Contacts", "Register", crypto]),
        room("Judgement", ["Bytes", "Contacts", "Register", "Roster", crypto]),
        room(
            "Ledger",
            ["Bytes", "Captures", "Flows", "Contacts", "Register", "Roster", "Judgement", crypto, grdb]),
        room(
            "Reports",
            [
                "Bytes", "Packets", "Names", "Flows", "Contacts", "Register", "Roster", "Judgement", "Ledger",
                crypto,
            ]),
        room(
            "Review",
            [
                "Bytes", "Captures", "Names", "Flows", "Logs", "Contacts", "Pipeline", "Register", "Roster",
                "Judgement", "Reports", crypto,
            ]),
        room(
            "Evidence",
            [
                "Bytes", "Captures", "Packets", "Names", "Flows", "Logs", "Contacts", "Pipeline", "Register",
                "Roster", "Judgement", "Ledger", "Reports", crypto,
            ]),
        .executableTarget(
            name: "hallpass",
            dependencies: [
                "Bytes", "Captures", "Packets", "Names", "Flows", "Logs", "Contacts", "Pipeline", "Register",
                "Roster", "Judgement", "Ledger", "Reports", "Review", "Evidence", argumentParser,
            ],
            swiftSettings: strict, linkerSettings: allocator),

        .target(
            name: "TestSupport", dependencies: ["Bytes"], path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "FuzzBodies",
            dependencies: ["Bytes", "Captures", "Packets", "Names", "Flows", "Logs", "Roster", "Review"],
            path: "Tests/Fuzzers/Bodies", swiftSettings: strict),
        tests("CapturesTests", ["Bytes", "Captures"]),
        tests("PacketsTests", ["Bytes", "Packets"]),
        tests("FlowsTests", ["Bytes", "Captures", "Packets", "Names", "Flows", "Contacts", "FuzzBodies"]),
        tests("NamesTests", ["Bytes", "Names", "FuzzBodies", crypto, cryptoExtras]),
        tests("LogsTests", ["Bytes", "Names", "Logs", "CSQLite", "FuzzBodies"], exclude: ["Fixtures"]),
        .executableTarget(
            name: "LogsBenchmark", dependencies: ["Bytes", "Logs", "Contacts", "Pipeline"],
            path: "Tests/Benchmarks/LogsBenchmark",
            swiftSettings: strict),
        tests("ContactsTests", ["Bytes", "Names", "Flows", "Logs", "Contacts"]),
        .executableTarget(
            name: "NamesBenchmark", dependencies: ["Bytes", "Names"], path: "Tests/Benchmarks/NamesBenchmark",
            swiftSettings: strict),
        // A school day whose content is known: `make bench` and a test read it.
        .target(
            name: "SyntheticDay", dependencies: ["Bytes", crypto, cryptoExtras],
            path: "Tests/Benchmarks/SyntheticDay", swiftSettings: strict),
        .executableTarget(
            name: "hallpass-bench", dependencies: ["Bytes", "SyntheticDay"],
            path: "Tests/Benchmarks/CaptureBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "JudgementBenchmark",
            dependencies: ["Bytes", "Contacts", "Pipeline", "Register", "Roster", "Judgement"],
            path: "Tests/Benchmarks/JudgementBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "LedgerBenchmark",
            dependencies: ["Bytes", "Contacts", "Pipeline", "Register", "Roster", "Judgement", "Ledger"],
            path: "Tests/Benchmarks/LedgerBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "ExcerptBenchmark", dependencies: ["Bytes", "Contacts", "Pipeline", "Evidence"],
            path: "Tests/Benchmarks/ExcerptBenchmark", swiftSettings: strict),
        tests("RegisterTests", ["Register"]),
        .executableTarget(
            name: "RosterBenchmark", dependencies: ["Bytes", "Contacts", "Register", "Roster"],
            path: "Tests/Benchmarks/RosterBenchmark", swiftSettings: strict),
        tests(
            "RosterTests", ["Bytes", "Captures", "Flows", "Contacts", "Register", "Roster", "FuzzBodies"],
            exclude: ["Fixtures"]),
        tests("JudgementTests", ["Bytes", "Contacts", "Register", "Roster", "Judgement"]),
        tests(
            "LedgerTests", ["Bytes", "Flows", "Contacts", "Register", "Roster", "Judgement", "Ledger", grdb]),
        tests(
            "ReviewTests",
            [
                "Bytes", "Captures", "Contacts", "Register", "Roster", "Judgement", "Reports", "Review",
                "FuzzBodies", crypto,
            ]),
        tests(
            "EvidenceTests",
            [
                "Bytes", "Captures", "Packets", "Names", "Flows", "Contacts", "Pipeline", "Register",
                "Roster",
                "Judgement", "Ledger", "Reports", "Evidence", crypto,
            ]),
        tests("ReportsTests", ["Bytes", "Flows", "Contacts", "Register", "Roster", "Judgement", "Reports"]),
        tests(
            "EndToEndTests",
            [
                "hallpass", "Bytes", "Flows", "Logs", "Contacts", "Pipeline", "Register", "Roster", "Ledger",
                "Reports", "Evidence", "SyntheticDay", grdb,
            ]),
        tests("TidyTests", []),
    ] + (isFuzzing ? fuzzing : []),
    cxxLanguageStandard: .cxx17
)
