#!/usr/bin/env python3
"""Two small switches joined by an 802.1Q trunk, for kernels without 8021q.

    trunk.py VLAN PORT TRUNK_END_1 TRUNK_END_2 UPLINK

Frames that enter by PORT leave tagged by TRUNK_END_1; frames that arrive
tagged at TRUNK_END_2 leave without the tag by UPLINK; and the same backwards.
"""
import select
import socket
import sys

ETH_P_ALL, PACKET_OUTGOING = 3, 4


def port(name):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    s.bind((name, ETH_P_ALL))
    return s


def main(vlan, *names):
    tag = b"\x81\x00" + int(vlan).to_bytes(2, "big")
    access, end1, end2, uplink = ports = [port(n) for n in names]
    out = {access: end1, end1: access, end2: uplink, uplink: end2}
    while True:
        for s in select.select(ports, [], [])[0]:
            frame, address = s.recvfrom(65535)
            if address[2] == PACKET_OUTGOING:
                continue
            # On receipt the kernel has taken the tag out of the frame already.
            if frame[12:14] == b"\x81\x00":
                frame = frame[:12] + frame[16:]
            if s in (access, uplink):
                frame = frame[:12] + tag + frame[12:]
            out[s].send(frame)


if __name__ == "__main__":
    main(*sys.argv[1:])
