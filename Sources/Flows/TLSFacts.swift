import Bytes
import Names
import Packets

/// Turns TLS hellos and server flights into sightings and labels.
enum TLSFacts {
    static func take(
        _ hello: ClientHello, kind: SightingKind = .tlsSNI, service: FlowService = .tls, ends: MessageEnds,
        flow: inout Flow, into output: inout FlowOutput
    ) {
        var label = FlowLabel(service: service)
        if hello.offers("dot") { label.service = .dnsOverTLS }
        if hello.offers("doq") { label.service = .dnsOverQUIC }
        if flow.key.portA == 853 || flow.key.portB == 853 {
            label.service = kind == .quicSNI ? .dnsOverQUIC : .dnsOverTLS
        }
        label.offersECH = hello.ech?.isOuter == true
        if label.offersECH { label.echConfigID = hello.ech?.configID }
        let transport: JA4.Transport = kind == .quicSNI ? .quic : kind == .dtlsSNI ? .dtls : .tcp
        label.ja4 = JA4.fingerprint(hello, transport: transport)
        take(hello.serverName, hello.serverNameRefusal, kind, &label, ends, &output)
        setLabel(label, flow: &flow, into: &output)
    }

    /// The hello of Google's own QUIC.
    static func take(
        _ hello: GoogleHello, ends: MessageEnds, flow: inout Flow, into output: inout FlowOutput
    ) {
        var label = FlowLabel(service: .quic)
        take(hello.serverName, hello.serverNameRefusal, .googleQUICSNI, &label, ends, &output)
        setLabel(label, flow: &flow, into: &output)
    }

    private static func take(
        _ name: HostName?, _ refusal: HostName.Refusal?, _ kind: SightingKind, _ label: inout FlowLabel,
        _ ends: MessageEnds, _ output: inout FlowOutput
    ) {
        if let name {
            output.see(kind, name.text, ends: ends)
            if !name.isAddress {
                label.kind = kind
                label.name = name.text
            }
        } else if refusal != nil {
            output.tally.namesRefused &+= 1
        }
    }

    private static func setLabel(_ new: FlowLabel, flow: inout Flow, into output: inout FlowOutput) {
        var label = new
        if flow.label < 0 {
            flow.setLabel(label, into: &output)
        } else if output.labels[Int(flow.label)].name == nil {
            // The server's flight came first in the capture: keep what it told.
            let known = output.labels[Int(flow.label)]
            label.handshakeFailed = known.handshakeFailed
            label.certificateNames = known.certificateNames
            label.certificateIssuers = known.certificateIssuers
            if known.service == .tor { label.service = .tor }
            output.labels[Int(flow.label)] = label
        } else if output.labels[Int(flow.label)].isTunnel {
            // Inside a tunnel the name that the proxy was asked for stands; what is spoken is TLS.
            output.labels[Int(flow.label)].service = label.service
            output.labels[Int(flow.label)].ja4 = output.labels[Int(flow.label)].ja4 ?? label.ja4
        }
    }

    static func take(
        _ flight: ServerFlight, ends: MessageEnds, flow: inout Flow, into output: inout FlowOutput
    ) {
        if flow.label < 0 { flow.setLabel(FlowLabel(service: .tls), into: &output) }
        let index = Int(flow.label)
        if flight.alert != nil { output.labels[index].handshakeFailed = true }
        guard let certificate = flight.certificate else { return }
        take(certificate, ends: ends, flow: &flow, into: &output)
    }

    static func take(
        _ certificate: CertificateNames, ends: MessageEnds, flow: inout Flow, into output: inout FlowOutput
    ) {
        // `tls_cert_name` is a fact of TLS over TCP; over DTLS the names serve the label alone.
        if ends.transport == IPProtocol.tcp {
            for name in certificate.dnsNames {
                output.see(.tlsCertificateName, name, value: "san", ends: ends)
            }
            if let name = certificate.commonHost {
                output.see(.tlsCertificateName, name, value: "cn", ends: ends)
            }
        }
        guard flow.label >= 0 else { return }
        let names =
            certificate.dnsNames.isEmpty ? [certificate.commonHost].compactMap(\.self) : certificate.dnsNames
        let index = Int(flow.label)
        output.labels[index].certificateNames = names
        let issuers = [certificate.issuerCommonName, certificate.issuerOrganization].compactMap(\.self)
        output.labels[index].certificateIssuers = Set(issuers).sorted()
        if TorLink.isRelay(certificate) { output.labels[index].service = .tor }
    }
}

/// Turns HTTP/1 requests into sightings and labels.
enum HTTPFacts {
    static func take(_ head: RequestHead, ends: MessageEnds, flow: inout Flow, into output: inout FlowOutput)
    {
        if head.refusal != nil { output.tally.namesRefused &+= 1 }
        let kind: SightingKind = head.isConnect ? .httpConnect : .httpHost
        if head.isConnect, let host = head.host { output.see(.httpConnect, host.text, ends: ends) }
        // A CONNECT states its target once more as a Host field: two facts of one request.
        if let host = head.hostField ?? (head.isConnect ? nil : head.targetHost) {
            output.see(.httpHost, host.text, ends: ends)
        }
        // In clear, since somebody opened it or it never was in TLS: a resolver all the same, whatever its name.
        var label = FlowLabel(service: head.isDNSQuery ? .dnsOverHTTPS : .http)
        // Two Host fields that differ: which one the server believed cannot be known.
        if let host = head.host, !host.isAddress, !head.hostsConflict {
            label.kind = kind
            label.name = host.text
        }
        setLabel(label, flow: &flow, into: &output)
    }

    /// A request of HTTP/2, by its `:authority`.
    static func take(
        _ request: HTTP2Requests.Host, ends: MessageEnds, flow: inout Flow, into output: inout FlowOutput
    ) {
        var label = FlowLabel(service: .http2)
        switch request {
        case .name(let host):
            output.see(.http2Authority, host.text, ends: ends)
            if !host.isAddress {
                label.kind = .http2Authority
                label.name = host.text
            }
        case .refused: output.tally.namesRefused &+= 1
        }
        setLabel(label, flow: &flow, into: &output)
    }

    private static func setLabel(_ label: FlowLabel, flow: inout Flow, into output: inout FlowOutput) {
        guard flow.label >= 0 else {
            flow.setLabel(label, into: &output)
            return
        }
        let known = output.labels[Int(flow.label)]
        if known.isTunnel, label.kind != .httpConnect {
            // Inside a tunnel the name that the proxy was asked for stands.
            output.labels[Int(flow.label)].service = label.service
        } else if known.name != label.name || known.service != label.service {
            flow.setLabel(label, into: &output)
        }
    }
}
