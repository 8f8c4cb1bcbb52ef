package import Bytes
import CMaxMind

/// Which country an address belongs to, by a database in MaxMind's format that the user has.
///
/// This file is the whole of the contact with libmaxminddb. It maps the file into memory: a database must not be
/// shortened while a review runs.
@safe package final class CountryDatabase {
    private let handle: OpaquePointer
    /// Lookups that the database could not answer since it is damaged there.
    package private(set) var damaged = 0

    package init(_ path: String) throws(FileFault) {
        let file = try InputFile(path: path)
        // The library takes any mapped file for a database of its own as long as it finds a mark in it.
        guard let size = file.size, size > 0 else {
            throw FileFault(
                path: path, reason: "is no file of its own; name a database in MaxMind's format (.mmdb)")
        }
        var reason: UnsafePointer<CChar>?
        let opened = unsafe path.withCString { text in unsafe hallpass_countries_open(text, &reason) }
        guard let opened = unsafe opened else {
            let words = unsafe reason.map { unsafe String(cString: $0) } ?? "it cannot be opened"
            throw FileFault(
                path: path, reason: "is no country database that can be read (MaxMind's format): \(words)")
        }
        unsafe handle = opened
    }

    deinit { unsafe hallpass_countries_close(handle) }

    /// What it says it is, such as `GeoLite2-Country`.
    package var type: String { unsafe String(cString: hallpass_countries_type(handle)) }

    /// When it was built; nil where it states nothing that can be.
    package var built: Timestamp? {
        unsafe Int64(exactly: hallpass_countries_built(handle)).flatMap { Timestamp(seconds: $0) }
    }

    /// The country's two letters (ISO 3166-1); nil when the database has none for the address.
    package func country(of address: IPAddress) -> String? {
        var letters: (CChar, CChar) = (0, 0)
        let found = unsafe withUnsafeMutableBytes(of: &letters) { bytes -> Int32 in
            guard let start = unsafe bytes.bindMemory(to: CChar.self).baseAddress else { return -1 }
            return unsafe hallpass_countries_find(
                handle, address.high, address.low, address.isIPv4 ? 1 : 0, start)
        }
        guard found == 1 else {
            if found < 0 { damaged += 1 }
            return nil
        }
        let bytes = [UInt8(bitPattern: letters.0), UInt8(bitPattern: letters.1)]
        guard bytes.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) else {
            damaged += 1
            return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The database that countries are from.
package struct CountrySource: Equatable, Sendable {
    package var type: String
    package var built: Timestamp?

    /// Such as `GeoLite2-Country of 2026-11-03`.
    package var words: String {
        let day = built.map { " of \($0.description.prefix(10))" } ?? ""
        return (type.isEmpty ? "a database without a name" : type) + day
    }
}
