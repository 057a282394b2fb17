"""The reply, written and corrected where it stands; saving sends it."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import clock
from portal.cases import handling
from portal.cases.model import EventKind
from portal.staff.permissions import may_reply
from portal.web.forms import Typed, typed
from portal.web.pages import DB, Me, Request
from portal.web.staff.desk import opened

LONGEST = 20_000


@get("/cases/{case_id:int}/reply", name="staff.case.reply")
async def edit(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    desk = await opened(request, db, me, case_id, may=may_reply)
    return await desk.edit("reply", Typed({"text": desk.case.reply or ""}))


@post("/cases/{case_id:int}/reply")
async def save(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    desk = await opened(request, db, me, case_id, may=may_reply)
    form = typed(await request.form())
    text = form.text("text", LONGEST, "Напишете отговора", shortest=10)
    if form.errors:
        return await desk.edit("reply", form, status_code=422)
    colleague = await desk.colleague(form, {EventKind.REPLIED})
    if colleague and desk.case.reply != text:
        return await desk.edit("reply", form, status_code=409, colleague=colleague)
    await handling.reply(db, desk.case, text, by=me, at=clock.now())
    return await desk.saved("reply")
