import Bytes

/// Finished slices of live flows: most flows have none, since they end within their first hour and name.
struct SlicePool: Sendable {
    private var slices: [FlowSlice] = []
    private var free: [Int32] = []

    /// Ends the slice under way when the clock hour or the name has changed.
    mutating func turn(_ flow: inout Flow, hour: Int64, time: Timestamp) {
        let changed = flow.flags.contains(.labelChanged)
        flow.flags.remove(.labelChanged)
        // What came before the first label belongs to it.
        let isNewLabel = changed && flow.label != flow.firstLabel
        guard flow.current.hour != hour || isNewLabel else { return }
        let finished = flow.current
        var next = FlowSlice(hour: hour, first: time, last: time, isStart: isNewLabel)
        next.label = isNewLabel ? flow.label : finished.label
        if finished.packetsFromA &+ finished.packetsFromB > 0 {
            next.previous = add(finished)
        } else {
            next.previous = finished.previous
            next.isStart = next.isStart || finished.isStart
        }
        flow.current = next
    }

    private mutating func add(_ slice: FlowSlice) -> Int32 {
        if let index = free.popLast() {
            slices[Int(index)] = slice
            return index
        }
        slices.append(slice)
        return Int32(truncatingIfNeeded: slices.count - 1)
    }

    /// The whole of a flow that has ended; its slices and labels are given up.
    mutating func release(_ flow: Flow, _ output: inout FlowOutput) -> FinishedFlow {
        var labels: [FlowLabel] = []
        var numbers: [Int32] = []
        output.release(from: flow.newestLabel) { number, label in
            numbers.append(number)
            labels.append(label)
        }
        labels.reverse()
        var all = [flow.current]
        var index = flow.current.previous
        while index >= 0 {
            all.append(slices[Int(index)])
            free.append(index)
            index = slices[Int(index)].previous
        }
        all.reverse()
        for position in all.indices where all[position].label >= 0 {
            let newestFirst = numbers.firstIndex(of: all[position].label) ?? numbers.count
            all[position].label = Int32(truncatingIfNeeded: numbers.count - 1 - newestFirst)
        }
        return FinishedFlow(flow: flow, slices: all, labels: labels)
    }
}
