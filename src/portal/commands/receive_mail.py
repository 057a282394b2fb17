import argparse
import asyncio
import sys

from portal import clock
from portal.db import connect, transaction
from portal.intake import incoming_mail
from portal.settings import from_environment

TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h: the mail server hands the message over again later. With any other it gives it back."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", default="", help="the address the message was sent to, as the mail server knows it")


def run(given: argparse.Namespace) -> None:
    """Read the message to its end, whatever its size: a server whose pipe breaks takes that for a failure."""
    raw = sys.stdin.buffer.read(incoming_mail.LARGEST)
    while sys.stdin.buffer.read(1 << 20):
        pass
    try:
        asyncio.run(_keep(raw, given.to))
    except Exception as fault:  # noqa: BLE001 - a missing setting, the database away, a fault of ours: never lost
        print(f"portal receive-mail: not kept, to be tried again: {type(fault).__name__}: {fault}", file=sys.stderr)
        raise SystemExit(TRY_AGAIN) from None


async def _keep(raw: bytes, to: str) -> None:
    settings = from_environment()
    sessions = connect(settings.database_url)
    try:
        async with transaction(sessions) as db:
            await incoming_mail.receive(db, raw, settings, to=to, at=clock.now())
    finally:
        await sessions.kw["bind"].dispose()
