"""The sender's own page, behind the tracking link: receipt, history, choice of publication, withdrawal."""

from collections.abc import Callable
from http import HTTPStatus

from litestar import get, post
from litestar.exceptions import HTTPException, NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from portal import clock
from portal.cases import history, lookup
from portal.cases.model import Actor, Case, EventKind, Publication, Status
from portal.files import attachments
from portal.handling import clarification, reopening, withdrawal
from portal.intake import lost_link
from portal.municipality import departments
from portal.publishing import publication, register
from portal.tokens import Tokens
from portal.web.forms import Typed, typed
from portal.web.pages import DB, PRIVATE, Config, Links, Request, page, see_other

LONGEST = 4000
TOLD = set(EventKind) - {EventKind.NOTE, EventKind.DEPARTMENT_ANSWERED}
"""The sender reads the whole history but the staff's notes."""
DONE: dict[str, Callable[[Case], bool]] = {
    "publication": lambda _: True,
    "clarification": lambda case: case.status is not Status.AWAITING_CLARIFICATION,
    "reopening": lambda case: case.is_open,
    "withdrawal": lambda case: case.status is Status.WITHDRAWN,
}
"""What the sender has just done, and whether it still stands: a kept address tells of nothing that doesn't."""


@get("/track/{token:str}", name="public.track")
async def show(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Template:
    case = await tracked(db, tokens, token, lock=False)
    return await _page(request, db, case, token, Typed({}), may_act=tokens.read_track(token) is not None)


@post("/track/{token:str}/publication", name="public.track.publication")
async def choose_publication(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Redirect:
    case = await tracked(db, tokens, token, lock=True)
    values = typed(await request.form())
    choice = values.one_of("publication", set(Publication), "")
    if values.errors:
        return see_other(request.url_for("public.track", token=token))
    await publication.choose(db, case, Publication(choice), at=clock.now())
    return _told(request, token, "publication")


@post("/track/{token:str}/clarification", name="public.track.clarification")
async def clarify(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Template | Redirect:
    case = await tracked(db, tokens, token, lock=True)
    form = typed(await request.form())
    answer = form.text("answer", LONGEST, "Напишете уточнението")
    if form.errors:
        return await _page(request, db, case, token, form, status_code=422)
    await clarification.clarify(db, case, answer, at=clock.now())
    return _told(request, token, "clarification")


@post("/track/{token:str}/reopening", name="public.track.reopening")
async def reopen(
    request: Request, token: FromPath[str], db: DB, tokens: Links, settings: Config
) -> Template | Redirect:
    """It is answered, and not done: the sender says so within thirty days. Sent twice it is reopened once."""
    case = await tracked(db, tokens, token, lock=True)
    form = typed(await request.form())
    reason = form.text("reason", LONGEST, "Напишете какво не е изпълнено")
    if form.errors:
        return await _page(request, db, case, token, form, status_code=422)
    if await reopening.may_be_reopened_by_sender(db, case, at=clock.now()):
        await reopening.reopen(db, case, reason, settings.municipality, by=Actor.SENDER, at=clock.now())
    return _told(request, token, "reopening")


@post("/track/{token:str}/withdrawal", name="public.track.withdrawal")
async def withdraw(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Redirect:
    case = await tracked(db, tokens, token, lock=True)
    await withdrawal.withdraw(db, case, at=clock.now())
    return _told(request, token, "withdrawal")


@post("/track/{token:str}/links", name="public.track.links")
async def end_links(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Redirect:
    """End this link with all others: somebody has it who should not. The new one comes by e-mail."""
    case = await tracked(db, tokens, token, lock=True)
    if case.sender_email is not None:
        await lost_link.renew(db, case, at=clock.now())
    return see_other(f"{request.url_for('public.lost_link')}?ended=1")


def _told(request: Request, token: str, done: str) -> Redirect:
    """Show the page again, which says at its top what was done."""
    return see_other(f"{request.url_for('public.track', token=token)}?done={done}")


async def _page(
    request: Request,
    db: AsyncSession,
    case: Case,
    token: str,
    form: Typed,
    *,
    may_act: bool = True,
    status_code: int = 200,
) -> Template:
    done = request.query_params.get("done", "")
    return page(
        request,
        "public/handling/track/page.html",
        status_code=status_code,
        headers=PRIVATE,
        case=case,
        token=token,
        may_act=may_act,
        form=form,
        done=done if done in DONE and DONE[done](case) else "",
        events=await history.events(db, case, TOLD),
        department=(await departments(db)).get(case.department_code or ""),
        pictures=await attachments.of_case(db, case),
        together=await register.together(db, case.id, led_by=case.lead_id or case.id),
        may_reopen=await reopening.may_be_reopened_by_sender(db, case, at=clock.now()),
    )


async def tracked(db: AsyncSession, tokens: Tokens, token: str, *, lock: bool) -> Case:
    """Return the received case of the link; locked to act on it: the staff may act at the same moment.

    The link of a receipt, which the staff have seen, only reads.
    """
    linked = tokens.read_track(token) or (None if lock else tokens.read_paper(token))
    case = None if linked is None else await lookup.received(db, linked.case_id, lock=lock)
    if case is None or linked is None:
        raise NotFoundException
    if linked.is_of_former_address(case):
        raise HTTPException(status_code=HTTPStatus.GONE)
    if not linked.is_of(case):
        raise NotFoundException
    return case
