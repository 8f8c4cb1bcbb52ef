#!/usr/bin/env python3
"""big_endian.py IN.pcap OUT.pcap: the same packets, with the headers of the
file written as a big-endian machine writes them. The packets stay as they are."""
import struct
import sys

with open(sys.argv[1], "rb") as f:
    data = f.read()
assert data[:4] == b"\xd4\xc3\xb2\xa1", "want a little-endian pcap with microseconds"
out = struct.pack(">IHHiIII", *struct.unpack("<IHHiIII", data[:24]))
at = 24
while at < len(data):
    header = struct.unpack("<IIII", data[at:at + 16])
    out += struct.pack(">IIII", *header) + data[at + 16:at + 16 + header[2]]
    at += 16 + header[2]
with open(sys.argv[2], "wb") as f:
    f.write(out)
