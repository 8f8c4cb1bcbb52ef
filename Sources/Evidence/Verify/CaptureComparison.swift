import Bytes
import Contacts
import Foundation
package import Pipeline

extension Verification {
    /// Looks for the excerpt's frames in the captures, and reads the facts out of these again.
    ///
    /// - Parameters:
    ///   - captures: files and directories, as they were named when the bundle was made.
    package mutating func check(captures: [String], _ bundle: BundleFiles, _ options: RunOptions) {
        checkFrames(captures, bundle, jobs: options.jobs)
        let run = Run(captures, options: options)
        guard run.readAnything else { return add(.failed, "nothing could be read of the captures given") }
        checkFacts(run.facts.contacts, bundle)
    }

    /// Says what is left open without them.
    package mutating func noteNoCaptures() {
        add(.notDone, "frames and facts against the captures: give --captures")
    }

    private mutating func checkFrames(_ captures: [String], _ bundle: BundleFiles, jobs: Int) {
        guard let table = bundle.text("frames.csv") else {
            return add(.notDone, "frames against the captures: the bundle has no excerpt")
        }
        let rows: [FramesTable.Row]
        do throws(FramesTable.Fault) {
            rows = try FramesTable.read(table)
        } catch {
            return add(.failed, "frames.csv: \(error)")
        }
        var good = 0
        for (row, finding) in zip(rows, FramesTable.check(rows, in: captures, jobs: jobs)) {
            let place = "frame \(row.number) (\(plain(row.file)), frame \(row.originalNumber))"
            switch finding {
            case .same: good += 1
            case .different: add(.failed, "\(place): the capture has another frame there")
            case .missing: add(.failed, "\(place): the capture has no such frame")
            case .noCapture: add(.failed, "\(place): no such capture was given")
            }
        }
        add(
            good == rows.count ? .passed : .notDone,
            "\(good) of \(rows.count) frames are in the captures as they were")
    }

    /// What of a fact does not depend on keys and rosters, as far as the bundle shows it.
    fileprivate struct Row: Decodable, Hashable {
        var name: String?
        var evidence: String
        var port: UInt16
        var transport: String
        var `protocol`: String
        var action: String
        var hour: String
        var first: String?
        var last: String?
        var flows: UInt64
        var packetsUp: UInt64
        var packetsDown: UInt64
        var bytesUp: UInt64
        var bytesDown: UInt64
    }

    private mutating func checkFacts(_ contacts: [Contact], _ bundle: BundleFiles) {
        let lines = (bundle.text("facts.jsonl") ?? "").split(separator: "\n")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let rows = lines.compactMap { try? decoder.decode(Row.self, from: Data($0.utf8)) }
        guard rows.count == lines.count else { return add(.failed, "facts.jsonl: a line is no fact") }
        let isExact = rows.contains { $0.first != nil }
        var there: [Row: Int] = [:]
        for contact in contacts { there[Row(contact, isExact: isExact), default: 0] += 1 }
        var good = 0
        for (index, row) in rows.enumerated() {
            guard let count = there[row], count > 0 else {
                add(
                    .failed,
                    "fact \(index + 1): the captures given do not show it (facts.jsonl, line \(index + 1))")
                continue
            }
            there[row] = count - 1
            good += 1
        }
        add(
            good == rows.count ? .passed : .notDone,
            "\(good) of \(rows.count) facts were read out of the captures again")
        add(.notDone, "whose devices they were: only the district's roster and key tell")
    }
}

extension Verification.Row {
    fileprivate init(_ contact: Contact, isExact: Bool) {
        let start = Timestamp(seconds: (contact.hour ?? contact.first.hour) * 3600) ?? contact.first
        self.init(
            name: contact.name, evidence: contact.evidence.rawValue, port: contact.port,
            transport: contact.transport,
            protocol: contact.service, action: contact.action.rawValue, hour: start.description,
            first: isExact ? contact.first.description : nil, last: isExact ? contact.last.description : nil,
            flows: contact.flows, packetsUp: contact.packetsUp, packetsDown: contact.packetsDown,
            bytesUp: contact.bytesUp, bytesDown: contact.bytesDown)
    }
}
