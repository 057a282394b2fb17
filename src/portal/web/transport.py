"""Headers that every answer carries, whoever made it; and HEAD, which Litestar's routes do not answer."""

from http import HTTPStatus
from typing import Any

from litestar.types import ASGIApp, Message, Receive, Send

from portal.web import metrics

LONGEST_ADDRESS, LARGEST_HEADERS = 64_000, 96_000
"""Bytes; servers in front of us take less. A page of text pasted into the search is still cut, and searched for."""


class Transport:
    """Wraps the whole application: security headers on every answer, HEAD as GET without the body."""

    def __init__(self, app: ASGIApp, css_hashes: list[str], *, https: bool) -> None:
        self.app = app
        styles = " ".join(f"'sha256-{one}'" for one in css_hashes)
        policy = (
            f"default-src 'none'; script-src 'self'; style-src 'self' {styles}; img-src 'self' data:; "
            "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        headers = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        if https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if refused := _too_long(scope):
            await self._refuse(refused, send)
            return
        is_head = scope["method"] == "HEAD"
        if is_head:
            scope = {**scope, "method": "GET"}  # a copy: the server below must go on knowing that it is a HEAD

        async def finish(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                added = [header for header in self.headers if header[0] not in given]
                message["headers"] = [*message["headers"], *added]
                metrics.count(scope, message["status"])
            elif is_head and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        await self.app(scope, receive, finish)

    async def _refuse(self, refusal: tuple[int, str], send: Send) -> None:
        status, sentence = refusal
        body = refusal_page(sentence)
        headers = [
            (b"content-type", b"text/html; charset=utf-8"), (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"), (b"connection", b"close"), *self.headers,
        ]  # fmt: skip
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


def refusal_page(sentence: str) -> bytes:
    """Return the page for a request that the application never sees."""
    return (
        '<!DOCTYPE html><html lang="bg"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>Не стана</title><h1>Не стана</h1><p>{sentence} <a href="/">Към началото</a>'
    ).encode()


def _too_long(scope: Any) -> tuple[int, str] | None:
    if len(scope["path"]) + len(scope["query_string"]) > LONGEST_ADDRESS:
        return HTTPStatus.REQUEST_URI_TOO_LONG, "Адресът е твърде дълъг. Съкратете търсеното."
    if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEADERS:
        return (
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            "Браузърът изпрати твърде много данни. Изчистете бисквитките.",
        )
    return None
