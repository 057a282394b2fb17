"""A register of any size: words by Zipf's law, real endings, lengths as in the demonstration, big years."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, product

import asyncpg

from portal.search.query.lemmas import Lemmas

STEMS = 20_000
RARE_ONLY = 200  # stems of each: in old cases only, in one season only
A_YEAR = 62_500
FIRST_YEAR = 2005
KINDS = ["signal"] * 15 + ["question"] * 3 + ["proposal"] * 2
STATUSES = ["closed"] * 16 + ["answered"] * 2 + ["assigned", "received"]
TOPICS = [f"t{n}" for n in range(26)]
DEPARTMENTS = [f"d{n}" for n in range(12)]
_ENDINGS = ["а", "ата", "и", "ите"]
_NAMES = "part nr id received_at due_on kind status topic_code department_code version tsv"
_COLUMNS = _NAMES.split()


@dataclass
class Language:
    """Stems with their forms and the keys of each; `weights` accumulate as random.choices wants them."""

    forms: list[list[str]]
    keys: dict[str, tuple[str, ...]]
    weights: list[float]

    def word(self, rank: int) -> str:
        return self.forms[rank][0]


def language(rules: Lemmas) -> Language:
    chance = random.Random(1)
    syllables = ["".join(pair) for pair in product("бвгдзклмнпрстфхчш", "аеиоу")]
    stems: dict[str, None] = {}
    while len(stems) < STEMS:
        stems["".join(chance.choices(syllables, k=chance.choice([2, 2, 3, 3, 4]))) + chance.choice("клмнрствд")] = None
    forms = [[stem + ending for ending in _ENDINGS] for stem in stems]
    keys = {form: rules(form) for some in forms for form in some}
    return Language(forms, keys, list(accumulate(1 / (rank + 8) for rank in range(STEMS))))


def rows(n: int, said: Language) -> Iterator[tuple[object, ...]]:
    chance = random.Random(2)
    ranks = range(STEMS)
    old, seasonal = STEMS - RARE_ONLY, STEMS - 2 * RARE_ONLY
    for at in range(n):
        year, seq = FIRST_YEAR + at // A_YEAR, at % A_YEAR + 1
        lengths = (chance.randint(2, 6), 3, chance.randint(30, 90), chance.choice((0, 0, 40)))
        drawn = chance.choices(ranks, cum_weights=said.weights, k=sum(lengths))
        if at < n // 5:
            drawn[-1] = chance.randrange(old, STEMS)
        elif seq % A_YEAR < A_YEAR // 4:
            drawn[-1] = chance.randrange(seasonal, old)
        nr = (year << 20) + seq
        received = datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=8 * seq)
        kind, status = chance.choice(KINDS), chance.choice(STATUSES)
        topic, department = chance.choice(TOPICS), chance.choice(DEPARTMENTS)
        facets = [
            f"'#k{kind}'",
            f"'#s{status}'",
            f"'#t{topic}'",
            f"'#d{department}'",
            f"'#n{seq}'",
            f"'#n{year}/{seq}'",
        ]
        if status in {"assigned", "received"}:
            facets.append("'#open'")
        tsv = " ".join([*_written(drawn, lengths, said, chance), *facets])
        yield nr >> 16, nr, at + 1, received, date(year, 12, 31), kind, status, topic, department, 1, tsv


def _written(drawn: list[int], lengths: tuple[int, ...], said: Language, chance: random.Random) -> Iterator[str]:
    fields = [field for field, length in zip("ABCD", lengths, strict=True) for _ in range(length)]
    for place, (rank, field) in enumerate(zip(drawn, fields, strict=True), 1):
        for key in said.keys[said.forms[rank][int(chance.random() * 4)]]:
            yield f"{key}:{place}{field}"


async def fill(db: asyncpg.Connection, n: int, said: Language) -> None:
    """Write the rows as the trigger would have, the index at the end: the bench measures finding."""
    await db.execute("DROP INDEX register_search_tsv; SET maintenance_work_mem = '512MB'")
    for year in range(FIRST_YEAR, FIRST_YEAR + (n - 1) // A_YEAR + 1):
        await db.execute(f"SELECT register_make_part({year} << 4)")
    await db.execute("CREATE TEMP TABLE loaded (LIKE register_search)")
    await db.execute("ALTER TABLE loaded ALTER tsv TYPE text")
    batch = []
    for row in rows(n, said):
        batch.append(row)
        if len(batch) == 50_000:
            await _copy(db, batch)
            batch = []
    await _copy(db, batch)
    await db.execute("CREATE INDEX register_search_tsv ON register_search USING gin (tsv) WITH (fastupdate = off)")
    await db.execute("VACUUM ANALYZE register_search")
    await db.execute("SELECT register_count_words(50000)")
    # no titles here: what the job takes from them, the completions, is filled from the words
    await db.execute("UPDATE register_words SET shown = word; SELECT register_list_completions()")
    await db.execute("VACUUM ANALYZE register_words")


async def _copy(db: asyncpg.Connection, batch: list[tuple[object, ...]]) -> None:
    await db.copy_records_to_table("loaded", records=batch, columns=_COLUMNS)
    await db.execute(f"INSERT INTO register_search SELECT {', '.join(_COLUMNS[:-1])}, tsv::tsvector FROM loaded")
    await db.execute("TRUNCATE loaded")
