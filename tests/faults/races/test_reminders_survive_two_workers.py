"""Reminding and forgetting: once, and on time, however many workers look at the same moment."""

import asyncio
from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from portal import clock
from portal.db import Sessions, connect, transaction
from portal.intake import confirmation
from portal.jobs import HOUSEKEEPING, keep_house
from portal.settings import Settings
from tests.cast import received, reload, submitted
from tests.faults.crowd import outbox

MOMENT = timedelta(microseconds=1)


async def test_two_workers_remind_once(settings: Settings, sessions: Sessions) -> None:
    late = clock.now() - confirmation.REMIND_AFTER
    for number in range(20):
        await submitted(sessions, at=late, draft=f"draft {number}", email=f"penka{number}@example.bg")
    others = [connect(settings.database_url, pool_size=1) for _ in range(4)]
    for _ in range(3):
        await asyncio.gather(*map(keep_house, others))
    for other in others:
        await other.kw["bind"].dispose()
    assert Counter(email.message for email in await outbox(sessions)) == {"please_confirm": 20, "confirm_reminder": 20}


async def test_a_worker_leaves_the_house_to_the_one_who_is_at_it(sessions: Sessions) -> None:
    """Who looked a moment before the other's reminder was committed would not see it, and remind again."""
    await submitted(sessions, at=clock.now() - confirmation.REMIND_AFTER)
    async with transaction(sessions) as db:
        assert await db.scalar(select(func.pg_try_advisory_xact_lock(HOUSEKEEPING)))
        await keep_house(sessions)
        assert len(await outbox(sessions)) == 1
    await keep_house(sessions)
    assert len(await outbox(sessions)) == 2


async def test_reminded_after_a_day_and_forgotten_after_three(sessions: Sessions, settings: Settings) -> None:
    case, at = await submitted(sessions), clock.now()
    case_of_ivan = await received(sessions, settings, at=at - timedelta(days=5), draft="Ivan's, confirmed at once")

    async def done(at: timedelta) -> tuple[int, int]:
        async with transaction(sessions) as db:
            moment = case.submitted_at + at
            return await confirmation.forget(db, at=moment), await confirmation.remind(db, at=moment)

    assert await done(timedelta(hours=24) - MOMENT) == (0, 0)
    assert await done(timedelta(hours=24)) == (0, 1)
    assert await done(timedelta(hours=72) - MOMENT) == (0, 0)
    assert await done(timedelta(hours=72)) == (1, 0)
    assert {email.case_id for email in await outbox(sessions)} == {case_of_ivan.id}
    assert (await reload(sessions, case_of_ivan)).is_received


async def test_confirmed_at_the_moment_it_would_be_forgotten(sessions: Sessions, settings: Settings) -> None:
    """Whoever is first, decides: never a number for a case that is gone."""
    long_ago = clock.now() - confirmation.FORGET_AFTER
    cases = [
        await submitted(sessions, at=long_ago, draft=f"draft {number}", email=f"penka{number}@example.bg")
        for number in range(10)
    ]

    async def confirm(case_id: int) -> bool:
        async with transaction(sessions) as db:
            return await confirmation.confirm(db, case_id, settings.municipality, at=clock.now()) is not None

    confirmed = asyncio.gather(*(confirm(case.id) for case in cases))
    await keep_house(sessions)
    in_time = sum(await confirmed)
    kept = Counter(email.message for email in await outbox(sessions))
    assert kept["please_confirm"] == kept["received"] == in_time
