"""Following a public case by e-mail: asked for beside it, begun and ended by buttons behind the links in letters."""

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import clock
from portal.cases import lookup
from portal.languages import _
from portal.publishing import followers, register
from portal.web.forms import Typed, typed
from portal.web.guards import address_of
from portal.web.pages import DB, PRIVATE, Links, Request, page, see_other
from portal.web.public.publishing.register import GREATEST
from portal.web.throttle import TOO_MANY_FORMS

PAGE = "public/publishing/follow/page.html"


@get("/register/{year:int}/{number:int}/following", name="public.follow")
async def form(request: Request, year: FromPath[int], number: FromPath[int], db: DB) -> Template:
    row = await register.case(db, year, number) if max(year, number) <= GREATEST else None
    if row is None:
        raise NotFoundException
    return page(request, PAGE, headers=PRIVATE, case=row, form=Typed({}), state="asks")


@post("/register/{year:int}/{number:int}/following", status_code=200)
async def ask(request: Request, year: FromPath[int], number: FromPath[int], db: DB) -> Template:
    """Say the same to everybody: who follows a case is nobody's business. A filled honeypot follows nothing."""
    row = await register.case(db, year, number) if max(year, number) <= GREATEST else None
    if row is None:
        raise NotFoundException
    values = typed(await request.form())
    email = values.email("email")
    if values.errors:
        return page(request, PAGE, status_code=422, headers=PRIVATE, case=row, form=values, state="asks")
    if not await request.app.state.throttle.allows_form(address_of(request)):
        values.errors["email"] = _(TOO_MANY_FORMS)
        return page(request, PAGE, status_code=429, headers=PRIVATE, case=row, form=values, state="asks")
    case = await lookup.received(db, row.id, lock=False)
    if case is not None and not values["blank"]:
        await followers.ask(db, case, email, at=clock.now())
    return page(request, PAGE, headers=PRIVATE, case=row, form=values, state="sent")


@get("/follow/{token:str}", name="public.follow.confirm")
async def show(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Template:
    """Change nothing: mail scanners follow every link."""
    found = await followers.of(db, tokens.read_follow(token))
    if found is None:
        raise NotFoundException
    follower, case = found
    state = "begins" if follower.confirmed_at is None else "follows"
    return page(request, PAGE, headers=PRIVATE, case=case, token=token, state=state)


@post("/follow/{token:str}")
async def confirm(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Redirect:
    found = await followers.of(db, tokens.read_follow(token))
    if found is None:
        raise NotFoundException
    await followers.confirm(db, found[0], at=clock.now())
    return see_other(request.url_for("public.follow.confirm", token=token))


@get("/unfollow/{token:str}", name="public.unfollow")
async def ask_to_leave(request: Request, token: FromPath[str], tokens: Links) -> Template:
    if tokens.read_unfollow(token) is None:
        raise NotFoundException
    return page(request, PAGE, headers=PRIVATE, token=token, state="leaves")


@post("/unfollow/{token:str}", status_code=200)
async def leave(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Template:
    """By the button, or by the mail program itself (RFC 8058): both get an answer, however often."""
    follower = tokens.read_unfollow(token)
    if follower is None:
        raise NotFoundException
    await followers.leave(db, follower)
    return page(request, PAGE, headers=PRIVATE, state="left")
