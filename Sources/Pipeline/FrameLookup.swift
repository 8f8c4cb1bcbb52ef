import Bytes
import Captures
package import Contacts

/// Single frames of captures by number, for checking that they are what somebody says.
package enum FrameLookup {
    package struct Frame: Sendable {
        /// The path as the run names it.
        package let path: String
        package let number: UInt64
        /// Where it begins in the capture's bytes, once these are unpacked.
        package let offset: Int64
        package let bytes: [UInt8]
    }

    /// Reads the captures among `arguments` and hands out the frames whose numbers `wanted` gives for their path.
    ///
    /// - Parameter jobs: captures read at the same time; 0 for one per core.
    /// - Returns: the frames in order of paths and numbers, and the paths of all captures that were read.
    package static func read(
        _ arguments: [String], jobs: Int, wanted: @escaping @Sendable (String) -> Set<UInt64>
    ) -> (frames: [Frame], paths: [String]) {
        var inputs: [Input] = []
        for path in InputPaths.expand(arguments) where !path.isRepeat {
            var opener = InputOpener()
            opener.open(path.path)
            inputs += opener.inputs.filter { $0.walker != nil }
        }
        let results = inputs.map { _ in Box() }
        Crew(jobs: jobs > 0 ? jobs : Parallel.jobs).run(
            inputs.indices.map { index in
                { results[index].frames = read(inputs[index], wanted(inputs[index].report.path)) }
            })
        let paths = inputs.map(\.report.path).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let frames = results.flatMap(\.frames).sorted {
            $0.path == $1.path
                ? $0.number < $1.number : $0.path.utf8.lexicographicallyPrecedes($1.path.utf8)
        }
        return (frames, paths)
    }

    private final class Box {
        var frames: [Frame] = []
    }

    private static func read(_ input: Input, _ numbers: Set<UInt64>) -> [Frame] {
        var frames: [Frame] = []
        guard let last = numbers.max(), var cursor = FrameCursor(input) else { return [] }
        var number: UInt64 = 0
        while number < last, let frame = cursor.peek() {
            number += 1
            if numbers.contains(number) {
                frames.append(
                    Frame(
                        path: input.report.path, number: number, offset: cursor.position(frame),
                        bytes: cursor.bytes(frame).copied()))
            }
            cursor.advance()
        }
        return frames
    }
}
