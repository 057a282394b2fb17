"""A case that came by telephone, by letter or at the counter, entered by the staff for its sender; and the receipt."""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import astuple

from litestar import get, post
from litestar.exceptions import PermissionDeniedException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import audit, clock
from portal.cases.model import BY_STAFF, Channel, Kind, Publication
from portal.cases.permissions import may_enter, may_print_receipt
from portal.files import attachments
from portal.intake import entry, submission
from portal.intake.submission import LONGEST_TEXT, LONGEST_TITLE, SHORTEST_TEXT
from portal.municipality import topics
from portal.staff.model import Staff
from portal.web import pictures
from portal.web.forms import Typed, typed
from portal.web.pages import DB, PRIVATE, Config, Files, Links, Me, Request, page, see_other
from portal.web.public.intake.submit import DRAFT
from portal.web.qr import code
from portal.web.staff.handling.case_page import opened


@get("/entry", name="staff.entry")
async def form(request: Request, me: Me, db: DB) -> Template:
    _check(me)
    values = {"draft": secrets.token_urlsafe(16), "kind": Kind.SIGNAL, "publication": Publication.UNNAMED}
    return await _form(request, me, db, Typed(values))


@post("/entry", request_max_body_size=pictures.LARGEST_BODY)
async def enter(
    request: Request, me: Me, db: DB, settings: Config, tokens: Links, *, uploads: Files
) -> Template | Redirect:
    """Receive it at once: whoever speaks with the sender has seen who it is. Sent twice it is one case."""
    _check(me)
    data = await request.form()
    values = typed(data)
    taken = await pictures.read(request, data, values, tokens=tokens, uploads=uploads, counted=False)
    sent, channel = read(values, await topics(db))
    kept = await pictures.keep(db, taken, uploads)
    if values.errors:
        return await _form(request, me, db, values, status_code=422, kept=map(tokens.kept, map(astuple, kept)))
    case = await entry.enter(db, sent, Channel(channel), settings.municipality, by=me, at=clock.now())
    await attachments.attach(db, case, kept)
    return see_other(request.url_for("staff.case.receipt", case_id=case.id))


@get("/cases/{case_id:int}/receipt", name="staff.case.receipt")
async def receipt(
    request: Request, case_id: FromPath[int], me: Me, db: DB, *, settings: Config, tokens: Links
) -> Template:
    """Print what the sender takes home: the number, the hour, and the way to the case's own page, to be read there."""
    case = (await opened(request, db, me, case_id, may=may_print_receipt)).case
    audit.note(db, me, "receipt_printed", at=clock.now(), case=case.id)
    link = f"{settings.base_url}/track/{tokens.paper(case)}"
    return page(request, "staff/intake/entry/receipt.html", headers=PRIVATE, me=me, case=case, link=link, qr=code(link))


def read(values: Typed, known_topics: Collection[str]) -> tuple[submission.Submission, str]:
    """Return what was entered, and how it came; to be used only where `values.errors` stays empty."""
    kind = values.one_of("kind", set(Kind), "Изберете какво се подава")
    channel = values.one_of("channel", BY_STAFF, "Изберете как е получено")
    topic = values.one_of("topic", {"", *known_topics}, "Изберете тема от списъка")
    choice = values.one_of("publication", set(Publication), "Изберете дали текстът да бъде публикуван")
    sent = submission.Submission(
        draft=values["draft"] if DRAFT.fullmatch(values["draft"]) else secrets.token_urlsafe(16),
        kind=Kind.SIGNAL if "kind" in values.errors else Kind(kind),
        text=values.text("text", LONGEST_TEXT, "Напишете за какво се отнася", shortest=SHORTEST_TEXT),
        title=values.line("title", LONGEST_TITLE),
        place=values.line("place", 200),
        topic=topic or None,
        name=values.full_name("name"),
        phone=values.phone("phone", missing=None),
        email=values.email("email", missing=None),
        publication=Publication.UNNAMED if "publication" in values.errors else Publication(choice),
    )
    return sent, channel


def _check(me: Staff) -> None:
    if not may_enter(me):
        raise PermissionDeniedException


async def _form(
    request: Request, me: Staff, db: DB, values: Typed, *, status_code: int = 200, kept: Iterable[str] = ()
) -> Template:
    return page(
        request, "staff/intake/entry/page.html", status_code=status_code, headers=PRIVATE,
        me=me, form=values, topics=await topics(db), kept=list(kept),
    )  # fmt: skip
