import Bytes
import Captures
import Contacts
import Logs

/// Opens a path and all that is packed in it: one input per capture or log.
struct InputOpener {
    /// Compression inside an archive inside compression: deeper is somebody's joke.
    private static let depthLimit = 3

    private let logs: LogOptions
    private(set) var inputs: [Input] = []
    /// What could not be opened, by its own name, with the reason.
    private(set) var refused: [(path: String, reason: String, fault: FileFault?)] = []
    /// Inputs of unknown kind, kept only when asked for: each holds a file open.
    private(set) var unrecognised: [Input] = []
    var keepsUnrecognised = false

    init(logs: LogOptions = LogOptions()) { self.logs = logs }

    mutating func open(_ path: String) {
        do throws(FileFault) {
            let file = try InputFile(path: path)
            var input = try Input(
                file, file: file.size == nil ? nil : file, modified: file.modified, logs: logs)
            let identity = file.identity
            if file.size != nil {
                input.reopen = { () throws(FileFault) in try InputFile.reopen(path, as: identity) }
            }
            enter(input, depth: 1)
        } catch {
            refused.append((path, error.cause, error))
        }
    }

    /// Takes an input, or what is packed in it.
    private mutating func enter(_ input: Input, depth: Int) {
        switch input.kind {
        case .packed: unpack(input, depth: depth)
        case .compressed: decompress(input, depth: depth)
        case .database: takeDatabase(input)
        case .wide: convert(input, depth: depth, InputOpener.narrowed)
        case .counted: convert(input, depth: depth, InputOpener.unframed)
        case .capture, .log, .unrecognised: take(input)
        }
    }

    private mutating func takeDatabase(_ input: Input) {
        let path = input.report.path
        guard input.isPlainFile else {
            return refused.append(
                (path, "an SQLite database is read from a file of its own: unpack it first", nil))
        }
        if let reason = PiholeDatabase.refusal(path: path) { return refused.append((path, reason, nil)) }
        inputs.append(input.closed)
    }

    /// Opens a source's bytes anew, knowing those that recognition read.
    private typealias Conversion = (any ByteSource, [UInt8]) throws(FileFault) -> any ByteSource

    /// Takes what text becomes by `conversion`, which leaves nothing to convert.
    private mutating func convert(_ raw: Input, depth: Int, _ conversion: @escaping Conversion) {
        do throws(FileFault) {
            let bytes = try raw.reopen?() ?? RewoundSource(raw.head, then: raw.source)
            var input = try Input(
                try conversion(bytes, raw.head), file: nil, modified: raw.modified, logs: logs)
            let head = raw.head
            if let reopen = raw.reopen {
                input.reopen = { () throws(FileFault) in try conversion(try reopen(), head) }
            }
            input.fileBytes = raw.fileBytes
            switch (raw.kind, input.kind) {
            case (.wide, .wide), (.counted, .counted):
                return refused.append((raw.report.path, "\(raw.kind.name) within \(raw.kind.name)", nil))
            default: enter(input, depth: depth + 1)
            }
        } catch {
            refused.append((raw.report.path, error.cause, error))
        }
    }

    private static func narrowed(_ bytes: any ByteSource, _ head: [UInt8]) throws(FileFault) -> any ByteSource
    {
        guard let source = head.withRawSpan({ UTF16Source(bytes, prefix: $0) }) else {
            throw FileFault(path: bytes.path, reason: "it has changed while it was read")
        }
        return source
    }

    private static func unframed(_ bytes: any ByteSource, _ head: [UInt8]) throws(FileFault) -> any ByteSource
    {
        guard let source = head.withRawSpan({ OctetCountedSource(bytes, prefix: $0) }) else {
            throw FileFault(path: bytes.path, reason: "it has changed while it was read")
        }
        return source
    }

    private mutating func decompress(_ packed: Input, depth: Int) {
        guard depth <= InputOpener.depthLimit else {
            return refused.append(
                (packed.report.path, "packed more than \(InputOpener.depthLimit) times", nil))
        }
        do throws(FileFault) {
            let bytes = try packed.reopen?() ?? RewoundSource(packed.head, then: packed.source)
            var input = try Input(
                try InputOpener.unpacked(bytes, packed.head), file: nil, modified: packed.modified, logs: logs
            )
            // Not the input itself, which holds its file open.
            let head = packed.head
            if let reopen = packed.reopen {
                input.reopen = { () throws(FileFault) in try InputOpener.unpacked(try reopen(), head) }
            }
            input.fileBytes = packed.fileBytes
            enter(input, depth: depth + 1)
        } catch {
            refused.append((packed.report.path, error.cause, error))
        }
    }

    private static func unpacked(_ bytes: any ByteSource, _ head: [UInt8]) throws(FileFault) -> any ByteSource
    {
        let source = try head.withRawSpan { (span: RawSpan) throws(FileFault) in
            try UnpackSource(bytes, prefix: span)
        }
        guard let source else { throw FileFault(path: bytes.path, reason: "it cannot be unpacked") }
        return source
    }

    private mutating func take(_ input: Input) {
        if case .unrecognised(let reason) = input.kind {
            refused.append((input.report.path, reason, nil))
            if keepsUnrecognised { unrecognised.append(input) }
        } else {
            inputs.append(input.closed)
        }
    }

    /// Opens every member anew from the file's start, since members are read in order of their packets' times.
    private mutating func unpack(_ archive: Input, depth: Int) {
        let packed = archive.closed
        let path = packed.report.path
        guard depth <= InputOpener.depthLimit else {
            refused.append((path, "packed more than \(InputOpener.depthLimit) times", nil))
            return
        }
        for index in 0..<Decompressor.memberLimit {
            do throws(FileFault) {
                guard let member = try InputOpener.find(index, in: packed) else { return }
                var input = try Input(member, file: nil, modified: packed.modified, logs: logs)
                if packed.reopen != nil {
                    input.reopen = { () throws(FileFault) in
                        try InputOpener.member(index, of: packed)
                    }
                }
                enter(input, depth: depth + 1)
                // A pipe cannot be read a second time.
                if packed.reopen == nil {
                    refused.append((path, "only the first member of an archive on a pipe is read", nil))
                    return
                }
            } catch {
                refused.append((path, error.cause, error))
                return
            }
        }
    }

    private static func member(_ index: Int, of packed: Input) throws(FileFault) -> any ByteSource {
        guard let member = try find(index, in: packed) else {
            throw FileFault(path: packed.report.path, reason: "it has changed while it was read")
        }
        return member
    }

    /// The member at `index` of an archive; nil when there are not so many.
    private static func find(_ index: Int, in packed: Input) throws(FileFault) -> (any ByteSource)? {
        let bytes = try packed.reopen?() ?? RewoundSource(packed.head, then: packed.source)
        guard packed.head.starts(with: [0x50, 0x4b, 3, 4]) else {
            return try Decompressor(bytes, member: index)
        }
        switch try ZipMember.open(bytes, member: index) {
        case .member(let member): return member
        case .end: return nil
        case .unsupported:
            guard let again = try packed.reopen?() else {
                let reason = "it is packed in a way that can be read from a file only"
                throw FileFault(path: packed.report.path, reason: reason)
            }
            return try Decompressor(again, member: index)
        }
    }
}
