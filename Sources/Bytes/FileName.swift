/// Names of files as text. A name on disk is any bytes but zero and `/`; those that are not UTF-8 are shown with each
/// foreign byte as `\xNN`, and `InputFile` understands that form, so that what a report shows can be given again.
package enum FileName {
    package static func shown(_ raw: [UInt8]) -> String {
        if let text = String(validating: raw, as: UTF8.self) { return text }
        var text = ""
        for byte in raw {
            if byte < 0x80 {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "\\x" + String(byte, radix: 16)
            }
        }
        return text
    }

    /// The bytes that a shown name stands for; nil when it has no `\xNN` of a byte from 80 on.
    package static func raw(_ shown: String) -> [UInt8]? {
        let text = Array(shown.utf8)
        var raw: [UInt8] = []
        var found = false
        var place = 0
        while place < text.count {
            if text[place] == UInt8(ascii: "\\"), place + 3 < text.count,
                text[place + 1] == UInt8(ascii: "x"),
                let byte = UInt8(String(decoding: text[(place + 2)...(place + 3)], as: UTF8.self), radix: 16),
                byte >= 0x80
            {
                raw.append(byte)
                found = true
                place += 4
            } else {
                raw.append(text[place])
                place += 1
            }
        }
        return found ? raw : nil
    }
}
