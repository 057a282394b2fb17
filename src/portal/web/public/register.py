"""The public register: searched as one types, page by page, and one case with its history."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy import Row

from portal import clock
from portal.cases import register
from portal.cases.model import Kind, Status
from portal.municipality import departments, topics
from portal.web.forms import Typed, clean
from portal.web.pages import DB, Config, Request, page

FILTERS = ("kind", "topic", "department", "status", "from", "to", "overdue")
GREATEST = 2**31 - 1
"""Of Postgres's integers."""


@get("/register", name="public.register")
async def show(request: Request, db: DB) -> Template:
    values = _asked(request)
    wanted = _wanted(values)
    found = await register.page(db, wanted)
    total, is_exact = await register.total(db, wanted)
    return page(
        request,
        "public/register/page.html",
        "public/register/_results.html",
        asked=values,
        rows=found.rows,
        total=total,
        total_is_exact=is_exact,
        first=_address(request, values, ""),
        next=_address(request, values, found.next),
        topics=await topics(db),
        departments=await departments(db),
        filtered=sum(bool(values[name]) for name in FILTERS),
    )


@get("/register.json", name="public.register.json")
async def as_json(request: Request, db: DB, settings: Config) -> dict[str, Any]:
    """What the page shows, nothing more, in the page's order."""
    values = _asked(request)
    wanted = _wanted(values)
    found = await register.page(db, wanted)
    total, is_exact = await register.total(db, wanted)
    return {
        "items": [_item(row, settings.base_url) for row in found.rows],
        "total": total,
        "total_is_exact": is_exact,
        "next": _address(request, values, found.next, settings.base_url),
    }


@get("/register/{year:int}/{number:int}", name="public.register.case")
async def case(request: Request, year: FromPath[int], number: FromPath[int], db: DB) -> Template:
    """A case that may not be seen and one that does not exist are answered alike."""
    row = await register.case(db, year, number) if max(year, number) <= GREATEST else None
    if row is None:
        raise NotFoundException
    return page(request, "public/register/case.html", case=row, events=await register.history(db, row.id))


def _asked(request: Request) -> Typed:
    """Keep what was asked as text: it stands in the form again, and in the address of the next page."""
    names = ("q", *FILTERS, "after")
    return Typed({name: clean(request.query_params.get(name, ""))[:200].strip() for name in names})


def _wanted(asked: Typed) -> register.Wanted:
    """Read the filters; one that makes no sense does not filter."""
    return register.Wanted(
        q=asked["q"],
        kind=Kind(asked["kind"]) if asked["kind"] in set(Kind) else None,
        topic=asked["topic"] or None,
        department=asked["department"] or None,
        status=Status(asked["status"]) if asked["status"] in set(Status) else None,
        received_from=_day(asked, "from"),
        received_to=_day(asked, "to"),
        overdue_on=clock.today() if asked["overdue"] == "1" else None,
        after=asked["after"],
    )


def _day(asked: Typed, name: str) -> date | None:
    return asked.day(name) if asked[name] else None


def _address(request: Request, asked: Typed, after: str | None, base: str = "") -> str | None:
    """Return the address of the page after this one."""
    if after is None:
        return None
    kept = {name: value for name, value in {**asked.values, "after": after}.items() if value}
    return f"{base}{request.url.path}?{urlencode(kept)}"


def _item(row: Row[Any], base: str) -> dict[str, Any]:
    item = {
        "incoming_number": row.incoming_number,
        "kind": row.kind,
        "topic": row.topic_code,
        "title": row.title,
        "text": row.text,
        "place": row.place,
        "status": row.status,
        "received_at": row.received_at.astimezone(clock.SOFIA),
        "due_on": row.due_on,
        "replied_at": row.replied_at and row.replied_at.astimezone(clock.SOFIA),
        "reply": row.reply,
        "department": row.department_code,
        "url": f"{base}/register/{row.incoming_year}/{row.incoming_seq}",
    }
    return item if row.sender_name is None else {**item, "name": row.sender_name}
