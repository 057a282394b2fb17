"""The sender's own page."""

from portal import clock
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.replies import reply
from portal.settings import Settings
from tests.cast import Client, Post, employ, link, received


async def test_sender_reads_follows_and_withdraws(
    client: Client, sessions: Sessions, settings: Settings, post: Post
) -> None:
    case = await received(sessions, settings)
    track = link((await post.deliver())[-1], "track")
    page = await client.get(track)
    assert str(case.incoming_number) in page.text
    assert page.headers["cache-control"] == "no-store"
    await client.post(f"{track}/publication", data={"publication": "public_named"})
    assert "С моето име" in (await client.get(track)).text
    for nonsense in ("everywhere", ""):
        assert (await client.post(f"{track}/publication", data={"publication": nonsense})).status_code == 200
    withdrawn = await client.post(f"{track}/withdrawal")
    assert "Оттеглено" in withdrawn.text
    assert (await client.post(f"{track}/withdrawal")).status_code == 200
    events = [letter.event for letter in await post.deliver()]
    assert events == ["please_confirm", "received", "changed", "withdrawn"]
    assert (await client.get(f"/register/{case.incoming_year}/{case.incoming_seq}")).status_code == 200


async def test_answered_case_is_not_withdrawn(
    client: Client, sessions: Sessions, settings: Settings, post: Post
) -> None:
    case = await received(sessions, settings)
    track = link((await post.deliver())[-1], "track")
    staff = await employ(sessions)
    async with transaction(sessions) as db:
        await reply.reply(db, await db.get_one(Case, case.id), "Запълнена е.", by=staff, at=clock.now())
    page = await client.post(f"{track}/withdrawal")
    assert "Запълнена е." in page.text
    assert "Оттеглям" not in page.text
    assert "Оттеглено" not in page.text
