import Bytes
import Names

extension LogDNSRow {
    /// Takes the code and the records of a DNS message that answers this row's question. A message that cannot be
    /// read, is no answer or answers another question changes nothing: the row stays what its line says.
    mutating func takeAnswer(_ bytes: RawSpan) {
        guard let message = try? DNSMessage.parse(bytes), message.isResponse, message.isQuery,
            message.fault != .malformed, message.questions.first?.name == name
        else { return }
        code = message.responseCode
        answers = message.answers.filter { $0.dnsClass == DNSMessage.classIN }.map { record in
            let value: LogDNSAnswer.Value =
                switch record.data {
                case .address(let address): .address(address)
                case .name(let target) where record.type == .cname: .alias(target)
                default: .other
                }
            return LogDNSAnswer(name: record.name, type: record.type, value: value, ttl: record.ttl)
        }
    }
}
