#!/usr/bin/env python3
"""expect.py CAPTURE NAMES.tsv CONVERSATIONS.tsv

What tshark (not Hallpass) reads in a capture: the names that were said in it,
and who sent how much to whom. The format of both files is in README.md.
"""
import collections
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

TSHARK = ["tshark", "-n", "-o", "tcp.reassemble_out_of_order:TRUE"]
NAMES_HEADER = "kind\tclient\tserver\tport\ttransport\tname\tvalue\tcount"
CONVERSATIONS_HEADER = "a\tb\tpackets_a_to_b\tbytes_a_to_b\tpackets_b_to_a\tbytes_b_to_a"


def packets(capture):
    """Every packet as PDML: a tree of protocols and their fields."""
    with subprocess.Popen(TSHARK + ["-r", capture, "-T", "pdml"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as tshark:
        for _, element in ElementTree.iterparse(tshark.stdout):
            if element.tag == "packet":
                yield element
                element.clear()
    assert tshark.returncode == 0, f"tshark failed on {capture}"


def all_of(tree, name):
    return [e for e in tree.iter() if e.get("name") == name]


def first(tree, name, attribute="show"):
    for e in tree.iter():
        if e.get("name") == name:
            return e.get(attribute)
    return None


def host(text):
    """A host as names are compared: no port, no brackets, no trailing dot."""
    text = text.strip().lower()
    if text.startswith("["):
        return text[1:].split("]")[0]
    if text.count(":") == 1:
        text = text.split(":")[0]
    return text.rstrip(".") or "."


def type_name(element, field):
    number, showname = element.get("show"), element.get("showname") or ""
    word = re.match(r"Type: (\S+)", showname)
    return word.group(1) if word and word.group(1) != "Unknown" else f"TYPE{number}"


class Packet:
    def __init__(self, element):
        self.source = self.destination = None
        self.length = 0
        self.ports, self.transport = (0, 0), "-"
        self.layers = []
        self.ip_headers = 0
        # Only the protocols at the top are this packet's own: what an ICMP
        # error quotes is inside the icmp element.
        for proto in element.findall("proto"):
            name = proto.get("name")
            if name == "ip":
                self.ip_headers += 1
                self.source, self.destination = first(proto, "ip.src"), first(proto, "ip.dst")
                self.length = int(first(proto, "ip.len"))
            elif name == "ipv6":
                self.ip_headers += 1
                self.source, self.destination = first(proto, "ipv6.src"), first(proto, "ipv6.dst")
                self.length = int(first(proto, "ipv6.plen")) + 40
            elif name in ("tcp", "udp"):
                self.transport = name
                self.ports = int(first(proto, name + ".srcport")), int(first(proto, name + ".dstport"))
            else:
                self.layers.append(proto)

    def to_server(self):
        return self.source, self.destination, self.ports[1], self.transport

    def from_server(self):
        return self.destination, self.source, self.ports[0], self.transport


def dns_facts(packet, dns):
    if first(dns, "dns.flags.response") == "0":
        for name, kind in zip(all_of(dns, "dns.qry.name"), all_of(dns, "dns.qry.type")):
            yield ("dns_query", *packet.to_server(), host(name.get("show")), type_name(kind, "dns.qry.type"))
        return
    for section in dns.iter("field"):
        if section.get("show") != "Answers":
            continue
        for record in section:
            owner = host(first(record, "dns.resp.name") or "")
            for field, kind in (("dns.a", "a"), ("dns.aaaa", "aaaa"), ("dns.cname", "cname"),
                                ("dns.svcb.targetname", "https")):
                value = first(record, field)
                if value is None or (kind == "https" and first(record, "dns.resp.type") != "65"):
                    continue
                if kind == "https" and value in ("", "<Root>"):
                    value = "<root>"
                yield ("dns_answer_" + kind, *packet.from_server(), owner,
                       host(value) if kind in ("cname", "https") else value)


def http_facts(packet, http):
    method = first(http, "http.request.method")
    if method == "CONNECT":
        yield ("http_connect", *packet.to_server(), host(first(http, "http.request.uri")), "-")
    if method is not None:
        for field in all_of(http, "http.host"):
            yield ("http_host", *packet.to_server(), host(field.get("show")), "-")


def http2_facts(packet, http2):
    for header in all_of(http2, "http2.header"):
        if first(header, "http2.header.name") == ":authority":
            yield ("h2_authority", *packet.to_server(), host(first(header, "http2.header.value")), "-")


def certificate_names(certificate):
    """The names of one certificate: (name, "cn" or "san")."""
    for subject in all_of(certificate, "x509af.subject"):
        for attribute in all_of(subject, "x509if.RelativeDistinguishedName_item_element"):
            if first(attribute, "x509if.oid") == "2.5.4.3":
                for string in attribute.iter("field"):
                    if re.fullmatch(r"x509sat\.(uTF8String|printableString|teletexString|universalString|bmpString)",
                                    string.get("name") or ""):
                        yield string.get("show"), "cn"
    for name in all_of(certificate, "x509ce.dNSName"):
        yield name.get("show"), "san"


def tls_facts(packet, tls, prefix, kind):
    for field in all_of(tls, prefix + ".handshake.extensions_server_name"):
        yield (kind, *packet.to_server(), host(field.get("show")), "-")
    for chain in all_of(tls, prefix + ".handshake.certificates"):
        for certificate in all_of(chain, prefix + ".handshake.certificate")[:1]:
            for name, where in certificate_names(certificate):
                yield ("tls_cert_name", *packet.from_server(), host(name), where)


def facts(packet):
    for layer in packet.layers:
        name = layer.get("name")
        if name == "dns":
            yield from dns_facts(packet, layer)
        elif name == "http":
            yield from http_facts(packet, layer)
        elif name == "http2":
            yield from http2_facts(packet, layer)
        elif name == "tls":
            yield from tls_facts(packet, layer, "tls", "tls_sni")
        elif name == "dtls":
            yield from tls_facts(packet, layer, "dtls", "dtls_sni")
        elif name == "quic":
            yield from tls_facts(packet, layer, "tls", "quic_sni")
        elif name == "socks":
            for field in all_of(layer, "socks.remote_name"):
                yield ("socks_host", *packet.to_server(), host(field.get("show")), "-")


def tshark_conversations(capture):
    """What `tshark -z conv` counts: {(a, b): packets from a to b}."""
    text = subprocess.run(TSHARK + ["-r", capture, "-q", "-z", "conv,ip", "-z", "conv,ipv6"], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    counted = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) > 8 and words[1] == "<->":
            counted[words[2], words[0]] = int(words[3])
            counted[words[0], words[2]] = int(words[6])
    return {pair: n for pair, n in counted.items() if n}


def write(path, header, lines):
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        f.write("\n".join([header, *sorted(lines, key=str.encode)]) + "\n")


def main(capture, names_path, conversations_path):
    names = collections.Counter()
    sent = collections.Counter()
    sent_bytes = collections.Counter()
    tunnels = False
    for element in packets(capture):
        packet = Packet(element)
        if packet.source is None:
            continue
        tunnels |= packet.ip_headers > 1
        sent[packet.source, packet.destination] += 1
        sent_bytes[packet.source, packet.destination] += packet.length
        names.update(facts(packet))

    if not tunnels and dict(sent) != tshark_conversations(capture):
        sys.exit(f"{capture}: tshark -z conv counts otherwise: {dict(sent)} {tshark_conversations(capture)}")
    write(names_path, NAMES_HEADER, ["\t".join(map(str, (*fact, n))) for fact, n in names.items()])
    pairs = {tuple(sorted(pair, key=str.encode)) for pair in sent}
    write(conversations_path, CONVERSATIONS_HEADER,
          [f"{a}\t{b}\t{sent[a, b]}\t{sent_bytes[a, b]}\t{sent[b, a]}\t{sent_bytes[b, a]}" for a, b in pairs])


if __name__ == "__main__":
    main(*sys.argv[1:])
