"""The history as it is read: reminders that follow each other are one line."""

from datetime import timedelta

from portal import clock
from portal.cases import history
from portal.cases.model import Actor, Case, EventKind
from portal.db import Sessions, transaction
from portal.settings import Settings
from tests.cast import Client, employ, received, sign_in


async def remind(sessions: Sessions, case: Case, times: int, department: str = "Екология") -> None:
    async with transaction(sessions) as db:
        case = await db.get_one(Case, case.id)
        for day in range(times):
            at = clock.now() - timedelta(days=times - day)
            told = {"department": department, "code": "ecology"}
            await history.record(db, case, EventKind.DEPARTMENT_REMINDED, at=at, by=Actor.SYSTEM, **told)


async def test_reminders_are_folded_for_the_staff_and_in_public(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    case = await received(sessions, settings)
    await remind(sessions, case, 12)
    async with transaction(sessions) as db:
        case = await db.get_one(Case, case.id)
        await history.record(db, case, EventKind.ESCALATED, at=clock.now(), by=Actor.SYSTEM, due_on=case.due_on)
    await remind(sessions, case, 1)
    await remind(sessions, case, 2, "Осветление")
    await sign_in(client, sessions, await employ(sessions))
    for path in (f"/staff/cases/{case.id}", f"/register/{case.incoming_year}/{case.incoming_seq}"):
        page = (await client.get(path)).text
        assert "Напомняне до отдел „Екология“, 12 пъти" in page
        assert "Напомняне до отдел „Осветление“, 2 пъти" in page
        assert page.count("Напомняне до отдел") == 3
        assert page.count("последно на") == 2
