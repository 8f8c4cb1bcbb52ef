import ArgumentParser
import Contacts
import Foundation
import Register
import Roster

/// Lease files, for commands that tell devices apart.
struct LeaseOptions: ParsableArguments {
    @Option(
        name: .customLong("leases"),
        help: ArgumentHelp(
            "Who had which address when: a lease file or log, or a directory of them; may be repeated.",
            discussion: """
                Known are ISC dhcpd.leases and its syslog, Kea's CSV, dnsmasq.leases and its syslog, the Windows DHCP \
                audit log, dhcp logs of Zeek and Suricata, and FreeRADIUS detail files; also compressed.
                """, valueName: "path"),
        completion: .file())
    var leases: [String] = []

    /// The roster with who had which address, by lease files and captures. Says what could not be read; the exit
    /// code that follows from it, if any.
    func attribute(_ roster: Roster, _ facts: Facts, district: String, quiet: Bool) throws -> (
        roster: Roster, reports: [LeaseReport], code: ExitCode?
    ) {
        let (attributed, reports) = roster.attributing(facts, leases: leases, district: district)
        var code: ExitCode?
        for report in reports {
            if let fault = report.fault {
                Messages.say("error: \(report.path): \(fault)")
                if report.isMissing { throw ExitCode.missingFile }
                if report.kind == "unrecognised" { throw ExitCode.unusableInput }
                code = .incomplete
            }
            guard !quiet else { continue }
            Messages.say(
                "leases: \(report.path): \(report.kind), \(report.linesUsed) of \(report.linesRead) lines used"
            )
            if report.linesRejected > 0 {
                Messages.say(
                    "warning: \(report.path): \(report.linesRejected) lines were rejected: "
                        + report.samples.joined(separator: "; "))
            }
        }
        return (attributed, reports, code)
    }
}

/// Pseudonyms or, for a reason, identities.
struct IdentityOptions: ParsableArguments {
    @Option(
        name: .customLong("pseudonym-key"),
        help: ArgumentHelp(
            "File with the key of the pseudonyms (16 bytes at least).",
            discussion:
                "Default: hallpass.key in the current folder, made on first use, readable by its owner only.",
            valueName: "file"))
    var pseudonymKey: String?

    @Option(
        help: ArgumentHelp(
            "Make the pseudonyms for one recipient: two recipients can't join theirs.", valueName: "name"))
    var recipient: String?

    @Option(
        help: ArgumentHelp(
            "Show identities, for this reason, which is written to the audit log.", valueName: "reason"))
    var identify: String?

    @Option(
        name: .customLong("audit-log"),
        help: ArgumentHelp(
            "Where --identify is recorded. Default: hallpass-audit.log in the current folder.",
            valueName: "file"))
    var auditLog: String?

    func validate() throws {
        if let identify, identify.split(separator: " ").isEmpty {
            throw ValidationError(
                "--identify needs a reason, such as --identify \"incident 2026-17, asked by the principal\"")
        }
        if auditLog != nil, identify == nil {
            throw ValidationError("--audit-log goes with --identify REASON")
        }
    }

    /// The gate through which identities leave; records it when they leave as they are.
    func gate() throws -> IdentityGate {
        if let identify {
            let path = auditLog ?? AuditLog.fileName
            do {
                try AuditLog(path).add(
                    reason: identify, command: Array(CommandLine.arguments.dropFirst()), user: NSUserName(),
                    at: Date())
            } catch {
                Messages.say(
                    "error: identities are not shown, since \(path) cannot be written: \(error.localizedDescription)"
                )
                throw ExitCode(70)
            }
            return .identified
        }
        let gate = try IdentityOptions.gate(key: pseudonymKey)
        return recipient.map { gate.forRecipient($0) } ?? gate
    }

    /// The gate under the key at `path`; without one under that of the current folder, made on first use.
    static func gate(key path: String?) throws -> IdentityGate {
        let file = path ?? PseudonymKey.fileName
        do {
            let key = try PseudonymKey.load(file, makes: path == nil)
            if key.isNew {
                Messages.say(
                    "note: made the pseudonyms' key \(file); keep it, or later reports will have other pseudonyms"
                )
            }
            if key.isExposed { Messages.say("warning: others can read \(file); run: chmod 600 \(file)") }
            return IdentityGate(key: key.bytes)
        } catch {
            Messages.say("error: \(error)")
            throw ExitCode.unusableInput
        }
    }
}
