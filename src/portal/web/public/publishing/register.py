"""The public register: searched as one types, page by page, and one case with its history."""

from collections.abc import Collection
from datetime import date
from typing import Any
from urllib.parse import urlencode

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from portal import clock
from portal.cases.model import Kind, Status
from portal.languages import _
from portal.municipality import all_departments, departments, topics
from portal.publishing import register
from portal.rendering.formats import STATUS
from portal.search.completions import completions
from portal.search.find import Order
from portal.statements import Row
from portal.web.forms import Typed, clean
from portal.web.language import onward
from portal.web.page_cache import CACHED
from portal.web.pages import DB, Config, Request, page, wants_fragment

FILTERS = ("kind", "topic", "department", "status", "from", "to", "overdue")
HOW = ("order", "exactly")
GREATEST = 2**31 - 1
"""The largest integer of Postgres."""
KINDS = {Kind.SIGNAL: "Сигнали", Kind.PROPOSAL: "Предложения", Kind.QUESTION: "Въпроси"}
STATUSES = {status: words for status, words in STATUS.items() if status is not Status.AWAITING_CONFIRMATION}
NARROWING = 8
"""From so many results on, the page offers to narrow them."""

TYPING, GLANCE = 6, 110
"""Results to a key typed, and letters of each text: more than a phone shows at once, a third of a page's bytes."""
SNIPPET = 160
"""Letters of each text on a page."""


@get("/register", name="public.register", opt=CACHED)
async def show(request: Request, db: DB) -> Template:
    asked = await _asked(request, db)
    wanted = _wanted(asked, live=wants_fragment(request))
    found = await register.page(db, wanted, TYPING if wanted.live else register.PAGE)
    results = found.results
    many = wanted.q and not wanted.after and results.total >= NARROWING and not results.narrowed
    counts = await register.counts(db, wanted, found) if many else {}
    request.state.fleeting = results.narrowed or (many and not counts)  # the database had no time for more
    named = bool(counts) or not wants_fragment(request)  # a key typed into the search needs no names without them
    return page(
        request,
        "public/publishing/register/page.html",
        "public/publishing/register/_results.html",
        asked=asked,
        rows=found.rows,
        results=results,
        snippet=GLANCE if wanted.live else SNIPPET,
        counts=counts,
        completed=await completions(db, wanted.q) if wanted.q and wanted.live else [],
        address=lambda **changes: onward(_address(request, asked, **changes)),
        topics=await topics(db) if named else {},
        kinds={kind: _(name) for kind, name in KINDS.items()},
        statuses={status: _(name) for status, name in STATUSES.items()},
        departments=await departments(db) if named else {},
        filtered=sum(bool(asked[name]) for name in FILTERS),
    )


@get("/register.json", name="public.register.json", opt=CACHED, response_headers={"Cache-Control": "no-cache"})
async def as_json(request: Request, db: DB, settings: Config) -> dict[str, Any]:
    """What the page shows, nothing more, in the page's order."""
    asked = await _asked(request, db)
    found = await register.page(db, _wanted(asked))
    more = found.results.next
    return {
        "items": [_item(row, settings.base_url) for row in found.rows],
        "total": found.results.total,
        "total_is_exact": found.results.total_is_exact,
        "next": settings.base_url + _address(request, asked, after=more) if more else None,
    }


@get("/register/{year:int}/{number:int}", name="public.register.case", opt=CACHED)
async def case(request: Request, year: FromPath[int], number: FromPath[int], db: DB) -> Template:
    """A case that may not be seen and one that does not exist are answered alike."""
    row = await register.case(db, year, number) if max(year, number) <= GREATEST else None
    if row is None:
        raise NotFoundException
    events = await register.history(db, row.id)
    pictures = await register.pictures_of(db, row.id) if row.has_pictures else []
    together = await register.together(db, row.id) if row.is_grouped else []
    return page(
        request, "public/publishing/register/case.html", case=row, events=events, pictures=pictures, together=together
    )


async def _asked(request: Request, db: AsyncSession) -> Typed:
    """Keep what was asked as text: it is shown in the form again, and is part of the address of the next page.

    A filter that names nothing we know filters nothing: an old link opens the register.
    """
    names = ("q", *FILTERS, *HOW, "after")
    values = {name: clean(request.query_params.get(name, ""), 400).strip("\n") for name in names}
    known: dict[str, Collection[str]] = {
        "kind": set(Kind),
        "status": set(Status),
        "topic": await topics(db) if values["topic"] else {},
        "department": await all_departments(db) if values["department"] else {},
    }
    return Typed(values | {name: "" for name, choices in known.items() if values[name] not in choices})


def _wanted(asked: Typed, *, live: bool = False) -> register.Wanted:
    """Read the filters; a day that makes no sense does not filter."""
    return register.Wanted(
        q=asked["q"],
        kind=Kind(asked["kind"]) if asked["kind"] else None,
        topic=asked["topic"] or None,
        department=asked["department"] or None,
        status=Status(asked["status"]) if asked["status"] else None,
        received_from=_day(asked, "from"),
        received_to=_day(asked, "to"),
        overdue_on=clock.today() if asked["overdue"] == "1" else None,
        after=asked["after"],
        order=Order.NEWEST if asked["order"] == Order.NEWEST else Order.BEST,
        live=live,
        exactly=asked["exactly"] == "1",
    )


def _day(asked: Typed, name: str) -> date | None:
    return asked.day(name) if asked[name] else None


def _address(request: Request, asked: Typed, **changes: str) -> str:
    """Return the address of what was asked with `changes`; of the first page, unless they name another."""
    kept = {name: value for name, value in {**asked.values, "after": "", **changes}.items() if value}
    return f"{request.url.path}?{urlencode(kept)}"


def _item(row: Row, base: str) -> dict[str, Any]:
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
