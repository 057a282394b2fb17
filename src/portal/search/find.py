"""The one entry: what of the public register answers a typed query."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from portal.search.cursor import After
from portal.search.filters import Filters
from portal.search.marks import Marks
from portal.search.patience import TookTooLong, patience
from portal.search.query import typing
from portal.search.query.lemmas import lemmas
from portal.search.query.understanding import Meaning, understand

PAGE = 20
CAP = 1_000  # totals are exact up to it
CANDIDATES = 300  # the newest matches, of which the best are shown first
_BIG = 20_000  # cases: in such a register fewer candidates are as good, and as you type counts stop early
_FEWER_CANDIDATES = 80
_LIVE_CAP = 50
FEW = 10  # with fewer answers to all words, those to some of them are shown too
PATIENCE = 1_500  # milliseconds for each statement
_WEAK = 0.4  # of the best one's score: what is only near must be worth showing

_QUERY = "CAST(CAST(:query AS text) AS tsquery), CAST(CAST(:narrow AS text) AS tsquery)"
_LIMITS = ":since, :until, :overdue_on"
_NEWEST = text(f"SELECT nr, id FROM register_newest({_QUERY}, :before, :most, {_LIMITS})")  # noqa: S608  (constants)
_BEST = text(f"""
    SELECT nr, id, score, considered, oldest FROM register_best({_QUERY},
        CAST(CAST(:terms AS text[]) AS tsquery[]), CAST(:worths AS real[]), CAST(:groups AS int[]),
        CAST(:importance AS real[]), CAST(:score AS real), :before, :most, :candidates, {_LIMITS})
