"""What every answer carries, whoever made it; and HEAD, which Litestar's routes do not answer."""

from typing import Any

from litestar.types import ASGIApp, Message, Receive, Send

from portal.web import metrics


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
