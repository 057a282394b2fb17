import argparse
import asyncio

from sqlalchemy import func, select
from tqdm import tqdm

from portal.cases.model import Case
from portal.db import connect, transaction
from portal.search import upkeep
from portal.settings import from_environment


def arguments(_: argparse.ArgumentParser) -> None:
    pass


def run(_: argparse.Namespace) -> None:
    print(asyncio.run(_reindex(from_environment().database_url)))


async def _reindex(database_url: str) -> str:
    """Analyse again what an older version of the rules has analysed; safe to interrupt, and to run beside writers."""
    sessions = connect(database_url)
    async with transaction(sessions) as db:
        outdated, last = await upkeep.outdated(db), await db.scalar(select(func.max(Case.id))) or 0
    with tqdm(total=last, unit=" cases") as bar:
        async for reached in upkeep.reindex(sessions):
            bar.update(reached - bar.n)
    async with transaction(sessions) as db:
        await upkeep.count_words(db)
        left = await upkeep.outdated(db)
    await sessions.kw["bind"].dispose()
    return f"{outdated - left} cases analysed again, {left} left."
