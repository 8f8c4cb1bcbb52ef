import Bytes
import Captures
import Flows
import Packets
import TestSupport

/// A capture under construction, which the flow engine then reads.
struct Conversation {
    static let start: UInt32 = 1_700_000_000
    private(set) var forge: PCAPForge

    init(linkType: UInt32 = 101) { forge = PCAPForge(linkType: linkType) }

    /// A frame, at so many seconds after the start.
    mutating func add(_ frame: [UInt8], at seconds: UInt32 = 0) {
        forge.add(frame, seconds: Conversation.start + seconds)
    }

    mutating func tcp(
        _ flags: UInt8, _ payload: String = "", sequence: UInt32 = 1, fromServer: Bool = false,
        at seconds: UInt32 = 0
    ) {
        let ports = fromServer ? (443, 50000) : (50000, 443)
        let segment = Forge.tcp(ports.0, ports.1, sequence: sequence, flags: flags, Array(payload.utf8))
        let packet = Forge.ipv4(6, segment) {
            guard fromServer else { return }
            $0.source = Forge.server
            $0.destination = Forge.client
        }
        add(packet, at: seconds)
    }

    /// The engine after the last packet.
    func read() -> FlowEngine {
        var engine = FlowEngine(collectsSightings: true)
        forge.bytes.withRawSpan { (window: RawSpan) in
            guard let header = PCAPHeader(window) else { return }
            let walker = PCAPWalker(header: header)
            var batch = FrameBatch()
            var offset = PCAPHeader.byteCount
            while true {
                batch.removeAll()
                let step = walker.walk(window, from: offset, into: &batch)
                engine.process(window, batch)
                guard case .batchFull(let consumed) = step else { break }
                offset = consumed
            }
        }
        engine.finish()
        return engine
    }
}

/// A flow's counters over all its slices.
struct FlowSum: Equatable, CustomStringConvertible {
    var ends: String
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    /// Clock hours that have a slice, in order.
    var hours: [Int64] = []

    var description: String { "\(ends) packets \(packets) bytes \(bytes) hours \(hours)" }
}

extension FlowEngine {
    /// All flows in order of their first packets.
    var sums: [FlowSum] {
        flows.map { finished in
            let key = finished.flow.key
            var sum = FlowSum(
                ends: "\(key.transport) \(key.addressA):\(key.portA) \(key.addressB):\(key.portB)")
            for slice in finished.slices {
                sum.packets += slice.packetsFromA + slice.packetsFromB
                sum.bytes += slice.bytesFromA + slice.bytesFromB
                sum.hours.append(slice.hour)
            }
            return sum
        }
    }

    /// Packets by reason, as words.
    var unused: [String: UInt64] {
        Dictionary(uniqueKeysWithValues: packets.unused.map { ($0.reason.name, $0.packets) })
    }

    /// Packets read = used + unused.
    var isBalanced: Bool { packets.read == packets.used + unused.values.reduce(0, +) }
}
