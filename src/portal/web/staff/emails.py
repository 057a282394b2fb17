"""The e-mails: which did not arrive and what to do about it, and how each of them looks."""

import logging
from dataclasses import dataclass
from email.message import EmailMessage

from litestar import Response, get, post
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from portal import audit, clock, logs
from portal.cases import lookup
from portal.cases.model import Case, Event
from portal.cases.permissions import may_handle_emails
from portal.handling import sender_address
from portal.intake import incoming_mail
from portal.intake.incoming_mail import IncomingMail
from portal.mail import outbox, samples, watch
from portal.mail.letters import Letters
from portal.mail.outbox import Email
from portal.rendering.formats import mailbox
from portal.settings import Settings
from portal.staff.model import Staff
from portal.web.forms import Typed, typed
from portal.web.pages import DB, PRIVATE, Config, Me, Request, page, see_other

log = logging.getLogger(__name__)
GREATEST = 2**63 - 1
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
"""For a letter as a mail program would draw it: apart from the site, without scripts."""


@get("/emails", name="staff.emails")
async def show(request: Request, me: Me, db: DB) -> Template:
    _check(me)
    seen = await watch.look(db, at=clock.now())
    return page(
        request,
        "staff/emails/page.html",
        headers=PRIVATE,
        me=me,
        failed=await outbox.failed(db),
        unseen=await incoming_mail.unseen(db),
        automatic=await incoming_mail.automatic(db),
        waiting=seen.waiting,
        oldest=seen.oldest,
        watch=seen,
        samples=samples.TITLES,
    )


@get("/emails/{email_id:int}", name="staff.email")
async def letter(request: Request, email_id: FromPath[int], me: Me, db: DB, settings: Config) -> Template:
    """Show the letter to be printed, and the address to be corrected."""
    opened = await _opened(db, me, settings, email_id)
    return _letter(request, me, opened, Typed({"email": mailbox(opened.email.recipient)}))


@post("/emails/{email_id:int}", name="staff.email.again")
async def send_again(
    request: Request, email_id: FromPath[int], me: Me, db: DB, settings: Config
) -> Template | Redirect:
    """Send what did not arrive again, to the address in the field: a corrected one becomes the address of the case."""
    opened = await _opened(db, me, settings, email_id)
    form = typed(await request.form())
    address = form.email("email")
    if form.errors:
        return _letter(request, me, opened, form, status_code=422)
    if address != opened.case.sender_email:
        await sender_address.correct_address(db, opened.case, address, by=me, at=clock.now())
    await outbox.send_again(db, opened.email, address, at=clock.now())
    return see_other(request.url_for("staff.emails"))


@get("/emails/samples/{message:str}", name="staff.email.sample")
async def sample(request: Request, message: FromPath[str], me: Me, settings: Config) -> Template:
    _check(me)
    made = _sample(settings, message)
    text, sent = _part(made, "plain"), request.query_params.get("sent") == "1"
    return page(
        request,
        "staff/emails/sample.html",
        headers=PRIVATE,
        me=me,
        message=message,
        title=samples.TITLES[message],
        text=text,
        sent=sent,
    )


@post("/emails/samples/{message:str}", name="staff.email.sample.send")
async def send_sample(request: Request, message: FromPath[str], me: Me, db: DB) -> Redirect:
    """Send the sample to oneself, the way every e-mail goes: that it arrives says that the others do."""
    _check(me)
    if message not in samples.TITLES:
        raise NotFoundException
    told = {**samples.TOLD_APART.get(message, {}), "sample": True}
    outbox.write_apart(db, me.email, message, f"Проба: {samples.TITLES[message]}", at=clock.now(), **told)
    return see_other(f"{request.url_for('staff.email.sample', message=message)}?sent=1")


@get("/emails/samples/{message:str}/html", name="staff.email.drawn")
async def drawn(message: FromPath[str], me: Me, settings: Config) -> Response[str]:
    _check(me)
    headers = {"Content-Security-Policy": SANDBOX, **PRIVATE}
    return Response(_part(_sample(settings, message), "html"), media_type="text/html", headers=headers)


@dataclass(frozen=True)
class Opened:
    email: Email
    case: Case
    text: str
    came: list[IncomingMail]
    """What came in about it."""


async def _opened(db: AsyncSession, me: Staff, settings: Settings, email_id: int) -> Opened:
    _check(me)
    email = await db.get(Email, min(email_id, GREATEST))
    if email and email.carried_by:
        email = await db.get_one(Email, email.carried_by)
    case = await lookup.received(db, email.case_id, lock=True) if email and email.case_id else None
    if email is None or case is None or email.follower_id is not None:  # whose address is shown to nobody
        raise NotFoundException
    await audit.looked(db, me, case, at=clock.now())
    event, also = await db.get_one(Event, email.event_id), await outbox.told_with(db, email)
    try:
        text = logs.without_links(Letters(settings).text(email, event, case, also))
    except Exception:  # the address can be corrected all the same, and the sender written to by hand
        log.exception("e-mail %s can't be shown", email.id)
        text = "Писмото не може да се покаже. Обадете се на администратора на портала."
    return Opened(email, case, text, await incoming_mail.about(db, email))


def _letter(request: Request, me: Staff, opened: Opened, form: Typed, *, status_code: int = 200) -> Template:
    return page(
        request, "staff/emails/letter.html", status_code=status_code, headers=PRIVATE,
        me=me, email=opened.email, case=opened.case, text=opened.text, came=opened.came, form=form,
    )  # fmt: skip


def _sample(settings: Settings, message: str) -> EmailMessage:
    now = clock.now()
    if message in samples.TOLD_APART:
        return Letters(settings).letter(samples.told_apart(message, at=now), None, None)
    if message not in samples.TOLD:
        raise NotFoundException
    email, event = samples.told(message, at=now)
    return Letters(settings).letter(email, event, samples.case(at=now))


def _part(letter: EmailMessage, form: str) -> str:
    part = letter.get_body((form,))
    assert part is not None
    return str(part.get_content())


def _check(me: Staff) -> None:
    if not may_handle_emails(me):
        raise PermissionDeniedException
