"""Twenty people typing while five write: what a keystroke takes, beside one person alone, and beside `SELECT 1`.

usage: bench/typists.py [N] [SECONDS]      cases in the register (100,000), seconds for each row of the table (10)
A keystroke is find() in a transaction of its own; a write is a case submitted and confirmed. (Not typing.py: that
name would hide the standard library's from every bench beside it.)
"""

import asyncio
import random
import sys
import time
from statistics import median, quantiles

import asyncpg
import crowd
import lab
from sqlalchemy import text

from portal import clock, demo
from portal.cases.model import Kind, Publication
from portal.db import Sessions, connect, transaction
from portal.embedded import Servers
from portal.intake import confirmation, submission
from portal.search.find import find
from portal.search.query.lemmas import lemmas
from portal.settings import municipality_from

PAUSE = 0.15  # between the keys of a quick typist, and the cases of a writer


async def types(sessions: Sessions, said: crowd.Language, seed: int, times: list[float], until: float) -> None:
    chance = random.Random(seed)
    while time.perf_counter() < until:
        first, second = (said.forms[chance.randrange(common)] for common in (2000, 200))
        typed = f"{chance.choice(first)} {chance.choice(second)}"
        for length in range(2, len(typed)):
            start = time.perf_counter()
            async with transaction(sessions) as db:
                await find(db, typed[:length], live=True)
            times.append(time.perf_counter() - start)
            await asyncio.sleep(PAUSE)


async def writes(sessions: Sessions, said: crowd.Language, seed: int, until: float) -> int:
    chance = random.Random(seed)
    municipality = municipality_from(demo.HERE / "municipality.toml")
    written = 0
    while time.perf_counter() < until:
        words = [said.word(chance.randrange(crowd.STEMS)) for _ in range(80)]
        sent = submission.Submission(
            draft=f"{until} {seed} {written}",
            kind=Kind.SIGNAL,
            name="Пенка Стоянова",
            phone="+359888123456",
            email="penka@example.bg",
            title=" ".join(words[:5]),
            text=" ".join(words),
            place="",
            topic=None,
            publication=Publication.UNNAMED,
        )
        async with transaction(sessions) as db:
            case = await submission.submit(db, sent, at=clock.now())
        async with transaction(sessions) as db:
            await confirmation.confirm(db, case.id, municipality, at=clock.now())
        written += 1
        await asyncio.sleep(PAUSE)
    return written


async def floor(sessions: Sessions) -> float:
    times = []
    for _ in range(500):
        start = time.perf_counter()
        async with transaction(sessions) as db:
            await db.execute(text("SELECT 1"))
        times.append(time.perf_counter() - start)
    return median(times)


async def main(started: Servers, n: int, seconds: float) -> None:
    raw = await asyncpg.connect(started.database_url)
    sessions = connect(started.database_url, pool_size=30)
    async with transaction(sessions) as db:
        said = crowd.language(await lemmas(db))
    await crowd.fill(raw, n, said)
    await raw.execute(f"SELECT setval(pg_get_serial_sequence('cases', 'id'), {n})")
    await raw.close()
    least = await floor(sessions)
    print(f"{n} cases; SELECT 1 in a transaction: {least * 1e3:.2f} ms; the others as ratios to it\n")
    print(f"{'':24} {'keys':>5} {'median':>7} {'p95':>7} {'p99':>7} {'p99 in ms':>10} {'cases written':>14}")
    for name, typists, writers in (("one alone", 1, 0), ("twenty", 20, 0), ("twenty, five writing", 20, 5)):
        times: list[float] = []
        until = time.perf_counter() + seconds
        typing = [types(sessions, said, seed, times, until) for seed in range(typists)]
        writing = [writes(sessions, said, seed, until) for seed in range(writers)]
        written = sum(one or 0 for one in await asyncio.gather(*typing, *writing))
        cuts = quantiles(times, n=100)
        ratios = " ".join(f"{one / least:7.1f}" for one in (median(times), cuts[94], cuts[98]))
        print(f"{name:24} {len(times):5} {ratios} {cuts[98] * 1e3:10.1f} {written:14}", flush=True)
    await sessions.kw["bind"].dispose()


if __name__ == "__main__":
    cases, lasting, *_ = [*sys.argv[1:], *["100000", "10"][len(sys.argv[1:]) :]]
    with lab.servers("shared_buffers = '1GB'", "maintenance_work_mem = '512MB'") as started:
        asyncio.run(main(started, int(cases), float(lasting)))
