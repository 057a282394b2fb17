"""The settings of the municipality: departments, topics with their department, and special days."""

import re
from collections.abc import Collection
from typing import Any, TypeVar

from litestar import get, post
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from portal import audit, clock, municipality
from portal.cases.permissions import may_change_settings
from portal.handling import handing_over, working_days
from portal.handling.working_days import Change
from portal.municipality import Department, SpecialDay, Suspension, Topic
from portal.rendering.formats import mailbox
from portal.staff.model import Staff
from portal.web.forms import Typed, typed
from portal.web.pages import DB, PRIVATE, Me, Request, page, see_other

One = TypeVar("One", Department, Topic)
CODE = re.compile(r"[a-z][a-z_]{1,39}", re.ASCII)
GREATEST = 2**63 - 1
STAY = "-"
"""Where the cases of a department stay with it: no code is like it."""
LONGEST_SUSPENSION = 366  # days: terms of years are a slip of the keyboard


@get("/settings", name="staff.settings")
async def show(request: Request, me: Me, db: DB) -> Template:
    _check(me)
    return page(
        request,
        "staff/settings/page.html",
        headers=PRIVATE,
        me=me,
        departments=await municipality.all_departments(db),
        topics=await municipality.all_topics(db),
        days=await working_days.special_days(db),
        suspensions=await working_days.suspensions(db),
        in_words=working_days.in_words,
    )


@get("/settings/department", name="staff.settings.department")
async def edit_department(request: Request, me: Me, db: DB) -> Template:
    """Open the department named by `code`, or a new one."""
    one = _named(request, me, await municipality.all_departments(db))
    values = (
        {"name": one.name, "email": mailbox(one.email or ""), "works": "1" if one.is_active else "0"} if one else {}
    )
    return _form(request, me, "department", Typed(values))


@post("/settings/department")
async def save_department(request: Request, me: Me, db: DB) -> Template | Redirect:
    """One that works no more is offered no longer; first it is asked where its open cases go."""
    there = await municipality.all_departments(db)
    one, form = _named(request, me, there), typed(await request.form())
    code = one.code if one else _new_code(form, there)
    name, email = form.line("name", 120, "Напишете името на отдела"), form.email("email", missing=None)
    if form.errors:
        return _form(request, me, "department", form, status_code=422)
    target = None
    if one is not None and one.is_active and form["works"] == "0":
        left = await handing_over.left_by_department(db, code)
        others = {other: each for other, each in there.items() if each.is_active and other != code}
        target = others.get(form["to"])
        is_seen = form["shown"] == left.mark and (target or form["to"] == STAY)
        if (left.cases or left.topics) and not is_seen:
            return page(
                request, "staff/settings/closing.html", headers=PRIVATE, me=me, department=one, left=left, form=form,
                choices={other: each.name for other, each in others.items()} | {STAY: "Остават при него засега"},
            )  # fmt: skip
    before = audit.said(one)
    one = one or Department(code=code)
    if form["links"] == "end" or (one.email or "") != email:  # who reads the former mailbox answers no more
        one.links_from = clock.now()
    one.name, one.email, one.is_active = name, email or None, form["works"] != "0"
    db.add(one)
    audit.changed(db, me, "department", before=before, after=audit.said(one), at=clock.now())
    if target is not None:
        await handing_over.move_from_department(db, code, target, by=me, at=clock.now())
    return see_other(request.url_for("staff.settings"))


@get("/settings/topic", name="staff.settings.topic")
async def edit_topic(request: Request, me: Me, db: DB) -> Template:
    one = _named(request, me, await municipality.all_topics(db))
    values = {"name": one.name, "department": one.department_code or ""} if one else {}
    return _form(request, me, "topic", Typed(values), departments=await municipality.departments(db))


@post("/settings/topic")
async def save_topic(request: Request, me: Me, db: DB) -> Template | Redirect:
    there, departments = await municipality.all_topics(db), await municipality.departments(db)
    one, form = _named(request, me, there), typed(await request.form())
    code = one.code if one else _new_code(form, there)
    name = form.line("name", 120, "Напишете името на темата")
    department = form.one_of("department", {"", *departments}, "Изберете отдел от списъка")
    if form.errors:
        return _form(request, me, "topic", form, status_code=422, departments=departments)
    before = audit.said(one)
    one = one or Topic(code=code, place_in_list=max((each.place_in_list for each in there.values()), default=0) + 1)
    one.name, one.department_code = name, department or None
    db.add(one)
    audit.changed(db, me, "topic", before=before, after=audit.said(one), at=clock.now())
    return see_other(request.url_for("staff.settings"))


