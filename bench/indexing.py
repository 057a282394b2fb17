"""What it costs to analyse texts as they are written: cases a second, and sizes, beside Postgres's `simple`.

usage: bench/indexing.py [N]      cases written, the demonstration's texts again and again (3,000; at most 65,000)
"""

import asyncio
import sys
import time

import asyncpg
import lab

from portal.embedded import Servers

YEAR = 2021  # one that the demonstration doesn't have: its partition holds what is written here alone
_SIMPLE = """
CREATE TABLE plain (id bigint, title text, place text, text text, reply text,
    tsv tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', coalesce(title, '')), 'A')
        || setweight(to_tsvector('simple', coalesce(place, '')), 'B')
        || setweight(to_tsvector('simple', coalesce(text, '')), 'C')
        || setweight(to_tsvector('simple', coalesce(reply, '')), 'D')) STORED);
CREATE INDEX ON plain USING gin (tsv) WITH (fastupdate = off);
"""
_SOURCE = """
SELECT n, c.* FROM generate_series(1, {n}) AS n
JOIN (SELECT *, row_number() OVER (ORDER BY id) AS at, count(*) OVER () AS of FROM public_cases) AS c
    ON c.at = n % c.of + 1
"""
_PLAIN = f"INSERT INTO plain SELECT n, title, place, text, reply FROM ({_SOURCE}) AS s"
_CASES = f"""
INSERT INTO cases (draft, kind, status, title, text, place, topic_code, department_code, reply, replied_at,
    sender_name, address_version, publication, publication_state, submitted_at, received_at,
    incoming_year, incoming_seq, incoming_number, first_due_on, due_on)
SELECT 'bench ' || n, kind, status, title, text, place, topic_code, department_code, reply, replied_at,
    'Пенка Стоянова', 1, 'public_unnamed', 'published', '{YEAR}-03-01', '{YEAR}-03-01',
    {YEAR}, n, 'С-' || n || '/{YEAR}', '{YEAR}-03-15', '{YEAR}-03-15'
FROM ({_SOURCE}) AS s
"""
_TEXTS = f"""
SELECT sum(octet_length(title || place || text || coalesce(reply, ''))) FROM public_cases WHERE incoming_year = {YEAR}
"""


async def timed(db: asyncpg.Connection, sql: str, n: int) -> float:
    """Write the cases anew."""
    await db.execute(f"DELETE FROM cases WHERE incoming_year = {YEAR}")
    await db.execute("VACUUM cases, register_search, desk_search")
    start = time.perf_counter()
    await db.execute(sql.format(n=n))
    return time.perf_counter() - start


async def main(started: Servers, n: int) -> None:
    sessions = await lab.demonstration(started.database_url)
    await sessions.kw["bind"].dispose()
    db = await asyncpg.connect(started.database_url)
    await db.execute(_SIMPLE)
    seconds = {"simple": await timed(db, _PLAIN, n)}
    await db.execute("ALTER TABLE cases DISABLE TRIGGER USER")
    seconds["cases, no search"] = await timed(db, _CASES, n)
    await db.execute("ALTER TABLE cases ENABLE TRIGGER register_follow")
    seconds["and the register's"] = await timed(db, _CASES, n)
    await db.execute("ALTER TABLE cases ENABLE TRIGGER USER")
    seconds["and the staff's"] = await timed(db, _CASES, n)
    part = f"register_search_{YEAR << 4}"
    sizes = await db.fetchrow(f"SELECT pg_table_size('{part}'), pg_indexes_size('{part}'), ({_TEXTS})")
    await db.close()
    print(f"{n} cases{'':16} cases/s  time as a ratio to simple")
    for name, taken in seconds.items():
        print(f"{name:22} {n / taken:8.0f} {taken / seconds['simple']:7.2f}")
    table, indexes, texts = map(int, sizes)
    print(
        f"the register's search of {texts >> 20} MB of text: table {table / texts:.2f}, indexes {indexes / texts:.2f}"
    )


if __name__ == "__main__":
    with lab.servers("shared_buffers = '512MB'", "synchronous_commit = off") as started:
        asyncio.run(main(started, int(sys.argv[1]) if len(sys.argv) > 1 else 3_000))
