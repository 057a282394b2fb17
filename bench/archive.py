"""A town's cases of any number, with all that the staff's pages ask about; the same shares of each kind at any size.

Nothing is analysed for the search here: who fills a database by this measures no typed words.
"""

import asyncpg

# The numbers that n is divided by have no common factor, so that each thing falls evenly on all others.
_CASES = """
INSERT INTO cases (draft, kind, status, title, text, place, topic_code, department_code, sender_name, sender_email,
    address_version, publication, publication_state, submitted_at, received_at, incoming_year, incoming_seq,
    incoming_number, first_due_on, due_on, reply, replied_at, reopened_at, in_hands_of)
SELECT 'archive ' || n, (ARRAY['signal', 'signal', 'signal', 'signal', 'signal', 'question', 'proposal'])[n % 7 + 1],
    status, 'Дупка на улицата ' || n, 'Дупката пред номер ' || n || ' е станала кратер.', 'ул. Речна ' || n % 90,
    topics.codes[n / 100 % cardinality(topics.codes) + 1],
    CASE WHEN status <> 'received' THEN CASE WHEN n / 10 % 4 > 0 THEN 'works'
        ELSE departments.codes[n / 10 % cardinality(departments.codes) + 1] END END,
    'Пенка Стоянова', 'penka' || n || '@example.bg', 1, 'public_unnamed',
    CASE WHEN n % 9 = 0 THEN 'held' ELSE 'published' END,
    received_at, received_at, extract(year FROM received_at), n, 'С-' || n, due_on, due_on + extended,
    CASE WHEN replied THEN 'Запълнена е.' END, CASE WHEN replied THEN received_at + (3 + n % 17) * interval '1 day' END,
    CASE WHEN status IN ('received', 'assigned') AND n / 10 % 2 = 0 THEN received_at + interval '9 days' END,
    CASE WHEN status <> 'received' THEN people.ids[n % 3 + 1] END
FROM (SELECT array_agg(id ORDER BY id) AS ids FROM staff) AS people,
    (SELECT array_agg(code) AS codes FROM topics) AS topics,
    (SELECT array_agg(code) AS codes FROM departments) AS departments,
    generate_series(1, {n}) AS n,
    LATERAL (SELECT now() - interval '7 years' * (1 - n::float / {n}) AS received_at,
        (ARRAY['received', 'assigned', 'awaiting_clarification', 'assigned', 'closed', 'closed', 'closed', 'answered',
            'forwarded', 'withdrawn'])[n % 10 + 1] AS status) AS one,
    LATERAL (SELECT status IN ('closed', 'answered') AS replied, CASE WHEN n % 11 = 0 THEN 10 ELSE 0 END AS extended,
        CASE WHEN n % 10 < 4 THEN current_date - 5 + n / 10 % 11 ELSE received_at::date + 14 END AS due_on) AS term
"""
_EVENTS = """
INSERT INTO events (case_id, kind, at, actor, staff_id, details)
SELECT c.id, e.kind, e.at, CASE WHEN e.kind = 'received' THEN 'system' ELSE 'staff' END,
    CASE WHEN e.kind <> 'received' THEN c.in_hands_of END, '{{"whole": true}}'
FROM cases AS c,
    LATERAL (VALUES ('received', c.received_at), ('assigned', c.received_at + interval '1 hour'),
        ('replied', c.replied_at), ('forwarded', c.received_at + interval '5 days')) AS e (kind, at)
WHERE CASE e.kind WHEN 'received' THEN true WHEN 'assigned' THEN c.department_code IS NOT NULL
    WHEN 'replied' THEN c.replied_at IS NOT NULL ELSE c.status = 'forwarded' END
ORDER BY e.at
"""
_EXTENSIONS = """
INSERT INTO extensions (case_id, days, reason, at)
SELECT id, 10, 'Оглед', received_at + interval '2 days' FROM cases WHERE due_on > first_due_on
"""
_EMAILS = """
INSERT INTO emails (case_id, event_id, message, recipient, subject, state, not_before, written_at, accepted_at)
SELECT case_id, id, 'received', 'penka@example.bg', 'вх. №', CASE WHEN id % 14 = 0 THEN 'failed' ELSE 'accepted' END,
    at, at, CASE WHEN id % 14 <> 0 THEN at END
FROM events
"""


async def fill(db: asyncpg.Connection, n: int) -> None:
    """Write `n` cases of the last seven years into a database that has departments, topics and three of the staff."""
    for table in ("cases", "events"):
        await db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for part in (_CASES, _EVENTS, _EXTENSIONS, _EMAILS):
        await db.execute(part.format(n=n))
    for table in ("cases", "events"):
        await db.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    await db.execute("VACUUM ANALYZE")
