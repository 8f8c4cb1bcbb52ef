import ArgumentParser
import Register

extension RegisterCommand {
    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Turns a district's spreadsheet or a registry's export into a register (YAML).",
            discussion: """
                Reads a CSV and prints YAML to put under allowlists/. Without --map its columns are ours (those that \
                register export writes). A map says what other columns mean; every column must be mapped or ignored, \
                so that nothing is lost silently:

                  columns: {Company: vendor, Resource: product, Website: domain, Expires: ends}
                  ignore: [Notes]
                  convert: {domain: url, ends: MM/DD/YYYY}
                  values: {status: {Active: signed, In progress: pending}}
                  defaults: {form: MA-NDPA}
                  needs_domains: false

                Exit codes: 0 done; 65 the file or the map cannot be used, with line and column; 66 missing file.

                EXAMPLES
                  hallpass register import agreements.csv --map map.yaml --output allowlists/vendors.yaml
                  hallpass register import register.csv
                """)

        @Argument(help: "The CSV file.", completion: .file())
        var file: String

        @Option(help: ArgumentHelp("What the columns mean (YAML).", valueName: "file"), completion: .file())
        var map: String?

        @Option(
            name: .shortAndLong,
            help: ArgumentHelp("Write to a file instead of standard output.", valueName: "file"),
            completion: .file())
        var output: String?

        func run() throws {
            do {
                try Output.write(
                    RegisterYAMLWriter.write(try RegisterImport.load(file, map: map)), to: output)
            } catch let error as RegisterError {
                throw RegisterOptions.fail(error)
            }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the register as CSV, for a spreadsheet.",
            discussion: """
                One row per record; register import reads it back without loss. What cannot stand in a CSV is an \
                error with file and line (exit code 65), never left out.

                EXAMPLES
                  hallpass register export --register allowlists/ --output register.csv
                """)

        @OptionGroup var records: RegisterOptions

        @Option(
            name: .shortAndLong,
            help: ArgumentHelp("Write to a file instead of standard output.", valueName: "file"),
            completion: .file())
        var output: String?

        func run() throws {
            let register = try records.loadRegister()
            do {
                try Output.write(try RegisterCSVWriter().write(register), to: output)
            } catch let error as RegisterError {
                throw RegisterOptions.fail(error)
            }
        }
    }
}
