import Dispatch
import Pipeline
import Reports
import Synchronization

/// SHA-256 of all inputs, taken beside the analysis: of many gigabytes it costs as much as analysing them.
final class InputDigests: Sendable {
    private struct State {
        var next = 0
        var found: [String: String] = [:]
    }

    private let paths: [String]
    private let state = Mutex(State())
    private let group = DispatchGroup()

    /// Begins at once, on one thread.
    init(of arguments: [String]) {
        paths = InputPaths.expand(arguments).filter { !$0.isRepeat }.map(\.path)
        DispatchQueue.global(qos: .utility).async(group: group) { self.work() }
    }

    /// By path; waits for what is not done yet, and helps with it.
    func finish() -> [String: String] {
        Parallel.run(Parallel.jobs) { _ in self.work() }
        group.wait()
        return state.withLock { $0.found }
    }

    private func work() {
        while let path = next() {
            let digest = InputDigest.sha256(path: path)
            state.withLock { $0.found[path] = digest }
        }
    }

    private func next() -> String? {
        state.withLock { state in
            guard state.next < paths.count else { return nil }
            state.next += 1
            return paths[state.next - 1]
        }
    }
}
