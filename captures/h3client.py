#!/usr/bin/env python3
"""h3client.py HOST PORT AUTHORITIES.pem: one GET by HTTP/3, by aioquic."""
import asyncio
import sys

from aioquic.asyncio import QuicConnectionProtocol, connect
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import DataReceived
from aioquic.quic.configuration import QuicConfiguration


class Client(QuicConnectionProtocol):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.http = H3Connection(self._quic)
        self.done = asyncio.get_running_loop().create_future()

    def get(self, host):
        stream = self._quic.get_next_available_stream_id()
        self.http.send_headers(stream, [(b":method", b"GET"), (b":scheme", b"https"),
                                        (b":authority", host.encode()), (b":path", b"/")], end_stream=True)
        self.transmit()

    def quic_event_received(self, event):
        for e in self.http.handle_event(event):
            if isinstance(e, DataReceived) and e.stream_ended and not self.done.done():
                self.done.set_result(None)


async def main(host, port, authorities):
    configuration = QuicConfiguration(is_client=True, alpn_protocols=H3_ALPN)
    configuration.load_verify_locations(authorities)
    async with connect(host, int(port), configuration=configuration, create_protocol=Client) as client:
        client.get(host)
        await asyncio.wait_for(client.done, 10)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
