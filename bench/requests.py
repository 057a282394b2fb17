"""What each kind of page costs, and a submission: statements, CPU of the web process and of PostgreSQL, bytes, memory.

usage: bench/requests.py [--cases N] [--requests N] [--only KIND] [--json FILE]
Beside each other, on the same PostgreSQL, in the same run: `portal serve`; a bare Litestar answer of as many bytes
under the same uvicorn; and the same page in plain Django with psycopg (bench/yardstick: gunicorn with one synchronous
worker, a kept connection to the database, gzip, the portal's own tables and functions of search). A browser's requests,
one after the other. CPU is what the operating system has counted for the processes, so that a busy machine changes
little; of five rounds the lowest is told. BEGIN, COMMIT and ROLLBACK are no statements here. Redis and who asks are
not counted.

Each address is asked for once, with a number in its query that means nothing, so that no page comes from memory but
those "from memory". No worker runs: e-mails are written, not sent.
"""

import argparse
import asyncio
import json
import re
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

import asyncpg
import httpx
import lab
import psutil
from yardstick import sites, town
from yardstick.sites import Site

from portal.embedded import Servers
from portal.tokens import Tokens
from portal.web.guards import COOKIE

ROUNDS, WARM, COUNTED = 5, 10, 10
BARE = 5
"""Times as many requests to the bare answer: it uses so little."""
WORDS = ("дупка", "улица", "осветление", "контейнери", "кучета", "тротоар", "дърво", "автобус")
TYPED = tuple(word[:length] for word in WORDS for length in range(2, len(word) + 1))
QUERIES = ("kind=signal&status=closed", "department=works", "kind=question&topic=roads", "status=assigned")
_STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]+): (?!BEGIN|COMMIT|ROLLBACK;?$)", re.MULTILINE)
_numbers = count(1)


@dataclass(frozen=True)
class Town:
    database_url: str
    tokens: Tokens
    session: str
    public: list[tuple[int, int]]
    """Years and numbers of cases that the public sees."""
    of_desk: list[int]

    @property
    def signed_in(self) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={self.session}"}


@dataclass
class Asked:
    """One request, whichever site is asked."""

    path: str
    headers: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] | None = None


@dataclass(frozen=True)
class Kind:
    name: str
    ask: Callable[[Town, int], Asked]
    from_memory: bool = False
    """Django has no such memory here: its page is made anew."""
    confirms: bool = False


@dataclass
class Cost:
    statements: float = 0
    app: float = 0
    postgres: float = 0
    """CPU milliseconds of a request."""
    size: float = 0
    """Bytes of the body, as sent."""

    @property
    def total(self) -> float:
        return self.app + self.postgres


def _public(town: Town, n: int) -> str:
    year, number = town.public[n % len(town.public)]
    return f"/register/{year}/{number}"


