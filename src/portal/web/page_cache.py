"""Public pages, kept in memory as they were sent while nothing that the public sees changes; and asked about by ETag.

Only what a handler marks with CACHED, and only for who sends no cookie: nothing of a person's ever comes here. What
answers one request must answer all that have the same key: a request with a header twice, of which the application may
read another one than this room does, passes by.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from litestar import Litestar
from litestar.types import ASGIApp, Message, Receive, Send

from portal.languages import language_choice
from portal.publishing.page_version import PublicVersion, Version

CACHED = {"cached": True}
"""The `opt` of a handler whose page depends on its address and the database alone: alike for everybody. An answer that
would be another one the next time (`request.state.fleeting`) is not kept.
"""
MOST = 32_000_000
"""Bytes a process keeps."""
LARGEST = 250_000
LONGEST_QUERY = 1_000
"""Bytes: what nobody types, nobody asks for again."""
PERSONAL = {b"cookie", b"authorization"}
ASKED = (b"hx-request", b"hx-boosted", b"hx-history-restore-request")
"""Headers, beside Accept-Encoding and the language that was made of Accept-Language, that pages.page() chooses by."""
OF_BODY = {b"content-length", b"content-type", b"content-encoding"}

Key = tuple[Any, ...]
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Page:
    etag: bytes
    headers: Headers
    body: bytes

    @classmethod
    def of(cls, headers: Headers, body: bytes) -> "Page":
        etag = b'"' + hashlib.blake2b(body, digest_size=12).hexdigest().encode() + b'"'
        return cls(etag, [*headers, (b"etag", etag)], body)

    @property
    def size(self) -> int:
        return len(self.body) + 2000

    async def answer(self, asked_for: bytes, send: Send) -> None:
        """Send the page, or that the one which the browser has is still good."""
        if self.etag in asked_for:
            headers = [header for header in self.headers if header[0] not in OF_BODY]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await send({"type": "http.response.start", "status": 200, "headers": self.headers})
            await send({"type": "http.response.body", "body": self.body, "more_body": False})


class PageCache:
    """Wraps the application: pages come from memory, or from the application and stay."""

    def __init__(self, app: ASGIApp, version: PublicVersion, beginnings: Iterable[str]) -> None:
        self.app = app
        self.version = version
        self.beginnings = frozenset(beginnings)
        self.pages: OrderedDict[Key, Page] = OrderedDict()
        self.size = 0
        self.of: Version | None = None

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or beginning(scope["path"]) not in self.beginnings:
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        is_anybodys = len(headers) == len(scope["headers"]) and not PERSONAL & headers.keys()
        is_anybodys = is_anybodys and len(scope["query_string"]) <= LONGEST_QUERY
        version = await self.version.now() if is_anybodys else None
        self._turn_to(version)
        asked = scope["path"], scope["query_string"], language_choice().language
        key = (*asked, *map(headers.get, ASKED), _encoding(headers))
        page = self.pages.get(key) if version is not None else None
        if page is not None:
            self.pages.move_to_end(key)
        else:
            page = await self._made(scope, receive, send)
            if page is not None and version is not None and version == self.of:
                self._keep(key, page)
        if page is not None:
            await page.answer(headers.get(b"if-none-match", b""), send)

    def _turn_to(self, version: Version | None) -> None:
        """Forget the pages of an older version."""
        if version is not None and version != self.of:
            self.pages.clear()
            self.size, self.of = 0, version

    def _keep(self, key: Key, page: Page) -> None:
        """A page begun at the version that it is kept under may already show the next one's; it goes with this one."""
        if page.size > LARGEST:
            return
        before = self.pages.pop(key, None)
        self.pages[key] = page
        self.size += page.size - (before.size if before else 0)
        while self.size > MOST:
            self.size -= self.pages.popitem(last=False)[1].size

    async def _made(self, scope: Any, receive: Receive, send: Send) -> Page | None:
        """Return the page that the application makes, or None where its answer is none to keep, and is sent."""
        start: Message | None = None
        pieces: list[bytes] = []

        async def hold(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_page(scope, message):
                start = message
            elif start is not None and message["type"] == "http.response.body":
                pieces.append(message["body"])
            else:
                await send(message)

        await self.app(scope, receive, hold)
        return Page.of(start["headers"], b"".join(pieces)) if start else None  # type: ignore[typeddict-item, arg-type]


def beginning(path: str) -> str:
    """Return the first part of a path."""
    return path[1:].partition("/")[0]


def beginnings(app: Litestar) -> set[str]:
    """Return with what the paths begin under which there are pages to keep; other requests pass by."""
    return {
        beginning(route.path)
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if handler.opt.get("cached")
    }


def _encoding(headers: dict[bytes, bytes]) -> str:
    """Return which of the encodings the application chooses."""
    accepted = headers.get(b"accept-encoding", b"")
    return "br" if b"br" in accepted else "gzip" if b"gzip" in accepted else ""


def _is_page(scope: Any, start: Any) -> bool:
    handler = scope.get("route_handler")
    headers = {name for name, _ in start["headers"]}
    is_ok = start["status"] == 200 and b"set-cookie" not in headers  # noqa: PLR2004
    return bool(is_ok and handler and handler.opt.get("cached") and not scope["state"].get("fleeting"))
