#!/usr/bin/env python3
"""starttls_server.py ADDRESS CERTIFICATE KEY: SMTP (587), IMAP (143) and
PostgreSQL (5432), each as far as the client's TLS handshake and a goodbye."""
import asyncio
import ssl
import struct
import sys

POSTGRES_SSL_REQUEST = struct.pack(">II", 8, 80877103)


async def smtp(reader, writer):
    writer.write(b"220 mail.quizly.example ESMTP\r\n")
    while line := (await reader.readline()).upper():
        if line.startswith(b"EHLO"):
            writer.write(b"250-mail.quizly.example\r\n250-SIZE 10240000\r\n250 STARTTLS\r\n")
        elif line.startswith(b"STARTTLS"):
            writer.write(b"220 go ahead\r\n")
            return True


async def imap(reader, writer):
    writer.write(b"* OK IMAP4rev1 ready\r\n")
    while line := await reader.readline():
        tag, _, command = line.strip().partition(b" ")
        if command.upper() == b"STARTTLS":
            writer.write(tag + b" OK begin TLS\r\n")
            return True
        writer.write(b"* CAPABILITY IMAP4rev1 STARTTLS\r\n" + tag + b" OK done\r\n")


async def postgres(reader, writer):
    if await reader.readexactly(8) == POSTGRES_SSL_REQUEST:
        writer.write(b"S")
        return True


def handler(greet, context):
    async def handle(reader, writer):
        try:
            if await greet(reader, writer):
                await writer.drain()
                await writer.start_tls(context)
                writer.write(b"goodbye\r\n")
                await writer.drain()
                await reader.read(100)
        except (OSError, asyncio.IncompleteReadError):
            pass
        writer.close()
    return handle


async def main(address, certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    for greet, port in (smtp, 587), (imap, 143), (postgres, 5432):
        await asyncio.start_server(handler(greet, context), address, port)
    await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
