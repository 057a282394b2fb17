"""How well the search finds what people mean: nDCG@10 and recall@10 by type of need, beside four plain ways.

usage: bench/search.py [--worst]      the ten needs answered worst as well
"""

import asyncio
import json
import math
import sys
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import lab
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from portal import demo
from portal.db import transaction
from portal.embedded import Servers
from portal.search.find import find

Way = Callable[[str], Awaitable[list[int]]]
_WORDS = "lower(c.title || ' ' || c.place || ' ' || c.text || ' ' || coalesce(c.reply, ''))"
_EXACT = rf"""
    SELECT id FROM public_cases AS c, regexp_replace({_WORDS}, '[^a-zа-я0-9]+', ' ', 'g') AS written
    WHERE NOT EXISTS (SELECT FROM string_to_table(lower($1), ' ') AS w
        WHERE strpos(' ' || written || ' ', ' ' || w || ' ') = 0)
    ORDER BY received_at DESC LIMIT 10
"""
_PLAIN = """
    SELECT id FROM public_cases AS c, plainto_tsquery('{0}', $1) AS q,
        to_tsvector('{0}', c.title || ' ' || c.place || ' ' || c.text || ' ' || coalesce(c.reply, '')) AS v
    WHERE v @@ q ORDER BY ts_rank(v, q) DESC, received_at DESC LIMIT 10
"""
_TRIGRAMS = f"""
    SELECT id FROM public_cases AS c
    ORDER BY word_similarity(lower($1), {_WORDS}) DESC, received_at DESC LIMIT 10
"""


NEEDS = Path(__file__).parent / "data" / "dev_search.jsonl"


def needs(ids: dict[str, int]) -> list[dict[str, Any]]:
    """Give the needs whose answers the public may see at all, each with `grades` by case; `ids`: cases by number."""
    numbers = {case["id"]: case["incoming_no"] for case in map(json.loads, demo.CASES.open(encoding="utf-8"))}
    read = [json.loads(line) for line in NEEDS.open(encoding="utf-8")]
    for need in read:
        need["grades"] = {ids[numbers[one["id"]]]: one["grade"] for one in need["relevant"] if one["public"]}
    return [need for need in read if need["grades"]]


def ndcg(found: list[int], grades: dict[int, int]) -> float:
    best = sorted(grades.values(), reverse=True)[:10]
    return _gain([grades.get(one, 0) for one in found[:10]]) / _gain(best)


def _gain(grades: list[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def recall(found: list[int], grades: dict[int, int]) -> float:
    return len(set(found[:10]) & set(grades)) / min(10, len(grades))


def plain(db: asyncpg.Connection, sql: str) -> Way:
    async def way(query: str) -> list[int]:
        return [row["id"] for row in await db.fetch(sql, query)]

    return way


def ours(db: AsyncSession) -> Way:
    async def way(query: str) -> list[int]:
        return list((await find(db, query)).ids)

    return way


async def score(way: Way, asked: list[dict[str, Any]]) -> dict[str, list[tuple[float, float, str]]]:
    by_type: dict[str, list[tuple[float, float, str]]] = defaultdict(list)
    for need in asked:
        found = await way(need["query"])
        scored = (ndcg(found, need["grades"]), recall(found, need["grades"]), need["query"])
        by_type[need["type"]].append(scored)
        by_type["all"].append(scored)
    return by_type


def _means(scores: list[tuple[float, float, str]]) -> str:
    ndcgs, recalls, _ = zip(*scores, strict=True)
    return f"{sum(ndcgs) / len(scores):.3f} / {sum(recalls) / len(scores):.3f}"


async def main(started: Servers) -> None:
    sessions = await lab.demonstration(started.database_url)
    plainly = await asyncpg.connect(started.database_url)
    await plainly.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    async with transaction(sessions) as db:
        rows = await db.execute(text("SELECT incoming_number, id FROM cases"))
        asked = needs(dict(rows.all()))
        ways = {
            "exact words": plain(plainly, _EXACT),
            "simple": plain(plainly, _PLAIN.format("simple")),
            "russian": plain(plainly, _PLAIN.format("russian")),
            "trigram": plain(plainly, _TRIGRAMS),
            "ours": ours(db),
        }
        table = {name: await score(way, asked) for name, way in ways.items()}
    await plainly.close()
    await sessions.kw["bind"].dispose()
    print("nDCG@10 / recall@10 by type of need\n")
    print(f"{'type':12} {'n':>3} " + " ".join(f"{name:>13}" for name in table))
    for kind in sorted(table["ours"], key=lambda one: (one == "all", one)):
        cells = (_means(scores[kind]) for scores in table.values())
        print(f"{kind:12} {len(table['ours'][kind]):3} " + " ".join(f"{cell:>13}" for cell in cells))
    if "--worst" in sys.argv:
        for value, _, query in sorted(table["ours"]["all"])[:10]:
            print(f"{value:.3f} {query}")


if __name__ == "__main__":
    with lab.servers() as started:
        asyncio.run(main(started))
