import GRDB

/// Why a ledger cannot be read or written, with the way out.
package struct LedgerFault: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        case missing
        /// Written by a newer version of the program.
        case newer
        /// Not a ledger, or one whose content does not hold together.
        case damaged
        case diskFull
        /// The file or its folder cannot be written.
        case unwritable
        /// Another process is writing.
        case busy
        case other
    }

    package let path: String
    package let kind: Kind
    package let reason: String

    package var description: String { "\(path): \(reason)" }

    init(_ path: String, _ kind: Kind, _ reason: String) {
        self.path = path
        self.kind = kind
        self.reason = reason
    }

    /// What SQLite said, in words that tell what to do.
    init(_ path: String, _ error: any Error) {
        if let fault = error as? LedgerFault {
            self = fault
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(path, .other, "\(error)")
            return
        }
        let (kind, reason) = LedgerFault.words(error)
        self.init(path, kind, reason)
    }

    private static func words(_ error: DatabaseError) -> (Kind, String) {
        switch error.resultCode {
        case .SQLITE_FULL:
            return (
                .diskFull,
                "the disk is full; the ledger is as it was before this command: make room and run it again"
            )
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            return (
                .unwritable,
                "cannot be opened for writing; the ledger's file and its folder must belong to the user who "
                    + "runs Hallpass"
            )
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return (.busy, "another program is writing to the ledger; run the command again when it is done")
        case .SQLITE_NOTADB:
            return (.damaged, "is no ledger of Hallpass")
        case .SQLITE_CORRUPT:
            return (
                .damaged,
                "is damaged; restore it from a backup, or look at it with: sqlite3 FILE 'PRAGMA integrity_check'"
            )
        case .SQLITE_IOERR:
            return (
                .unwritable,
                "could not be read or written (\(error.extendedResultCode)); is the disk full or failing? "
                    + "The ledger is as it was before this command"
            )
        default: return (.other, error.message ?? "\(error.resultCode)")
        }
    }
}
