"""One case on the staff's desk: everything about it on one page, each part edited where it stands."""

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from portal.web.pages import DB, Me, Request
from portal.web.staff.desk import opened


@get("/cases/{case_id:int}", name="staff.case")
async def show(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    return await (await opened(request, db, me, case_id)).show()
