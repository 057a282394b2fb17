"""How staff get in: the sign-in, slowed down for guessers, and the one-time link that sets a password."""

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import clock
from portal.staff import audit, signin
from portal.web.forms import Typed, typed
from portal.web.guards import COOKIE
from portal.web.pages import DB, PRIVATE, Config, Request, page, see_other
from portal.web.throttle import MINUTES

LONGEST_PASSWORD = 200
"""A hash of megabytes would be a way to keep the server busy."""


@get("/sign-in", name="staff.sign_in")
async def form(request: Request) -> Template:
    return _form(request, Typed({"next": request.query_params.get("next", "")}))


@post("/sign-in")
async def sign_in(request: Request, db: DB, settings: Config) -> Template | Redirect:
    values = typed(await request.form())
    email, password = values.line("email", 254, "Въведете имейл"), values["password"]
    if not password or len(password) > LONGEST_PASSWORD:
        values.errors["password"] = "Въведете парола"  # noqa: S105 - what to do, not a password
    if values.errors:
        return _form(request, values, status_code=422)
    throttle, address = request.app.state.throttle, request.client.host if request.client else ""
    if not await throttle.allows(email.lower(), address):
        values.errors["email"] = f"Твърде много опити. Опитайте отново след {MINUTES} минути"
        return _form(request, values, status_code=429)
    token = await signin.sign_in(db, email, password, at=clock.now())
    audit.note(db, None, "signed_in" if token else "sign_in_failed", at=clock.now(), email=email.lower())
    if token is None:
        values.errors["email"] = "Имейлът или паролата не са верни"
        return _form(request, values, status_code=422)
    await throttle.forget(email.lower(), address)
    answer = see_other(_inside(values["next"]))
    answer.set_cookie(
        COOKIE, token, path="/staff", httponly=True, samesite="lax", secure=settings.is_https,
        max_age=int(signin.SESSION_LIVES.total_seconds()),
    )  # fmt: skip
    return answer


@post("/sign-out", name="staff.sign_out")
async def sign_out(request: Request, db: DB) -> Redirect:
    await signin.sign_out(db, request.cookies[COOKIE])
    answer = see_other("/staff/sign-in")
    answer.delete_cookie(COOKIE, path="/staff")
    return answer


@get("/password/{token:str}", name="staff.password")
async def password_form(request: Request, token: FromPath[str], db: DB) -> Template:
    if await signin.invited(db, token, at=clock.now()) is None:
        raise NotFoundException
    return page(request, "staff/signin/password.html", headers=PRIVATE, form=Typed({}), token=token)


@post("/password/{token:str}")
async def set_password(request: Request, token: FromPath[str], db: DB) -> Template | Redirect:
    values = typed(await request.form())
    password = values["password"]
    if not signin.SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        shortest = signin.SHORTEST_PASSWORD
        values.errors["password"] = f"Паролата трябва да е поне {shortest} и най-много {LONGEST_PASSWORD} знака"
    elif password != values["again"]:
        values.errors["again"] = "Двете пароли не са еднакви"
    if values.errors:
        return page(request, "staff/signin/password.html", status_code=422, headers=PRIVATE, form=values, token=token)
    if await signin.set_password(db, token, password, at=clock.now()) is None:
        raise NotFoundException
    return see_other("/staff/sign-in")


def _form(request: Request, values: Typed, status_code: int = 200) -> Template:
    return page(request, "staff/signin/page.html", status_code=status_code, headers=PRIVATE, form=values)


def _inside(address: str) -> str:
    """Return `address` if it leads back to the desk: never to another site."""
    inside = address == "/staff" or address.startswith(("/staff/", "/staff?"))
    return address if inside and "\\" not in address and "\n" not in address else "/staff"
