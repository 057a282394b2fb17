"""A town's cases with texts as people write them, and a register in which each is found by its words."""

import asyncpg
import worklist

from portal import demo
from portal.commands import import_

_TEXTS = "CREATE TEMP TABLE texts (at int, title text, place text, text text, reply text, tsv tsvector)"
_WRITTEN = """
UPDATE cases AS c SET title = t.title, place = t.place, text = t.text,
    reply = CASE WHEN c.reply IS NOT NULL THEN coalesce(t.reply, c.reply) END
FROM texts AS t WHERE t.at = c.id % {n}
"""
_HISTORY = """
UPDATE events AS e SET details = CASE e.kind WHEN 'received' THEN jsonb_build_object('due_on', c.due_on)
    WHEN 'assigned' THEN jsonb_build_object('department', d.name)
    WHEN 'replied' THEN jsonb_build_object('text', c.reply) ELSE '{"to": "ВиК", "ground": "чл. 112"}' END
FROM cases AS c LEFT JOIN departments AS d ON d.code = c.department_code WHERE c.id = e.case_id
"""
# As register_write() of sql/ analyses one case; here each text is analysed once, however many cases have it.
_ANALYSED = """
UPDATE texts SET tsv = bg_vector(title, 'A') || bg_vector(place, 'B') || bg_vector(text, 'C') || bg_vector(reply, 'D')
"""
_PARTS = """
SELECT register_make_part(part) FROM (
    SELECT DISTINCT ((incoming_year::bigint << 20) + incoming_seq >> 16)::int AS part FROM cases) AS p
"""
_FOUND = """
INSERT INTO register_search
SELECT nr >> 16, nr, c.id, c.received_at, c.due_on, c.kind, c.status, c.topic_code, c.department_code, bg_version(),
    t.tsv || array_to_tsvector(array_remove(ARRAY['#k' || c.kind, '#s' || c.status, '#t' || c.topic_code,
        '#d' || c.department_code, '#n' || c.incoming_seq, '#n' || c.incoming_year || '/' || c.incoming_seq,
        CASE WHEN c.status IN ('received', 'assigned', 'awaiting_clarification') THEN '#open' END], NULL))
FROM public_cases AS c JOIN texts AS t ON t.at = c.id % {n},
    LATERAL (SELECT (c.incoming_year::bigint << 20) + c.incoming_seq AS nr) AS n
"""


async def fill(url: str, n: int) -> str:
    """Write `n` cases with their history; return the session token of an operator."""
    tokens = await worklist.fill(url, n)
    db = await asyncpg.connect(url)
    texts = [
        (at, one.title, one.place or "", one.text, one.reply and one.reply.text)
        for at, one in enumerate(import_.read(demo.CASES))
    ]
    await db.execute(_TEXTS)
    await db.copy_records_to_table("texts", records=texts, columns=("at", "title", "place", "text", "reply"))
    await db.execute(_ANALYSED)
    for table, written in (("cases", _WRITTEN.format(n=len(texts))), ("events", _HISTORY)):
        await db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        await db.execute(written)
        await db.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    await db.execute(_PARTS)
    await db.execute(_FOUND.format(n=len(texts)))
    await db.execute("VACUUM FULL cases, events")
    await db.execute("SELECT register_count_words(50000)")
    await db.execute("VACUUM ANALYZE")
    await db.close()
    return tokens["an operator"]
