"""Finding one's case again: asks for number and address; the link comes by e-mail where the two belong together."""

from litestar import get, post
from litestar.response import Template

from portal import clock
from portal.intake import lost_link
from portal.languages import _
from portal.web.forms import Typed, typed
from portal.web.guards import address_of
from portal.web.pages import DB, PRIVATE, Request, page

GREATEST = 2**31 - 1
TOO_MANY = "Твърде много опити. Опитайте отново след 15 минути"


@get("/track", name="public.lost_link")
async def form(request: Request) -> Template:
    """`ended`: who comes from their own page has just ended its links."""
    return _page(request, Typed({}), ended=bool(request.query_params.get("ended")))


@post("/track")
async def send(request: Request, db: DB) -> Template:
    """Answer everybody alike: who has written to the municipality is nobody's business."""
    values = typed(await request.form())
    number, email = values.line("number", 60, "Въведете входящия номер"), values.email("email")
    read = lost_link.read(number)
    if read is None and number:
        values.errors.setdefault("number", _("Въведете номера, както е в писмото: С-0025/18.03.2020"))
    if values.errors:
        return _page(request, values, status_code=422)
    if not await request.app.state.throttle.allows("link", email.lower(), address_of(request), anywhere=True):
        values.errors["email"] = _(TOO_MANY)
        return _page(request, values, status_code=429)
    if read is not None and max(read) <= GREATEST:
        await lost_link.send(db, *read, email, at=clock.now())
    return _page(request, values, sent=True)


def _page(
    request: Request, values: Typed, *, sent: bool = False, ended: bool = False, status_code: int = 200
) -> Template:
    return page(
        request,
        "public/intake/lost_link/page.html",
        status_code=status_code,
        headers=PRIVATE,
        form=values,
        sent=sent,
        ended=ended,
    )
