"""What one key typed into the register's search costs a person: the whole answer over HTTP, beside an empty one.

The real application under uvicorn, in a process of its own, with the demonstration's cases. The words are typed letter
by letter over one connection, as htmx asks; between the keys /health/live is asked, over the same connection.
"""

import asyncio
import multiprocessing
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

import httpx
import lab
import uvicorn

from portal import demo
from portal.app import create_app
from portal.commands.serve import KEEP_ALIVE
from portal.embedded import Servers
from portal.settings import Settings

ROUNDS = 10
TYPED = (
    "дупка на улица",
    "dupki po ulicata",
    "счупена лампа",
    "кучета в парка",
    "С-0025",
    "неприятна миризма",
    "осветлние",
)
HTMX = {"HX-Request": "true", "Accept-Encoding": "br"}
PATIENCE = 30


@contextmanager
def web(settings: Settings, listener: socket.socket) -> Iterator[None]:
    """Serve from a process of its own, so that who measures does not wait for who answers."""
    serving = multiprocessing.get_context("spawn").Process(target=serve, args=(settings, listener), daemon=True)
    serving.start()
    try:
        yield
    finally:
        serving.terminate()
        serving.join()


def serve(settings: Settings, listener: socket.socket) -> None:
    config = uvicorn.Config(create_app(settings), timeout_keep_alive=KEEP_ALIVE, log_config=None, access_log=False)
    uvicorn.Server(config).run([listener])


def measure(base: str) -> tuple[list[float], dict[str, list[float]], list[int]]:
    """Return the seconds of the empty answers, of the keys by what they are, and the bytes sent."""
    empty: list[float] = []
    keys: dict[str, list[float]] = {"all keys": [], "1-2 letters": [], "one word": [], "more words": []}
    sizes: list[int] = []
    with httpx.Client(base_url=base, timeout=PATIENCE) as client:
        for round_ in range(ROUNDS + 1):
            for words in TYPED:
                for length in range(1, len(words) + 1):
                    nothing, _ = ask(client, "/health/live")
                    key, size = ask(client, "/register", q=words[:length])
                    if round_:  # the first one warms
                        empty.append(nothing)
                        keys["all keys"].append(key)
                        keys[group(words[:length])].append(key)
                        sizes.append(size)
    return empty, keys, sizes


def ask(client: httpx.Client, path: str, **query: str) -> tuple[float, int]:
    start = time.perf_counter()
    with client.stream("GET", path, params=query, headers=HTMX) as answer:
        size = sum(map(len, answer.iter_raw()))
    taken = time.perf_counter() - start
    answer.raise_for_status()
    return taken, size


def group(typed: str) -> str:
    return "1-2 letters" if len(typed) <= 2 else "more words" if " " in typed else "one word"


def row(name: str, times: list[float], least: float) -> str:
    cuts = quantiles(times, n=100)
    return f"{name:14} {len(times):6} " + " ".join(
        f"{one / least:6.1f} ({one * 1e3:5.2f} ms)" for one in (median(times), cuts[94], cuts[98])
    )


async def fill(url: str) -> None:
    sessions = await lab.demonstration(url)
    await sessions.kw["bind"].dispose()


def main(started: Servers) -> None:
    asyncio.run(fill(started.database_url))
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        settings = demo.settings(
            Path(folder),
            port=port,
            database_url=started.database_url,
            redis_url=started.redis_url,
            smtp_url="smtp://127.0.0.1:1",
        )
        with web(settings, listener):
            empty, keys, sizes = measure(settings.base_url)
    least = median(empty)
    print(f"as ratios to an empty answer of the same server{'':3}{'median':12}{'p95':19}p99")
    print(row("empty answer", empty, least))
    for name, times in keys.items():
        print(row(name, times, least))
    print(f"bytes of an answer (brotli): median {median(sizes):.0f}, largest {max(sizes)}")


if __name__ == "__main__":
    with lab.servers() as started:
        main(started)
