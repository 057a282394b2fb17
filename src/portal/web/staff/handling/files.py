"""The files of a case that its departments have enclosed, for the staff to save."""

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from portal.cases import history
from portal.cases.model import EventKind
from portal.cases.permissions import may_read_event
from portal.files import enclosures
from portal.web.files import answer
from portal.web.pages import DB, Files, Me, Request
from portal.web.staff.handling.case_page import opened


@get("/cases/{case_id:int}/files/{file_id:int}", name="staff.case.file")
async def show(
    request: Request, case_id: FromPath[int], file_id: FromPath[int], me: Me, db: DB, *, uploads: Files
) -> Response[bytes]:
    case_page = await opened(request, db, me, case_id)
    enclosed = await enclosures.of_case(db, case_page.case)
    for event in await history.events(db, case_page.case, {EventKind.DEPARTMENT_ANSWERED}):
        for one in enclosed.get(event.id, []):
            if one.id == file_id and may_read_event(me, event):
                return await answer(request, uploads, one)
    raise NotFoundException
