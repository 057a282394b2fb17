"""What a person reads when something can't be done: a page to a visit, a notice to a swap, never a trace."""

import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from litestar import Response
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.response import Template

from portal.db import is_away
from portal.web.guards import SecondStepFirst
from portal.web.pages import Request, page, see_other, wants_fragment
from portal.work_queue import QueueFull

log = logging.getLogger(__name__)
NOTICE = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML", "Cache-Control": "no-store"}
"""A swap's error goes to the page's notice: what was typed stays where it is."""

LONGEST_WAY_BACK = 2000
"""Bytes of a `Location`: browsers refuse longer ones sooner or later."""


def http_error(request: Request, error: HTTPException) -> Response[Any]:
    is_visit = request.method == "GET" and not wants_fragment(request)
    if isinstance(error, NotAuthorizedException) and is_visit:
        back = quote(request.url.path + _query(request), safe="/")
        return see_other(f"/staff/sign-in?next={back}" if len(back) <= LONGEST_WAY_BACK else "/staff/sign-in")
    if isinstance(error, SecondStepFirst) and is_visit:
        return see_other("/staff/account/second-step")
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return fault(request, error)
    return _answer(request, error.status_code, error.headers or {})


def _query(request: Request) -> str:
    return f"?{request.url.query}" if request.url.query else ""


def crowded(request: Request, _: QueueFull) -> Response[Any]:
    return _answer(request, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "5"})


def fault(request: Request, error: Exception) -> Response[Any]:
    """Ours, not the person's: logged with its trace. A database that is away is 503: it comes back."""
    log.error("%s %s", request.method, request.scope.get("path_template"), exc_info=error)
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_away(error) else HTTPStatus.INTERNAL_SERVER_ERROR
    return _answer(request, status, {"Retry-After": "5"} if status == HTTPStatus.SERVICE_UNAVAILABLE else {})


def _answer(request: Request, status_code: int, headers: dict[str, str]) -> Template:
    swap = wants_fragment(request)
    headers = {**headers, **(NOTICE if swap else {})}
    return page(
        request,
        "errors/page.html",
        "errors/_notice.html",
        status_code=status_code,
        headers=headers,
        code=status_code,
        linked="token" in request.path_params,
        swap=swap,
    )


# They take the request class of this application, which the type of the setting does not know.
HANDLERS: dict[int | type[Exception], Any] = {HTTPException: http_error, QueueFull: crowded, Exception: fault}
