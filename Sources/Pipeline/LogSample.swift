import Bytes
import Contacts

/// The beginning of a file's text, unpacked and as UTF-8: for those who describe a format that is not known yet.
package struct LogSample {
    package private(set) var head: [UInt8] = []
    /// The word of the format, if it is known.
    package private(set) var kind: String?
    /// Why there is no text.
    package private(set) var fault: String?
    package private(set) var isMissing = false

    package static func read(_ path: String) -> LogSample {
        var sample = LogSample()
        var opener = InputOpener()
        opener.keepsUnrecognised = true
        opener.open(path)
        if let input = opener.unrecognised.first {
            sample.head = input.head
        } else if let input = opener.inputs.first {
            sample.head = input.head
            sample.kind = input.report.kind
        } else {
            sample.fault = opener.refused.first?.reason ?? "nothing in it"
            sample.isMissing = opener.refused.first?.fault?.isMissing == true
        }
        return sample
    }
}
