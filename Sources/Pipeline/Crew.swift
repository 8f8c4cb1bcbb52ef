import Dispatch
import Synchronization

/// Runs tasks side by side on a number of threads.
struct Crew {
    let jobs: Int

    /// Runs all tasks; returns when the last has ended. They are begun in order.
    ///
    /// No two tasks may touch the same variable unless both only read it: each has its own chunk or lane, which
    /// nobody else looks at before `run` returns. The compiler cannot see that; the thread sanitizer does.
    func run(_ tasks: [() -> Void]) {
        guard jobs > 1, tasks.count > 1 else {
            for task in tasks { task() }
            return
        }
        nonisolated(unsafe) let shared = tasks
        let next = Counter()
        DispatchQueue.concurrentPerform(iterations: min(jobs, tasks.count)) { _ in
            while let index = next.take(below: unsafe shared.count) { unsafe shared[index]() }
        }
    }

    private final class Counter: Sendable {
        private let taken = Atomic(0)

        func take(below limit: Int) -> Int? {
            let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
            return index < limit ? index : nil
        }
    }
}
