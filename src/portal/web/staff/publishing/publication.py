"""The publication: the texts the public reads, redacted where they must be, or nothing at all."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import clock
from portal.cases.model import Case, Event, EventKind, PublicationState
from portal.cases.permissions import may_publish
from portal.publishing import personal_data, publication
from portal.publishing.publication import PublicVersion, Words
from portal.replies import merging
from portal.web.forms import Typed, clean, typed
from portal.web.pages import DB, Me, Request
from portal.web.staff.handling.case_page import CasePage, looked_at, opened

KINDS = {EventKind.PUBLICATION_CHOSEN, EventKind.PUBLISHED, EventKind.WITHHELD, EventKind.REDACTED}
STATES = (PublicationState.PUBLISHED, PublicationState.WITHHELD)
FIELDS = ("title", "text", "place")
LONGEST_REPLY = 20_000


@get("/cases/{case_id:int}/publication", name="staff.case.publication")
async def edit(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    case_page = await opened(request, db, me, case_id, may=may_publish)
    version = publication.public_version(case_page.case)
    values = {"state": "", "title": version.title, "text": version.text, "place": version.place}
    values |= {_field(one): one.public for one in await publication.words_of(db, case_page.case)}
    if case_page.case.publication_state in STATES:
        return await _form(case_page, Typed(values | {"state": case_page.case.publication_state}))
    # Held: nobody has looked yet. What is marked is hidden already, and it is asked whether the rest may be seen.
    return await _form(case_page, _without_marked(case_page.case, Typed(values)))


@post("/cases/{case_id:int}/publication")
async def save(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    """Save what is to be read; or where "hide" was pressed, hide what is marked in it and show the form again."""
    case_page = await opened(request, db, me, case_id, may=may_publish)
    form = typed(await request.form())
    if form["hide"]:
        return await _form(case_page, _without_marked(case_page.case, form), seen=form.number("seen"))
    state = form.one_of("state", STATES, "Изберете дали да се публикува")
    version = PublicVersion(
        title=form.line("title", 120, "Напишете заглавие"),
        text=form.text("text", 8000, "Напишете какво да се вижда"),
        place=form.line("place", 200),
    )
    texts = await _texts(case_page, form)
    reason = form.text("reason", 1000, "Напишете причината" if state == PublicationState.WITHHELD else None)
    if form.errors:
        return await _form(case_page, form, status_code=422)
    colleague = await case_page.colleague(form, KINDS)
    new = await publication.is_news(db, case_page.case, version, texts)
    if colleague and (new or _decides_anew(case_page.case, state, reason, colleague["event"])):
        now = publication.public_version(case_page.case)
        theirs = {name: merging.differing(getattr(now, name), form[name]) for name in FIELDS}
        return await _form(case_page, form, status_code=409, colleague=colleague, theirs=theirs)
    if state == PublicationState.PUBLISHED and (warned := await _warning(case_page, form)):
        return await _form(case_page, form, status_code=422, warned=warned, seen=form.number("seen"))
    if state == PublicationState.WITHHELD:
        await publication.withhold(db, case_page.case, reason, version, texts, by=me, at=clock.now())
    else:
        await publication.publish(db, case_page.case, version, texts, by=me, at=clock.now())
    return await case_page.saved("publication")


async def _warning(case_page: CasePage, form: Typed) -> dict[str, Any]:
    """Return what still gives somebody away in what everybody is to read, or nothing where it was confirmed.

    What is public already has been looked at.
    """
    now = publication.public_version(case_page.case)
    public = {name: getattr(now, name) for name in FIELDS}
    public |= {_field(one): one.public for one in await publication.words_of(case_page.db, case_page.case)}
    is_public = case_page.case.publication_state == PublicationState.PUBLISHED
    new = [clean(form[name]).strip() for name, said in public.items() if not is_public or form[name].strip() != said]
    return looked_at(form, "\n".join(new), publication.sender_to_hide(case_page.case))


def _decides_anew(case: Case, state: str, reason: str, last: Event) -> bool:
    """Say whether saving would change what was decided: the same form sent twice is no conflict."""
    if state != case.publication_state:
        return True
    return state == PublicationState.WITHHELD and reason != last.details.get("reason")


def _field(words: Words) -> str:
    return f"words-{words.event.id}-{words.name}"


async def _texts(case_page: CasePage, form: Typed) -> dict[tuple[int, str], str]:
    """Read what is to be seen of those words that stood in the form."""
    known = [one for one in await publication.words_of(case_page.db, case_page.case) if _field(one) in form.values]
    missing = "Напишете какво да се вижда"
    return {one.key: form.text(_field(one), LONGEST_REPLY, missing) for one in known}


def _without_marked(case: Case, form: Typed) -> Typed:
    texts = {name for name in form.values if name in FIELDS or name.startswith("words-")}
    name = publication.sender_to_hide(case)
    return Typed({key: personal_data.hidden(said, name) if key in texts else said for key, said in form.values.items()})


async def _form(case_page: CasePage, form: Typed, **more: Any) -> Template:
    name, words = publication.sender_to_hide(case_page.case), await publication.words_of(case_page.db, case_page.case)
    originals = {field: personal_data.pieces(getattr(case_page.case, field), name) for field in FIELDS}
    written = [(one, _field(one), personal_data.pieces(one.original, name)) for one in words]
    return await case_page.edit("publication", form, originals=originals, written=written, **more)
