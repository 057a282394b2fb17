"""How staff get in: the sign-in, its second step, both slowed down for guessers; and out."""

from urllib.parse import urlencode

from litestar import get, post
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from portal import audit, clock
from portal.accounts import account, passwords, second_step, signin
from portal.accounts.sessions import BROWSER_KNOWN
from portal.accounts.signin import Browser
from portal.settings import Settings
from portal.staff.model import Staff
from portal.web.forms import Typed, typed
from portal.web.guards import COOKIE, address_of
from portal.web.pages import DB, PRIVATE, Config, Links, Request, page, see_other
from portal.web.throttle import MINUTES

BROWSER_COOKIE = "portal_browser"
TOO_MANY = f"Твърде много опити. Опитайте отново след {MINUTES} минути"


@get("/sign-in", name="staff.sign_in")
async def form(request: Request) -> Template:
    return _form(request, Typed({"next": request.query_params.get("next", "")}))


@post("/sign-in")
async def sign_in(request: Request, db: DB, settings: Config) -> Template | Redirect:
    values = typed(await request.form())
    email, password = values.line("email", 254, "Въведете имейл").lower(), values["password"]
    if not password or len(password) > passwords.LONGEST:
        values.errors["password"] = "Въведете парола"  # noqa: S105 - what to do, not a password
    if values.errors:
        return _form(request, values, status_code=422)
    throttle, address = request.app.state.throttle, address_of(request)
    mark = _browser(request).mark if await account.knows_browser(db, email, _browser(request)) else ""
    if not await throttle.allows("sign-in", email, address, mark=mark):
        values.errors["email"] = TOO_MANY
        return _form(request, values, status_code=429)
    staff = await signin.recognised(db, email, password)
    if staff is None:
        audit.note(db, None, "sign_in_failed", at=clock.now(), email=email)
        values.errors["email"] = "Имейлът или паролата не са верни"
        return _form(request, values, status_code=422)
    await throttle.forget("sign-in", email, address, mark=mark)
    if staff.totp_seed is None:
        return await _let_in(request, db, settings, staff, values["next"])
    token = signin.begin_session(db, staff, _browser(request), at=clock.now(), awaits_code=True)
    answer = see_other(f"{request.url_for('staff.sign_in.code')}?{urlencode({'next': values['next']})}")
    _keep(answer, COOKIE, token, settings, signin.CODE_AWAITED.total_seconds())
    return answer


@get("/sign-in/code", name="staff.sign_in.code")
async def code_form(request: Request, db: DB) -> Template | Redirect:
    if await _half_in(request, db) is None:
        return see_other(request.url_for("staff.sign_in"))
    return _code_form(request, Typed({"next": request.query_params.get("next", "")}))


@post("/sign-in/code")
async def give_code(request: Request, db: DB, settings: Config, tokens: Links) -> Template | Redirect:
    """Take the code; six digits are few, so tries are counted for the person, from wherever strangers' come."""
    staff = await _half_in(request, db)
    if staff is None:
        return see_other(request.url_for("staff.sign_in"))
    values = typed(await request.form())
    code = values.line("code", 40, "Въведете код")
    if values.errors:
        return _code_form(request, values, status_code=422)
    throttle, address = request.app.state.throttle, address_of(request)
    mark = _browser(request).mark if await account.knows_browser(db, staff.email, _browser(request)) else ""
    if not await throttle.allows("code", staff.email, address, anywhere=True, mark=mark):
        values.errors["code"] = TOO_MANY
        return _code_form(request, values, status_code=429)
    # Meanwhile an administrator may have switched it off: then the password was enough.
    if staff.totp_seed is not None and not await second_step.accepts(db, staff, code, tokens, at=clock.now()):
        audit.note(db, staff, "code_failed", at=clock.now())
        values.errors["code"] = "Кодът не е верен или вече е използван. Изчакайте следващия"
        return _code_form(request, values, status_code=422)
    await throttle.forget("code", staff.email, address, anywhere=True, mark=mark)
    await signin.sign_out(db, request.cookies[COOKIE])
    return await _let_in(request, db, settings, staff, values["next"])


@post("/sign-out", name="staff.sign_out")
async def sign_out(request: Request, db: DB) -> Redirect:
    await signin.sign_out(db, request.cookies[COOKIE])
    answer = see_other("/staff/sign-in")
    answer.delete_cookie(COOKIE, path="/staff")
    return answer


async def _let_in(request: Request, db: AsyncSession, settings: Settings, staff: Staff, onward: str) -> Redirect:
    token, mark = await account.come_in(db, staff, _browser(request), at=clock.now())
    answer = see_other(_inside(onward))
    _keep(answer, COOKIE, token, settings, signin.SESSION_LIVES.total_seconds())
    _keep(answer, BROWSER_COOKIE, mark, settings, BROWSER_KNOWN.total_seconds())
    return answer


def _keep(answer: Redirect, name: str, value: str, settings: Settings, seconds: float) -> None:
    answer.set_cookie(
        name, value, path="/staff", httponly=True, samesite="lax", secure=settings.is_https, max_age=int(seconds)
    )


def _browser(request: Request) -> Browser:
    mark = request.cookies.get(BROWSER_COOKIE, "")
    return Browser(request.headers.get("user-agent", ""), address_of(request), mark)


async def _half_in(request: Request, db: AsyncSession) -> Staff | None:
    return await signin.awaiting_code(db, request.cookies.get(COOKIE, ""), at=clock.now())


def _form(request: Request, values: Typed, status_code: int = 200) -> Template:
    return page(request, "staff/accounts/signin/page.html", status_code=status_code, headers=PRIVATE, form=values)


def _code_form(request: Request, values: Typed, status_code: int = 200) -> Template:
    return page(request, "staff/accounts/signin/code.html", status_code=status_code, headers=PRIVATE, form=values)


def _inside(address: str) -> str:
    """Return `address` if it leads back to the desk: never to another site."""
    inside = address == "/staff" or address.startswith(("/staff/", "/staff?"))
    return address if inside and "\\" not in address and "\n" not in address else "/staff"
