"""Five colleagues save the same reply at the same moment: one is saved and told, the others see it beside theirs."""

import asyncio

from httpx import AsyncClient

from portal.cases import history
from portal.cases.model import EventKind
from portal.db import Sessions, transaction
from portal.settings import Settings
from tests.cast import HX, employ, form_of, received, sign_in, unmarked
from tests.faults.crowd import outbox


async def test_one_after_the_other(client: AsyncClient, sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings)
    await sign_in(client, sessions, await employ(sessions))
    path = f"/staff/cases/{case.id}/reply"
    opened = form_of(await client.get(path, headers=HX))
    posts = (client.post(path, data={**opened, "text": f"Отговор номер {one}."}, headers=HX) for one in range(5))
    answers = await asyncio.gather(*posts)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    async with transaction(sessions) as db:
        (saved,) = await history.events(db, case, {EventKind.REPLIED})
    refused = [unmarked(answer) for answer in answers if answer.status_code == 409]
    assert all(saved.details["text"] in text for text in refused)
    assert [email.message for email in await outbox(sessions)].count("replied") == 1
