"""Incoming numbers: one each, none left out, whatever happens at once."""

import asyncio
from collections import Counter

import pytest
from httpx import AsyncClient
from sqlalchemy import select

from portal import clock
from portal.cases.model import Case, Event, EventKind
from portal.db import Sessions, connect, transaction
from portal.intake import confirmation
from portal.settings import Settings
from portal.tokens import Tokens
from tests.cast import submitted
from tests.faults.crowd import outbox, somebody_waits, until


async def numbers(sessions: Sessions) -> list[int | None]:
    async with transaction(sessions) as db:
        return list(await db.scalars(select(Case.incoming_seq).order_by(Case.incoming_seq)))


async def test_200_people_confirm_at_once(client: AsyncClient, settings: Settings, sessions: Sessions) -> None:
    """Through the web's own pool: those it has no connection for wait their turn."""
    cases = [
        await submitted(sessions, draft=f"draft {number}", email=f"penka{number}@example.bg") for number in range(200)
    ]
    links = [f"/confirm/{Tokens(settings.secret).confirm(case, 1)}" for case in cases]
    answers = await asyncio.gather(*(client.post(link, follow_redirects=False) for link in links))
    assert Counter(answer.status_code for answer in answers) == {303: 200}
    assert await numbers(sessions) == [*range(1, 201)]


async def test_forty_connections_confirm_at_once(settings: Settings, sessions: Sessions) -> None:
    """As several web processes would."""
    cases = [
        await submitted(sessions, draft=f"draft {number}", email=f"penka{number}@example.bg") for number in range(80)
    ]
    many = connect(settings.database_url, pool_size=40)

    async def confirm(case: Case) -> str | None:
        async with transaction(many) as db:
            confirmed = await confirmation.confirm(db, case.id, settings.municipality, at=clock.now())
        assert confirmed
        return confirmed.incoming_number

    given = await asyncio.gather(*map(confirm, cases))
    await many.kw["bind"].dispose()
    assert len({*given}) == 80
    assert await numbers(sessions) == [*range(1, 81)]


async def test_one_case_confirmed_from_ten_devices(client: AsyncClient, settings: Settings, sessions: Sessions) -> None:
    case = await submitted(sessions)
    link = f"/confirm/{Tokens(settings.secret).confirm(case, 1)}"
    answers = await asyncio.gather(*(client.post(link) for _ in range(10)))
    assert all("С-0001/" in answer.text for answer in answers)
    assert await numbers(sessions) == [1]
    async with transaction(sessions) as db:
        kinds = Counter(await db.scalars(select(Event.kind)))
    assert kinds == {EventKind.SUBMITTED: 1, EventKind.RECEIVED: 1}
    assert [email.message for email in await outbox(sessions)] == ["please_confirm", "received"]


async def test_a_confirmation_that_fails_leaves_no_hole(settings: Settings, sessions: Sessions) -> None:
    """The next in line, who already waits, gets its number."""
    cases = [
        await submitted(sessions, draft=f"draft {number}", email=f"penka{number}@example.bg") for number in range(3)
    ]
    number_taken, next_waits = asyncio.Event(), asyncio.Event()

    async def fail() -> None:
        async with transaction(sessions) as db:
            await confirmation.confirm(db, cases[0].id, settings.municipality, at=clock.now())
            await db.flush()
            number_taken.set()
            await next_waits.wait()
            raise ZeroDivisionError

    async def confirm(case: Case) -> int | None:
        await number_taken.wait()
        async with transaction(sessions) as db:
            confirmed = await confirmation.confirm(db, case.id, settings.municipality, at=clock.now())
        assert confirmed
        return confirmed.incoming_seq

    async def let_fail_once_the_next_waits() -> None:
        await until(lambda: somebody_waits(sessions))
        next_waits.set()

    failing = asyncio.create_task(fail())
    next_number, _ = await asyncio.gather(confirm(cases[1]), let_fail_once_the_next_waits())
    with pytest.raises(ZeroDivisionError):
        await failing
    assert next_number == 1
    assert await confirm(cases[2]) == 2
    assert await confirm(cases[0]) == 3