@get("/settings/day", name="staff.settings.day")
async def edit_day(request: Request, me: Me) -> Template:
    _check(me)
    return _form(request, me, "day", Typed({}))


@post("/settings/day")
async def save_day(request: Request, me: Me, db: DB) -> Template | Redirect:
    _check(me)
    form = typed(await request.form())
    day, reason = form.day("day"), form.line("reason", 200, "Напишете защо: подателите ще го прочетат")
    kind = form.one_of("kind", {"working", "off"}, "Изберете работен или почивен")
    if day is None or form.errors:
        return _form(request, me, "day", form, status_code=422)
    await working_days.lock(db)
    change = await working_days.to_set_day(db, day, reason, is_working=kind == "working")
    return await _changed(request, me, db, change, form)


@get("/settings/suspension", name="staff.settings.suspension")
async def edit_suspension(request: Request, me: Me) -> Template:
    _check(me)
    return _form(request, me, "suspension", Typed({}))


@post("/settings/suspension")
async def save_suspension(request: Request, me: Me, db: DB) -> Template | Redirect:
    _check(me)
    form = typed(await request.form())
    first, last = form.day("first_on"), form.day("last_on")
    reason = form.line("reason", 200, "Напишете закона: подателите ще го прочетат")
    if first and last and not 0 <= (last - first).days <= LONGEST_SUSPENSION:
        form.errors["last_on"] = "Последният ден е след първия, най-много година по-късно"
    if first is None or last is None or form.errors:
        return _form(request, me, "suspension", form, status_code=422)
    await working_days.lock(db)
    change = await working_days.to_suspend(db, first, last, reason)
    return await _changed(request, me, db, change, form)


ENTRIES: dict[str, type[working_days.Entry]] = {"day": SpecialDay, "suspension": Suspension}


@post("/settings/{part:str}/{entry_id:int}/removal", name="staff.settings.removal")
async def take_back(
    request: Request, part: FromPath[str], entry_id: FromPath[int], me: Me, db: DB
) -> Template | Redirect:
    """What is gone already is gone: a second tap is no mistake."""
    _check(me)
    if part not in ENTRIES or entry_id > GREATEST:
        raise NotFoundException
    await working_days.lock(db)
    change = await working_days.to_take_back(db, ENTRIES[part], entry_id)
    if change is None:
        return see_other(request.url_for("staff.settings"))
    return await _changed(request, me, db, change, typed(await request.form()))


async def _changed(request: Request, me: Staff, db: AsyncSession, change: Change, form: Typed) -> Template | Redirect:
    """Save what moves no term; what does only once the form says that it was seen which and how many."""
    at = clock.now()
    plan = await working_days.plan(db, change, request.app.state.municipality, at=at)
    if plan.moves and form["shown"] != plan.mark:
        return page(
            request, "staff/settings/moves.html", headers=PRIVATE, me=me, plan=plan, form=form,
            words=working_days.in_words(change.of), is_taken_back=change.comes is None,
        )  # fmt: skip
    await working_days.carry_out(db, plan, by=me, at=at)
    return see_other(request.url_for("staff.settings"))


def _named(request: Request, me: Staff, there: dict[str, One]) -> One | None:
    _check(me)
    code = request.query_params.get("code")
    if code is not None and code not in there:
        raise NotFoundException
    return None if code is None else there[code]


def _new_code(form: Typed, there: Collection[str]) -> str:
    code = form.line("code", 40, "Напишете код с латински букви")
    if code and not CODE.fullmatch(code):
        form.errors["code"] = "Кодът е от малки латински букви и долна черта: water_supply"
    elif code in there:
        form.errors["code"] = "Такъв код вече има"
    return code


def _check(me: Staff) -> None:
    if not may_change_settings(me):
        raise PermissionDeniedException


def _form(request: Request, me: Staff, part: str, form: Typed, *, status_code: int = 200, **more: Any) -> Template:
    code = request.query_params.get("code")
    return page(
        request, "staff/settings/form.html", status_code=status_code, headers=PRIVATE,
        me=me, part=part, code=code, form=form, **more,
    )  # fmt: skip
