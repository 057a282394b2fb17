"""One case on the staff's desk: everything about it on one page, each part edited where it stands."""

from litestar import get
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import clock
from portal.cases.permissions import may_answer_for_department
from portal.web.pages import DB, Links, Me, Request, see_other
from portal.web.staff.handling.case_page import opened


@get("/cases/{case_id:int}", name="staff.case")
async def show(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    return await (await opened(request, db, me, case_id)).show()


@get("/cases/{case_id:int}/answer", name="staff.case.answer")
async def answer(request: Request, case_id: FromPath[int], me: Me, db: DB, tokens: Links) -> Redirect:
    """Lead a department with an account to where those without one answer."""
    case = (await opened(request, db, me, case_id, may=may_answer_for_department)).case
    assert case.department_code is not None
    token = tokens.answer(case.department_code, clock.now(), me.id)
    return see_other(request.url_for("public.answer.case", token=token, case_id=case_id))
