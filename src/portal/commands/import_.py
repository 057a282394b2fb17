import argparse
import asyncio
import io
from pathlib import Path

from tqdm import tqdm

from portal.db import Sessions, connect, transaction
from portal.errors import OperatorError
from portal.exchange import importing, tables
from portal.exchange.importing import BadLine, Record
from portal.exchange.tables import NotRead
from portal.search import upkeep
from portal.settings import from_environment

AT_ONCE = 500
MOST_NAMED = 20
TABLES = {".csv", ".tsv", ".txt"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="JSON Lines, or a table as Excel saves it: CSV")
    parser.add_argument("--dry-run", action="store_true", help="check everything, keep nothing")


def run(given: argparse.Namespace) -> None:
    settings = from_environment()
    records = read(given.file)
    added = asyncio.run(_import(settings.database_url, records, dry_run=given.dry_run))
    print(f"{added} внесени, {len(records) - added} вече ги имаше{'; проба: нищо не е запазено' * given.dry_run}.")


def read(file: Path) -> list[Record]:
    """Raise an OperatorError that names the bad lines, if there are any: all or nothing."""
    try:
        content = file.read_bytes()
    except OSError as wrong:
        raise OperatorError(f"{file} не може да се прочете: {wrong}") from None
    try:
        if file.suffix.lower() in TABLES or not content.lstrip(b"\xef\xbb\xbf \r\n").startswith((b"{", b"[")):
            found = list(importing.read_csv(content))
        else:
            found = list(importing.read_json_lines(io.StringIO(tables.text_of(content), newline=None)))
    except NotRead as why:
        raise OperatorError(f"{file} не може да се прочете: {why}") from None
    refuse([f"ред {bad.number}: {bad.reason}" for bad in found if isinstance(bad, BadLine)])
    return [record for record in found if isinstance(record, Record)]


def refuse(problems: list[str]) -> None:
    if problems:
        more = [f"и още {len(problems) - MOST_NAMED}"] if len(problems) > MOST_NAMED else []
        raise OperatorError("\n".join(["нищо не е внесено:", *problems[:MOST_NAMED], *more]))


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
        records = await importing.by_code(db, records)
        refuse(await importing.unknown(db, records))
        for start in tqdm(range(0, len(records), AT_ONCE), unit_scale=AT_ONCE, unit=" cases", disable=quiet):
            added += await importing.add(db, records[start : start + AT_ONCE])
        if added:
            await upkeep.count_words(db)
        if dry_run:
            await db.rollback()
    return added
