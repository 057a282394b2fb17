"""Colleagues group crosswise at the same moment, and answer meanwhile: no chain, no deadlock, one letter each."""

import asyncio
from itertools import permutations

from httpx import AsyncClient

from portal import clock
from portal.cases import history, lookup
from portal.cases.model import Case, EventKind
from portal.db import Sessions, transaction
from portal.handling import groups
from portal.settings import Settings
from tests.cast import HX, employ, form_of, received, reload, sign_in
from tests.faults.crowd import outbox


async def three(sessions: Sessions, settings: Settings) -> list[Case]:
    return [await received(sessions, settings, draft=str(n), email=f"n{n}@example.bg") for n in range(3)]


async def test_grouped_crosswise_they_are_one_group(
    client: AsyncClient, sessions: Sessions, settings: Settings
) -> None:
    cases = await three(sessions, settings)
    await sign_in(client, sessions, await employ(sessions))
    forms = [form_of(await client.get(f"/staff/cases/{case.id}/group", headers=HX)) for case in cases]
    posts = [
        client.post(f"/staff/cases/{one.id}/group", data={**forms[n], "with": str(other.id)}, headers=HX)
        for n, one in enumerate(cases)
        for other in cases
        if other is not one
    ]
    answers = await asyncio.gather(*posts)
    assert {answer.status_code for answer in answers} <= {200, 409}
    leads = [(await reload(sessions, case)).lead_id for case in cases]
    (lead,) = [case.id for case, led_by in zip(cases, leads, strict=True) if led_by is None]
    assert set(leads) == {None, lead}


async def test_whoever_takes_several_takes_them_as_they_are(sessions: Sessions, settings: Settings) -> None:
    """Each pair at once: who waited for a case that has joined others meanwhile takes those too, and in order."""
    cases, maria = await three(sessions, settings), await employ(sessions)

    async def put(one: Case, other: Case) -> None:
        async with transaction(sessions) as db:
            mine = await lookup.received(db, one.id, other.id, lock=True)
            assert mine is not None
            await asyncio.sleep(0.02)
            await groups.group(db, mine, await db.get_one(Case, other.id), by=maria, at=clock.now())

    for _ in range(5):
        await asyncio.gather(*(put(one, other) for one, other in permutations(cases, 2)))
        leads = [(await reload(sessions, case)).lead_id for case in cases]
        assert leads.count(None) == 1
        async with transaction(sessions) as db:
            mine = await lookup.received(db, cases[0].id, lock=True)
            assert mine is not None
            found = await groups.of(db, mine)
            assert found is not None
            await groups.dissolve(db, found, by=maria, at=clock.now())


async def test_reply_pressed_five_times_answers_each_once(
    client: AsyncClient, sessions: Sessions, settings: Settings
) -> None:
    cases, maria = await three(sessions, settings), await employ(sessions)
    await sign_in(client, sessions, maria)
    async with transaction(sessions) as db:
        for one in cases[1:]:
            mine = await lookup.received(db, one.id, cases[0].id, lock=True)
            assert mine is not None
            await groups.group(db, mine, await db.get_one(Case, cases[0].id), by=maria, at=clock.now())
    path = f"/staff/cases/{cases[0].id}/reply"
    ticked = {f"also_{one.id}": "1" for one in cases[1:]}
    data = {**form_of(await client.get(path, headers=HX)), **ticked, "text": "Дупката е запълнена."}
    answers = await asyncio.gather(*(client.post(path, data=data, headers=HX) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert [email.message for email in await outbox(sessions)].count("replied") == 3
    for case in cases:
        async with transaction(sessions) as db:
            assert len(await history.events(db, case, {EventKind.REPLIED})) == 1
