"""Whom the links in letters let in, and for how long."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from portal import clock
from portal.cases.model import Case, Publication
from portal.db import Sessions, transaction
from portal.handling import sender_address
from portal.settings import Settings
from portal.tokens import Tokens
from tests.cast import Client, Post, employ, link, received, reload, sign_in, submitted

FORMER, NEW, OTHER = "f" * 40, "n" * 40, "o" * 40


async def test_links_to_a_former_address_end(
    client: Client, sessions: Sessions, settings: Settings, post: Post
) -> None:
    case = await received(sessions, settings)
    (letter,) = [one for one in await post.deliver() if one.event == "received"]
    former = link(letter, "track")
    assert (await client.get(former)).status_code == 200
    maria = await employ(sessions)
    async with transaction(sessions) as db:
        found = await db.get_one(Case, case.id)
        await sender_address.correct_address(db, found, "ivan@example.bg", by=maria, at=clock.now())
    for answer in (await client.get(former), await client.post(f"{former}/withdrawal")):
        assert answer.status_code == 410
        assert "вече не важи" in answer.text
        assert "Намиране на Вашата преписка" in answer.text
    assert (
        await client.get(f"/track/{Tokens(settings.secret).track(await reload(sessions, case))}")
    ).status_code == 200


async def test_letter_written_to_a_former_address_and_sent_late_opens_nothing(
    client: Client, sessions: Sessions, settings: Settings, post: Post
) -> None:
    case = await received(sessions, settings)
    maria = await employ(sessions)
    async with transaction(sessions) as db:
        found = await db.get_one(Case, case.id)
        await sender_address.correct_address(db, found, "ivan@example.bg", by=maria, at=clock.now())
    (letter,) = [one for one in await post.deliver() if one.event == "received"]
    assert (await client.get(link(letter, "track"))).status_code == 410


async def test_sender_ends_all_links_and_gets_a_new_one(
    client: Client, sessions: Sessions, settings: Settings, post: Post
) -> None:
    case = await received(sessions, settings)
    letters = await post.deliver()
    former, confirm = link(letters[-1], "track"), link(letters[0], "confirm")
    await client.post(f"{former}/links")
    await client.post(f"{former}/links")
    new = [one for one in await post.deliver() if one.event == "link_sent"]
    assert len(new) == 1
    assert (await client.get(link(new[0], "track"))).status_code == 200
    assert (await client.get(former)).status_code == 410
    assert "/track/" not in (await client.get(confirm)).text
    assert (await reload(sessions, case)).address_version == 2


@pytest.mark.parametrize("purpose", ["track", "paper", "confirm", "sent"])
async def test_link_of_a_case_that_was_lost_opens_no_other(
    client: Client, sessions: Sessions, settings: Settings, purpose: str
) -> None:
    """A database restored from yesterday gives the next case the id of one that is lost."""
    tokens = Tokens(settings.secret)
    lost = await submitted(sessions) if purpose in {"confirm", "sent"} else await received(sessions, settings)
    token = tokens.confirm(lost, 1) if purpose == "confirm" else getattr(tokens, purpose)(lost)
    path = {"confirm": "/confirm/", "sent": "/submit/sent/"}.get(purpose, "/track/") + token
    assert (await client.get(path)).status_code == 200
    async with transaction(sessions) as db:
        await db.execute(text("UPDATE cases SET link_key = link_key # 1"))
    assert (await client.get(path)).status_code in {404, 410}
    assert (await client.post(path)).status_code in {404, 405, 410}


def test_keys_of_cases_are_random() -> None:
    case = Case(id=1, link_key=5, address_version=1, sender_email="a@b.bg", publication=Publication.UNNAMED)
    other = Case(id=1, link_key=6, address_version=1, sender_email="a@b.bg", publication=Publication.UNNAMED)
    linked = Tokens(NEW).read_track(Tokens(NEW).track(case))
    assert linked is not None
    assert (linked.is_of(case), linked.is_of(other)) == (True, False)


def test_former_secrets_read_and_never_sign() -> None:
    case = Case(id=1, link_key=5, address_version=1, sender_email="a@b.bg")
    before, after, later = Tokens(FORMER), Tokens(NEW, former=[FORMER]), Tokens(NEW)
    assert after.read_track(before.track(case)) == later.read_track(after.track(case)) != None  # noqa: E711
    assert later.read_track(before.track(case)) is None
    assert before.read_track(after.track(case)) is None
    mailbox = before.mailbox("c", 1, "a@b.bg")
    assert after.is_mailbox(mailbox, "c", 1, "a@b.bg")
    assert not later.is_mailbox(mailbox, "c", 1, "a@b.bg")
    assert not after.is_mailbox(mailbox, "b", 1, "a@b.bg")
    assert later.is_mailbox(after.mailbox("b", 7, "x@b.bg"), "b", 7, "x@b.bg")


def test_apps_of_the_staff_outlive_a_change_of_the_secret() -> None:
    assert Tokens(NEW, former=[FORMER], totp_secret=FORMER).totp(1, "seed") == Tokens(FORMER).totp(1, "seed")
    assert Tokens(NEW).totp(1, "seed") != Tokens(FORMER).totp(1, "seed")


@pytest.mark.parametrize("token", ["", "x", "WzFd.x", "W10.x", "W10", "é", "x" * 5000, "WyJ4IiwieCIsIngiXQ.x"])
def test_nonsense_is_nobodys(token: str) -> None:
    tokens = Tokens(NEW)
    readers = (tokens.read_track, tokens.read_paper, tokens.read_sent, tokens.read_confirm, tokens.read_follow)
    assert [one(token) for one in readers] == [None] * len(readers)


async def test_letter_that_the_staff_read_lets_nobody_in(
    client: Client, sessions: Sessions, settings: Settings, post: Post
) -> None:
    await received(sessions, settings)
    token = Tokens(settings.secret).track(await reload(sessions, Case(id=1)))
    await post.deliver()
    await sign_in(client, sessions, await employ(sessions))
    page = await client.get("/staff/emails/2")
    assert page.status_code == 200
    assert "/track/…" in page.text
    assert token not in page.text


async def test_rotated_secret_in_the_settings(sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings)
    rotated = Tokens.of(replace(settings, secret=NEW, former_secrets=(settings.secret,)))
    assert rotated.read_track(Tokens(settings.secret).track(case)) is not None