""")  # noqa: S608  (the pieces are constants)
_TOTAL = text(f"SELECT register_total({_QUERY}, :cap, {_LIMITS})")
_FACETS = text(f"SELECT facet, value, cases FROM register_facets({_QUERY}, :cap, {_LIMITS})")  # noqa: S608


class Order(StrEnum):
    BEST = "best"
    NEWEST = "newest"


@dataclass(frozen=True)
class Results:
    ids: tuple[int, ...] = ()  # in the order to be shown
    total: int = 0
    total_is_exact: bool = True
    next: str | None = None  # `after` of the next page
    relaxed: bool = False  # too little answers all words: with it the best of what answers some
    best_of_newest: bool = False  # only the newest matches were compared
    narrowed: bool = False  # all of it took too long: the newest alone, not counted, or nothing at all
    shown_for: str | None = None  # the query as it was corrected; `exactly` is the way back
    suggestions: tuple[str, ...] = ()  # „Може би търсите“
    marks: Marks = field(default_factory=Marks)
    meaning: Meaning = field(default_factory=Meaning)  # what the query was understood as


async def find(
    db: AsyncSession,
    q: str,
    filters: Filters | None = None,
    *,
    order: Order = Order.BEST,
    after: str | None = None,
    live: bool = False,
    exactly: bool = False,
    most: int = PAGE,
) -> Results:
    """Find cases by `q` as typed; nothing typed finds all, newest first.

    `live`: the last word may be half typed. `exactly`: correct nothing.
    """
    asked = partial(_answer, db, typing.read(q, live=live), filters or Filters(), exactly=exactly, live=live, most=most)
    start = After.read(after)
    if not q.strip() and filters in {None, Filters()}:  # twenty of an index, and a count to the cap: no limit needed
        return await asked(order, start)
    for answer in (partial(asked, order, start), partial(asked, Order.NEWEST, start, narrowed=True)):
        try:
            async with patience(db, PATIENCE):
                return await answer()
        except TookTooLong:
            continue
    return Results(total_is_exact=False, narrowed=True)


async def _answer(
    db: AsyncSession,
    typed: typing.Typed,
    filters: Filters,
    order: Order,
    after: After,
    *,
    exactly: bool,
    live: bool,
    most: int,
    narrowed: bool = False,
) -> Results:
    rules = await lemmas(db)
    meaning = await understand(db, typed, rules, exactly=exactly)
    search = _Search(db, meaning, filters, most, _LIVE_CAP if live and meaning.cases > _BIG else CAP)
    by_receipt = order is Order.NEWEST or not meaning.groups
    way = search.only_newest if narrowed else search.newest if by_receipt else search.best
    results = await way(after)
    return replace(
        results,
        shown_for=meaning.shown_for if results.ids else None,
        suggestions=tuple(meaning.suggestions),
        marks=Marks.of(meaning.groups, rules),
        meaning=meaning,
    )


async def facets(db: AsyncSession, meaning: Meaning, filters: Filters | None = None) -> dict[str, dict[str, int]]:
    """Count of the newest thousand that match how many are of each kind, status, topic and department.

    Nothing, where that takes too long. `meaning`: as find() understood the query, so that it is not asked about twice.
    """
    counts: dict[str, dict[str, int]] = {}
    filters = filters or Filters()
    with suppress(TookTooLong):
        async with patience(db, PATIENCE):
            asked = {"query": meaning.all_of_it(filters), "narrow": meaning.narrow(filters), "cap": CAP}
            for facet, value, cases in await db.execute(_FACETS, asked | filters.limits()):
                counts.setdefault(facet, {})[value] = cases
    return counts


@dataclass(frozen=True)
class _Search:
    db: AsyncSession
    meaning: Meaning
    filters: Filters
    most: int
    cap: int

    async def newest(self, after: After) -> Results:
        rows, more = await self._by_receipt(after)
        return self._page(rows, len(rows) if after.is_start and not more else await self._total(), more)

    async def only_newest(self, after: After) -> Results:
        """Nothing ranked, counted or added. A page of the best is not gone on with: this begins anew."""
        rows, more = await self._by_receipt(after if after.newest else After())
        page = self._page(rows, len(rows[: self.most]), more)
        return replace(page, total_is_exact=False, narrowed=True)

    async def _by_receipt(self, after: After) -> tuple[Sequence[Row[Any]], After | None]:
        rows = await self._rows(_NEWEST, query=self._strict, before=after.nr, most=self.most + 1)
        return rows, After(rows[self.most - 1].nr, newest=True) if len(rows) > self.most else None

    async def best(self, after: After) -> Results:
        """The best first; past the candidates, by receipt."""
        if after.newest:
            return await self.newest(after)
        rows = await self._ranked(self._strict, after, self.most + 1)
        considered = rows[0].considered if rows else 0
        if considered < min(FEW, self.most + 1) and after.is_start:
            return await self._relaxed(rows)
        more = After(rows[self.most - 1].nr, rows[self.most - 1].score) if len(rows) > self.most else None
        if considered < self._candidates:
            return self._page(rows, considered, more)
        more = more or After(rows[0].oldest, newest=True)
        total = await self._total() if self.cap > considered else self.cap + 1
        return replace(self._page(rows, total, more), best_of_newest=True)

    async def _relaxed(self, strict: Sequence[Row[Any]]) -> Results:
        """One page of what answers all words and what answers some, best first."""
        rows = await self._ranked(self.meaning.some_of_it(self.filters), After(), self.most, narrow=None)
        kept = {row.id for row in strict}
        named = any(
            group.is_enough for group in self.meaning.groups
        )  # the case of a number is worth far more than words
        worth = max((row.score for row in rows if not (named and row.id in kept)), default=0) * _WEAK
        ids = [row.id for row in rows if row.id in kept or row.score > worth]
        ids += [row.id for row in strict if row.id not in ids]
        return Results(tuple(ids), len(ids), relaxed=len(ids) > len(kept))

    async def _ranked(self, query: str | None, after: After, most: int, **narrow: None) -> Sequence[Row[Any]]:
        asked = {"query": query, "score": after.score, "before": after.nr, "most": most}
        return await self._rows(_BEST, candidates=self._candidates, **asked, **narrow, **self.meaning.terms())

    def _page(self, rows: Sequence[Row[Any]], total: int, more: After | None) -> Results:
        ids = tuple(row.id for row in rows[: self.most])
        return Results(ids, min(total, self.cap), total <= self.cap, str(more) if more else None)

    async def _total(self) -> int:
        """Count to just above the cap, unless it is known already that there are more."""
        plain = not any(self.filters.limits().values()) and not [*self.filters.lexemes()]
        if plain and self.meaning.at_least > 2 * self.cap:
            return self.cap + 1
        return int((await self._rows(_TOTAL, query=self._strict, cap=self.cap + 1))[0][0])

    async def _rows(self, asked: Any, **values: Any) -> Sequence[Row[Any]]:
        narrow = self.meaning.narrow(self.filters)
        return (await self.db.execute(asked, {"narrow": narrow} | values | self.filters.limits())).all()

    @property
    def _candidates(self) -> int:
        return _FEWER_CANDIDATES if self.meaning.cases > _BIG else CANDIDATES

    @property
    def _strict(self) -> str | None:
        return self.meaning.all_of_it(self.filters)
