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
from portal.db import let_go
from portal.files import attachments, documents, pictures
from portal.handling import clarification
from portal.intake import confirmation, incoming_mail
from portal.intake.incoming_mail import IncomingMail
from portal.mail.outbox import Email
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
    told_in = await incoming_mail.entry_of(db, opened.mail) if opened.mail.case_id else None
    return page(
        request, "staff/intake/incoming/page.html", headers=PRIVATE,
        me=me, mail=opened.mail, case=opened.case, told_in=told_in, email=opened.email, files=listed,
        may_handle_emails=may_handle_emails(me), may_note=opened.case is not None and may_note(me, opened.case),
        asked=request.query_params.get("link"), forget_after=confirmation.FORGET_AFTER,
    )  # fmt: skip


@post("/incoming/{mail_id:int}")
async def put_aside(request: Request, mail_id: FromPath[int], me: Me, db: DB) -> Redirect:
    """Somebody has looked at one of a stranger, or at what a server says; it is kept for as long as the others."""
    if not may_handle_emails(me):
        raise PermissionDeniedException
    opened = await _opened(db, me, mail_id)
    opened.mail.seen_at = opened.mail.seen_at or clock.now()
    return see_other(request.url_for("staff.emails"))


@post("/incoming/{mail_id:int}/sender", name="staff.incoming.sender")
async def take_for_the_senders(request: Request, mail_id: FromPath[int], me: Me, db: DB) -> Redirect:
    """A person wrote it: it enters the history, or ends the wait for the sender."""
    mail, case = await _of_case(db, me, mail_id)
    await incoming_mail.take_for_the_senders(db, mail, case, by=me, at=clock.now())
    return see_other(f"{request.url_for('staff.case', case_id=case.id)}#history")


@post("/incoming/{mail_id:int}/no-answer", name="staff.incoming.no_answer")
async def take_for_no_answer(request: Request, mail_id: FromPath[int], me: Me, db: DB) -> Redirect:
    mail, case = await _of_case(db, me, mail_id)
    await incoming_mail.take_for_no_answer(db, mail, case, by=me, at=clock.now())
    return see_other(f"{request.url_for('staff.case', case_id=case.id)}#history")


@post("/incoming/{mail_id:int}/bounce", name="staff.incoming.bounce")
async def take_for_bounce(request: Request, mail_id: FromPath[int], me: Me, db: DB) -> Redirect:
    """What the server says is that the letter did not arrive."""
    if not may_handle_emails(me):
        raise PermissionDeniedException
    await incoming_mail.take_for_bounce(db, (await _opened(db, me, mail_id)).mail, at=clock.now())
    return see_other(request.url_for("staff.emails"))


@post("/incoming/{mail_id:int}/no-bounce", name="staff.incoming.no_bounce")
async def take_for_no_bounce(request: Request, mail_id: FromPath[int], me: Me, db: DB) -> Redirect:
    """The letter did arrive, whatever the server says."""
    if not may_handle_emails(me):
        raise PermissionDeniedException
    await incoming_mail.take_for_no_bounce(db, (await _opened(db, me, mail_id)).mail)
    return see_other(request.url_for("staff.incoming", mail_id=mail_id))


@post("/incoming/{mail_id:int}/link", name="staff.incoming.link")
async def send_link(request: Request, mail_id: FromPath[int], me: Me, db: DB) -> Redirect:
    """Send the link once more to a sender who answered the letter that asks to confirm."""
    if not may_handle_emails(me):
        raise PermissionDeniedException
    mail = (await _opened(db, me, mail_id)).mail
    case = await confirmation.unconfirmed(db, mail.case_id, at=clock.now()) if mail.case_id else None
    sent = case is not None and await confirmation.resend(db, case, at=clock.now())
    if sent:
        mail.seen_at = mail.seen_at or clock.now()
    return see_other(f"{request.url_for('staff.incoming', mail_id=mail_id)}?link={'sent' if sent else 'refused'}")


@get("/incoming/{mail_id:int}/whole", name="staff.incoming.whole")
async def whole(mail_id: FromPath[int], me: Me, db: DB) -> Response[bytes]:
    """Answer with the message as it came, to be opened by a mail program."""
    return _download((await _opened(db, me, mail_id)).mail.raw, "message/rfc822", f"{mail_id}.eml")


@get("/incoming/{mail_id:int}/files/{n:int}", name="staff.incoming.file")
async def file(mail_id: FromPath[int], n: FromPath[int], me: Me, db: DB) -> Response[bytes]:
    """Answer with a picture, drawn anew, or with a PDF or a letter to be kept; the rest is in the whole message."""
    files = await asyncio.to_thread(incoming_mail.files, (await _opened(db, me, mail_id)).mail)
    content = files[n - 1].content if 0 < n <= len(files) else b""
    if documents.is_pdf(content):
        return _download(content, "application/pdf", f"{mail_id}-{n}.pdf")
    if content and files[n - 1].is_letter:
        return _download(content, "message/rfc822", f"{mail_id}-{n}.eml")
    try:
        await let_go(db)
        picture = await attachments.shown_to_staff(content)
    except pictures.Refused as refused:
        raise NotFoundException from refused
    return Response(picture.content, media_type="image/jpeg", headers={**HARMLESS, **PRIVATE})


@post("/cases/{case_id:int}/message", name="staff.case.message")
async def read(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Redirect:
    """What the sender wrote is read, and asks for nothing more; what came while it was being read still waits."""
    desk = await opened_case(request, db, me, case_id, may=may_note)
    await clarification.read(db, desk.case, typed(await request.form()).number("seen"))
    return await desk.shown_again("history")


@dataclass(frozen=True)
class Opened:
    mail: IncomingMail
    case: Case | None
    email: Email | None


async def _opened(db: AsyncSession, me: Staff, mail_id: int) -> Opened:
    """An entry is for who sees the people behind the cases, a stranger's message for who runs the portal.

    So is what came about a case that nobody has confirmed. What is about a follower's letter is for nobody.
    """
    if not may_read_all(me):
        raise PermissionDeniedException
    mail = await db.get(IncomingMail, min(mail_id, GREATEST))
    case = await incoming_mail.case_of(db, mail) if mail else None
    email = await db.get(Email, mail.email_id) if mail and mail.email_id else None
    if mail is None or (email and email.follower_id is not None):
        raise NotFoundException
    if (case is None or not may_see_contacts(me, case)) and not may_handle_emails(me):
        raise PermissionDeniedException
    if case and case.is_received:
        await audit.looked(db, me, case, at=clock.now())
    return Opened(mail, case, email)


async def _of_case(db: AsyncSession, me: Staff, mail_id: int) -> tuple[IncomingMail, Case]:
    """Return the mail and its case, locked to be changed."""
    mail = (await _opened(db, me, mail_id)).mail
    case = await lookup.received(db, mail.case_id, lock=True) if mail.case_id else None
    if case is None:
        raise NotFoundException
    if not may_note(me, case):
        raise PermissionDeniedException
    await db.refresh(mail, with_for_update=True)
    return mail, case


def _kind(file: File) -> str:
    """A file is offered by what it is, not by what it is called."""
    if file.is_letter:
        return "letter" if file.content else "other"
    if documents.is_pdf(file.content):
        return "pdf"
    return "picture" if pictures.looks_like_one(file.content) else "other"


def _download(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {**HARMLESS, **PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
