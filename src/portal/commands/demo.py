import argparse
import asyncio
import contextlib
import logging
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path

import uvicorn

from portal import clock, demo, embedded, logs, migrations
from portal.app import create_app
from portal.commands.serve import KEEP_ALIVE
from portal.db import connect
from portal.demo import filling
from portal.demo.mailbox import mailbox
from portal.embedded import Servers, mailcatcher
from portal.errors import OperatorError
from portal.jobs import Work
from portal.settings import ROOT, Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, default=ROOT / ".demo", help="where everything is kept")
    parser.add_argument("--empty", action="store_true", help="without the demonstration's cases")
    parser.add_argument("--fresh", action="store_true", help="forget what was there, begin anew")
    as_of = "the day before which the newest case came, as 2026-03-18 (default: today); new data alone are made so"
    parser.add_argument("--as-of", type=_day, default=None, metavar="DATE", help=as_of)


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{given!r} is no day like 2026-03-18") from None


def run(given: argparse.Namespace) -> None:
    # Until the web server runs, SIGTERM ends us as Ctrl-C does: the servers begun so far are stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    logs.begin(logging.WARNING, "%(levelname)s %(name)s %(message)s")
    with (
        contextlib.suppress(KeyboardInterrupt),
        _listening(given.port) as listener,
        embedded.servers(given.data, fresh=given.fresh) as servers,
    ):
        if given.fresh:
            for folder in ("mail", "uploads"):
                shutil.rmtree(given.data / folder, ignore_errors=True)
        migrations.upgrade(servers.database_url)
        asyncio.run(_demonstrate(given, listener, servers))


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """Take the port first: a taken one is told at once, before anything else is begun."""
    # Of TCP by name: asyncio sets TCP_NODELAY only then, and without it each answer waits 40 ms for an ACK.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as taken:
            raise OperatorError(f"port {port} can't be used ({taken}); try --port {port % 60000 + 1}.") from None
        yield listener


async def _demonstrate(given: argparse.Namespace, listener: socket.socket, servers: Servers) -> None:
    port = listener.getsockname()[1]
    async with mailcatcher.catch(given.data / "mail") as catcher:
        settings = demo.settings(
            given.data,
            port=port,
            database_url=servers.database_url,
            redis_url=servers.redis_url,
            smtp_url=catcher.url,
        )
        await _fill(settings, given)
        config = uvicorn.Config(
            create_app(settings, mailbox(given.data / "mail")),
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=3,
            log_config=None,
            access_log=False,
            server_header=False,
        )
        web = _Web(config, _ready(settings.base_url))
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, web.stop)
        async with _working(settings):
            died = asyncio.create_task(servers.died())
            serving = asyncio.create_task(web.serve([listener]))
            await asyncio.wait({died, serving}, return_when=asyncio.FIRST_COMPLETED)
            web.stop()
            await serving
    if died.done():
        raise OperatorError(died.result())
    died.cancel()


class _Web(uvicorn.Server):
    """Tells when it is ready, and leaves signals to us: uvicorn would raise them again before all is stopped."""

    def __init__(self, config: uvicorn.Config, ready: str) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self.ready, flush=True)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        self.should_exit = True


def _ready(base: str) -> str:
    """Return the line that scripts wait for."""
    signing_in = f"{base}/staff/sign-in ({demo.OPERATOR} / {demo.PASSWORD})"
    return f"ready: {base}  staff: {signing_in}  mailbox: {base}/mailbox"


async def _fill(settings: Settings, given: argparse.Namespace) -> None:
    sessions = connect(settings.database_url)
    await demo.people(sessions, settings)
    if not given.empty:
        await filling.fill(sessions, settings, given.as_of or clock.today())
    await sessions.kw["bind"].dispose()


@contextlib.asynccontextmanager
async def _working(settings: Settings) -> AsyncIterator[None]:
    sessions = connect(settings.database_url)
    work = asyncio.create_task(Work(settings, sessions).run())
    yield
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work
    await sessions.kw["bind"].dispose()
