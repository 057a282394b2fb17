"""The citizen's form, and the page that follows it until the link in the e-mail is used."""

import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import astuple, replace
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from portal import clock
from portal.cases.model import Case, Kind, Publication
from portal.files import attachments
from portal.intake import confirmation, preview, similar, submission
from portal.intake.preview import Preview
from portal.intake.submission import LONGEST_TEXT, LONGEST_TITLE, SHORTEST_TEXT
from portal.languages import _, language_choice
from portal.municipality import topics
from portal.publishing import personal_data
from portal.tokens import Tokens
from portal.web import pictures
from portal.web.forms import Typed, clean, typed
from portal.web.guards import address_of
from portal.web.language import onward
from portal.web.pages import DB, PRIVATE, Files, Links, Request, page, see_other
from portal.web.public.intake.similar import beside
from portal.web.throttle import TOO_MANY_FORMS

TO_THERE = "На този имейл изпратихме няколко връзки и нито една не е отворена. Потвърдете ги или опитайте след час"
TOO_MANY = {TOO_MANY_FORMS, TO_THERE}
LOOKED_AT = {"text", "attachments"}
HIDEABLE = ("title", "text", "place")
NOTHING_TYPED: dict[str, Any] = {"similar": [], "ticked": set(), "signs": {}}
WHERE_I_AM = {"Permissions-Policy": "geolocation=(self), camera=(), microphone=()"}
"""The one page that may ask where the person stands, when its button is pressed."""
DRAFT = re.compile(r"[\w-]{16,64}", re.ASCII)


@get("/submit/{kind:str}", name="public.submit")
async def form(request: Request, kind: FromPath[str], db: DB) -> Template:
    draft = {"draft": secrets.token_urlsafe(16), "publication": Publication.UNNAMED}
    return await _form(request, db, _kind(kind), Typed(draft))


@post("/submit/{kind:str}", request_max_body_size=pictures.LARGEST_BODY)
async def submit(
    request: Request, kind: FromPath[str], db: DB, tokens: Links, *, uploads: Files
) -> Template | Response[None] | Redirect:
    data = await request.form()
    values = _masked(typed(data))
    taken = await pictures.read(request, data, values, tokens=tokens, uploads=uploads)
    cited = await similar.cited(db, [f"{one}" for one in data.getall("similar", [])])
    sent = read(_kind(kind), values, await topics(db), cited)
    kept = await pictures.keep(db, taken, uploads)
    sent = replace(sent, pictures=[one.sha256 for one in kept])
    looked = _look(sent, values)
    if not looked and not values.errors and (case := await _submitted(request, db, sent, values)):
        await attachments.attach(db, case, kept)
        address = request.url_for("public.submit.sent", token=tokens.sent(case))
        return _onward(request, f"{address}?left={left}" if (left := values.number("left")) else address)
    signed = [tokens.kept(astuple(one)) for one in kept]
    return await _form(request, db, _kind(kind), values, kept=signed, cited=cited, preview=looked)


