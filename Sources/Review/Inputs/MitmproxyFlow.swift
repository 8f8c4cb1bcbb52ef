import Bytes

/// One flow of a mitmproxy dump (`mitmdump -w FILE`).
enum MitmproxyFlow {
    /// Nil for flows of other protocols (DNS, plain TCP), and for what has no request.
    static func exchange(_ span: RawSpan, _ flow: Tnetstring) -> Exchange? {
        let reader = TnetstringReader(span)
        guard let request = reader.member(flow, "request"), request.kind == .dictionary,
            let host = host(reader, request)
        else { return nil }
        var exchange = Exchange()
        let scheme = reader.string(reader.member(request, "scheme")) ?? "http"
        let path = reader.string(reader.member(request, "path")) ?? "/"
        exchange.url = URLParts("\(scheme)://\(host)\(path)")
        exchange.method = reader.string(reader.member(request, "method")) ?? "GET"
        exchange.start = reader.time(reader.member(request, "timestamp_start"))
        exchange.request = message(reader, request)
        exchange.request.bytes = saturating(
            exchange.request.bytes, UInt64(exchange.url.text.utf8.count + exchange.method.utf8.count + 12))
        if let response = reader.member(flow, "response"), response.kind == .dictionary {
            exchange.response = message(reader, response)
            exchange.status = reader.integer(reader.member(response, "status_code")) ?? 0
            if (300...399).contains(exchange.status) {
                exchange.redirect = exchange.response.header("location").map {
                    String(decoding: $0, as: UTF8.self)
                }
            }
            exchange.cookiesSet = CookieNames.read(exchange.response.headers)
        }
        if exchange.status == 0 { exchange.note(.noAnswer) }
        readSocket(reader, flow, &exchange)
        return exchange
    }

    /// The name that the client asked for: the Host header or `:authority` before the address of the connection, which
    /// is all that a transparent proxy knows.
    private static func host(_ reader: borrowing TnetstringReader, _ request: Tnetstring) -> String? {
        for header in reader.members(reader.member(request, "headers")) {
            let pair = reader.members(header)
            if pair.count == 2, reader.string(pair[0])?.lowercased() == "host" {
                return reader.string(pair[1])
            }
        }
        if let authority = reader.string(reader.member(request, "authority")), !authority.isEmpty {
            return authority
        }
        guard let host = reader.string(reader.member(request, "host")) else { return nil }
        let port = reader.integer(reader.member(request, "port")).map { ":\($0)" } ?? ""
        return host.contains(":") ? "[\(host)]\(port)" : host + port
    }

    private static func message(_ reader: borrowing TnetstringReader, _ value: Tnetstring) -> Exchange.Message
    {
        var message = Exchange.Message()
        for header in reader.members(reader.member(value, "headers")) {
            let pair = reader.members(header)
            guard pair.count == 2, let name = reader.string(pair[0]) else { continue }
            message.headers.append(Exchange.Header(name: name, value: reader.data(pair[1]) ?? []))
        }
        message.body = reader.data(reader.member(value, "content")) ?? []
        message.mediaType = message.header("content-type").map(mediaType) ?? ""
        let lines = message.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.count + 4 }
        message.bytes = UInt64(lines + message.body.count + 2)
        return message
    }

    /// Messages as `[opcode, from_client, content, timestamp, ...]`.
    private static func readSocket(
        _ reader: borrowing TnetstringReader, _ flow: Tnetstring, _ exchange: inout Exchange
    ) {
        for message in reader.members(reader.member(reader.member(flow, "websocket"), "messages")) {
            let parts = reader.members(message)
            guard parts.count >= 3, let data = reader.data(parts[2]) else { continue }
            let isSent = reader.isTrue(parts[1])
            exchange.socket.append(Exchange.SocketMessage(isSent: isSent, data: data))
            if isSent {
                exchange.request.bytes = saturating(exchange.request.bytes, UInt64(data.count))
            } else {
                exchange.response.bytes = saturating(exchange.response.bytes, UInt64(data.count))
            }
        }
    }
}
