"""What a stranger's worst form costs, and what a crowd of sign-ins and pictures leaves for the register.

usage: bench/hostile.py
Every route that takes a form, each field that any form has, and letters that made something slow once: as many as a
field may have, and a megabyte. CPU of the process for each request, beside the same route with as many ordinary
letters in the same field (the floor). Then the register's answers, alone and while 40 sign in and 24 send pictures.
"""

import asyncio
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import quote_plus

import lab
from litestar import Litestar
from litestar.routes import HTTPRoute
from PIL import Image

from portal import clock, demo
from portal.accounts import signin
from portal.app import create_app
from portal.cases.model import Case
from portal.db import transaction
from portal.embedded import Servers
from portal.settings import Settings, municipality_from, smtp_from_url
from portal.staff.model import Role
from portal.tokens import Tokens
from portal.web.form_body import CITIZENS

ALPHABETS = {
    "addresses": "a@b.cc ",
    "telephones": "0888 123 456 ",
    "marks": "\u0301\u0323",
    "one letter": "а",
    "dots": ". ",
    "numbers": "1",
    "links": "http://a.bg/",
    "blanks": "\t ",
    "quotes": "„\"'",
    "accounts": "BG80BNBG96611020345678 ",
    "lines": "а\n",
}
ORDINARY = "Дупката пред номер пет е станала кратер и вчера падна дете. "
FIELDS = (
    "text", "title", "place", "name", "email", "phone", "mask", "similar", "draft", "reason", "answer", "until", "mine",
    "base", "seen", "phrases", "number", "password", "code", "to", "ground", "q", "case", "kept", "next",
)  # fmt: skip
WITH = {"preview": "1", "state": "published", "relation": "same", "kind": "signal", "channel": "phone"}
"""What sends a request on to where its text is worked on."""
PAUSE = 3.0
"""Seconds until somebody who was refused presses the button again."""
App = Callable[..., Any]


def anywhere() -> str:
    """An address of nobody who was here before: what is slowed down costs nothing."""
    return ".".join(str(secrets.randbelow(250)) for _ in range(4))


