"""The group: which cases are looked at together, so that one reply answers them all."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import clock
from portal.cases import numbers
from portal.cases.model import Case, EventKind
from portal.cases.permissions import may_group
from portal.handling import duplicates, groups
from portal.web.forms import Typed, typed
from portal.web.pages import DB, Me, Request
from portal.web.staff.handling.case_page import GREATEST_ID, CasePage, opened

KINDS = {EventKind.GROUPED, EventKind.UNGROUPED}
NONE_SUCH = "Няма получена преписка с такъв номер"


@get("/cases/{case_id:int}/group", name="staff.case.group")
async def edit(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    return await _edit(await opened(request, db, me, case_id, may=may_group), Typed({}))


@post("/cases/{case_id:int}/group")
async def save(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    """Group with the case of the button pressed or of the number typed; or part one, or all, from the others."""
    form = typed(await request.form())
    with_id = await _chosen(db, form)
    case_page = await opened(request, db, me, case_id, may=may_group, also=[with_id] if with_id else [])
    if form["part"] or form["dissolve"]:
        return await _part(case_page, form)
    other = await db.get(Case, with_id) if with_id else None
    if refused := _refused(case_page, other):
        form.errors["number"] = refused
        return await _edit(case_page, form, status_code=422)
    assert other is not None
    if await _is_together(case_page, other):
        return await case_page.saved("group")
    if colleague := await case_page.colleague(form, KINDS):
        return await _edit(case_page, form, status_code=409, colleague=colleague)
    await groups.group(db, case_page.case, other, by=me, at=clock.now())
    return await case_page.saved("group")


async def _part(case_page: CasePage, form: Typed) -> Template | Redirect:
    """A second tap finds nobody to part."""
    group = await groups.of(case_page.db, case_page.case)
    gone = next((one for one in group.cases if one.id == form.number("part")), None) if group else None
    if group is None or (gone is None and not form["dissolve"]):
        return await case_page.saved("group")
    if colleague := await case_page.colleague(form, KINDS):
        return await _edit(case_page, form, status_code=409, colleague=colleague)
    if gone is None:
        await groups.dissolve(case_page.db, group, by=case_page.me, at=clock.now())
    else:
        await groups.leave(case_page.db, gone, by=case_page.me, at=clock.now())
    return await case_page.saved("group")


async def _chosen(db: DB, form: Typed) -> int:
    """Return the id of the case of the button, or of the number as people write it: С-0025/18.03.2020, or 25/2020."""
    if form["with"]:
        return form.number("with") if form.number("with") < GREATEST_ID else 0
    return await numbers.find(db, form.line("number", 60), on=clock.today()) or 0


def _refused(case_page: CasePage, other: Case | None) -> str | None:
    if other is None:
        return NONE_SUCH
    if not may_group(case_page.me, other):
        return "Оттеглена преписка не се разглежда заедно с друга" if other.is_received else NONE_SUCH
    return "Това е същата преписка" if other.id == case_page.case.id else None


async def _is_together(case_page: CasePage, other: Case) -> bool:
    group = await groups.of(case_page.db, case_page.case)
    return group is not None and other in group.cases


async def _edit(case_page: CasePage, form: Typed, **more: Any) -> Template:
    found = await duplicates.similar(case_page.db, case_page.case, at=clock.now())
    return await case_page.edit("group", form, similar=found, **more)
