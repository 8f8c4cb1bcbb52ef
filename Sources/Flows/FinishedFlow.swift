package import Bytes

/// A flow that has ended, with all that was learnt of it.
package struct FinishedFlow: Sendable {
    package let flow: Flow
    /// What it moved, by clock hour and label, oldest first; `label` counts into `labels`.
    package let slices: [FlowSlice]
    /// Oldest first; empty when nothing was recognised.
    package let labels: [FlowLabel]

    /// What holds for a slice: its own label, else the flow's first.
    package func label(of slice: FlowSlice) -> FlowLabel? {
        let index = Int(slice.label)
        return labels.indices.contains(index) ? labels[index] : labels.first
    }
}

/// The beginning of a flow: the moment that decides which names its sides had been told for each other.
package struct FlowStart: Sendable {
    /// The flow's number in its shard.
    package let serial: UInt64
    /// Position in the input of the packet that began it.
    package let packet: UInt64
    package let time: Timestamp
    package let addressA: IPAddress
    package let addressB: IPAddress
}
