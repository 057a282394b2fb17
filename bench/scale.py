"""How fast the search answers at 10,000, 100,000 and 1,000,000 cases, as ratios to `SELECT 1`.

usage: bench/scale.py [N …]      cases: 10,000 and 100,000 unless said; a million takes some minutes to make
Two clocks, each with its own floor on the same connection, measured anew before each row of the table:
a machine that gets busy meanwhile slows both.
  sql    the statements that a search sends, replayed as prepared statements by asyncpg
  whole  find() itself: reading, asking, composing, SQLAlchemy
"""

import asyncio
import random
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from statistics import median, quantiles
from typing import Any

import asyncpg
import crowd
import lab
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from portal.db import connect
from portal.embedded import Servers
from portal.search.completions import completions
from portal.search.filters import Filters
from portal.search.find import Order, find
from portal.search.query.lemmas import lemmas

ROUNDS = 200
_CYRILLIC, _SPELT = "абвгдезийклмнопрстуфхцчш", "a b v g d e z i y k l m n o p r s t u f h ts ch sh"
_LATIN = str.maketrans(dict(zip(_CYRILLIC, _SPELT.split(), strict=True)))
Run = Callable[[AsyncSession], Awaitable[Any]]


def classes(  # noqa: C901  (a list of the classes, one a line)
    said: crowd.Language, chance: random.Random
) -> Iterator[tuple[str, Callable[[], Run]]]:
    def common() -> str:
        return chance.choice(said.forms[chance.randrange(100)])

    def middling() -> str:
        return chance.choice(said.forms[chance.randrange(300, 3000)])

    def rare() -> str:
        return chance.choice(said.forms[chance.randrange(10_000, crowd.STEMS - 2 * crowd.RARE_ONLY)])

    def old() -> str:
        return chance.choice(said.forms[chance.randrange(crowd.STEMS - crowd.RARE_ONLY, crowd.STEMS)])

    def seasonal() -> str:
        return chance.choice(
            said.forms[chance.randrange(crowd.STEMS - 2 * crowd.RARE_ONLY, crowd.STEMS - crowd.RARE_ONLY)]
        )

    def slip() -> str:
        word = middling()
        at = chance.randrange(1, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    def search(typed: str, **options: Any) -> Run:
        return lambda db: find(db, typed, **options)

    def one_word(word: Callable[[], str]) -> Run:
        return search(word())

    def halves(length: int) -> Callable[[], Run]:
        return lambda: search(chance.choice([common, middling])()[:length], live=True)

    yield "nothing typed", lambda: search("")
    yield "incoming number", lambda: search(f"С-{chance.randrange(1, 9000)}/{crowd.FIRST_YEAR}")
    yield "completions, 2 letters", lambda: lambda db: completions(db, common()[:2])
    for length in (1, 2, 3, 4, 6):
        yield f"{length} letters", halves(length)
    for name, word in (
        ("common", common),
        ("middling", middling),
        ("rare", rare),
        ("old", old),
        ("seasonal", seasonal),
    ):
        yield f"{name} word", partial(one_word, word)
    yield "common word, newest", lambda: search(common(), order=Order.NEWEST)
    yield "middling word, newest", lambda: search(middling(), order=Order.NEWEST)
    yield "common word in Latin", lambda: search(common().translate(_LATIN))
    yield "middling word, a slip", lambda: search(slip())
    yield "no such word", lambda: search("щъркелщъ" + rare()[:3])
    yield "two common words", lambda: search(f"{common()} {common()}")
    yield "common + middling", lambda: search(f"{common()} {middling()}")
    yield "two middling words", lambda: search(f"{middling()} {middling()}")
    yield "word + half a word", lambda: search(f"{middling()} {common()[:4]}", live=True)
    yield "three words, last half", lambda: search(f"{common()} {middling()} {common()[:4]}", live=True)
    yield "three common words", lambda: search(f"{common()} {common()} {common()}")
    yield "common + kind", lambda: search(common(), filters=Filters(kind="proposal"))
    yield "common + status", lambda: search(common(), filters=Filters(status="received"))
    yield (
        "common + kind + department",
        lambda: search(common(), filters=Filters(kind="proposal", department="d3")),
    )
    yield "middling + department", lambda: search(middling(), filters=Filters(department="d3"))


class Recorder:
    """Remembers what a session sends, so that it can be sent again without SQLAlchemy."""

    def __init__(self, db: AsyncSession) -> None:
        self.sent: list[tuple[str, tuple[Any, ...]]] = []
        assert isinstance(db.bind, AsyncEngine)
        event.listen(db.bind.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        self.sent.append((statement, tuple(values)))


@dataclass
class Times:
    """Seconds of each round."""

    floor: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)

    def ratios(self) -> tuple[float, float, float]:
        cuts = quantiles(self.asked, n=100)
        floor = median(self.floor)
        return median(self.asked) / floor, cuts[94] / floor, cuts[98] / floor


async def measure(
    db: AsyncSession, raw: asyncpg.Connection, recorder: Recorder, make: Callable[[], Run]
) -> tuple[Times, Times]:
    sql, whole = Times(), Times()
    prepared: dict[str, Any] = {}

    async def note(run: Run, at: str) -> None:
        recorder.sent.clear()
        start = time.perf_counter()
        await run(db)
        getattr(whole, at).append(time.perf_counter() - start)
        for statement, _values in recorder.sent:
            if statement not in prepared:
                prepared[statement] = await raw.prepare(statement)
        start = time.perf_counter()
        for statement, values in recorder.sent:
            await prepared[statement].fetch(*values)
        getattr(sql, at).append(time.perf_counter() - start)

    for _ in range(ROUNDS):
        await note(_floor, "floor")
    for _ in range(ROUNDS):
        await note(make(), "asked")
    return sql, whole


async def _floor(db: AsyncSession) -> None:
    await db.execute(text("SELECT 1"))


async def main(started: Servers, sizes: list[int]) -> None:
    p95: dict[str, dict[int, float]] = {}
    for n in sizes:
        url = await lab.copy(started, f"scale_{n}")
        raw = await asyncpg.connect(url)
        sessions = connect(url)
        async with sessions() as db:
            said = crowd.language(await lemmas(db))
            await crowd.fill(raw, n, said)
            recorder = Recorder(db)
            floors: list[tuple[float, float]] = []
            print(f"\n{n} cases: median, p95, p99 as ratios to the floor\n{'':28}{'sql':^22}{'whole':^22}")
            for name, make in classes(said, random.Random(7)):
                for _ in range(20):
                    await make()(db)  # warm
                sql, whole = await measure(db, raw, recorder, make)
                p95.setdefault(name, {})[n] = sql.ratios()[1]
                told = (" ".join(f"{ratio:6.1f}" for ratio in times.ratios()) for times in (sql, whole))
                print(f"{name:28}{'  '.join(told)}", flush=True)
                floors.append((median(sql.floor), median(whole.floor)))
            print(
                f"{'floor in ms':28}" + "  ".join(f"{median(floor) * 1e3:20.3f}" for floor in zip(*floors, strict=True))
            )
        await raw.close()
        await sessions.kw["bind"].dispose()
    if len(sizes) > 1:
        print(f"\ngrowth of p95 (sql, to the floor) from {sizes[0]} to {sizes[-1]}")
        for name, by_size in p95.items():
            print(f"{name:28}{by_size[sizes[-1]] / by_size[sizes[0]]:6.2f}")


if __name__ == "__main__":
    with lab.servers("shared_buffers = '2GB'", "maintenance_work_mem = '512MB'") as started:
        asyncio.run(main(started, [int(one) for one in sys.argv[1:]] or [10_000, 100_000]))
