#!/usr/bin/env python3
"""h3server.py ADDRESS PORT CERTIFICATE KEY: a small HTTP/3 server, by aioquic.
Every request is answered with the same page."""
import asyncio
import sys

from aioquic.asyncio import QuicConnectionProtocol, serve
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import ProtocolNegotiated

PAGE = (b"<!doctype html><link rel=icon href='data:,'><title>HTTP/3</title>"
        b"<p>" + b"video " * 500)


class Server(QuicConnectionProtocol):
    http = None

    def quic_event_received(self, event):
        if isinstance(event, ProtocolNegotiated):
            self.http = H3Connection(self._quic)
        if self.http is None:
            return
        for e in self.http.handle_event(event):
            if isinstance(e, HeadersReceived):
                self.http.send_headers(e.stream_id, [(b":status", b"200"), (b"content-type", b"text/html")])
                self.http.send_data(e.stream_id, PAGE, end_stream=True)
                self.transmit()


async def main(address, port, certificate, key):
    configuration = QuicConfiguration(is_client=False, alpn_protocols=H3_ALPN)
    configuration.load_cert_chain(certificate, key)
    await serve(address, int(port), configuration=configuration, create_protocol=Server)
    await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
