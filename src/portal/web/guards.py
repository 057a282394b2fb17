"""Guards: requests begun by other sites are refused, and strangers may not enter /staff.

Asynchronous also where nothing is waited for: Litestar runs other guards in a thread, at each request.
"""

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from portal import clock
from portal.accounts import signin
from portal.db import transaction

Connection = ASGIConnection[Any, Any, Any, Any]
SAFE = {"GET", "HEAD", "OPTIONS"}
COOKIE = "portal_staff"
IDLE = "idle"
"""Option of a route that pages ask by themselves, without a person: it keeps no session alive."""


def address_of(connection: Connection) -> str:
    return connection.client.host if connection.client else ""


async def same_origin(connection: Connection, _: BaseRouteHandler) -> None:
    """Refuse what another site's page makes a browser send here, without a token or a cookie of its own.

    Sec-Fetch-Site tells it by itself (browsers since 2020–2023); older ones send Origin. A request with neither comes
    from no browser: there is no signed-in person whose rights it could borrow.
    """
    if connection.scope.get("method") in SAFE:
        return
    site = connection.headers.get("sec-fetch-site")
    origin = connection.headers.get("origin")
    if site is not None:
        ours = site in {"same-origin", "none"}
    else:
        # The oldest send neither, but say where they come from.
        begun_at = origin or connection.headers.get("referer")
        ours = begun_at is None or _host(begun_at) == connection.headers.get("host")
    if not ours:
        raise PermissionDeniedException


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


async def staff_only(connection: Connection, handler: BaseRouteHandler) -> None:
    """Raise NotAuthorizedException unless a live session stands behind the cookie."""
    token = connection.cookies.get(COOKIE)
    if token is not None:
        async with transaction(connection.app.state.desk_sessions) as db:
            idle = bool(handler.opt.get(IDLE))
            connection.state.staff = await signin.signed_in(db, token, at=clock.now(), idle=idle)
    if token is None or connection.state.staff is None:
        raise NotAuthorizedException


class SecondStepFirst(PermissionDeniedException):
    """Their municipality asks everybody for a code at the sign-in, and they have not set it up yet."""


async def second_step_first(connection: Connection, _: BaseRouteHandler) -> None:
    if connection.app.state.municipality.second_step and connection.state.staff.totp_seed is None:
        raise SecondStepFirst
