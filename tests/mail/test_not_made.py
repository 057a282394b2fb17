"""A letter that can't be made: told at once to who can mend it, and in nobody's way."""

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.mail import letters
from portal.mail.outbox import Email
from portal.mail.sending import MOST_FAULTS
from portal.settings import Settings
from tests.cast import Client, Post, employ, received, reload, sign_in

WRONG = (
    "пенка@пример.бг", "пенка@example.bg", "penka", "penka@", "@example.bg", "a@b@example.bg", "pen ka@example.bg",
    "penka@exam ple.bg", "penka@example.bg\nBcc: other@example.bg", "Пенка <penka@example.bg>", "",
)  # fmt: skip


async def imported(sessions: Sessions, settings: Settings, address: str, title: str) -> Case:
    """Return a case with its first letter still to be sent, to an address that no form would take."""
    case = await received(sessions, settings, draft=title, title=title)
    async with transaction(sessions) as db:
        await db.execute(update(Case).where(Case.id == case.id).values(sender_email=address))
        await db.execute(update(Email).where(Email.case_id == case.id).values(recipient=address))
    return case


async def states(sessions: Sessions, case: Case) -> list[tuple[str, str | None]]:
    async with transaction(sessions) as db:
        found = await db.execute(
            select(Email.state, Email.last_error).where(Email.case_id == case.id).order_by(Email.id)
        )
        return [(state, error) for state, error in found]


@pytest.mark.parametrize("address", WRONG)
async def test_wrong_address_is_told_at_once_and_holds_up_nothing(
    sessions: Sessions, settings: Settings, post: Post, address: str
) -> None:
    wrong = await imported(sessions, settings, address, "Първо")
    right = await received(sessions, settings, draft="Второ", title="Второ")
    sent = await post.deliver()
    assert await states(sessions, wrong) == [("failed", letters.WRONG_ADDRESS)] * 2
    assert {state for state, _ in await states(sessions, right)} == {"accepted"}
    assert {one.to for one in sent} == {"penka@example.bg"}


async def test_domain_in_cyrillic_is_written_to(sessions: Sessions, settings: Settings, post: Post) -> None:
    case = await imported(sessions, settings, "penka@пример.бг", "Дупка")
    assert [one.to for one in await post.deliver()] == ["penka@xn--e1afmkfd.xn--90ae"] * 2
    assert {state for state, _ in await states(sessions, case)} == {"accepted"}


async def test_staff_read_it_correct_the_address_and_send_it(
    client: Client, sessions: Sessions, settings: Settings, post: Post
) -> None:
    await sign_in(client, sessions, await employ(sessions))
    case = await imported(sessions, settings, "пенка@пример.бг", "Дупка")
    await post.deliver()
    page = (await client.get("/staff/emails")).text
    assert "на такъв имейл не може да се пише" in page
    assert "Няма върнати и отказани" not in page
    async with transaction(sessions) as db:
        email = (await db.scalars(select(Email).order_by(Email.id.desc()).limit(1))).one()
    opened = await client.get(f"/staff/emails/{email.id}")
    assert "Здравейте" in opened.text
    await client.post(f"/staff/emails/{email.id}", data={"email": "penka@example.bg"})
    assert [one.to for one in await post.deliver()] == ["penka@example.bg"]
    assert (await reload(sessions, case)).sender_email == "penka@example.bg"


async def test_template_that_fails_is_told_soon(
    client: Client, sessions: Sessions, settings: Settings, post: Post
) -> None:
    await sign_in(client, sessions, await employ(sessions))
    case = await received(sessions, settings)
    async with transaction(sessions) as db:
        await db.execute(update(Email).where(Email.case_id == case.id).values(message="no_such_message"))
        email = (await db.scalars(select(Email.id).order_by(Email.id.desc()).limit(1))).one()
    for _ in range(MOST_FAULTS):
        assert {state for state, _ in await states(sessions, case)} == {"queued"}
        await post.deliver()
        async with transaction(sessions) as db:
            await db.execute(update(Email).values(not_before=clock.now()))
    told = await states(sessions, case)
    assert [state for state, _ in told] == ["failed", "queued"]
    assert str(told[0][1]).startswith("писмото не може да се направи")
    assert "Писмото не може да се покаже" in (await client.get(f"/staff/emails/{email}")).text
