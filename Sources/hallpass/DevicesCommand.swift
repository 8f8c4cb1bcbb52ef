import ArgumentParser
import Pipeline
import Reports
import Roster

struct DevicesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract:
            "Lists whose devices the traffic was, and which rule said so; what is nobody's comes first.",
        discussion: """
            The first rule that matches decides: device, lease, user, host name, network. Where two devices had one \
            address at the same time, the answer is unknown (two leases). Devices are shown by pseudonyms unless \
            --identify gives a reason. Exit codes: 0 done; 2 some input was not read whole; 65 bad roster, lease file \
            or no readable input; 66 missing file.

            EXAMPLES
              hallpass devices monday.pcap --roster roster.yaml --leases /var/lib/dhcp/dhcpd.leases
              hallpass devices captures/ --leases kea-leases4.csv --leases radacct/ --format csv
              hallpass devices monday.pcap --identify "incident 2026-17" --audit-log audit.log
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup var records: RegisterOptions
    @OptionGroup var leases: LeaseOptions
    @OptionGroup var identity: IdentityOptions

    @Option(
        help: "Output format: \(DevicesRenderer.Format.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format = DevicesRenderer.Format.table

    func run() throws {
        let roster = try records.loadRoster()
        let run = Run(input.inputs, options: try input.options(homeNetworks: roster.homeNetworks))
        let code = input.reportProblems(run)
        if let code, code != .incomplete { throw code }
        let attributed = try leases.attribute(roster, run.facts, district: "UTC", quiet: input.quiet)
        let list = DeviceList(run.facts, roster: attributed.roster)
        let gate = try identity.gate()
        let renderer = DevicesRenderer(format: format, gate: gate, roster: attributed.roster)
        try Output.write(renderer.render(list, leases: attributed.reports))
        if let code = code ?? attributed.code { throw code }
    }
}

extension DevicesRenderer.Format: ExpressibleByArgument {}
