"""The colleagues, kept by those who administer the portal."""

from typing import Any

from litestar import get, post
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from portal import clock
from portal.accounts import people
from portal.accounts.people import LastAdmin, Place
from portal.cases.permissions import may_manage_people, may_shut_out
from portal.handling import handing_over
from portal.mail import outbox
from portal.municipality import all_departments, departments
from portal.staff.model import Role, Staff
from portal.web.forms import Typed, typed
from portal.web.pages import DB, PRIVATE, Links, Me, Request, page, see_other

GREATEST = 2**63 - 1
STAY = "stay"
LAST_ADMIN = "Това е последният администратор: първо дайте ролята на друг"


@get("/people", name="staff.people")
async def show(request: Request, me: Me, db: DB) -> Template:
    _check(me)
    everybody = await people.everybody(db)
    return page(
        request,
        "staff/accounts/people/page.html",
        headers=PRIVATE,
        me=me,
        people=everybody,
        departments=await all_departments(db),
        undelivered=await outbox.undelivered_to(db, [one.email for one in everybody]),
    )


@get("/people/new", name="staff.people.new")
async def new(request: Request, me: Me, db: DB) -> Template:
    _check(me)
    return await _form(request, me, db, None, Typed({}))


@post("/people/new")
async def add(request: Request, me: Me, db: DB, tokens: Links) -> Template | Redirect:
    _check(me)
    form = typed(await request.form())
    email, place = form.email("email").lower(), await _place(form, db, None)
    if not form.errors and await people.add(db, email, place, tokens, by=me, at=clock.now()) is None:
        form.errors["email"] = "Служител с този имейл вече има"
    if form.errors:
        return await _form(request, me, db, None, form, status_code=422)
    return see_other(request.url_for("staff.people"))


@get("/people/{staff_id:int}", name="staff.person")
async def edit(request: Request, staff_id: FromPath[int], me: Me, db: DB) -> Template:
    person = await _opened(db, me, staff_id)
    values = {"name": person.name, "role": person.role, "department": person.department_code or ""}
    return await _form(request, me, db, person, Typed(values))


@post("/people/{staff_id:int}")
async def save(request: Request, staff_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    person = await _opened(db, me, staff_id)
    form = typed(await request.form())
    place = await _place(form, db, person)
    if not may_shut_out(me, person) and place.role is not person.role:
        form.errors["role"] = "Собствената си роля не сменяте сами: помолете друг администратор"
    if form.errors:
        return await _form(request, me, db, person, form, status_code=422)
    try:
        await people.change(db, person.id, place, by=me, at=clock.now())
    except LastAdmin:
        form.errors["role"] = LAST_ADMIN
        return await _form(request, me, db, person, form, status_code=422)
    return see_other(request.url_for("staff.people"))


@post("/people/{staff_id:int}/deactivation", name="staff.person.deactivation")
async def deactivate(request: Request, staff_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    person = await _opened(db, me, staff_id)
    if not may_shut_out(me, person):
        raise PermissionDeniedException
    form, left = typed(await request.form()), await handing_over.in_hands(db, person)
    colleagues = {str(one.id): one for one in await people.who_work_on_cases(db) if one.id != person.id}
    choices = {code: one.name for code, one in colleagues.items()} | {STAY: "Остават при него засега"}
    if left and form["to"] not in choices:
        return page(
            request, "staff/accounts/people/handing_over.html", headers=PRIVATE,
            me=me, person=person, left=left, form=form, choices=choices,
        )  # fmt: skip
    try:
        await people.deactivate(db, person.id, by=me, at=clock.now())
    except LastAdmin:
        form = Typed({"name": person.name, "role": person.role, "department": person.department_code or ""})
        form.errors["role"] = LAST_ADMIN
        return await _form(request, me, db, person, form, status_code=422)
    if left and form["to"] != STAY:
        await handing_over.move_from_hands(db, person, colleagues[form["to"]], by=me, at=clock.now())
    return see_other(request.url_for("staff.person", staff_id=person.id))


@post("/people/{staff_id:int}/activation", name="staff.person.activation")
async def activate(request: Request, staff_id: FromPath[int], me: Me, db: DB) -> Redirect:
    person = await _opened(db, me, staff_id)
    await people.activate(db, person.id, by=me, at=clock.now())
    return see_other(request.url_for("staff.person", staff_id=person.id))


@post("/people/{staff_id:int}/link", name="staff.person.link")
async def send_link(request: Request, staff_id: FromPath[int], me: Me, db: DB, tokens: Links) -> Redirect:
    """Send a link to set a password; who is not active has nothing to set it for."""
    person = await _opened(db, me, staff_id)
    if not person.is_active:
        raise NotFoundException
    await people.send_link(db, person, tokens, by=me, at=clock.now())
    return see_other(f"{request.url_for('staff.person', staff_id=person.id)}?sent=1")


@post("/people/{staff_id:int}/second-step-reset", name="staff.person.second_step_reset")
async def reset_second_step(request: Request, staff_id: FromPath[int], me: Me, db: DB) -> Redirect:
    person = await _opened(db, me, staff_id)
    if not may_shut_out(me, person):  # one's own takes the password
        raise PermissionDeniedException
    await people.reset_second_step(db, person.id, by=me, at=clock.now())
    return see_other(request.url_for("staff.person", staff_id=person.id))


async def _place(form: Typed, db: AsyncSession, person: Staff | None) -> Place:
    """Read the form; the result may be used only where `form.errors` stays empty."""
    role = form.one_of("role", set(Role), "Изберете роля")
    known = {"", *await departments(db), person.department_code if person and person.department_code else ""}
    department = form.one_of("department", known, "Изберете отдел от списъка")
    if role == Role.DEPARTMENT and not department:
        form.errors["department"] = "Изберете отдела, чиито преписки вижда"
    name = form.line("name", 120, "Въведете име")
    is_department = role == Role.DEPARTMENT
    return Place(name, Role.HEAD if "role" in form.errors else Role(role), department if is_department else None)


async def _opened(db: AsyncSession, me: Staff, staff_id: int) -> Staff:
    _check(me)
    person = await db.get(Staff, min(staff_id, GREATEST))
    if person is None:
        raise NotFoundException
    return person


def _check(me: Staff) -> None:
    if not may_manage_people(me):
        raise PermissionDeniedException


async def _form(
    request: Request, me: Staff, db: AsyncSession, person: Staff | None, form: Typed, *, status_code: int = 200
) -> Template:
    known: dict[str, Any] = dict(await departments(db))
    if person is not None and person.department_code and person.department_code not in known:
        known[person.department_code] = (await all_departments(db))[person.department_code].name
    return page(
        request, "staff/accounts/people/form.html", status_code=status_code, headers=PRIVATE,
        me=me, person=person, form=form, departments=known, sent="sent" in request.query_params,
        may_shut_out=person is not None and may_shut_out(me, person),
    )  # fmt: skip
