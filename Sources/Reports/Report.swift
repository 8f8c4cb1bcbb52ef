import Bytes
package import Contacts
package import Judgement
package import Register
package import Roster

/// Everything that one analysis shows, before it takes the form of a table, JSON or CSV.
package struct Report: Sendable {
    package var toolName = "hallpass"
    package var toolVersion: String
    package var register: RegisterSummary
    package var roster: RosterSummary
    package var inputs: [InputReport]
    package var coverage: Contacts.Coverage
    package var assessment: Assessment
    /// Only records entered by this day counted; nil when all did.
    package var asKnownOn: String?
    /// What changed since an earlier report; nil when none was given.
    package var changes: Changes?

    package struct RegisterSummary: Equatable, Sendable {
        package var sha256: String
        package var files: [String]
        package var district: String?
        package var timezone: String
        package var vendors: Int
        package var agreements: Int
        package var thirdParties: Int
        package var lists: [List] = []
    }

    /// A list of third parties that was asked beside the register.
    package struct List: Equatable, Sendable {
        package var path: String
        package var format: String
        package var domains: Int
        package var leftOut: Int
    }

    package struct RosterSummary: Equatable, Sendable {
        package var sha256: String?
        package var file: String?
        package var networks: Int
    }

    /// Judges the facts and gathers what the renderers show; `tool` is the program's version.
    package init(facts: Facts, register: Register, roster: Roster, tool: String) {
        self.init(facts: facts, judge: Judge(register: register, roster: roster), tool: tool)
    }

    /// `jobs` and `run` as in `Assessment`.
    package init(
        facts: Facts, judge: Judge, tool: String, baseline: Baseline? = nil, jobs: Int = 1,
        run: Assessment.Runner? = nil
    ) {
        self.init(
            Assessment(facts, judge: judge, jobs: jobs, run: run), judge: judge, inputs: facts.inputs,
            coverage: facts.coverage, tool: tool, baseline: baseline)
    }

    /// A report of what was judged already, wherever its facts came from.
    package init(
        _ assessment: Assessment, judge: Judge, inputs: [InputReport], coverage: Contacts.Coverage,
        tool: String, baseline: Baseline? = nil
    ) {
        let register = judge.register
        toolVersion = tool
        self.register = RegisterSummary(
            sha256: register.sha256, files: register.files, district: register.district?.name,
            timezone: register.timezone, vendors: register.vendors.count,
            agreements: register.vendors.reduce(0) { $0 + $1.agreements.count },
            thirdParties: register.thirdParties.count,
            lists: register.lists.map { list in
                List(
                    path: list.path, format: list.format.rawValue,
                    domains: list.parties.reduce(0) { $0 + $1.domains.count }, leftOut: list.leftOut)
            })
        roster = RosterSummary(
            sha256: judge.roster.sha256, file: judge.roster.file, networks: judge.roster.networks.count)
        self.inputs = inputs
        self.coverage = coverage
        asKnownOn = judge.asKnownOn?.description
        self.assessment = assessment
        changes = baseline.map { Changes(assessment, since: $0, clock: judge.clock) }
    }

    /// Whether any finding is at or above `severity`: exit code 1 under `--fail-on`.
    package func hasFindings(atLeast severity: Severity) -> Bool {
        assessment.findings.contains { $0.severity >= severity }
    }

    /// Inputs that were not read to their end: exit code 2.
    package var incompleteInputs: [InputReport] { inputs.filter { !$0.complete } }
}
