"""The queues of the worklist: what stands in each, and what its number says."""

import pytest

from portal import clock
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.desk import worklist
from portal.desk.worklist import Queue, Wanted
from portal.handling import notes
from portal.settings import Settings
from portal.staff.model import Staff
from tests.cast import Client, employ, received, reload, sign_in


async def note(sessions: Sessions, case: Case, by: Staff) -> None:
    async with transaction(sessions) as db:
        await notes.note(db, await db.get_one(Case, case.id), "Обадих се.", by=by, at=clock.now())


async def titles(sessions: Sessions, staff: Staff, queue: Queue) -> list[str]:
    async with transaction(sessions) as db:
        found = await worklist.page(db, staff, Wanted(queue=queue), 1, on=clock.today())
    return [row.title for row in found.rows]


async def test_case_is_with_whoever_touched_it_last(sessions: Sessions, settings: Settings) -> None:
    maria, elena = await employ(sessions), await employ(sessions, name="Елена Димитрова")
    case = await received(sessions, settings)
    assert (await reload(sessions, case)).in_hands_of is None
    await note(sessions, case, maria)
    await note(sessions, case, elena)
    assert await titles(sessions, maria, Queue.MINE) == []
    assert await titles(sessions, elena, Queue.MINE) == [case.title]


async def test_queues_number_is_how_many_stand_in_it(sessions: Sessions, settings: Settings) -> None:
    maria = await employ(sessions)
    cases = [await received(sessions, settings, draft=f"{number}") for number in range(3)]
    await note(sessions, cases[0], maria)
    async with transaction(sessions) as db:
        counts = await worklist.counts(db, maria, on=clock.today())
    for queue, number in counts.items():
        assert len(await titles(sessions, maria, queue)) == number, queue
    assert (counts[Queue.NEW], counts[Queue.MINE]) == (3, 1)


async def test_long_queue_is_counted_no_further(
    client: Client, sessions: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklist, "MOST_COUNTED", 2)
    worklist.counts_of.cache_clear()
    for number in range(3):
        await received(sessions, settings, draft=f"{number}")
    await sign_in(client, sessions, await employ(sessions))
    assert '<b class="num">2+</b>' in (await client.get("/staff")).text
    worklist.counts_of.cache_clear()
