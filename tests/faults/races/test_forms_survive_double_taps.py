"""A form: one case and one e-mail, however often it is sent."""

import asyncio
from collections import Counter

from httpx import AsyncClient
from sqlalchemy import func, select

from portal import clock
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.intake import confirmation
from portal.settings import Settings
from portal.tokens import Tokens
from tests.cast import PENKA, form_of, reload, submitted
from tests.faults.crowd import outbox, somebody_waits, until


async def test_one_form_sent_twenty_times_at_once(client: AsyncClient, sessions: Sessions) -> None:
    form = {**PENKA, **form_of(await client.get("/submit/signal"))}
    posts = (client.post("/submit/signal", data=form, follow_redirects=False) for _ in range(20))
    answers = await asyncio.gather(*posts)
    assert Counter(answer.status_code for answer in answers) == {303: 20}
    assert len({answer.headers["location"] for answer in answers}) == 1
    async with transaction(sessions) as db:
        assert await db.scalar(select(func.count()).select_from(Case)) == 1
    assert [email.message for email in await outbox(sessions)] == ["please_confirm"]


async def test_a_form_with_two_texts_sent_twice_at_once(client: AsyncClient, sessions: Sessions) -> None:
    """Two signals typed in one form, each sent twice: two cases, and each address got its link once."""
    form = {**PENKA, **form_of(await client.get("/submit/signal"))}
    other = {**form, "email": "stoyanova@example.bg", "text": "Дупката пред номер 5 вече е голяма колкото кола."}
    await asyncio.gather(*(client.post("/submit/signal", data=sent) for sent in [form, other] * 2))
    async with transaction(sessions) as db:
        cases = list(await db.scalars(select(Case)))
    sent = {(form["email"], form["text"]), (other["email"], other["text"])}
    assert {(case.sender_email, case.text) for case in cases} == sent
    assert len(cases) == len(await outbox(sessions)) == 2


async def test_link_to_a_mistyped_address_pressed_while_it_is_corrected(
    client: AsyncClient, sessions: Sessions, settings: Settings
) -> None:
    """The stranger's press waits for the correction, and then finds the link replaced."""
    case = await submitted(sessions, email="penak@example.bg")
    path = f"/confirm/{Tokens(settings.secret).confirm(case, case.address_version)}"
    async with transaction(sessions) as db:
        waiting = await confirmation.unconfirmed(db, case.id, at=clock.now())
        assert waiting is not None
        assert await confirmation.correct_address(db, waiting, "penka@example.bg", at=clock.now())
        await db.flush()
        pressed = asyncio.create_task(client.post(path))
        await until(lambda: somebody_waits(sessions))
    assert (await pressed).status_code == 409
    assert not (await reload(sessions, case)).is_received
