"""Many cases at once: what would happen to each, the button that does it, and what was done."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from litestar import get, post
from litestar.exceptions import PermissionDeniedException
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from portal import clock
from portal.cases.permissions import may_act_in_bulk
from portal.desk import bulk
from portal.desk.bulk import MOST, BulkAction, Deed
from portal.municipality import Department, all_departments, departments
from portal.staff.model import Staff
from portal.web.forms import Typed
from portal.web.pages import DB, PRIVATE, Me, Request, page, see_other
from portal.web.staff.desk import filters as asked_for


@get("/bulk", name="staff.bulk")
async def preview(request: Request, me: Me, db: DB) -> Template:
    _allow(me)
    return await _shown(request, me, db, await _read(db, request.query_params.multi_items()))


@post("/bulk")
async def act(request: Request, me: Me, db: DB) -> Redirect | Template:
    """Do what was shown; the result has an address of its own, so that a second tap reads it too."""
    _allow(me)
    sent = await _read(db, (await request.form()).multi_items())
    if sent.action is None or sent.form.errors:
        return await _shown(request, me, db, sent)
    await bulk.carry_out(db, me, sent.action, sent.seen, at=clock.now())
    kept = [(name, sent.form[name]) for name in ("do", "department", "back")]
    shown = [("case", f"{case_id}-{mark}") for case_id, mark in sent.seen.items()]
    return see_other(f"{request.url_for('staff.bulk.result')}?{urlencode([*kept, *shown])}")


@get("/bulk/result", name="staff.bulk.result")
async def result(request: Request, me: Me, db: DB) -> Template:
    """Read from the history what was done: loaded again it does nothing."""
    _allow(me)
    sent = await _read(db, request.query_params.multi_items())
    found = await bulk.done(db, me, sent.action, sent.seen) if sent.action else []
    return page(
        request,
        "staff/desk/bulk/result.html",
        headers=PRIVATE,
        me=me,
        action=sent.action,
        acted=[case for case, is_done in found if is_done],
        passed=[case for case, is_done in found if not is_done],
        back=await _back(request, me, db, sent.form),
    )


@dataclass(frozen=True)
class Sent:
    form: Typed
    action: BulkAction | None
    seen: dict[int, int]
    """The cases that are named, each with the newest event that was shown (0 where none was)."""


async def _shown(request: Request, me: Staff, db: AsyncSession, sent: Sent) -> Template:
    ready = sent.action is not None and not sent.form.errors
    return page(
        request,
        "staff/desk/bulk/page.html",
        headers=PRIVATE,
        status_code=200 if ready else 422,
        me=me,
        form=sent.form,
        action=sent.action,
        ids=[*sent.seen],
        lines=await bulk.plan(db, me, sent.action, [*sent.seen], at=clock.now()) if sent.action else [],
        departments=await departments(db),
        department_names={code: one.name for code, one in (await all_departments(db)).items()},
        back=await _back(request, me, db, sent.form),
    )


def _allow(me: Staff) -> None:
    if not may_act_in_bulk(me):
        raise PermissionDeniedException


async def _read(db: AsyncSession, items: Iterable[tuple[str, Any]]) -> Sent:
    """Raise nothing: what is missing is asked for, a number that is none names no case."""
    pairs = [(name, value) for name, value in items if isinstance(value, str)]
    form, seen = Typed(dict(pairs)), _cases(value for name, value in pairs if name == "case")
    deed = form.one_of("do", set(Deed), "Изберете действие")
    if deed == Deed.ASSIGN:
        form.one_of("department", await departments(db), "Изберете отдел")
    if not seen:
        form.errors["case"] = "Отбележете поне една преписка в списъка"
    if {"do", "department"} & form.errors.keys():
        return Sent(form, None, seen)
    department = await db.get_one(Department, form["department"]) if deed == Deed.ASSIGN else None
    return Sent(form, BulkAction(Deed(deed), department), seen)


def _cases(values: Iterable[str]) -> dict[int, int]:
    parts = [Typed({"id": value.partition("-")[0], "seen": value.partition("-")[2]}) for value in values]
    named = [(one.number("id"), one.number("seen")) for one in parts]
    return dict([one for one in named if one[0]][:MOST])


async def _back(request: Request, me: Staff, db: AsyncSession, form: Typed) -> dict[str, str]:
    """Return the way back to the list: its query, read as the list reads it, and never another place."""
    sent = dict(parse_qsl(form["back"][:2000].lstrip("?")))
    query = asked_for.read(await asked_for.choices_for(db, me), sent).query()
    return {"query": query, "address": f"{request.url_for('staff.worklist')}{query}"}
