import argparse
import asyncio
import io
from pathlib import Path

from tqdm import tqdm

from portal.db import Sessions, connect, transaction
from portal.errors import OperatorError
from portal.exchange import importing
from portal.exchange.importing import BadLine, Record
from portal.search import upkeep
from portal.settings import from_environment

AT_ONCE = 500
MOST_NAMED = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="JSON Lines, or CSV where the name ends in .csv")
    parser.add_argument("--dry-run", action="store_true", help="check everything, keep nothing")


def run(given: argparse.Namespace) -> None:
    settings = from_environment()
    records = read(given.file)
    added = asyncio.run(_import(settings.database_url, records, dry_run=given.dry_run))
    print(f"{added} added, {len(records) - added} were there already{'; nothing kept: dry run' * given.dry_run}.")


def read(file: Path) -> list[Record]:
    """Raise an OperatorError that names the bad lines, if there are any: all or nothing."""
    try:
        lines = io.StringIO(file.read_text("utf-8-sig"), newline=None)
    except (OSError, UnicodeDecodeError) as wrong:
        raise OperatorError(f"{file} can't be read: {wrong}") from None
    reader = importing.read_csv if file.suffix.lower() == ".csv" else importing.read_json_lines
    found = list(reader(lines))
    refuse([f"line {bad.number}: {bad.reason}" for bad in found if isinstance(bad, BadLine)])
    return [record for record in found if isinstance(record, Record)]


def refuse(problems: list[str]) -> None:
    if problems:
        more = [f"and {len(problems) - MOST_NAMED} more"] if len(problems) > MOST_NAMED else []
        raise OperatorError("\n".join(["nothing was imported:", *problems[:MOST_NAMED], *more]))


async def _import(database_url: str, records: list[Record], *, dry_run: bool) -> int:
    sessions = connect(database_url)
    try:
        return await add(sessions, records, dry_run=dry_run)
    finally:
        await sessions.kw["bind"].dispose()


async def add(sessions: Sessions, records: list[Record], *, dry_run: bool = False, quiet: bool = False) -> int:
    """Add all in one transaction, a batch after the other, with a bar of progress."""
    added = 0
    async with transaction(sessions) as db:
        refuse(await importing.unknown(db, records))
        for start in tqdm(range(0, len(records), AT_ONCE), unit_scale=AT_ONCE, unit=" cases", disable=quiet):
            added += await importing.add(db, records[start : start + AT_ONCE])
        if added:
            await upkeep.count_words(db)
        if dry_run:
            await db.rollback()
    return added