def _submission(_: Town, n: int) -> Asked:
    """Each from another person and another address: one may send only so many forms."""
    form = {
        "draft": secrets.token_urlsafe(16),
        "title": "Дупка на ул. Речна",
        "text": f"Дупката пред номер {n} е станала кратер, вчера падна дете с колело. Моля да я запълните.",
        "place": f"ул. Речна {n}",
        "topic": "roads",
        "publication": "public_unnamed",
        **dict.fromkeys(("name", "sender_name"), "Пенка Стоянова"),
        **dict.fromkeys(("phone", "sender_phone"), "+359888123456"),
        **dict.fromkeys(("email", "sender_email"), f"penka{secrets.token_hex(6)}@example.bg"),
    }
    return Asked("/submit/signal", {"X-Forwarded-For": f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}"}, form)


KINDS = (
    Kind("register", lambda _, n: Asked(f"/register?n={n}")),
    Kind("register, filtered", lambda _, n: Asked(f"/register?{QUERIES[n % len(QUERIES)]}&n={n}")),
    Kind("search", lambda _, n: Asked(f"/register?q={WORDS[n % len(WORDS)]}&n={n}")),
    Kind("keystroke", lambda _, n: Asked(f"/register?q={TYPED[n % len(TYPED)]}&n={n}", {"HX-Request": "true"})),
    Kind("case", lambda town, n: Asked(f"{_public(town, n)}?n={n}")),
    Kind("front page", lambda _, n: Asked(f"/?n={n}")),
    Kind("register, from memory", lambda _, __: Asked("/register"), from_memory=True),
    Kind("case, from memory", lambda town, _: Asked(_public(town, 0)), from_memory=True),
    Kind("front page, from memory", lambda _, __: Asked("/"), from_memory=True),
    Kind("worklist", lambda town, n: Asked(f"/staff?n={n}", town.signed_in)),
    Kind("case at the desk", lambda town, n: Asked(f"/staff/cases/{town.of_desk[n % 50]}?n={n}", town.signed_in)),
    Kind("submission", _submission),
    Kind("confirmation", lambda _, __: Asked("", form={}), confirms=True),
)


@dataclass
class Bench:
    town: Town
    postgres: psutil.Process
    log: Path
    requests: int
    portal: Site
    bare: Site
    django: Site

    def measure(self, kind: Kind) -> dict[str, Cost]:
        """Return what it costs each site."""
        costs = {site.name: self._counted(site, kind) for site in (self.portal, self.django)}
        costs[self.bare.name] = Cost(size=costs[self.portal.name].size)
        for _ in range(ROUNDS):
            for site in (self.portal, self.bare, self.django):
                _lower(costs[site.name], *self._round(site, kind, costs[site.name].size))
        return costs

    def walk(self) -> None:
        """Ask for one page of each kind."""
        for kind in KINDS:
            for asked in self._all(self.portal, kind, 1):
                self._send(self.portal, asked)

    def _counted(self, site: Site, kind: Kind) -> Cost:
        """Return statements and bytes."""
        with self._logging():
            for asked in self._all(site, kind, WARM):
                self._send(site, asked)
            requests = [*self._all(site, kind, COUNTED)]
            begin = self.log.stat().st_size
            sizes = [self._send(site, asked) for asked in requests]
            statements = len(_STATEMENT.findall(self.log.read_bytes()[begin:].decode(errors="replace")))
        return Cost(statements / COUNTED, size=median(sizes))

    def _round(self, site: Site, kind: Kind, size: float) -> tuple[float, float]:
        """Return the CPU seconds of a request: of the site, of PostgreSQL."""
        requests = self.requests * (BARE if site is self.bare else 1)
        warm, measured = ([*self._all(site, kind, most)] for most in (WARM, requests))
        if site is self.bare:
            warm, measured = ([self._same_size(asked, size) for asked in some] for some in (warm, measured))
        for asked in warm:
            self._send(site, asked)
        before = site.cpu(), sites.cpu(self.postgres)
        for asked in measured:
            self._send(site, asked)
        after = site.cpu(), sites.cpu(self.postgres)
        app, postgres = (sites.used(*one) / requests for one in zip(before, after, strict=True))
        return app, postgres if site is not self.bare else 0

    def _all(self, site: Site, kind: Kind, most: int) -> Iterator[Asked]:
        for _ in range(most):
            if kind.confirms:
                yield Asked("/" if site is self.bare else self._to_confirm(site), form={})
            else:
                yield kind.ask(self.town, next(_numbers))

    def _to_confirm(self, site: Site) -> str:
        """Submit a case; return the address that its button sends to."""
        asked = _submission(self.town, next(_numbers))
        token = self._answer(site, asked).headers["location"].rpartition("/")[2]
        if site is self.portal:
            sent = self.town.tokens.read_sent(token)
            assert sent is not None
            case: Any = SimpleNamespace(id=sent.case_id, link_key=sent.key)
            token = self.town.tokens.confirm(case, 1)
        return f"/confirm/{token}"

    @staticmethod
    def _same_size(asked: Asked, size: float) -> Asked:
        return Asked(f"/{size:.0f}", asked.headers, asked.form)

    def _send(self, site: Site, asked: Asked) -> int:
        """Return the bytes of the body."""
        return self._answer(site, asked).num_bytes_downloaded

    @staticmethod
    def _answer(site: Site, asked: Asked) -> httpx.Response:
        site.asked += 1
        if asked.form is None:
            answer = site.client.get(asked.path, headers=asked.headers)
        else:
            answer = site.client.post(asked.path, headers=asked.headers | site.posts, data=asked.form)
        expected = {200} if asked.form is None else {200, 303, 302} if site.name == "bare" else {302, 303}
        assert answer.status_code in expected, f"{site.name} {asked.path}: {answer.status_code} {answer.text[-500:]}"
        return answer

    @contextmanager
    def _logging(self) -> Iterator[None]:
        asyncio.run(_set(self.town.database_url, "log_statement = 'all'"))
        yield
        asyncio.run(_set(self.town.database_url, "log_statement = 'none'"))


def _lower(cost: Cost, app: float, postgres: float) -> None:
    """Keep the cheapest round, in milliseconds."""
    if not cost.total or (app + postgres) * 1e3 < cost.total:
        cost.app, cost.postgres = app * 1e3, postgres * 1e3


async def _set(url: str, setting: str) -> None:
    db = await asyncpg.connect(url)
    await db.execute(f"ALTER SYSTEM SET {setting}")
    await db.execute("SELECT pg_reload_conf()")
    await db.close()


def tell(kind: Kind, costs: dict[str, Cost]) -> None:
    portal, bare, django = (costs[name] for name in ("portal", "bare", "Django"))
    _row(kind.name, portal, bare, "" if kind.from_memory else f"{portal.total / django.total:.2f}")
    if not kind.from_memory:
        _row("  Django", django, bare, "")


def _row(name: str, cost: Cost, bare: Cost, to_django: str) -> None:
    print(
        f"{name:24}{cost.statements:10.1f}{cost.app:9.2f}{cost.postgres:9.2f}{cost.total:9.2f}"
        f"{cost.total / bare.total:9.1f}{to_django:>9}{cost.size:9.0f}",
        flush=True,
    )


async def _town(started: Servers, cases: int, secret: str) -> Town:
    session = await town.fill(started.database_url, cases)
    db = await asyncpg.connect(started.database_url)
    public = await db.fetch("SELECT incoming_year, incoming_seq FROM public_cases ORDER BY received_at DESC LIMIT 500")
    open_ = await db.fetch("SELECT id FROM cases WHERE status = 'assigned' ORDER BY due_on, id LIMIT 50")
    await db.close()
    numbers, of_desk = [(one[0], one[1]) for one in public], [one[0] for one in open_]
    return Town(started.database_url, Tokens(secret), session, numbers, of_desk)


def main(given: argparse.Namespace, started: Servers) -> None:
    secret = secrets.token_urlsafe(32)
    there = asyncio.run(_town(started, given.cases, secret))
    with ExitStack() as at:
        folder = Path(at.enter_context(tempfile.TemporaryDirectory()))
        portal = at.enter_context(sites.portal(folder, started.database_url, started.redis_url, secret))
        bare, django = at.enter_context(sites.bare()), at.enter_context(sites.django(started.database_url))
        postgres = psutil.Process(started.postgres.pid)
        bench = Bench(there, postgres, started.postgres.log.path, given.requests, portal, bare, django)
        memory = {"at the start": portal.memory}
        bench.walk()
        memory["after a walk of all pages"] = portal.memory
        print(f"{given.cases} cases; CPU in ms of a request, of the web process (app) and of PostgreSQL (pg)")
        print(f"{'':24}{'statements':>10}{'app':>9}{'pg':>9}{'total':>9}{'÷ bare':>9}{'÷ Django':>9}{'bytes':>9}")
        found = {}
        for kind in KINDS:
            if given.only in {None, kind.name}:
                found[kind.name] = bench.measure(kind)
                tell(kind, found[kind.name])
        memory[f"after {portal.asked} requests"] = portal.memory
        bares = [costs["bare"].total for costs in found.values()]
        print(f"a bare answer: {min(bares):.3f} to {max(bares):.3f} ms")
        print("memory of the web process (RSS): " + ", ".join(f"{mb:.0f} MB {when}" for when, mb in memory.items()))
        print(f"of the bare one {bare.memory:.0f} MB, of Django's {django.memory:.0f} MB")
    if given.json:
        costs = {kind: {name: asdict(cost) for name, cost in one.items()} for kind, one in found.items()}
        given.json.write_text(json.dumps({"costs": costs, "memory": memory}, indent=1), "utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What each kind of page costs.")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=40, help="of each kind in a round")
    parser.add_argument("--only", choices=[kind.name for kind in KINDS], help="one kind of page")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    return parser.parse_args()


if __name__ == "__main__":
    asked_for = arguments()
    with lab.servers("shared_buffers = '512MB'", "autovacuum = off") as started:
        main(asked_for, started)
