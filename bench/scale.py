"""How fast the search answers at 10,000, 100,000 and 1,000,000 cases, as ratios to `SELECT 1`.

usage: bench/scale.py [N …]      cases: 10,000 and 100,000 unless said; a million takes some minutes to make
Two clocks, each with its own floor on the same connection:
  sql    the statements that a search sends, replayed as prepared statements by asyncpg
  whole  find() itself: reading, asking, composing, SQLAlchemy
"""

import asyncio
import random
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
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
from portal.search.lemmas import lemmas

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

    yield "floor: select 1", lambda: lambda db: db.execute(text("SELECT 1"))
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


async def measure(
    db: AsyncSession, raw: asyncpg.Connection, recorder: Recorder, make: Callable[[], Run]
) -> tuple[list[float], list[float]]:
    whole, sql = [], []
    prepared: dict[str, Any] = {}
    for _ in range(ROUNDS):
        run = make()
        recorder.sent.clear()
        start = time.perf_counter()
        await run(db)
        whole.append(time.perf_counter() - start)
        for statement, _values in recorder.sent:
            if statement not in prepared:
                prepared[statement] = await raw.prepare(statement)
        start = time.perf_counter()
        for statement, values in recorder.sent:
            await prepared[statement].fetch(*values)
        sql.append(time.perf_counter() - start)
    return whole, sql


def told(times: list[float], floor: float) -> str:
    cuts = quantiles(times, n=100)
    return f"{median(times) / floor:6.1f} {cuts[94] / floor:6.1f} {cuts[98] / floor:6.1f}"


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
            print(f"\n{n} cases: median, p95, p99 as ratios to the floor\n{'':28}{'sql':^22}{'whole':^22}")
            floors = (1.0, 1.0)
            for name, make in classes(said, random.Random(7)):
                for _ in range(20):
                    await make()(db)  # warm
                whole, sql = await measure(db, raw, recorder, make)
                if name.startswith("floor"):
                    floors = (median(whole), median(sql))
                    print(f"{'floor in ms':28}{floors[1] * 1000:21.3f} {floors[0] * 1000:21.3f}")
                p95.setdefault(name, {})[n] = quantiles(sql, n=100)[94]
                print(f"{name:28}{told(sql, floors[1])}  {told(whole, floors[0])}", flush=True)
        await raw.close()
        await sessions.kw["bind"].dispose()
    if len(sizes) > 1:
        print(f"\ngrowth of p95 (sql) from {sizes[0]} to {sizes[-1]}")
        for name, by_size in p95.items():
            print(f"{name:28}{by_size[sizes[-1]] / by_size[sizes[0]]:6.2f}")


if __name__ == "__main__":
    with lab.servers("shared_buffers = '2GB'", "maintenance_work_mem = '512MB'") as started:
        asyncio.run(main(started, [int(one) for one in sys.argv[1:]] or [10_000, 100_000]))
