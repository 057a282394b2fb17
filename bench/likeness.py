"""What proposing similar cases takes among 1,000 cases and 100,000, and its plan.

usage: bench/likeness.py [FEW] [MANY]
Invented cases of seven years, four of ten open (the hardest: each of them may be proposed), with words by Zipf's law.
Each measured call is of another open case, as a clerk opens them.
"""

import asyncio
import sys
import time
from statistics import median, quantiles

import archive
import asyncpg
import crowd
import lab
from sqlalchemy import select

from portal import clock
from portal.accounts import signin
from portal.cases.model import Case, Status
from portal.db import connect, transaction
from portal.embedded import Servers
from portal.handling.duplicates import ANSWERED_WITHIN, similar
from portal.search.query.lemmas import lemmas
from portal.staff.model import Role

CALLS = 100


async def fill(url: str, n: int) -> None:
    sessions = connect(url)
    async with transaction(sessions) as db:
        for who in range(3):
            await signin.add(db, f"{who}@example.bg", name="x", role=Role.OPERATOR, department=None, at=clock.now())
        said = crowd.language(await lemmas(db))
    await sessions.kw["bind"].dispose()
    raw = await asyncpg.connect(url)
    await archive.fill(raw, n)
    await raw.execute("CREATE TEMP TABLE loaded (id bigint, tsv text)")
    await raw.copy_records_to_table("loaded", records=((row[2], row[-1]) for row in crowd.rows(n, said)))
    await raw.execute("DROP INDEX desk_search_tsv; SET maintenance_work_mem = '512MB'")
    await raw.execute("INSERT INTO desk_search SELECT id, 1, tsv::tsvector, '' FROM loaded")
    await raw.execute("CREATE INDEX desk_search_tsv ON desk_search USING gin (tsv) WITH (fastupdate = off)")
    await raw.execute(
        "INSERT INTO register_words (word, df, family, sound)"
        " SELECT word, ndoc, word, word FROM ts_stat('SELECT tsv FROM desk_search') WHERE word !~ '^#'"
    )
    await raw.execute("INSERT INTO register_parts VALUES (0, $1)", n)
    await raw.execute("VACUUM ANALYZE desk_search, register_words")
    await raw.execute("CHECKPOINT")
    await raw.close()


async def measure(url: str) -> list[float]:
    sessions, times = connect(url), []
    async with transaction(sessions) as db:
        ids = list(await db.scalars(select(Case.id).where(Case.status == Status.RECEIVED)))
        chosen = [ids[n * len(ids) // CALLS] for n in range(CALLS)]
        for case_id in [*chosen[:20], *chosen]:  # the first ones warm
            case = await db.get_one(Case, case_id)
            start = time.perf_counter()
            await similar(db, case, at=clock.now())
            times.append(time.perf_counter() - start)
    await sessions.kw["bind"].dispose()
    return times[20:]


async def plan(url: str) -> None:
    raw = await asyncpg.connect(url)
    for setting in (
        "LOAD 'auto_explain'",
        "SET auto_explain.log_min_duration = 0",
        "SET auto_explain.log_analyze = on",
        "SET auto_explain.log_nested_statements = on",
        "SET client_min_messages = log",
    ):
        await raw.execute(setting)
    raw.add_log_listener(lambda _, message: print(message.message))
    await raw.fetch("SELECT * FROM desk_similar($1, $2)", 1000, clock.now() - ANSWERED_WITHIN)
    await raw.close()


def main(started: Servers, sizes: tuple[int, int]) -> None:
    urls = [asyncio.run(lab.copy(started, f"similar_{n}")) for n in sizes]
    for n, url in zip(sizes, urls, strict=True):
        asyncio.run(fill(url, n))
        times = asyncio.run(measure(url))
        print(f"{n:>7} cases: median {median(times) * 1e3:.1f} ms, p95 {quantiles(times, n=20)[18] * 1e3:.1f} ms")
    asyncio.run(plan(urls[-1]))


if __name__ == "__main__":
    smaller, larger, *_ = [*sys.argv[1:], *["1000", "100000"][len(sys.argv[1:]) :]]
    with lab.servers("shared_buffers = '512MB'") as started:
        main(started, (int(smaller), int(larger)))
