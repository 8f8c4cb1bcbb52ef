import Bytes
import CPcap

/// A capture filter in the tcpdump language (pcap-filter(7)), compiled by libpcap and run on each packet.
///
/// A filter is compiled for a link type, since the offsets that it looks at differ; programs are kept per type.
package final class CaptureFilter {
    package let expression: String
    private var programs: [LinkType: Program?] = [:]

    /// Fails when the expression is not valid for Ethernet, with libpcap's own words.
    package init(_ expression: String) throws(FilterFault) {
        self.expression = expression
        let ethernet = LinkType(rawValue: 1)
        programs[ethernet] = try Program(expression, ethernet)
    }

    /// Whether a frame passes. A link type that the expression cannot be compiled for lets nothing pass.
    package func matches(_ frame: RawSpan, _ record: FrameRecord) -> Bool {
        if programs[record.linkType] == nil {
            programs[record.linkType] = .some(try? Program(expression, record.linkType))
        }
        guard case .some(.some(let program)) = programs[record.linkType] else { return false }
        return program.matches(frame, original: record.original)
    }
}

/// Why a filter expression was refused, in libpcap's words.
package struct FilterFault: Error, Sendable, CustomStringConvertible {
    package let expression: String
    package let reason: String

    package var description: String { "the filter '\(expression)' is not valid: \(reason)" }
}

/// A compiled filter for one link type.
@safe private final class Program {
    private var code = unsafe bpf_program()

    init(_ expression: String, _ linkType: LinkType) throws(FilterFault) {
        // The snap length only matters for what a filter returns, not for whether it matches.
        let type = Int32(truncatingIfNeeded: linkType.rawValue)
        guard let handle = unsafe pcap_open_dead(type, 262_144) else {
            throw FilterFault(expression: expression, reason: "libpcap does not know link type \(type)")
        }
        defer { unsafe pcap_close(handle) }
        let status = unsafe pcap_compile(handle, &code, expression, 1, bpf_u_int32(PCAP_NETMASK_UNKNOWN))
        guard status == 0 else {
            let reason = unsafe String(cString: pcap_geterr(handle))
            throw FilterFault(expression: expression, reason: reason)
        }
    }

    deinit { unsafe pcap_freecode(&code) }

    func matches(_ frame: RawSpan, original: UInt64) -> Bool {
        let wire = UInt32(clamping: original)
        return unsafe frame.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            let packet = unsafe base.assumingMemoryBound(to: UInt8.self)
            return unsafe bpf_filter(code.bf_insns, packet, wire, UInt32(clamping: bytes.count)) != 0
        }
    }
}
