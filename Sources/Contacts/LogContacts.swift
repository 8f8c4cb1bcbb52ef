package import Logs

extension Contact {
    /// What a log of the format called `source` tells of a client and its resolver.
    package init(_ exchange: LogDNSTable.Exchange, source: String) {
        self.init(
            client: exchange.client, servers: [exchange.resolver], port: exchange.carrier.port,
            transport: exchange.carrier.transport.word, first: exchange.first)
        service = exchange.carrier.service
        hour = exchange.hour
        last = exchange.last
        flows = exchange.count
        bytesScope = .unknown
        self.source = source
    }

    /// A row of an added-up log, which is of the format called `source`.
    package init(_ row: LogContactRow, source: String) {
        self.init(
            client: row.client, servers: row.servers, port: row.port, transport: row.transport.word,
            first: row.first)
        clientHost = row.clientHost
        clientUser = row.clientUser
        name = row.name
        serverCount = row.serverCount
        evidence = NameEvidence(row.nameSource)
        service = row.service.word
        action = ContactAction(row.action)
        hour = row.hour
        last = row.last
        starts = row.starts
        active = row.starts
        flows = row.records
        bytesUp = row.bytesUp ?? 0
        bytesDown = row.bytesDown ?? 0
        bytesScope = BytesScope(row.bytesScope)
        self.source = source
    }
}

extension NameEvidence {
    init(_ source: LogNameSource) {
        switch source {
        case .none: self = .none
        case .httpConnect: self = .httpConnect
        case .proxyURL: self = .proxyURL
        case .logSNI: self = .logSNI
        case .logHost: self = .logHost
        }
    }
}

extension ContactAction {
    init(_ action: LogAction) {
        switch action {
        case .allowed: self = .allowed
        case .blocked: self = .blocked
        case .attempted: self = .attempted
        }
    }
}

extension BytesScope {
    init(_ scope: LogBytesScope) {
        switch scope {
        case .unknown: self = .unknown
        case .layer3: self = .layer3
        case .layer4Payload: self = .layer4Payload
        case .httpTotal: self = .httpTotal
        case .httpBody: self = .httpBody
        }
    }
}
