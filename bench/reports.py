"""What a report takes among many cases, as a ratio to `SELECT 1` over the same connection; and how its query is run.

usage: bench/reports.py [N] [--explain]      cases of the last seven years (100,000); the plan as well
"""

import asyncio
import sys
import time
from statistics import median
from typing import Any

import archive
import asyncpg
import lab
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession
from worklist import PEOPLE

from portal import clock
from portal.accounts import signin
from portal.db import connect, transaction
from portal.embedded import Servers
from portal.reports import statistics
from portal.reports.periods import Span

ROUNDS = 20


async def fill(url: str, n: int) -> None:
    sessions = connect(url)
    async with transaction(sessions) as db:
        for who, role, code in PEOPLE:
            await signin.add(db, f"{role}@stanimaka.example", name=who, role=role, department=code, at=clock.now())
    await sessions.kw["bind"].dispose()
    raw = await asyncpg.connect(url)
    await archive.fill(raw, n)
    await raw.close()


async def floor(db: AsyncSession) -> float:
    times = []
    for _ in range(10 * ROUNDS):
        start = time.perf_counter()
        await db.execute(text("SELECT 1"))
        times.append(time.perf_counter() - start)
    return median(times)


async def measure(db: AsyncSession, span: Span) -> tuple[float, int]:
    """Return the seconds of the last whole period's report with the list of periods beside it, and its cases."""
    times, received = [], 0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        there = await statistics.periods(db, span)
        report = await statistics.report(db, there[1], on=clock.today())
        times.append(time.perf_counter() - start)
        received = report.total.received
    return median(times), received


async def main(started: Servers, n: int, *, explain: bool) -> None:
    await fill(started.database_url, n)
    sessions = connect(started.database_url)
    async with transaction(sessions) as db:
        sent: list[tuple[str, Any]] = []
        event.listen(db.get_bind(), "before_cursor_execute", lambda *given: sent.append((given[2], given[3])))
        least = await floor(db)
        print(f"{n} cases; SELECT 1: {least * 1e3:.2f} ms\n{'':10}{'counted':>9}{'ms':>8}{'ratio':>8}")
        for span in Span:
            taken, received = await measure(db, span)
            print(f"{span:10}{received:9}{taken * 1e3:8.1f}{taken / least:8.0f}", flush=True)
    if explain:
        raw = await asyncpg.connect(started.database_url)
        asked, values = sent[-1]
        print("\n".join(row[0] for row in await raw.fetch(f"EXPLAIN (ANALYZE, BUFFERS) {asked}", *values)))
        await raw.close()
    await sessions.kw["bind"].dispose()


if __name__ == "__main__":
    numbers = [one for one in sys.argv[1:] if one.isdigit()]
    with lab.servers("shared_buffers = '512MB'") as started:
        asyncio.run(main(started, int(numbers[0]) if numbers else 100_000, explain="--explain" in sys.argv))
