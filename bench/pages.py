"""What a public page costs a process: made anew, from memory, and where the browser has it; beside a bare answer.

Calls of the ASGI application in one process, in turns, with the demonstration's cases: no sockets, so that what is
compared is the work of our process (its CPU time; the database has its own). To each side the 45 µs are added that
uvicorn takes for a request. The bare answer is Litestar's own, without anything around it. Requests come in waves of
16, which share a question for the version of the pages, and alone.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import lab
from litestar import Litestar, get

from portal import demo
from portal.app import create_app
from portal.db import transaction
from portal.embedded import Servers
from portal.publishing import register

SERVER = 45e-6
ROUNDS, WAVE = 60, 16
HEADERS = {
    "host": "signali.example.bg",
    "user-agent": "a browser",
    "accept": "text/html",
    "accept-encoding": "gzip, br",
}
App = Callable[..., Any]


@get("/")
async def hello() -> str:
    return "hello"


async def ask(app: App, path: str, etag: str = "") -> tuple[int, dict[bytes, bytes], int]:
    """Return status, headers and bytes of the answer."""
    headers = HEADERS | ({"if-none-match": etag} if etag else {})
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sum(len(one.get("body", b"")) for one in sent)


async def taken(app: App, path: str, etag: str = "", wave: int = WAVE) -> float:
    """Return the seconds of one request of a wave."""
    start = time.process_time()
    await asyncio.gather(*(ask(app, path, etag) for _ in range(wave)))
    return (time.process_time() - start) / wave


async def measure(app: App, pages: dict[str, str]) -> dict[str, list[float]]:
    bare, found = Litestar([hello], openapi_config=None, logging_config=None), dict[str, list[float]]()
    for round_ in range(ROUNDS + 1):
        kinds = {"bare answer": await taken(bare, "/")}
        for name, path in pages.items():
            _, headers, _ = await ask(app, path)
            kinds[f"{name}, from memory"] = await taken(app, path)
            kinds[f"{name}, from memory, alone"] = await taken(app, path, wave=1)
            kinds[f"{name}, 304"] = await taken(app, path, headers[b"etag"].decode())
            kinds[f"{name}, made anew"] = await _anew(app, path)
        if round_:
            for kind, seconds in kinds.items():
                found.setdefault(kind, []).append(seconds)
    return found


async def _anew(app: Any, path: str) -> float:
    """One after the other, each as if nobody had asked for it before."""
    start = time.process_time()
    for _ in range(4):
        kept = app.asgi_handler
        while not hasattr(kept, "pages"):
            kept = kept.app
        kept.pages.clear()
        await ask(app, path)
    return (time.process_time() - start) / 4


async def main(started: Servers) -> None:
    sessions = await lab.demonstration(started.database_url)
    async with transaction(sessions) as db:
        row = (await register.page(db, register.Wanted())).rows[0]
    with tempfile.TemporaryDirectory() as folder:
        urls = {"database_url": started.database_url, "redis_url": started.redis_url, "smtp_url": "smtp://127.0.0.1:1"}
        app = create_app(demo.settings(Path(folder), port=80, **urls))
        async with app.lifespan():
            found = await measure(
                app, {"register": "/register", "case": f"/register/{row.incoming_year}/{row.incoming_seq}"}
            )
    await sessions.kw["bind"].dispose()
    bare = median(found["bare answer"]) + SERVER
    print(f"{'':34} µs   of a bare answer's throughput")
    for kind, seconds in found.items():
        print(f"{kind:30} {median(seconds) * 1e6:6.0f}   {bare / (median(seconds) + SERVER):.2f}")


if __name__ == "__main__":
    with lab.servers() as started:
        asyncio.run(main(started))
