"""The publication: the text the public reads, redacted where it must be, or nothing at all."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import clock
from portal.cases import publication
from portal.cases.model import Case, Event, EventKind, PublicationState
from portal.staff.permissions import may_publish
from portal.web.forms import Typed, typed
from portal.web.pages import DB, Me, Request
from portal.web.staff.desk import opened

KINDS = {EventKind.PUBLICATION_CHOSEN, EventKind.PUBLISHED, EventKind.WITHHELD, EventKind.REDACTED}
STATES = (PublicationState.PUBLISHED, PublicationState.WITHHELD)


@get("/cases/{case_id:int}/publication", name="staff.case.publication")
async def edit(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    desk = await opened(request, db, me, case_id, may=may_publish)
    version = publication.public_version(desk.case)
    state = desk.case.publication_state if desk.case.publication_state in STATES else PublicationState.PUBLISHED
    values = {"state": state, "title": version.title, "text": version.text, "place": version.place}
    return await desk.edit("publication", Typed(values))


@post("/cases/{case_id:int}/publication")
async def save(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    desk = await opened(request, db, me, case_id, may=may_publish)
    form = typed(await request.form())
    state = form.one_of("state", STATES, "Изберете дали да се публикува")
    version = publication.PublicVersion(
        title=form.line("title", 120, "Напишете заглавие"),
        text=form.text("text", 8000, "Напишете какво да се вижда"),
        place=form.line("place", 200),
    )
    reason = form.text("reason", 1000, "Напишете причината" if state == PublicationState.WITHHELD else None)
    if form.errors:
        return await desk.edit("publication", form, status_code=422)
    colleague = await desk.colleague(form, KINDS)
    if colleague and _is_news(desk.case, state, version, reason, colleague["event"]):
        return await desk.edit("publication", form, status_code=409, colleague=colleague)
    if state == PublicationState.WITHHELD:
        await publication.withhold(db, desk.case, reason, version, by=me, at=clock.now())
    else:
        await publication.publish(db, desk.case, version, by=me, at=clock.now())
    return await desk.saved("publication")


def _is_news(case: Case, state: str, version: publication.PublicVersion, reason: str, last: Event) -> bool:
    """Say whether saving would change anything: the same form sent twice is no conflict."""
    if (state, version) != (case.publication_state, publication.public_version(case)):
        return True
    return state == PublicationState.WITHHELD and reason != last.details.get("reason")
