import ArgumentParser
import Bytes
import Judgement
import Ledger
import Register
import Review

/// The approved apps that a night is held against.
struct Lockfiles {
    private let apps: [LockedApp]

    static func load(_ folder: String) throws -> Lockfiles {
        do {
            return Lockfiles(apps: try LockedApp.load(folder: folder))
        } catch {
            throw RegisterOptions.fail(error)
        }
    }

    /// What the night's findings say against each app.
    func lines(_ findings: [Finding], _ register: Register, day: CivilDay) -> [DriftLine] {
        apps.flatMap { app in
            app.changes(findings, register).compactMap { change in
                guard let first = change.first, let last = change.last else { return nil }
                return DriftLine(
                    app: app.behaviour.app, party: change.party, verdict: change.verdict.rawValue,
                    severity: change.severity, text: change.text, since: day, first: first, last: last)
            }
        }
    }

    /// Whether a line of an earlier night still has a lockfile that does not approve it.
    func stands(_ line: DriftLine) -> Bool {
        apps.contains { $0.behaviour.app == line.app && !$0.approves(line.party, line.verdict) }
    }
}