async def send(app: App, path: str, body: bytes, media_type: str, *, cookie: str = "", address: str = "") -> int:
    headers = [(b"host", b"signali.example.bg"), (b"content-type", media_type.encode()), (b"cookie", cookie.encode())]
    scope: dict[str, Any] = {
        "type": "http", "http_version": "1.1", "method": "POST" if media_type else "GET", "scheme": "http",
        "path": path.partition("?")[0], "raw_path": path.partition("?")[0].encode(),
        "query_string": path.partition("?")[2].encode(), "root_path": "", "headers": headers,
        "client": (address or anywhere(), 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    status = 0

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def sent(message: Any) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    await app(scope, receive, sent)
    return status


ENCODED = "application/x-www-form-urlencoded"


def form(field: str, text: str) -> bytes:
    return "&".join(f"{name}={quote_plus(value)}" for name, value in {**WITH, field: text}.items()).encode()


def routes(app: Litestar, tokens: dict[str, str]) -> Iterable[str]:
    for route in app.routes:
        if isinstance(route, HTTPRoute) and "POST" in route.methods and not route.path.endswith("/sign-out"):
            path = route.path.replace("{token:str}", tokens.get(route.path.split("/")[1], "guess"))
            yield re.sub(r"{\w+:str}", "signal", re.sub(r"{\w+:int}", "1", path))


async def cost(app: Litestar, path: str, body: bytes, cookie: str) -> float:
    """Return milliseconds of the process's CPU."""
    began = time.process_time()
    status = await send(app, path, body, ENCODED, cookie=cookie)
    assert status < 500, (path, status)
    return (time.process_time() - began) * 1000


async def forms(app: Litestar, settings: Settings, case: Case, cookie: str) -> None:
    tokens = Tokens.of(settings)
    known = {"track": tokens.track(case), "answer": tokens.answer("works", clock.now()), "submit": "signal"}
    worst: list[tuple[float, float, str]] = []
    total = 0
    for path in routes(app, known):
        for field in FIELDS:
            count = CITIZENS.field - 100
            floor = await cost(app, path, form(field, (ORDINARY * count)[:count]), cookie)
            for name, letters in ALPHABETS.items():
                took = await cost(app, path, form(field, (letters * count)[:count]), cookie)
                worst.append((took, took / max(floor, 1), f"{path} {field}: {name}"))
                total += 1
        for letters in ALPHABETS.values():
            took = await cost(app, path, form("text", (letters * 1_000_000)[:1_000_000]), cookie)
            worst.append((took, 0, f"{path} a megabyte"))
            total += 1
    print(f"{total:,} requests; the dearest, in ms of CPU (aim: under 200), and times as many ordinary letters:")
    for took, ratio, what in sorted(worst, reverse=True)[:8]:
        print(f"  {took:7.1f}  x {ratio:4.1f}  {what}")
    print("the most beside ordinary letters:")
    for took, ratio, what in sorted(worst, key=lambda one: -one[1])[:5]:
        print(f"  {took:7.1f}  x {ratio:4.1f}  {what}")


async def crowd(app: Litestar) -> None:
    picture = BytesIO()
    Image.effect_noise((1600, 1200), 60).save(picture, "JPEG", quality=95)
    part = b'--x\r\nContent-Disposition: form-data; name="attachments"; filename="a.jpg"\r\n\r\n' + picture.getvalue()
    pictures = (part + b"\r\n") * 3 + b"--x--\r\n"
    going = True

    async def sign_in(number: int) -> None:
        while going:
            body = form("email", f"{number}@example.bg") + b"&password=battery+staple"
            await send(app, "/staff/sign-in", body, ENCODED)
            await asyncio.sleep(PAUSE)

    async def send_pictures(number: int) -> None:
        while going:
            await send(
                app, "/submit/signal", pictures, "multipart/form-data; boundary=x", address=f"198.51.100.{number}"
            )
            await asyncio.sleep(PAUSE)

    async def read() -> list[float]:
        times = []
        for number in range(120):
            began = time.perf_counter()
            assert await send(app, f"/register?q=улица&after=&n={number}", b"", "", cookie="a=b") == 200
            times.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.02)
        return times

    await read()
    alone = await read()
    tasks = [asyncio.create_task(sign_in(n)) for n in range(40)]
    tasks += [asyncio.create_task(send_pictures(n)) for n in range(24)]
    await asyncio.sleep(2)
    together = await read()
    going = False
    await asyncio.gather(*tasks)
    p95 = [quantiles(times, n=20)[18] for times in (alone, together)]
    print(
        f"register, p95: alone {p95[0]:.1f} ms, among 40 sign-ins and 24 forms with pictures {p95[1]:.1f} ms, ", end=""
    )
    print(f"x {p95[1] / p95[0]:.1f} (aim: 2)")


async def measure(servers: Servers, folder: Path) -> None:
    settings = Settings(
        database_url=servers.database_url, redis_url=servers.redis_url, smtp=smtp_from_url("smtp://127.0.0.1:1"),
        secret=secrets.token_urlsafe(32), base_url="http://signali.example.bg", mail_from="portal@stanimaka.example",
        municipality=municipality_from(demo.HERE / "municipality.toml"), uploads=folder,
    )  # fmt: skip
    sessions = await lab.demonstration(settings.database_url)
    async with transaction(sessions) as db:
        admin = await signin.add(db, "a@a.bg", name="А Б", role=Role.ADMIN, department=None, at=clock.now())
        token = signin.begin_session(db, admin, at=clock.now() + timedelta(minutes=1))
        case = await db.get_one(Case, 1)
    app = create_app(settings)
    async with app.lifespan():
        await forms(app, settings, case, f"portal_staff={token}")
        await crowd(app)
    await sessions.kw["bind"].dispose()


def main() -> None:
    with lab.servers() as servers, tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(servers, Path(folder)))


if __name__ == "__main__":
    main()
