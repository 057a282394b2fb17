import argparse
import asyncio

from portal import migrations, municipality
from portal.db import connect, transaction
from portal.settings import Settings, from_environment


def arguments(_: argparse.ArgumentParser) -> None:
    pass


def run(_: argparse.Namespace) -> None:
    settings = from_environment()
    migrations.upgrade(settings.database_url)
    asyncio.run(establish(settings))
    print("The schema is up to date.")


async def establish(settings: Settings) -> None:
    sessions = connect(settings.database_url)
    async with transaction(sessions) as db:
        await municipality.establish(db, settings.municipality)
    await sessions.kw["bind"].dispose()
