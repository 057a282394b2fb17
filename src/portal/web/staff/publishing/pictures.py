"""The pictures of a case: looked at by the staff, blackened where they must be, and published or not."""

import re

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import clock
from portal.cases.model import EventKind
from portal.cases.permissions import may_publish
from portal.db import let_go
from portal.files import attachments
from portal.files.attachments import Attachment, PictureState
from portal.files.pictures import LONG, SHORT
from portal.web.forms import Typed, typed
from portal.web.pages import DB, Files, Me, Request
from portal.web.pictures import answer
from portal.web.staff.handling.case_page import CasePage, opened

KINDS = {EventKind.PICTURE_PUBLISHED, EventKind.PICTURE_WITHHELD}
STATES = (PictureState.PUBLISHED, PictureState.WITHHELD)


@get("/cases/{case_id:int}/pictures/{n:int}", name="staff.case.picture")
async def edit(request: Request, case_id: FromPath[int], n: FromPath[int], me: Me, db: DB) -> Template:
    case_page = await opened(request, db, me, case_id, may=may_publish)
    picture = await _picture(case_page, n)
    state = picture.state if picture.state in STATES else ""
    return await case_page.edit("pictures", Typed({"state": state}), picture=picture, boxes=picture.boxes)


@post("/cases/{case_id:int}/pictures/{n:int}")
async def save(
    request: Request, case_id: FromPath[int], n: FromPath[int], me: Me, db: DB, *, uploads: Files
) -> Template | Redirect:
    case_page = await opened(request, db, me, case_id, may=may_publish)
    picture, data = await _picture(case_page, n), await request.form()
    form, boxes = typed(data), _boxes(data)
    state = form.one_of("state", STATES, "Изберете дали да се вижда снимката")
    if form.errors:
        return await case_page.edit("pictures", form, status_code=422, picture=picture, boxes=boxes)
    mark, shown = _mark(boxes), None
    uncovers = state == PictureState.PUBLISHED and _uncovers(picture, boxes)
    if uncovers and form["confirmed"] != mark and not await case_page.colleague(form, KINDS):
        seen = form.number("seen")
        return await case_page.edit(
            "pictures", form, status_code=422, seen=seen, picture=picture, boxes=boxes, warned=mark
        )
    if state == PictureState.PUBLISHED and boxes:
        await let_go(db)
        made = await attachments.blackened(picture, boxes, uploads)
        case_page = await opened(request, db, me, case_id, may=may_publish)
        picture, shown = await _picture(case_page, n), await attachments.keep(db, uploads, made)
    colleague = await case_page.colleague(form, KINDS)
    if colleague and (state, boxes) != (picture.state, picture.boxes):
        return await case_page.edit(
            "pictures", form, status_code=409, colleague=colleague, picture=picture, boxes=boxes
        )
    if state == PictureState.PUBLISHED:
        await attachments.publish(db, case_page.case, picture, boxes, shown, by=me, at=clock.now())
    else:
        await attachments.withhold(db, case_page.case, picture, boxes, by=me, at=clock.now())
    return await case_page.saved("pictures")


@get("/cases/{case_id:int}/pictures/{n:int}/original", name="staff.case.picture.original")
async def original(
    request: Request, case_id: FromPath[int], n: FromPath[int], me: Me, db: DB, *, uploads: Files
) -> Response[bytes]:
    picture = await _picture(await opened(request, db, me, case_id), n)
    return await answer(request, uploads, picture.sha256, f"{case_id}-{n}")


def _uncovers(picture: Attachment, boxes: list[int]) -> bool:
    """Say whether everybody would see what they do not see now."""
    return picture.state is not PictureState.PUBLISHED or not set(picture.boxes) <= set(boxes)


def _mark(boxes: list[int]) -> str:
    """Return a word for what is black: who confirms this has confirmed nothing else."""
    return ".".join(map(str, boxes)) or "none"


async def _picture(case_page: CasePage, n: int) -> Attachment:
    for one in await attachments.of_case(case_page.db, case_page.case):
        if one.position == n:
            return one
    raise NotFoundException


def _boxes(data: FormMultiDict) -> list[int]:
    """Read the cells that are to be black, counted row by row."""
    said = {f"{one}" for one in data.getall("box", [])}
    return sorted(int(one) for one in said if re.fullmatch(r"\d{1,2}", one, re.ASCII) and int(one) < LONG * SHORT)
