import Foundation
import GRDB

/// The numbers of rows that many others refer to; makes the row where there is none.
struct Identifiers {
    private let database: Database

    init(_ database: Database) { self.database = database }

    func client(_ pseudonym: String) throws -> Int64 {
        try row("clients", "pseudonym", pseudonym.databaseValue)
    }

    func name(_ name: String) throws -> Int64 { try row("names", "name", name.databaseValue) }

    func standing(_ standing: RecordedStanding) throws -> Int64 {
        let arguments: StatementArguments = [
            standing.device, standing.role, standing.school, standing.grades, standing.doubt,
        ]
        let select = try database.cachedStatement(
            sql: """
                SELECT id FROM standings
                WHERE device = ? AND role = ? AND school = ? AND grades = ? AND doubt = ?
                """)
        if let known = try Int64.fetchOne(select, arguments: arguments) { return known }
        try database.cachedStatement(
            sql: "INSERT INTO standings (device, role, school, grades, doubt) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: arguments)
        return database.lastInsertedRowID
    }

    func destination(_ destination: Destination) throws -> Int64 {
        let text = try destination.text()
        let digest = Destination.digest(text)
        let select = try database.cachedStatement(sql: "SELECT id FROM destinations WHERE digest = ?")
        if let known = try Int64.fetchOne(select, arguments: [digest]) { return known }
        try database.cachedStatement(sql: "INSERT INTO destinations (digest, facts) VALUES (?, ?)")
            .execute(arguments: [digest, text])
        return database.lastInsertedRowID
    }

    private func row(_ table: String, _ column: String, _ value: DatabaseValue) throws -> Int64 {
        let select = try database.cachedStatement(sql: "SELECT id FROM \(table) WHERE \(column) = ?")
        if let known = try Int64.fetchOne(select, arguments: [value]) { return known }
        try database.cachedStatement(sql: "INSERT INTO \(table) (\(column)) VALUES (?)")
            .execute(arguments: [value])
        return database.lastInsertedRowID
    }
}
