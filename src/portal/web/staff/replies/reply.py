"""The reply, written and corrected in its place; kept as it is typed, and sent by saving it."""

from collections.abc import Collection
from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import clock
from portal.cases.model import Case, EventKind
from portal.cases.permissions import may_reply
from portal.handling import groups
from portal.publishing import publication
from portal.replies import drafts, reply, templates
from portal.replies.salutation import without_name
from portal.web.forms import Typed, clean, typed
from portal.web.pages import DB, PRIVATE, Me, Request, page
from portal.web.staff.handling.case_page import looked_at, opened
from portal.web.staff.replies.merging import both

LONGEST = 20_000
LONGEST_DRAFT = 40_000
"""Longer than what can be sent: who pasted too much must be able to cut it down tomorrow."""


@get("/cases/{case_id:int}/reply", name="staff.case.reply")
async def edit(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    """Go on with one's own draft; it carries what had happened when it was begun."""
    case_page = await opened(request, db, me, case_id, may=may_reply)
    draft = await drafts.mine(db, case_page.case, me)
    group = await groups.of(db, case_page.case)
    to_all = {f"also_{one.id}": "1" for one in group.answered_with(case_page.case)} if group else {}
    if draft is None:
        said = case_page.case.reply or (group.lead.reply if group else None)
        return await case_page.edit("reply", Typed({"text": said or "", **to_all}))
    return await case_page.edit("reply", Typed({"text": draft.text, **to_all}), seen=draft.seen, draft=draft)


@post("/cases/{case_id:int}/reply")
async def save(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    case_page = await opened(request, db, me, case_id, may=may_reply)
    form = typed(await request.form())
    text = form.text("text", LONGEST, "Напишете отговора", shortest=10)
    if form.errors:
        return await case_page.edit("reply", form, status_code=422)
    colleague = await case_page.colleague(form, {EventKind.REPLIED})
    if colleague and case_page.case.reply != text:
        return await both(case_page, colleague, base=form.number("seen"), mine=text, form=form, status_code=409)
    group = await groups.of(db, case_page.case)
    also = [one for one in group.answered_with(case_page.case) if form[f"also_{one.id}"]] if group else []
    if warned := _warning(form, text, case_page.case, group, also):
        return await case_page.edit("reply", form, status_code=422, warned=warned, seen=form.number("seen"))
    await reply.reply_to_all(db, case_page.case, also, text, by=me, at=clock.now())
    await drafts.forget(db, case_page.case, me)
    return await case_page.saved("reply")


def _warning(form: Typed, text: str, case: Case, group: groups.Group | None, also: Collection[Case]) -> dict[str, Any]:
    """Return what to look at before a reply that others will read is sent, or nothing where it was confirmed.

    Where it is everybody's, and where it is another sender's of the group: of these none is to read the others' names.
    """
    to = [one for one in (case, *also) if one.reply != text]
    public = any(one.is_public for one in to)
    if not to or not (public or group):
        return {}
    # What was redacted would be followed by one that is not.
    uncovers = any(one.is_public and _is_redacted(one) for one in to)
    said = text if also else without_name(text, publication.sender_to_hide(case))
    return looked_at(form, said, _names_to_hide(case, group, also), public=public, always=uncovers)


def _is_redacted(case: Case) -> bool:
    """Say whether the staff have taken something out of the reply; how it greets its sender is left out by itself."""
    return case.public_reply not in {None, without_name(case.reply or "", case.sender_name)}


def _names_to_hide(case: Case, group: groups.Group | None, also: Collection[Case]) -> str:
    """A sender who wants to be named is named with their own case, and in no reply to others."""
    others = {one.sender_name for one in group.cases} - {case.sender_name} if group else set()
    goes_out = any(one.sender_name != case.sender_name for one in also)
    return " ".join(sorted({*others, case.sender_name if goes_out else publication.sender_to_hide(case)}))


@post("/cases/{case_id:int}/reply/draft", name="staff.case.reply.draft")
async def keep(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    """Keep what is typed so far, or throw it away where that was pressed."""
    case_page = await opened(request, db, me, case_id, may=may_reply)
    form = typed(await request.form())
    if form["discard"]:
        await drafts.forget(db, case_page.case, me)
        return await case_page.saved("reply")
    text = clean(form["text"], LONGEST_DRAFT)
    await drafts.keep(db, case_page.case, me, text, seen=form.number("seen"), at=clock.now())
    return page(
        request,
        "staff/replies/draft.html",
        headers=PRIVATE,
        case=case_page.case,
        draft=await drafts.mine(db, case_page.case, me),
    )


@post("/cases/{case_id:int}/reply/template", name="staff.case.reply.template")
async def insert(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    """Put the chosen template, filled in from the case, after what is typed; nothing that is typed is touched."""
    case_page = await opened(request, db, me, case_id, may=may_reply)
    form = typed(await request.form())
    form.one_of("template", await templates.offered(db, case_page.case), "Изберете образец от списъка")
    chosen = await templates.template(db, form.number("template"))
    if chosen is None or form.errors:
        return await case_page.edit("reply", form, status_code=422, seen=form.number("seen"))
    filled = await templates.fill(db, chosen, case_page.case, on=clock.today())
    before = clean(form["text"], LONGEST_DRAFT).rstrip()
    text = f"{before}\n\n{filled}" if before else filled
    await drafts.keep(db, case_page.case, me, text[:LONGEST_DRAFT], seen=form.number("seen"), at=clock.now())
    return await case_page.edit(
        "reply",
        Typed({**form.values, "text": text, "template": ""}),
        seen=form.number("seen"),
        draft=await drafts.mine(db, case_page.case, me),
    )
