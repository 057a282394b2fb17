"""The assignment: which department answers."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import clock
from portal.cases.model import EventKind
from portal.cases.permissions import may_assign
from portal.handling import assignment
from portal.municipality import Department, Topic, departments
from portal.web.forms import Typed, typed
from portal.web.pages import DB, Me, Request
from portal.web.staff.handling.case_page import opened


@get("/cases/{case_id:int}/assignment", name="staff.case.assignment")
async def edit(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    """Propose the department of the topic."""
    case_page = await opened(request, db, me, case_id, may=may_assign)
    topic = await db.get(Topic, case_page.case.topic_code) if case_page.case.topic_code else None
    proposed = case_page.case.department_code or (topic.department_code if topic else None) or ""
    return await case_page.edit("assignment", Typed({"department": proposed}))


@post("/cases/{case_id:int}/assignment")
async def save(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    case_page = await opened(request, db, me, case_id, may=may_assign)
    form = typed(await request.form())
    code = form.one_of("department", await departments(db), "Изберете отдел")
    if form.errors:
        return await case_page.edit("assignment", form, status_code=422)
    colleague = await case_page.colleague(form, {EventKind.ASSIGNED})
    if colleague and case_page.case.department_code != code:
        return await case_page.edit("assignment", form, status_code=409, colleague=colleague)
    await assignment.assign(db, case_page.case, await db.get_one(Department, code), by=me, at=clock.now())
    return await case_page.saved("assignment")
