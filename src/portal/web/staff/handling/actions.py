"""What else can be done with a case: note, question to the sender, forwarding, no proceedings, closure, reopening."""

from typing import Any

from litestar import get, post
from litestar.exceptions import PermissionDeniedException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import clock
from portal.cases import permissions
from portal.cases.model import EventKind
from portal.handling import clarification, closure, forwarding, no_proceedings, notes, reopening
from portal.handling.no_proceedings import GROUNDS, Ground
from portal.staff.model import Staff
from portal.web.forms import Typed, typed
from portal.web.pages import DB, Config, Me, Request
from portal.web.staff.handling.case_page import CasePage, May, opened

LONGEST = 4000
ACTIONS = {
    EventKind.CLARIFICATION, EventKind.CLARIFIED, EventKind.FORWARDED, EventKind.NO_PROCEEDINGS, EventKind.CLOSED,
    EventKind.REOPENED, EventKind.REPLIED, EventKind.WITHDRAWN,
}  # fmt: skip


@get("/cases/{case_id:int}/note", name="staff.case.note")
async def edit_note(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    return await _edit(await opened(request, db, me, case_id, may=permissions.may_note), "note")


@post("/cases/{case_id:int}/note")
async def save_note(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    case_page = await opened(request, db, me, case_id, may=permissions.may_note)
    form = typed(await request.form())
    text = form.text("text", LONGEST, "Напишете бележката")
    if form.errors:
        return await _edit(case_page, "note", form, status_code=422)
    if not await _repeated(case_page, form, me, EventKind.NOTE, text=text):
        await notes.note(db, case_page.case, text, by=me, at=clock.now())
    return await case_page.shown_again("history")


@get("/cases/{case_id:int}/clarification", name="staff.case.clarification")
async def edit_clarification(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    return await _edit(await opened(request, db, me, case_id, may=permissions.may_ask_sender), "clarification")


@post("/cases/{case_id:int}/clarification")
async def save_clarification(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    case_page, form = await _begun(request, db, me, case_id), typed(await request.form())
    text = form.text("text", LONGEST, "Напишете какво да уточни подателят")
    if form.errors:
        return await _edit(case_page, "clarification", form, status_code=422)
    if await _repeated(case_page, form, me, EventKind.CLARIFICATION, text=text):
        return await case_page.shown_again("history")
    if refused := await _refused(case_page, form, permissions.may_ask_sender, "clarification"):
        return refused
    await clarification.ask_sender(db, case_page.case, text, by=me, at=clock.now())
    return await case_page.shown_again("history")


@get("/cases/{case_id:int}/forwarding", name="staff.case.forwarding")
async def edit_forwarding(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    return await _edit(await opened(request, db, me, case_id, may=permissions.may_forward), "forwarding")


@post("/cases/{case_id:int}/forwarding")
async def save_forwarding(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    case_page, form = await _begun(request, db, me, case_id), typed(await request.form())
    to = form.line("to", 200, "Напишете до кого се препраща")
    ground = form.text("ground", 1000, "Напишете защо: подателят ще го прочете")
    whole = form.one_of("whole", {"whole", "part"}, "Изберете дали се препраща всичко") == "whole"
    if form.errors:
        return await _edit(case_page, "forwarding", form, status_code=422)
    if await _repeated(case_page, form, me, EventKind.FORWARDED, to=to, ground=ground, whole=whole):
        return await case_page.shown_again("history")
    if refused := await _refused(case_page, form, permissions.may_forward, "forwarding"):
        return refused
    if warned := case_page.warning(form, f"{to}\n{ground}"):
        return await _edit(case_page, "forwarding", form, status_code=422, warned=warned)
    await forwarding.forward(db, case_page.case, to, ground, whole=whole, by=me, at=clock.now())
    return await case_page.shown_again("history")


@get("/cases/{case_id:int}/no-proceedings", name="staff.case.no_proceedings")
async def edit_no_proceedings(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    return await _edit(await opened(request, db, me, case_id, may=permissions.may_end), "no_proceedings")


@post("/cases/{case_id:int}/no-proceedings")
async def save_no_proceedings(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    case_page, form = await _begun(request, db, me, case_id), typed(await request.form())
    ground = form.one_of("ground", set(Ground), "Изберете основание")
    repeated = ground == Ground.REPEATED
    number = form.line("earlier", 60, "Въведете номера на по-ранната преписка" if repeated else None)
    earlier = await no_proceedings.earlier_case(db, case_page.case, number) if repeated and number else None
    if number and repeated and earlier is None:
        form.errors["earlier"] = "Преди тази преписка няма друга с такъв номер. Пример: С-0025/18.03.2020"
    if form.errors:
        return await _edit(case_page, "no_proceedings", form, status_code=422)
    if await _repeated(case_page, form, me, EventKind.NO_PROCEEDINGS, ground=GROUNDS[Ground(ground)]):
        return await case_page.shown_again("history")
    if refused := await _refused(case_page, form, permissions.may_end, "no_proceedings"):
        return refused
    await no_proceedings.end_without_proceedings(
        db, case_page.case, Ground(ground), earlier=earlier, by=me, at=clock.now()
    )
    return await case_page.shown_again("history")


@get("/cases/{case_id:int}/closure", name="staff.case.closure")
async def edit_closure(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    return await _edit(await opened(request, db, me, case_id, may=permissions.may_close), "closure")


@post("/cases/{case_id:int}/closure")
async def save_closure(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    case_page, form = await _begun(request, db, me, case_id), typed(await request.form())
    if await _repeated(case_page, form, me, EventKind.CLOSED):
        return await case_page.shown_again("history")
    if refused := await _refused(case_page, form, permissions.may_close, "closure"):
        return refused
    await closure.close(db, case_page.case, by=me, at=clock.now())
    return await case_page.shown_again("history")


@get("/cases/{case_id:int}/reopening", name="staff.case.reopening")
async def edit_reopening(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    return await _edit(await opened(request, db, me, case_id, may=permissions.may_reopen), "reopening")


@post("/cases/{case_id:int}/reopening")
async def save_reopening(
    request: Request, case_id: FromPath[int], me: Me, db: DB, settings: Config
) -> Template | Redirect:
    case_page, form = await _begun(request, db, me, case_id), typed(await request.form())
    reason = form.text("reason", 1000, "Напишете причината: подателят ще я прочете")
    if form.errors:
        return await _edit(case_page, "reopening", form, status_code=422)
    if await _repeated(case_page, form, me, EventKind.REOPENED, reason=reason):
        return await case_page.shown_again("history")
    if refused := await _refused(case_page, form, permissions.may_reopen, "reopening"):
        return refused
    await reopening.reopen(db, case_page.case, reason, settings.municipality, by=me, at=clock.now())
    return await case_page.shown_again("history")


async def _begun(request: Request, db: DB, me: Me, case_id: int) -> CasePage:
    """Open the case for somebody who may act on it; whether this action is still due is asked after repetitions."""
    return await opened(request, db, me, case_id, may=permissions.may_note)


async def _edit(case_page: CasePage, action: str, form: Typed | None = None, **more: Any) -> Template:
    values = form or Typed({})
    return await case_page.edit("actions", values, action=action, grounds=GROUNDS, **more)


async def _repeated(case_page: CasePage, form: Typed, me: Staff, kind: EventKind, **details: object) -> bool:
    """Say whether this very form was sent before: a double tap acts once."""
    last = await case_page.colleague(form, {kind})
    return last is not None and last["event"].staff_id == me.id and details.items() <= last["event"].details.items()


async def _refused(case_page: CasePage, form: Typed, may: May, action: str) -> Template | None:
    """Give the form back where the case has taken another action since it was opened; refuse who never might."""
    colleague = await case_page.colleague(form, ACTIONS)
    if may(case_page.me, case_page.case) and colleague is None:
        return None
    if colleague is None or not permissions.may_note(case_page.me, case_page.case):
        raise PermissionDeniedException
    return await _edit(case_page, action, form, colleague=colleague, status_code=409)
