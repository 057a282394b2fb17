import argparse
import asyncio
import contextlib
import logging
import signal

from portal.db import connect
from portal.jobs import Work
from portal.settings import from_environment


def arguments(_: argparse.ArgumentParser) -> None:
    pass


def run(_: argparse.Namespace) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    asyncio.run(_work())


async def _work() -> None:
    """Work until SIGTERM or Ctrl-C; the letter in hand is finished first."""
    settings = from_environment()
    sessions = connect(settings.database_url)
    work = asyncio.create_task(Work(settings, sessions).run())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await work
    await sessions.kw["bind"].dispose()
