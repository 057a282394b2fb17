"""Answers who looks at the case now; its page asks again and again, and mostly nothing is new."""

from litestar import Response, get
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath
from litestar.response import Template

from portal import clock
from portal.cases import lookup
from portal.cases.permissions import may_read, may_see_colleagues
from portal.desk import presence
from portal.staff.names import names
from portal.web.forms import Typed
from portal.web.guards import IDLE
from portal.web.pages import DB, PRIVATE, Me, Request, page
from portal.web.staff.handling.case_page import GREATEST_ID


@get("/cases/{case_id:int}/presence", name="staff.case.presence", opt={IDLE: True})
async def show(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template | Response[None]:
    """Answer 204 where nothing is new. No look at a sender's data: the page that asks has been one."""
    case = await lookup.received(db, case_id, lock=False) if case_id < GREATEST_ID else None
    if case is None or not may_read(me, case):
        raise NotFoundException
    if not may_see_colleagues(me, case):
        raise PermissionDeniedException
    asked = Typed({name: request.query_params.get(name, "") for name in ("loaded", "shown")})
    await presence.note(db, case, me, at=clock.now())
    company = await presence.company(db, case, me, loaded=asked.number("loaded"), at=clock.now())
    if company.mark == asked.number("shown"):
        return Response(None, status_code=204, headers=PRIVATE)
    return page(request, "staff/desk/presence.html", headers=PRIVATE, case=case, company=company, names=await names(db))
