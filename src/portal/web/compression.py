"""Answers are compressed whole, in one go: a stream keeps a window of megabytes for a page of 30 kB."""

import asyncio
import gzip
from typing import Any

import brotli
from litestar.types import ASGIApp, Message, Receive, Send

SMALLEST = 500
"""Bytes; what is smaller hardly shrinks."""
AT_ONCE = 250_000
"""Bytes that take a few milliseconds; what is larger is compressed outside the event loop."""
QUALITY = 5
"""Brotli's first that tells Cyrillic letters by what stands before them: a tenth less than with 4."""
TEXT = (b"text/", b"application/json", b"application/manifest+json", b"application/javascript", b"application/atom+xml")


class Compression:
    """Wraps the application: text that comes in one piece is sent in the best encoding that the browser takes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        encoding = encoding_of(scope) if scope["type"] == "http" else b""
        if not encoding:
            await self.app(scope, receive, send)
            return
        start: Message | None = None

        async def finish(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_text(message["headers"]):
                start = message
                return
            if start is not None and message["type"] == "http.response.body":
                body = message["body"]
                is_whole = not message.get("more_body")
                if is_whole and len(body) >= SMALLEST:
                    body = await _compressed(body, encoding)
                    message["body"] = body
                    _say(start, encoding, len(body))
                _vary(start)
                begun, start = start, None
                await send(begun)
            await send(message)

        await self.app(scope, receive, finish)


def encoding_of(scope: Any) -> bytes:
    accepted = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
    return b"br" if b"br" in accepted else b"gzip" if b"gzip" in accepted else b""


def _is_text(headers: Any) -> bool:
    known = dict(headers)
    return known.get(b"content-type", b"").startswith(TEXT) and b"content-encoding" not in known


async def _compressed(body: bytes, encoding: bytes) -> bytes:
    if len(body) <= AT_ONCE:
        return _pressed(body, encoding)
    return await asyncio.to_thread(_pressed, body, encoding)


def _pressed(body: bytes, encoding: bytes) -> bytes:
    if encoding == b"gzip":
        return gzip.compress(body, 5, mtime=0)
    window = min(max(len(body).bit_length(), 16), 22)  # its logarithm: no larger than the body
    pressed: bytes = brotli.compress(body, mode=brotli.MODE_TEXT, quality=QUALITY, lgwin=window)
    return pressed


def _say(start: Any, encoding: bytes, length: int) -> None:
    kept = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    start["headers"] = [*kept, (b"content-encoding", encoding), (b"content-length", str(length).encode())]


def _vary(start: Any) -> None:
    """Say that other browsers get other bytes, beside what the answer says of it itself."""
    before = next((value for name, value in start["headers"] if name == b"vary"), b"")
    if b"accept-encoding" not in before.lower():
        kept = [(name, value) for name, value in start["headers"] if name != b"vary"]
        start["headers"] = [*kept, (b"vary", before + b", Accept-Encoding" if before else b"Accept-Encoding")]
