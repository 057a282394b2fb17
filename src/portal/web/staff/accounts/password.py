"""Passwords: the one-time link that sets one, asking for such a link when it is forgotten, and changing one's own."""

import asyncio

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import clock
from portal.accounts import account, passwords, people, signin
from portal.db import let_go
from portal.web.forms import Typed, typed
from portal.web.guards import COOKIE, address_of
from portal.web.pages import DB, PRIVATE, Links, Me, Request, page, see_other
from portal.web.staff.accounts.signin import TOO_MANY

EASY = "Тази парола се отгатва лесно. Изберете няколко думи, които не вървят заедно"


@get("/password/{token:str}", name="staff.password")
async def form(request: Request, token: FromPath[str], db: DB) -> Template:
    if await signin.invited(db, token, at=clock.now()) is None:
        raise NotFoundException
    return page(request, "staff/accounts/signin/password.html", headers=PRIVATE, form=Typed({}), token=token)


@post("/password/{token:str}")
async def set_(request: Request, token: FromPath[str], db: DB) -> Template | Redirect:
    values = typed(await request.form())
    staff = await signin.invited(db, token, at=clock.now())
    if staff is None:
        raise NotFoundException
    await let_go(db)
    password = await _new_password(request, values, staff.name, staff.email)
    if values.errors:
        return page(
            request, "staff/accounts/signin/password.html", status_code=422, headers=PRIVATE, form=values, token=token
        )
    if await account.set_password(db, token, password, at=clock.now()) is None:
        raise NotFoundException
    return see_other("/staff/sign-in")


@get("/forgotten", name="staff.forgotten")
async def forgotten_form(request: Request) -> Template:
    return _forgotten(request, Typed({}))


@post("/forgotten")
async def forgotten(request: Request, db: DB, tokens: Links) -> Template:
    """Answer everybody alike, whether the address is known or not."""
    values = typed(await request.form())
    email = values.email("email").lower()
    if values.errors:
        return _forgotten(request, values, status_code=422)
    if not await request.app.state.throttle.allows("forgotten", email, address_of(request), anywhere=True):
        values.errors["email"] = TOO_MANY
        return _forgotten(request, values, status_code=429)
    await people.forgotten(db, email, tokens, at=clock.now())
    return _forgotten(request, values, sent=True)


@get("/account/password", name="staff.account.password")
async def own_form(request: Request, me: Me) -> Template:
    return page(request, "staff/accounts/account/password.html", headers=PRIVATE, me=me, form=Typed({}))


@post("/account/password")
async def change(request: Request, me: Me, db: DB) -> Template | Redirect:
    values = typed(await request.form())
    password = await _new_password(request, values, me.name, me.email)
    if not values.errors and await knows_password(request, me.email, values, "old"):
        session = request.cookies[COOKIE]
        if await account.change_password(db, me, values["old"], password, session=session, at=clock.now()):
            return see_other(request.url_for("staff.account"))
        values.errors["old"] = "Сегашната парола не е вярна"
    return page(request, "staff/accounts/account/password.html", status_code=422, headers=PRIVATE, me=me, form=values)


async def knows_password(request: Request, email: str, values: Typed, field: str) -> bool:
    """Say whether what was typed as the present password may be tried; who sits at a forgotten desk may guess too."""
    if not values[field] or len(values[field]) > passwords.LONGEST:
        values.errors[field] = "Въведете сегашната парола"
    elif not await request.app.state.throttle.allows("password", email, address_of(request), anywhere=True):
        values.errors[field] = TOO_MANY
    return field not in values.errors


async def _new_password(request: Request, values: Typed, *known: str) -> str:
    """`known`: of who will have it."""
    password = values["password"]
    if not passwords.SHORTEST <= len(password) <= passwords.LONGEST:
        shortest = passwords.SHORTEST
        values.errors["password"] = f"Паролата трябва да е поне {shortest} и най-много {passwords.LONGEST} знака"
    elif await asyncio.to_thread(passwords.is_easy, password, [*known, request.app.state.municipality.name]):
        values.errors["password"] = EASY
    elif password != values["again"]:
        values.errors["again"] = "Двете пароли не са еднакви"
    return password


def _forgotten(request: Request, values: Typed, *, sent: bool = False, status_code: int = 200) -> Template:
    return page(
        request,
        "staff/accounts/signin/forgotten.html",
        status_code=status_code,
        headers=PRIVATE,
        form=values,
        sent=sent,
    )
