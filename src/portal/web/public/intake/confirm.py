"""The link in the e-mail: opening it shows what was sent, its button makes it received."""

from http import HTTPStatus

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from portal import clock
from portal.cases.model import Case
from portal.intake import confirmation
from portal.tokens import Tokens
from portal.web.language import onward
from portal.web.pages import DB, PRIVATE, Config, Links, Request, page, see_other


@get("/confirm/{token:str}", name="public.confirm")
async def show(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Template:
    """Change nothing, whoever asks: mail scanners follow every link, and some run its scripts."""
    case, gone = await _linked(db, tokens, token)
    if case is None:
        return page(request, "public/intake/confirm/gone.html", status_code=gone, headers=PRIVATE, code=gone)
    if case.is_received:
        track = onward(request.url_for("public.track", token=tokens.track(case)))
        return page(request, "public/intake/confirm/already.html", headers=PRIVATE, case=case, track=track)
    return page(request, "public/intake/confirm/page.html", headers=PRIVATE, case=case, token=token)


@post("/confirm/{token:str}")
async def confirm(
    request: Request, token: FromPath[str], db: DB, tokens: Links, settings: Config
) -> Template | Redirect:
    case, gone = await _linked(db, tokens, token, lock=True)
    if case is None:
        return page(request, "public/intake/confirm/gone.html", status_code=gone, headers=PRIVATE, code=gone)
    await confirmation.confirm(db, case.id, settings.municipality, at=clock.now())
    return see_other(request.url_for("public.track", token=tokens.track(case)))


async def _linked(
    db: AsyncSession, tokens: Tokens, token: str, *, lock: bool = False
) -> tuple[Case | None, HTTPStatus]:
    """Return the case of the link, or why there is none: a wrong link, one replaced by a newer, one too old."""
    linked = tokens.read_confirm(token)
    if linked is None:
        return None, HTTPStatus.NOT_FOUND
    case = await confirmation.submitted(db, linked.case_id, at=clock.now(), lock=lock)
    if case is None or case.link_key != linked.key:
        return None, HTTPStatus.GONE
    if case.address_version != linked.version:
        return None, HTTPStatus.CONFLICT
    return case, HTTPStatus.OK
