"""The second step of one's own sign-in: switched on with the app's first code, off with the password."""

import segno
from litestar import get, post
from litestar.response import Redirect, Template
from markupsafe import Markup

from portal import clock
from portal.accounts import account, second_step
from portal.settings import Settings
from portal.staff.model import Staff
from portal.tokens import Tokens
from portal.web.forms import Typed, typed
from portal.web.pages import DB, PRIVATE, Config, Links, Me, Request, page, see_other
from portal.web.staff.accounts.password import knows_password


@get("/account/second-step", name="staff.account.second_step")
async def form(request: Request, me: Me, settings: Config, tokens: Links) -> Template | Redirect:
    """Show the secret: until the code of the app confirms it, it is in this form alone."""
    if me.totp_seed is not None:
        return see_other(request.url_for("staff.account"))
    return _form(request, me, Typed({"seed": second_step.new_seed()}), settings, tokens=tokens)


@post("/account/second-step")
async def switch_on(request: Request, me: Me, db: DB, settings: Config, *, tokens: Links) -> Template | Redirect:
    if me.totp_seed is not None:
        return see_other(request.url_for("staff.account"))
    values = typed(await request.form())
    if not second_step.SEED.fullmatch(values["seed"]):
        values = Typed({"seed": second_step.new_seed(), "code": values["code"]})
    code = values.line("code", 40, "Въведете кода от приложението")
    codes = None
    if not values.errors:
        codes = await account.switch_on(db, me, values["seed"], code, tokens, at=clock.now())
    if codes is None:
        values.errors.setdefault("code", "Кодът не е верен. Проверете часовника на телефона и опитайте със следващия")
        return _form(request, me, values, settings, tokens=tokens, status_code=422)
    return page(request, "staff/accounts/account/recovery_codes.html", headers=PRIVATE, me=me, codes=codes)


@get("/account/second-step/off", name="staff.account.second_step.off")
async def off_form(request: Request, me: Me) -> Template:
    return page(request, "staff/accounts/account/second_step_off.html", headers=PRIVATE, me=me, form=Typed({}))


@post("/account/second-step/off")
async def switch_off(request: Request, me: Me, db: DB) -> Template | Redirect:
    values = typed(await request.form())
    if await knows_password(request, me.email, values, "password"):
        if await account.switch_off(db, me, values["password"], at=clock.now()):
            return see_other(request.url_for("staff.account"))
        values.errors["password"] = "Паролата не е вярна"  # noqa: S105 - what is wrong, not a password
    return page(
        request, "staff/accounts/account/second_step_off.html", status_code=422, headers=PRIVATE, me=me, form=values
    )


def _form(
    request: Request, me: Staff, values: Typed, settings: Settings, *, tokens: Tokens, status_code: int = 200
) -> Template:
    app = second_step.app(me, values["seed"], tokens, settings.municipality)
    drawn = segno.make(app.provisioning_uri(), micro=False).svg_inline(scale=4, title="Код за приложението")
    return page(
        request,
        "staff/accounts/account/second_step.html",
        status_code=status_code,
        headers=PRIVATE,
        me=me,
        form=values,
        secret=app.secret,
        address=app.provisioning_uri(),
        qr=Markup(drawn),  # noqa: S704 - drawn from our own address
    )
