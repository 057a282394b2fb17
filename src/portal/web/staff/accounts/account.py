"""One's own account: the sessions and their end. Password and second step have files of their own."""

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import audit, clock
from portal.accounts import second_step, sessions, signin
from portal.municipality import all_departments
from portal.web.guards import COOKIE
from portal.web.pages import DB, PRIVATE, Me, Request, page, see_other

GREATEST = 2**63 - 1


@get("/account", name="staff.account")
async def show(request: Request, me: Me, db: DB) -> Template:
    return page(
        request,
        "staff/accounts/account/page.html",
        headers=PRIVATE,
        me=me,
        departments=await all_departments(db),
        codes_left=await second_step.recovery_codes_left(db, me),
        sessions=await sessions.of(db, me, request.cookies[COOKIE], at=clock.now()),
    )


@post("/account/sessions", name="staff.account.sessions")
async def end_others(request: Request, me: Me, db: DB) -> Redirect:
    await signin.end_sessions(db, me, but=request.cookies[COOKIE])
    audit.note(db, me, "sessions_ended", at=clock.now())
    return see_other(request.url_for("staff.account"))


@post("/account/sessions/{session_id:int}", name="staff.account.session")
async def end(request: Request, session_id: FromPath[int], me: Me, db: DB) -> Redirect:
    if not await sessions.end(db, me, min(session_id, GREATEST)):
        raise NotFoundException
    audit.note(db, me, "session_ended", at=clock.now())
    return see_other(request.url_for("staff.account"))
