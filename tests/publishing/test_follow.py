"""Following a public case: by one's own will only, told of what is public only, and away without a trace."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from portal import clock
from portal.cases.follower import Follower
from portal.cases.model import Case, Publication
from portal.db import Sessions, transaction
from portal.handling import assignment, closure, notes
from portal.jobs import keep_house
from portal.mail.outbox import Email
from portal.municipality import Department
from portal.publishing import followers, publication
from portal.replies import reply
from portal.settings import Settings
from tests.cast import Client, Post, employ, link, received, sign_in

IVO = "ivo@follower.example"


@pytest.fixture
async def case(sessions: Sessions, settings: Settings) -> Case:
    return await received(sessions, settings)


@pytest.fixture
async def _ivo_follows(client: Client, case: Case, post: Post, sessions: Sessions) -> None:
    """Ivo follows."""
    _ = sessions
    await client.post(f"/register/{case.incoming_year}/{case.incoming_seq}/following", data={"email": IVO})
    await client.post(link((await post.deliver())[-1], "follow"))


async def assign(sessions: Sessions, case: Case) -> None:
    maria = await employ(sessions)
    async with transaction(sessions) as db:
        mine, works = await db.get_one(Case, case.id), await db.get_one(Department, "works")
        await assignment.assign(db, mine, works, by=maria, at=clock.now())


async def follow_everything(sessions: Sessions) -> list[Follower]:
    async with transaction(sessions) as db:
        return list(await db.scalars(select(Follower)))


async def test_it_begins_by_the_button_behind_the_link(
    client: Client, sessions: Sessions, case: Case, post: Post
) -> None:
    where = f"/register/{case.incoming_year}/{case.incoming_seq}/following"
    assert where in (await client.get(where.removesuffix("/following"))).text
    assert (await client.post(where, data={"email": "ivo"})).status_code == 422
    for _ in range(2):
        assert "Проверете имейла си" in (await client.post(where, data={"email": IVO})).text
    letters = [letter for letter in await post.deliver() if letter.to == IVO]
    assert [letter.event for letter in letters] == ["please_follow"]
    begin = link(letters[0], "follow")
    assert "Искам да следя" in (await client.get(begin)).text
    await assign(sessions, case)
    assert all(letter.event != "followed" for letter in await post.deliver()), "a scanner has only opened it"
    for _ in range(2):
        assert "Следите по имейл" in (await client.post(begin)).text
    assert all(letter.event != "followed" for letter in await post.deliver()), "that was before"


@pytest.mark.usefixtures("_ivo_follows")
async def test_told_of_what_is_public_and_of_nothing_else(
    client: Client, sessions: Sessions, case: Case, post: Post
) -> None:
    maria = await employ(sessions, name="Мария")
    await assign(sessions, case)
    async with transaction(sessions) as db:
        mine = await db.get_one(Case, case.id)
        await notes.note(db, mine, "само между нас", by=maria, at=clock.now())
        await reply.reply(db, mine, "Тайният отговор с ЕГН", by=maria, at=clock.now())
    await post.deliver()
    letters = [letter for letter in await post.deliver() if letter.to == IVO][1:]
    assert [letter.event for letter in letters] == ["followed", "followed"]
    together = "".join(letter.text for letter in letters)
    assert "Възложено е на отдел" in together
    assert "Общината отговори" in together
    for never in ("между нас", "ЕГН", "/track/", "Пенка", "penka@"):
        assert never not in together
    staff = await employ(sessions, name="Мария Петрова Иванова")
    await sign_in(client, sessions, staff)
    for page in (f"/staff/cases/{case.id}", "/staff/emails"):
        assert IVO not in (await client.get(page)).text
    async with transaction(sessions) as db:
        await publication.choose(db, await db.get_one(Case, case.id), Publication.PRIVATE, at=clock.now())
        await closure.close(db, await db.get_one(Case, case.id), by=maria, at=clock.now())
    assert sum(letter.to == IVO for letter in await post.deliver()) == 3


@pytest.mark.usefixtures("_ivo_follows")
async def test_one_click_ends_it_and_deletes_the_address(
    client: Client, sessions: Sessions, case: Case, post: Post
) -> None:
    """As a mail program does it: a POST without cookies, Origin or a page (RFC 8058)."""
    await assign(sessions, case)
    await post.deliver()
    raw = b"".join(path.read_bytes() for path in sorted((post.maildir / "new").iterdir()))
    header = re.sub(rb"\s+", b"", raw.split(b"List-Unsubscribe:")[1].split(b"List-Unsubscribe-Post")[0]).decode()
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in raw
    path = header.strip("<>").removeprefix("http://testserver.local")
    assert "Спиране на писмата</button>" in (await client.get(path)).text
    assert len(await follow_everything(sessions)) == 1, "opening it ends nothing"
    for _ in range(2):
        assert (await client.post(path, data={"List-Unsubscribe": "One-Click"})).status_code == 200
    async with transaction(sessions) as db:
        found = await db.scalar(text(f"SELECT count(*) FROM emails WHERE recipient = '{IVO}'"))
    assert (await follow_everything(sessions), found) == ([], 0)


async def test_nobodys_mailbox_is_filled(client: Client, sessions: Sessions, settings: Settings, post: Post) -> None:
    """Three links to one address, none to the sender, none to a robot, and all are forgotten after three days."""
    for number in range(6):
        case = await received(sessions, settings, draft=f"draft {number}", text=f"Дупка номер {number}")
        where = f"/register/{case.incoming_year}/{case.incoming_seq}/following"
        for given in ({"email": IVO}, {"email": "penka@example.bg"}, {"email": "a@b.example", "blank": "x"}):
            assert (await client.post(where, data=given)).status_code == 200
    assert [one.to for one in await post.deliver() if one.event == "please_follow"] == [IVO] * 3
    async with transaction(sessions) as db:
        await followers.forget(db, at=clock.now() + timedelta(days=3, minutes=1))
    assert await follow_everything(sessions) == []


@pytest.mark.usefixtures("_ivo_follows")
async def test_mailbox_that_is_not_there_follows_no_more(sessions: Sessions, case: Case, client: Client) -> None:
    await assign(sessions, case)
    async with transaction(sessions) as db:
        await followers.tell(db, at=clock.now())
        (email,) = await db.scalars(select(Email).where(Email.message == "followed"))
        email.state, email.last_error = "failed", "550 няма такава кутия"
    await sign_in(client, sessions, await employ(sessions, name="Мария Петрова Иванова"))
    assert "няма такава кутия" not in (await client.get("/staff/emails")).text
    assert (await client.get(f"/staff/emails/{email.id}")).status_code == 404
    await keep_house(sessions)
    assert await follow_everything(sessions) == []


async def test_private_case_and_forged_links_are_not_found(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    case = await received(sessions, settings, publication=Publication.PRIVATE)
    where = f"/register/{case.incoming_year}/{case.incoming_seq}/following"
    for path in (where, "/register/99999999999/1/following", "/follow/forged", "/unfollow/forged"):
        assert (await client.get(path)).status_code == 404
        assert (await client.post(path, data={"email": IVO})).status_code == 404
