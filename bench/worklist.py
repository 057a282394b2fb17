"""What the worklist's first page takes, queue by queue, among 1,000 cases and 100,000: the whole answer over HTTP.

usage: bench/worklist.py [FEW] [MANY]      cases in the two databases (1,000 and 100,000)
Two servers of the real application answer in turn, a request each, so that whatever slows the machine slows both. Four
of ten cases are open in either, and every queue has more than a page: both draw as many rows.
"""

import asyncio
import socket
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles

import archive
import asyncpg
import httpx
import lab
from keystroke import web

from portal import clock, demo
from portal.accounts import signin
from portal.db import connect, transaction
from portal.desk.worklist import Queue
from portal.embedded import Servers
from portal.settings import Settings
from portal.staff.model import Role
from portal.web.guards import COOKIE

ROUNDS = 60
PEOPLE = (("an operator", Role.OPERATOR, None), ("a department", Role.DEPARTMENT, "works"), ("a head", Role.HEAD, None))
READERS = "an operator", "a department"
GOAL = 1.5


async def fill(url: str, n: int) -> dict[str, str]:
    """Return the session tokens of the people, by who they are."""
    sessions = connect(url)
    async with transaction(sessions) as db:
        staff = {
            who: await signin.add(db, f"{role}@stanimaka.example", name=who, role=role, department=code, at=clock.now())
            for who, role, code in PEOPLE
        }
        tokens = {who: signin.begin_session(db, one, at=clock.now()) for who, one in staff.items()}
    await sessions.kw["bind"].dispose()
    raw = await asyncpg.connect(url)
    await archive.fill(raw, n)
    await raw.close()
    return tokens


def serving(started: Servers, url: str, at: ExitStack) -> Settings:
    folder = Path(at.enter_context(tempfile.TemporaryDirectory()))
    listener = at.enter_context(socket.create_server(("127.0.0.1", 0)))
    settings = demo.settings(
        folder,
        port=listener.getsockname()[1],
        database_url=url,
        redis_url=started.redis_url,
        smtp_url="smtp://127.0.0.1:1",
    )
    at.enter_context(web(settings, listener))
    return settings


def ask(client: httpx.Client, queue: Queue) -> tuple[float, int]:
    """Return the seconds of the answer, and the cases it shows."""
    start = time.perf_counter()
    answer = client.get("/staff", params={"queue": queue})
    taken = time.perf_counter() - start
    answer.raise_for_status()
    return taken, answer.text.count("/staff/cases/")


def measure(few: httpx.Client, many: httpx.Client, queue: Queue) -> tuple[list[float], list[float], tuple[int, int]]:
    times: tuple[list[float], list[float]] = ([], [])
    shown = [0, 0]
    for round_ in range(ROUNDS + 10):
        for which, client in enumerate((few, many)):
            taken, shown[which] = ask(client, queue)
            if round_ >= 10:  # the first ones warm
                times[which].append(taken)
    return *times, (shown[0], shown[1])


def tell(few: httpx.Client, many: httpx.Client) -> list[float]:
    """Print a row for each queue; return the ratios of the medians."""
    ratios = []
    for queue in Queue:
        less, more, shown = measure(few, many, queue)
        ratios.append(median(more) / median(less))
        p95 = quantiles(more, n=20)[18] / quantiles(less, n=20)[18]
        print(
            f"{queue:16} {median(less) * 1e3:8.2f} {median(more) * 1e3:8.2f} {ratios[-1]:7.2f} {p95:7.2f}"
            f"   {shown[0]} / {shown[1]}",
            flush=True,
        )
    return ratios


def main(started: Servers, sizes: tuple[int, int]) -> None:
    with ExitStack() as at:
        urls = [asyncio.run(lab.copy(started, f"worklist_{n}")) for n in sizes]
        tokens = [asyncio.run(fill(url, n)) for url, n in zip(urls, sizes, strict=True)]
        bases = [serving(started, url, at).base_url for url in urls]
        worst = 0.0
        for who in READERS:
            few, many = (
                at.enter_context(httpx.Client(base_url=base, cookies={COOKIE: known[who]}, timeout=60))
                for base, known in zip(bases, tokens, strict=True)
            )
            print(f"\n{who:16} {sizes[0]:>5} ms {sizes[1]:>5} ms  median     p95   rows shown")
            worst = max([worst, *tell(few, many)])
        print(f"\nthe worst ratio of {sizes[1]} to {sizes[0]}: {worst:.2f} (goal: {GOAL} at most)")


if __name__ == "__main__":
    smaller, larger, *_ = [*sys.argv[1:], *["1000", "100000"][len(sys.argv[1:]) :]]
    with lab.servers("shared_buffers = '512MB'") as started:
        main(started, (int(smaller), int(larger)))
