/// The candidate that a misspelt word most likely meant, or nil when none is near.
///
/// Near means an edit distance (insertions, deletions, substitutions, swapped neighbours) of at most a
/// third of the word's length, and at least 2. Ties go to the candidate that sorts first.
package func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let limit = max(2, word.count / 3)
    var best: (distance: Int, candidate: String)?
    for candidate in candidates.sorted() {
        let distance = editDistance(Array(word.lowercased().unicodeScalars), Array(candidate.unicodeScalars))
        if distance <= limit, distance < (best?.distance ?? .max) { best = (distance, candidate) }
    }
    return best?.candidate
}

/// Optimal string alignment distance.
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    // Only words are compared; a pasted paragraph must not cost quadratic time.
    if a.count > 64 || b.count > 64 { return max(a.count, b.count) }
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 1...a.count {
        var row = [i] + Array(repeating: 0, count: b.count)
        for j in 1...b.count {
            let same = a[i - 1] == b[j - 1]
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1))
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                row[j] = min(row[j], beforeLast[j - 2] + 1)
            }
        }
        beforeLast = last
        last = row
    }
    return last[b.count]
}

/// `", did you mean \"x\"?"` when a candidate is near, else the list of what is possible.
package func suggestion(for word: String, among candidates: some Collection<String>) -> String {
    if let near = nearest(to: word, among: candidates) { return "; did you mean \(quoted(near))?" }
    return candidates.isEmpty ? "" : "; possible are: \(candidates.sorted().joined(separator: ", "))"
}
