"""The sender's own page."""

import re
from datetime import timedelta

import pytest

from portal import clock
from portal.cases.model import Case, Status
from portal.db import Sessions, transaction
from portal.handling import clarification
from portal.replies import reply
from portal.settings import Settings
from tests.cast import Client, Post, employ, link, received
from tests.test_house import _check_markup


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


@pytest.mark.parametrize(
    ("status", "changes", "says", "leaves_out"),
    [
        ("received", {}, ["Сигналът Ви постъпи", "ще го възложи"], ["Отделът проверява", "Предишен отговор"]),
        ("assigned", {}, ["се разглежда", "Отделът проверява"], ["ще го възложи", "постъпи."]),
        ("awaiting_clarification", {}, ["Чакаме Вашето уточнение", "Оттеглям"], ["Какво следва", "постъпи."]),
        ("answered", {"reply": "Готово."}, ["Общината отговори", "Отговор на общината"], ["Какво следва"]),
        ("forwarded", {}, ["при друг орган"], ["Какво следва", "постъпи.", "Оттеглям"]),
        ("no_proceedings", {}, ["без разглеждане"], ["Какво следва", "постъпи."]),
        ("closed", {"reply": "Готово."}, ["Работата по сигнала Ви приключи"], ["Какво следва", "Предишен"]),
        ("withdrawn", {}, ["Оттеглихте сигнала"], ["Какво следва", "постъпи.", "Оттеглям"]),
        ("received", {"reply": "Готово.", "reopened_at": clock.now()}, ["разглежда отново", "Предишен отговор"], []),
        ("assigned", {"reply": "Готово.", "reopened_at": clock.now()}, ["разглежда отново", "Какво следва"], []),
    ],
)
async def test_page_tells_what_is_so_now(
    client: Client, sessions: Sessions, settings: Settings, post: Post,
    status: str, changes: dict[str, object], says: list[str], leaves_out: list[str],
) -> None:  # fmt: skip
    case = await received(sessions, settings)
    track = link((await post.deliver())[-1], "track")
    async with transaction(sessions) as db:
        now = await db.get_one(Case, case.id)
        if status == "awaiting_clarification":
            await clarification.ask_sender(db, now, "Къде точно?", by=await employ(sessions), at=clock.now())
        now.status = Status(status)
        if "reply" in changes:
            now.replied_at = clock.now() - timedelta(days=1)
        for name, value in changes.items():
            setattr(now, name, value)
    for page in ((await client.get(track)).text, (await client.get(f"/en{track}")).text):
        _check_markup("the sender's page", page)
    page = (await client.get(track)).text
    shown = page[page.index("<main") : page.index("История")] + page[page.index('id="publication"') :]
    for words in says:
        assert words in shown, words
    for words in leaves_out:
        assert words not in shown, words
    ok = status in {"answered", "closed"} or (status == "received" and not changes)
    assert ('class="panel "' in shown or 'class="panel ok"' in shown) is ok


async def test_each_act_is_confirmed_at_the_top(
    client: Client, sessions: Sessions, settings: Settings, post: Post
) -> None:
    case = await received(sessions, settings)
    track = link((await post.deliver())[-1], "track")
    async with transaction(sessions) as db:
        now = await db.get_one(Case, case.id)
        await clarification.ask_sender(db, now, "Къде точно?", by=await employ(sessions), at=clock.now())
    for act, data, said in (
        ("publication", {"publication": "public_named"}, "Изборът Ви е записан"),
        ("clarification", {"answer": "Пред номер 5."}, "Уточнението е изпратено"),
        ("withdrawal", {}, "Оттеглянето е записано"),
    ):
        assert said not in (await client.get(f"{track}?done={act}")).text or act == "publication"
        page = (await client.post(f"{track}/{act}", data=data)).text
        title = re.search("<title>(.*?)</title>", page, re.DOTALL)
        banner = re.search('id="done".*?</div>', page, re.DOTALL)
        assert title
        assert said in title[1]
        assert banner
        assert said in banner[0]
        assert 'tabindex="-1" autofocus' in banner[0]
        assert page.count("autofocus") == 1
    for nonsense in ("", "x", "reopening", "clarification' OR"):
        assert 'id="done"' not in (await client.get(track, params={"done": nonsense})).text


async def test_reopening_is_confirmed(client: Client, sessions: Sessions, settings: Settings, post: Post) -> None:
    case = await received(sessions, settings)
    track = link((await post.deliver())[-1], "track")
    async with transaction(sessions) as db:
        await reply.reply(
            db, await db.get_one(Case, case.id), "Запълнена е.", by=await employ(sessions), at=clock.now()
        )
    page = (await client.post(f"{track}/reopening", data={"reason": "Пак е там."})).text
    assert "Искането Ви е изпратено" in page
    assert "Предишен отговор" in page


async def test_ended_links_are_confirmed(client: Client, sessions: Sessions, settings: Settings, post: Post) -> None:
    await received(sessions, settings)
    track = link((await post.deliver())[-1], "track")
    assert "Досегашните връзки вече не се отварят" in (await client.post(f"{track}/links")).text


async def test_private_case_is_told_of_no_register(
    client: Client, sessions: Sessions, settings: Settings, post: Post
) -> None:
    await received(sessions, settings, publication="private")
    track = link((await post.deliver())[-1], "track")
    assert "Записът остава в регистъра" not in (await client.get(track)).text
    await client.post(f"{track}/publication", data={"publication": "public_unnamed"})
    assert "Записът остава в регистъра" in (await client.get(track)).text


async def test_title_made_of_the_text_stands_once(
    client: Client, sessions: Sessions, settings: Settings, post: Post
) -> None:
    for draft, title, number in (("1", "", 1), ("2", "Дупка", 2)):
        await received(sessions, settings, draft=draft, title=title, text="Дупката  е\nголяма и опасна.")
        page = (await client.get(link((await post.deliver())[-1], "track"))).text
        assert len(re.findall("<h[13][^>]*>(?:Дупката е голяма и опасна.|Дупка)</h", page)) == number
