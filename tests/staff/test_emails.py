"""What the staff see of the e-mails: those that did not arrive, and how each looks."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.mail import claims, messages, outbox
from portal.mail.outbox import Email
from portal.mail.samples import TITLES, TOLD, TOLD_APART
from portal.settings import Settings
from portal.staff.model import Role
from tests.cast import Client, Post, employ, received, reload, sign_in


@pytest.fixture
async def bounced(client: Client, sessions: Sessions, settings: Settings) -> Case:
    """A case whose receipt did not arrive, four days ago, with Maria signed in."""
    await sign_in(client, sessions, await employ(sessions))
    case = await received(sessions, settings, email="penka@exmaple.bg")
    ago = clock.now() - timedelta(days=4)
    async with transaction(sessions) as db:
        await db.execute(update(Email).values(state="accepted", accepted_at=ago, written_at=ago, not_before=ago))
        given_up = {"state": "failed", "accepted_at": None, "last_error": "550 няма такава кутия", "attempts": 3}
        await db.execute(update(Email).where(Email.message == "received").values(given_up))
    return case


async def only_failed(sessions: Sessions) -> Email:
    async with transaction(sessions) as db:
        return (await db.scalars(select(Email).where(Email.message == "received"))).one()


async def test_it_is_sent_again_to_the_corrected_address(
    client: Client, sessions: Sessions, bounced: Case, post: Post
) -> None:
    listed = await client.get("/staff/emails")
    assert "550 няма такава кутия" in listed.text
    email = await only_failed(sessions)
    assert f"/staff/emails/{email.id}" in listed.text
    for _ in range(2):  # a double press
        await client.post(f"/staff/emails/{email.id}", data={"email": "penka@example.bg"})
    letters = await post.deliver()
    assert [(letter.event, letter.to) for letter in letters] == [("received", "penka@example.bg")]
    assert (await reload(sessions, bounced)).sender_email == "penka@example.bg"
    assert "550" not in (await client.get("/staff/emails")).text


@pytest.mark.usefixtures("bounced")
async def test_it_has_three_days_anew(client: Client, sessions: Sessions) -> None:
    email = await only_failed(sessions)
    await client.post(f"/staff/emails/{email.id}", data={"email": email.recipient})
    async with transaction(sessions) as db:
        claimed = await claims.claim(db, at=clock.now())
        assert claimed is not None
        await outbox.refused(db, claimed, "451 после", for_good=False, at=clock.now())
    assert (await only_failed(sessions)).state == "queued"


@pytest.mark.usefixtures("bounced")
async def test_one_that_arrived_is_not_sent_again(client: Client, sessions: Sessions, post: Post) -> None:
    async with transaction(sessions) as db:
        arrived = (await db.scalars(select(Email).where(Email.message == "please_confirm"))).one()
    await client.post(f"/staff/emails/{arrived.id}", data={"email": arrived.recipient})
    assert await post.deliver() == []


@pytest.mark.usefixtures("bounced")
async def test_wrong_address_is_told_and_nothing_is_sent(client: Client, sessions: Sessions, post: Post) -> None:
    email = await only_failed(sessions)
    answer = await client.post(f"/staff/emails/{email.id}", data={"email": "пенка"})
    assert answer.status_code == 422
    assert "Въведете имейл с латински букви" in answer.text
    assert await post.deliver() == []


@pytest.mark.parametrize("message", [*TOLD, *TOLD_APART])
async def test_gallery_shows_every_letter(client: Client, sessions: Sessions, message: str) -> None:
    await sign_in(client, sessions, await employ(sessions))
    page = await client.get(f"/staff/emails/samples/{message}")
    assert "Община Станимака" in page.text
    drawn = await client.get(f"/staff/emails/samples/{message}/html")
    assert drawn.text.startswith("<!DOCTYPE html>")
    assert drawn.headers["content-security-policy"].startswith("sandbox")


async def test_letter_of_no_case_that_failed_is_listed_and_never_opened(client: Client, sessions: Sessions) -> None:
    """It may carry a colleague's link to set a password."""
    maria = await employ(sessions)
    async with transaction(sessions) as db:
        messages.invited(db, maria, "an invitation", until=clock.now(), at=clock.now())
    async with transaction(sessions) as db:
        email = (await db.scalars(select(Email))).one()
        email.state, email.last_error = "failed", "550 няма такава кутия"
    await sign_in(client, sessions, maria)
    assert "550 няма такава кутия" in (await client.get("/staff/emails")).text
    assert (await client.get(f"/staff/emails/{email.id}")).status_code == 404


async def test_unknown_letters_are_not_found_and_others_may_not_look(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions))
    for path in ("samples/nothing", "samples/nothing/html", "1", "99999999999999999999"):
        assert (await client.get(f"/staff/emails/{path}")).status_code == 404
    await sign_in(client, sessions, await employ(sessions, role=Role.DEPARTMENT, department="works"))
    for path in ("", "/1", "/samples/received"):
        assert (await client.get(f"/staff/emails{path}")).status_code == 403


@pytest.mark.parametrize("message", ["received", "please_confirm", "invited", "digest"])
async def test_sample_comes_to_oneself_and_opens_nothing(
    client: Client, sessions: Sessions, settings: Settings, post: Post, message: str
) -> None:
    maria = await employ(sessions)
    await sign_in(client, sessions, maria)
    for number in range(8):  # so that there is a case of whatever number a sample might name
        await received(sessions, settings, draft=f"draft {number}", text=f"Дупка номер {number}")
    before = len(await post.deliver())
    answer = await client.post(f"/staff/emails/samples/{message}", follow_redirects=True)
    assert f"Пробата тръгна към {maria.email}" in answer.text
    (letter,) = (await post.deliver())[before:]
    assert (letter.to, letter.subject) == (maria.email, f"Проба: {TITLES[message]}")
    for path in re.findall(r"http://[^/\s]+(/(?:track|confirm|answer|staff/password)/\S+)", letter.text):
        assert (await client.get(path)).status_code in {404, 410}, path
