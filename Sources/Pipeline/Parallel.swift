import Dispatch
import Foundation

/// Work that falls into independent parts, for rooms to the right that may not know of threads.
package enum Parallel {
    /// As many as the machine has processors.
    package static var jobs: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

    /// Calls `body` with every number below `count`, on several threads; returns when all are done.
    package static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
}
