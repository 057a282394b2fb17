import argparse
import asyncio

from portal import health
from portal.db import connect
from portal.settings import Settings, from_environment


def arguments(_: argparse.ArgumentParser) -> None:
    pass


def run(_: argparse.Namespace) -> None:
    """Print each part with "ok" or what is wrong; a wrong setting (a short secret too) ends before that by its name."""
    parts = {"settings": "ok", **asyncio.run(_parts(from_environment()))}
    for name, answer in parts.items():
        print(f"{name:10} {answer}")
    raise SystemExit(any(not health.is_well(answer) for answer in parts.values()))


async def _parts(settings: Settings) -> dict[str, str]:
    sessions = connect(settings.database_url)
    try:
        return await health.all_parts(sessions, settings)
    finally:
        await sessions.kw["bind"].dispose()
