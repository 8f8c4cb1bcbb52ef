import Reports

/// Text for people: what acts on a terminal or on the order of letters is written out.
func plain(_ text: String) -> String { TerminalText.safe(text) }

/// Lines of at most `width` cells, broken at spaces; a word that is longer stands alone.
func wrapped(_ text: String, width: Int = 78, indent: String = "") -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
        if !line.isEmpty, indent.count + line.count + 1 + word.count > width {
            lines.append(indent + line)
            line = ""
        }
        line += line.isEmpty ? String(word) : " " + word
    }
    if !line.isEmpty { lines.append(indent + line) }
    return lines
}
