"""The sender's own page, behind the tracking link: receipt, history, choice of publication, withdrawal."""

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from portal import clock
from portal.cases import handling, history, publication
from portal.cases.model import Case, EventKind, Publication
from portal.municipality import departments
from portal.tokens import Tokens
from portal.web.forms import typed
from portal.web.pages import DB, PRIVATE, Links, Request, page, see_other

TOLD = set(EventKind) - {EventKind.NOTE, EventKind.DEPARTMENT_ANSWERED}
"""The sender reads the whole history but the staff's notes."""


@get("/track/{token:str}", name="public.track")
async def show(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Template:
    case = await _tracked(db, tokens, token, lock=False)
    return page(
        request,
        "public/track/page.html",
        headers=PRIVATE,
        case=case,
        token=token,
        events=await history.events(db, case, TOLD),
        department=(await departments(db)).get(case.department_code or ""),
    )


@post("/track/{token:str}/publication", name="public.track.publication")
async def choose_publication(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Redirect:
    case = await _tracked(db, tokens, token, lock=True)
    values = typed(await request.form())
    choice = values.one_of("publication", set(Publication), "")
    if not values.errors:
        await publication.choose(db, case, Publication(choice), at=clock.now())
    return see_other(request.url_for("public.track", token=token))


@post("/track/{token:str}/withdrawal", name="public.track.withdrawal")
async def withdraw(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Redirect:
    case = await _tracked(db, tokens, token, lock=True)
    await handling.withdraw(db, case, at=clock.now())
    return see_other(request.url_for("public.track", token=token))


async def _tracked(db: AsyncSession, tokens: Tokens, token: str, *, lock: bool) -> Case:
    """Return the received case of the link; locked to act on it: the staff may act at the same moment."""
    case_id = tokens.read_track(token)
    case = None if case_id is None else await handling.received(db, case_id, lock=lock)
    if case is None:
        raise NotFoundException
    return case
