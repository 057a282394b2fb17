"""The demonstration's mailbox: what citizens would find in theirs. Mounted by `portal demo` alone."""

from pathlib import Path

from litestar import Response, Router, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Template

from portal.embedded import mailcatcher
from portal.web.pages import PRIVATE, Request, page

NEWEST = 100
SANDBOX = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'"


def mailbox(maildir: Path) -> Router:
    @get("/", name="mailbox")
    async def show(request: Request) -> Template:
        found = mailcatcher.messages(maildir, NEWEST)
        return page(request, "mailbox/page.html", headers=PRIVATE, messages=found)

    @get("/{key:str}", name="mailbox.message")
    async def message(request: Request, key: FromPath[str]) -> Template:
        return page(request, "mailbox/message.html", headers=PRIVATE, message=_found(key))

    @get("/{key:str}/html", name="mailbox.drawn")
    async def html(key: FromPath[str]) -> Response[str]:
        """The letter as a mail program would draw it: apart from the site, without scripts."""
        headers = {"Content-Security-Policy": SANDBOX, "Cache-Control": "no-store"}
        return Response(_found(key).html, media_type="text/html", headers=headers)

    def _found(key: str) -> mailcatcher.CaughtMessage:
        found = mailcatcher.message(maildir, key)
        if found is None:
            raise NotFoundException
        return found

    return Router("/mailbox", route_handlers=[show, message, html])
