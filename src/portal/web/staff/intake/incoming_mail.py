"""What came in by e-mail: read by the staff whole, with its files, and put aside once somebody has."""

import asyncio
from dataclasses import dataclass

from litestar import Response, get, post
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from portal import audit, clock
from portal.cases import lookup
from portal.cases.model import Case
from portal.cases.permissions import may_handle_emails, may_note, may_read_all, may_see_contacts
from portal.files import documents, pictures
from portal.handling import clarification
from portal.intake import incoming_mail
from portal.intake.incoming_mail import IncomingMail
from portal.mail.reading import File
from portal.staff.model import Staff
from portal.web.forms import typed
from portal.web.pages import DB, PRIVATE, Me, Request, page, see_other
from portal.web.pictures import HARMLESS
from portal.web.staff.handling.case_page import opened as opened_case

GREATEST = 2**63 - 1


@get("/incoming/{mail_id:int}", name="staff.incoming")
async def show(request: Request, mail_id: FromPath[int], me: Me, db: DB) -> Template:
    opened = await _opened(db, me, mail_id)
    files = await asyncio.to_thread(incoming_mail.files, opened.mail)
    listed = [(number, file.name, _kind(file)) for number, file in enumerate(files, 1)]
    return page(
        request, "staff/intake/incoming/page.html", headers=PRIVATE,
        me=me, mail=opened.mail, case=opened.case, files=listed, may_put_aside=may_handle_emails(me),
    )  # fmt: skip


@post("/incoming/{mail_id:int}")
async def put_aside(request: Request, mail_id: FromPath[int], me: Me, db: DB) -> Redirect:
    """Somebody has looked at one of a stranger; it is kept for as long as the others."""
    if not may_handle_emails(me):
        raise PermissionDeniedException
    opened = await _opened(db, me, mail_id)
    opened.mail.seen_at = opened.mail.seen_at or clock.now()
    return see_other(request.url_for("staff.emails"))


@get("/incoming/{mail_id:int}/whole", name="staff.incoming.whole")
async def whole(mail_id: FromPath[int], me: Me, db: DB) -> Response[bytes]:
    """Answer with the message as it came, to be opened by a mail program."""
    return _download((await _opened(db, me, mail_id)).mail.raw, "message/rfc822", f"{mail_id}.eml")


@get("/incoming/{mail_id:int}/files/{n:int}", name="staff.incoming.file")
async def file(mail_id: FromPath[int], n: FromPath[int], me: Me, db: DB) -> Response[bytes]:
    """Answer with a picture, drawn anew, or with a PDF to be kept; whatever else there is stands in the whole."""
    files = await asyncio.to_thread(incoming_mail.files, (await _opened(db, me, mail_id)).mail)
    content = files[n - 1].content if 0 < n <= len(files) else b""
    if documents.is_pdf(content):
        return _download(content, "application/pdf", f"{mail_id}-{n}.pdf")
    try:
        picture = await asyncio.to_thread(pictures.prepared, content)
    except pictures.Refused as refused:
        raise NotFoundException from refused
    return Response(picture.content, media_type="image/jpeg", headers={**HARMLESS, **PRIVATE})


@post("/cases/{case_id:int}/message", name="staff.case.message")
async def read(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Redirect:
    """What the sender wrote is read, and asks for nothing more; what came while it was being read still waits."""
    case = (await opened_case(request, db, me, case_id, may=may_note)).case
    await clarification.read(db, case, typed(await request.form()).number("seen"))
    return see_other(f"{request.url_for('staff.case', case_id=case.id)}#history")


@dataclass(frozen=True)
class Opened:
    mail: IncomingMail
    case: Case | None


async def _opened(db: AsyncSession, me: Staff, mail_id: int) -> Opened:
    """An entry is for who sees the people behind the cases, a stranger's message for who runs the portal."""
    if not may_read_all(me):
        raise PermissionDeniedException
    mail = await incoming_mail.read(db, min(mail_id, GREATEST))
    case = await lookup.received(db, mail.case_id, lock=False) if mail and mail.case_id else None
    if mail is None or (mail.case_id and (case is None or not may_see_contacts(me, case))):
        raise NotFoundException
    if case is None and not may_handle_emails(me):
        raise PermissionDeniedException
    if case:
        await audit.looked(db, me, case, at=clock.now())
    return Opened(mail, case)


def _kind(file: File) -> str:
    """A file is offered by what it is, not by what it is called."""
    if documents.is_pdf(file.content):
        return "pdf"
    return "picture" if pictures.looks_like_one(file.content) else "other"


def _download(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {**HARMLESS, **PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
