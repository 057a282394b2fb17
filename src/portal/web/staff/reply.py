"""The reply, written and corrected where it stands; kept as it is typed, and sent by saving it."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import clock
from portal.cases import drafts, handling, reply_templates
from portal.cases.model import EventKind
from portal.staff.permissions import may_reply
from portal.web.forms import Typed, clean, typed
from portal.web.pages import DB, PRIVATE, Me, Request, page
from portal.web.staff.desk import opened
from portal.web.staff.merging import both

LONGEST = 20_000
LONGEST_DRAFT = 40_000
"""Longer than what can be sent: who pasted too much must be able to cut it down tomorrow."""


@get("/cases/{case_id:int}/reply", name="staff.case.reply")
async def edit(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    """Go on with one's own draft; it carries what had happened when it was begun."""
    desk = await opened(request, db, me, case_id, may=may_reply)
    draft = await drafts.mine(db, desk.case, me)
    if draft is None:
        return await desk.edit("reply", Typed({"text": desk.case.reply or ""}))
    return await desk.edit("reply", Typed({"text": draft.text}), seen=draft.seen, draft=draft)


@post("/cases/{case_id:int}/reply")
async def save(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    desk = await opened(request, db, me, case_id, may=may_reply)
    form = typed(await request.form())
    text = form.text("text", LONGEST, "Напишете отговора", shortest=10)
    if form.errors:
        return await desk.edit("reply", form, status_code=422)
    colleague = await desk.colleague(form, {EventKind.REPLIED})
    if colleague and desk.case.reply != text:
        return await both(desk, colleague, base=form.number("seen"), mine=text, status_code=409)
    whole = desk.case.public_reply is not None  # what was redacted would be followed by one that is not
    if desk.case.reply != text and (warned := desk.warning(form, text, always=whole)):
        return await desk.edit("reply", form, status_code=422, warned=warned, seen=form.number("seen"))
    await handling.reply(db, desk.case, text, by=me, at=clock.now())
    await drafts.forget(db, desk.case, me)
    return await desk.saved("reply")


@post("/cases/{case_id:int}/reply/draft", name="staff.case.reply.draft")
async def keep(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    """Keep what is typed so far, or throw it away where that was pressed."""
    desk = await opened(request, db, me, case_id, may=may_reply)
    form = typed(await request.form())
    if form["discard"]:
        await drafts.forget(db, desk.case, me)
        return await desk.saved("reply")
    text = clean(form["text"])[:LONGEST_DRAFT]
    await drafts.keep(db, desk.case, me, text, seen=form.number("seen"), at=clock.now())
    return page(
        request, "staff/case/draft.html", headers=PRIVATE, case=desk.case, draft=await drafts.mine(db, desk.case, me)
    )


@post("/cases/{case_id:int}/reply/template", name="staff.case.reply.template")
async def insert(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    """Put the chosen template, filled in from the case, after what is typed; nothing that is typed is touched."""
    desk = await opened(request, db, me, case_id, may=may_reply)
    form = typed(await request.form())
    form.one_of("template", await reply_templates.offered(db, desk.case), "Изберете образец от списъка")
    chosen = await reply_templates.template(db, form.number("template"))
    if chosen is None or form.errors:
        return await desk.edit("reply", form, status_code=422, seen=form.number("seen"))
    filled = await reply_templates.fill(db, chosen, desk.case, on=clock.today())
    before = clean(form["text"]).rstrip()
    text = f"{before}\n\n{filled}" if before else filled
    await drafts.keep(db, desk.case, me, text[:LONGEST_DRAFT], seen=form.number("seen"), at=clock.now())
    return await desk.edit(
        "reply",
        Typed({**form.values, "text": text, "template": ""}),
        seen=form.number("seen"),
        draft=await drafts.mine(db, desk.case, me),
        inserted=chosen,
    )
