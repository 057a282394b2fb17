import argparse
import asyncio
import contextlib
import signal

from portal import logs, schema
from portal.db import connect
from portal.jobs import Work
from portal.settings import from_environment


def arguments(_: argparse.ArgumentParser) -> None:
    pass


def run(_: argparse.Namespace) -> None:
    logs.begin()
    asyncio.run(_work())


async def _work() -> None:
    settings = from_environment()
    await schema.check_before_start(settings.database_url)
    await until_told(Work(settings, connect(settings.database_url)))


async def until_told(work: Work) -> None:
    """Work until SIGTERM or Ctrl-C; the letters in hand are finished first."""
    working = asyncio.create_task(work.run())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, working.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await working
    await work.sessions.kw["bind"].dispose()