@get("/submit/sent/{token:str}", name="public.submit.sent")
async def sent(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Template:
    """Once it is confirmed, here too: who sends the same form again must not think it lost."""
    linked = tokens.read_sent(token)
    case = None if linked is None else await confirmation.submitted(db, linked.case_id, at=clock.now())
    if case is not None and linked is not None and case.link_key == linked.key and case.is_received:
        return page(request, "public/intake/submit/received.html", headers=PRIVATE, case=case)
    return _sent(request, token, await _unconfirmed(db, tokens, token), Typed({}))


@post("/submit/sent/{token:str}/resend", name="public.submit.resend")
async def resend(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Template:
    """Send the link again: the page says so, or that the last one is too fresh."""
    case = await _unconfirmed(db, tokens, token)
    again = await confirmation.resend(db, case, at=clock.now())
    return _sent(request, token, case, Typed({}), outcome="resent" if again else "too_soon")


@post("/submit/sent/{token:str}/address", name="public.submit.address")
async def correct_address(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Template:
    case = await _unconfirmed(db, tokens, token)
    values = typed(await request.form())
    address = values.email("email")
    if not values.errors and not await request.app.state.throttle.allows_form(address_of(request)):
        values.errors["email"] = _(TOO_MANY_FORMS)
        return _sent(request, token, case, values, status_code=429)
    if not values.errors and not await confirmation.correct_address(db, case, address, at=clock.now()):
        values.errors["email"] = _("Адресът е сменян твърде много пъти. Подайте наново с верния имейл")
    if values.errors:
        return _sent(request, token, case, values, status_code=422)
    return _sent(request, token, case, Typed({}), outcome="corrected")


def read(
    kind: Kind, values: Typed, known_topics: Collection[str], cited: Iterable[Row[Any]] = ()
) -> submission.Submission:
    """Return what was sent; to be used only where `values.errors` stays empty."""
    if values["blank"]:
        values.errors["blank"] = _("Програма е попълнила поле, което не се вижда. Сега то е празно: изпратете отново")
    topic = values.one_of("topic", {"", *known_topics}, "Изберете тема от списъка")
    choice = values.one_of("publication", {"", *Publication}, "Изберете дали текстът да бъде публикуван")
    title = values.line("title", LONGEST_TITLE)
    return submission.Submission(
        draft=values["draft"] if DRAFT.fullmatch(values["draft"]) else secrets.token_urlsafe(16),
        kind=kind,
        text=values.text("text", LONGEST_TEXT, "Напишете за какво се отнася", shortest=SHORTEST_TEXT),
        title=title if any(map(str.isalnum, title)) else "",
        place=values.line("place", 200),
        topic=topic or None,
        name=values.full_name("name"),
        phone=values.phone("phone"),
        email=values.email("email"),
        publication=Publication.UNNAMED if values.errors else Publication(choice or Publication.UNNAMED),
        language=language_choice().language,
        similar=[{"id": row.id, "number": row.incoming_number} for row in cited],
    )


def _masked(values: Typed) -> Typed:
    """Hide the piece whose button was pressed in the preview, wherever it stands; there is no button for others."""
    shown = {name: values[name] for name in HIDEABLE}
    if not values["mask"] or any(len(value) > LONGEST_TEXT for value in shown.values()):
        return values
    cleaned = {name: clean(value) for name, value in shown.items()}
    marked = [
        personal_data.pieces(value, sender) for value in cleaned.values() for sender in ("", values["name"][:120])
    ]
    if (values["mask"], True) not in {(piece, bool(what)) for pieces in marked for piece, what in pieces}:
        return values
    hidden = {name: value.replace(values["mask"], personal_data.HIDDEN) for name, value in cleaned.items()}
    return Typed({**values.values, **hidden})


def _look(sent: submission.Submission, values: Typed) -> Preview | None:
    """Return the preview where one was asked for; what else is still empty then is no error yet."""
    if not values["preview"] and not values["mask"]:
        return None
    if len(values["text"]) > 2 * LONGEST_TEXT:  # its error says all there is to say
        return None
    values.errors = {name: error for name, error in values.errors.items() if values[name] or name in LOOKED_AT}
    chosen = values["publication"]
    return preview.of(sent, Publication(chosen) if chosen in set(Publication) else Publication.UNNAMED)


async def _submitted(request: Request, db: AsyncSession, sent: submission.Submission, values: Typed) -> Case | None:
    """Return the case, or None where there is too much of it: said in `errors`, and nothing typed is lost."""
    if not await request.app.state.throttle.allows_form(address_of(request)):
        values.errors["send"] = _(TOO_MANY_FORMS)
        return None
    try:
        return await submission.submit(db, await submission.recognised(db, sent, at=clock.now()), at=clock.now())
    except submission.TooManyLinks:
        values.errors["email"] = _(TO_THERE)
        return None


def _onward(request: Request, address: str) -> Response[None] | Redirect:
    """Tell static/form.js where to go; by its own POST it has learned that the network held."""
    if request.headers.get("x-requested-with") == "fetch":
        return Response(None, status_code=201, headers={"Location": onward(address), **PRIVATE})
    return see_other(address)


def _kind(kind: str) -> Kind:
    try:
        return Kind(kind)
    except ValueError:
        raise NotFoundException from None


async def _form(
    request: Request, db: AsyncSession, kind: Kind, values: Typed, *,
    kept: Collection[str] = (), cited: Collection[Row[Any]] = (), preview: Preview | None = None,
) -> Template:  # fmt: skip
    """Answer with the form; from the first POST on with what the register holds already, which needs no script."""
    too_many = {_(one) for one in TOO_MANY} & set(values.errors.values())
    typed_before = request.method == "POST"
    return page(
        request,
        "public/intake/submit/page.html",
        status_code=429 if too_many else 422 if values.errors else 200,
        headers=WHERE_I_AM,
        kind=kind,
        form=values,
        topics=await topics(db),
        longest=LONGEST_TEXT,
        kept=kept,
        preview=preview,
        **(await beside(db, values, cited) if typed_before else NOTHING_TYPED),
    )


def _sent(
    request: Request, token: str, case: Case, values: Typed, *, outcome: str = "", status_code: int = 200
) -> Template:
    return page(
        request,
        "public/intake/submit/sent.html",
        status_code=status_code,
        headers=PRIVATE,
        case=case,
        token=token,
        form=values,
        outcome=outcome,
        left=request.query_params.get("left") if request.method == "GET" else None,
    )


async def _unconfirmed(db: AsyncSession, tokens: Tokens, token: str) -> Case:
    linked = tokens.read_sent(token)
    case = None if linked is None else await confirmation.unconfirmed(db, linked.case_id, at=clock.now())
    if case is None or linked is None or case.link_key != linked.key:
        raise NotFoundException
    return case
