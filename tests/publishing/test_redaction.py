"""What the public must not read is taken out of every text, and is gone from everywhere at once."""

import re
from datetime import timedelta

import httpx
import pytest
from litestar.routes import HTTPRoute
from sqlalchemy import select
from sqlalchemy import text as sql

from portal import clock
from portal.cases.model import Case, Channel, Event, EventKind, PublicationState
from portal.db import Sessions, transaction
from portal.handling import due_date, forwarding, no_proceedings
from portal.publishing import publication
from portal.publishing.personal_data import HIDDEN
from portal.replies import reply
from portal.search import upkeep
from portal.settings import Settings
from portal.staff.model import Staff
from tests.cast import HX, Client, Post, employ, form_of, link, received, reload, sign_in

WORD = "квазимодо"
"""Stands in every text of the case, and nowhere else."""
REASON, BODY, GROUND = f"Чака се {WORD} да отвори.", f"ЧСИ {WORD}", f"Дълг на {WORD}."
FIRST, SECOND = f"Съседът {WORD} е глобен вчера.", f"Съседът {WORD} е глобен днес, тел. 0888 123 456."


@pytest.fixture
async def case(client: Client, sessions: Sessions, settings: Settings) -> Case:
    """Extended, forwarded in part and answered twice: the second reply corrects the first. Maria is signed in."""
    maria = await employ(sessions)
    case = await received(
        sessions, settings, title=f"Съседът {WORD}", text=f"{WORD} пали гуми на двора.", place=f"ул. {WORD} 5"
    )
    async with transaction(sessions) as db:
        mine = await db.get_one(Case, case.id)
        assert mine.due_on
        await due_date.extend(db, mine, mine.due_on + timedelta(days=7), REASON, by=maria, at=clock.now())
        await forwarding.forward(db, mine, BODY, GROUND, whole=False, by=maria, at=clock.now())
    for text in (FIRST, SECOND):
        async with transaction(sessions) as db:
            await reply.reply(db, await db.get_one(Case, case.id), text, by=maria, at=clock.now())
    async with transaction(sessions) as db:
        await upkeep.count_words(db)
    await sign_in(client, sessions, maria)
    return await reload(sessions, case)


def fields_of(page: str) -> dict[str, str]:
    """Return what stands in the fields of the publication's form."""
    form = page[page.index('id="publication"') :]
    areas = re.findall(r'<textarea[^>]*\sname="([\w-]+)"[^>]*>\n?([^<]*)</textarea>', form)
    lines = re.findall(r'<input class="in"\s+id="[\w-]+"\s+name="(title|place)"\s+type="text"\s+value="([^"]*)"', form)
    return dict([*areas, *lines])


async def publish(client: Client, path: str, values: dict[str, str]) -> httpx.Response:
    """Save the form; where it is asked whether what is marked may be seen, confirm it."""
    page = form_of(await client.get(path))
    answer = await client.post(path, data={**page, **values, "state": "published"}, headers=HX)
    if confirmed := re.search(r'name="confirmed" value="(\w+)"', answer.text):
        again = {**page, **values, "state": "published", "confirmed": confirmed[1]}
        answer = await client.post(path, data=again, headers=HX)
    return answer


async def public_answers(client: Client, case: Case) -> dict[str, str]:
    """Every public address, with the case's number, and the word typed into every search."""
    answers = {}
    for route in (one for one in client.app.routes if isinstance(one, HTTPRoute)):
        if "GET" not in route.methods or route.path.startswith(("/staff", "/static", "/track")):
            continue
        path = route.path.replace("{year:int}", f"{case.incoming_year}")
        path = re.sub(r"{number:int}", f"{case.incoming_seq}", re.sub(r"{n:int}", "1", path))
        for query in ({}, {"q": WORD.upper()}, {"q": "глобен"}):  # what was asked stands in the answer as it was typed
            answer = await client.get(path.replace("{token:str}", "guess"), params=query)
            answers[f"{path} {query}"] = answer.text
            assert WORD not in answer.text or answer.headers["Cache-Control"] == "no-cache", path
    typing = await client.get("/register", params={"q": WORD[:5]}, headers=HX)
    return answers | {"completions": typing.text}


async def test_a_word_taken_out_is_gone_from_every_public_address(
    client: Client, sessions: Sessions, case: Case, post: Post
) -> None:
    before = await public_answers(client, case)
    assert sum(WORD in answer for answer in before.values()) >= 4
    own = f"/register/{case.incoming_year}/{case.incoming_seq}"
    assert all(said in before[f"{own} {{}}"] for said in (REASON, BODY, GROUND, FIRST, SECOND))
    path = f"/staff/cases/{case.id}/publication"
    page = await client.get(path)
    texts = {name: said.replace(WORD, "…") for name, said in fields_of(page.text).items()}
    assert sum(name.startswith("words-") for name in texts) == 5
    assert (await publish(client, path, texts)).status_code == 200
    after = await public_answers(client, case)
    assert [where for where, said in after.items() if WORD in said] == []
    public = await client.get(own)
    assert "Причина: <span>Чака се … да отвори." in public.text
    assert "Препращане до ЧСИ …" in public.text
    assert "Основание: <span>Дълг на …." in public.text
    assert "Съседът … е глобен днес" in public.text
    assert "Съседът … е глобен вчера" in public.text
    assert "Част от отговора е заличена" in public.text
    async with transaction(sessions) as db:
        kept = await db.scalars(sql("SELECT word FROM register_words WHERE word LIKE 'квазимод%'"))
        assert list(kept) == []
    letters = await post.deliver()
    assert [letter.event for letter in letters][-1] == "changed"
    assert REASON in next(letter.text for letter in letters if letter.event == "extended")
    assert REASON in (await client.get(link(letters[-1], "track"))).text
    assert WORD in (await client.get(f"/staff/cases/{case.id}")).text


async def test_original_is_marked_beside_the_form_and_hidden_by_one_tap(
    client: Client, sessions: Sessions, case: Case
) -> None:
    path = f"/staff/cases/{case.id}/publication"
    page = await client.get(path)
    assert '<mark title="телефон">0888 123 456' in page.text
    fields = {**fields_of(page.text), "title": "Мое заглавие", "state": "published"}
    values = fields
    for headers in ({}, HX):
        hidden = await client.post(path, data={**form_of(page), **fields, "hide": "1"}, headers=headers)
        assert hidden.status_code == 200
        values = fields_of(hidden.text)
        assert "тел. [заличено]." in "".join(values.values())
        assert values["title"] == "Мое заглавие"
        assert (await reload(sessions, case)).public_reply is None
    await client.post(path, data={**form_of(page), **values, "state": "published"})
    assert (await reload(sessions, case)).public_reply == f"Съседът {WORD} е глобен днес, тел. [заличено]."
    assert (await reload(sessions, case)).reply == SECOND


async def test_words_of_the_history_are_redacted_and_put_back(client: Client, sessions: Sessions, case: Case) -> None:
    path = f"/staff/cases/{case.id}/publication"
    originals = {"reason": REASON, "to": BODY, "ground": GROUND}
    for to, kept in (("Съдебен изпълнител", [{"to": "Съдебен изпълнител"}]), (BODY, [])):
        page = await client.get(path)
        fields = fields_of(page.text)
        for name in fields:
            if (which := name.rpartition("-")[2]) in originals:
                fields[name] = {**originals, "to": to}[which]
        await publish(client, path, fields)
        async with transaction(sessions) as db:
            words = await db.scalars(select(Event.public_words).where(Event.public_words.is_not(None)))
        assert list(words) == kept


async def test_senders_name_is_marked_unless_to_be_named(client: Client, sessions: Sessions, case: Case) -> None:
    async with transaction(sessions) as db:
        (await db.get_one(Case, case.id)).text = "Пише Ви Пенка от ул. Речна."
    path = f"/staff/cases/{case.id}/publication"
    assert '<mark title="име на подателя">Пенка' in (await client.get(path)).text
    async with transaction(sessions) as db:
        await db.execute(sql("UPDATE cases SET publication = 'public_named'"))
    assert "име на подателя" not in (await client.get(path)).text


async def test_a_reply_redacted_to_nothing_is_refused(client: Client, sessions: Sessions, case: Case) -> None:
    path = f"/staff/cases/{case.id}/publication"
    page = await client.get(path)
    fields = {name: "" if name.startswith("words-") else said for name, said in fields_of(page.text).items()}
    answer = await client.post(path, data={**form_of(page), **fields, "state": "published"})
    assert answer.status_code == 422
    assert "Напишете какво да се вижда" in answer.text
    assert (await reload(sessions, case)).public_reply is None


async def test_original_reply_published_again_ends_the_redaction(
    client: Client, sessions: Sessions, case: Case
) -> None:
    path = f"/staff/cases/{case.id}/publication"
    fields = fields_of((await client.get(path)).text)
    changed = {name: f"{said} Да." if name.startswith("words-") else said for name, said in fields.items()}
    for values, redacted in ((changed, True), (fields, False)):
        await publish(client, path, values)
        assert ((await reload(sessions, case)).public_reply is not None) == redacted


async def test_withheld_case_keeps_its_redacted_reply_for_later(client: Client, sessions: Sessions, case: Case) -> None:
    path = f"/staff/cases/{case.id}/publication"
    page = await client.get(path)
    fields = {name: said.replace(WORD, "…") for name, said in fields_of(page.text).items()}
    data = {**form_of(page), **fields, "state": "withheld", "reason": "чака проверка"}
    assert (await client.post(path, data=data, headers=HX)).status_code == 200
    kept = await reload(sessions, case)
    assert kept.public_reply == SECOND.replace(WORD, "…")
    assert kept.publication_state is PublicationState.WITHHELD


async def test_a_colleagues_redaction_of_the_same_reply_is_not_overwritten(
    client: Client, sessions: Sessions, case: Case
) -> None:
    path = f"/staff/cases/{case.id}/publication"
    page = await client.get(path)
    fields, opened = fields_of(page.text), form_of(page)
    mine = {name: said.replace(WORD, "…") for name, said in fields.items()}
    his = {name: said.replace(WORD, "някой") for name, said in fields.items()}
    assert (await publish(client, path, mine)).status_code == 200
    second = await client.post(path, data={**opened, **his, "state": "published"}, headers=HX)
    assert second.status_code == 409
    assert "някой" in second.text
    assert (await reload(sessions, case)).public_reply == SECOND.replace(WORD, "…")


PHONE = "Обадете се на инж. Колев, 0888 123 456."


async def test_reply_with_personal_data_is_sent_only_when_confirmed(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    case = await received(sessions, settings)
    await sign_in(client, sessions, await employ(sessions))
    path = f"/staff/cases/{case.id}/reply"
    opened = {**form_of(await client.get(path)), "text": PHONE}
    warned = await client.post(path, data=opened)
    assert warned.status_code == 422
    assert "съдържа телефон и ще бъде публикувано" in warned.text
    assert PHONE in warned.text
    assert (await reload(sessions, case)).reply is None
    confirmed = re.search(r'name="confirmed"\s+value="(\w+)"', warned.text)
    assert confirmed
    other = await client.post(path, data={**opened, "text": f"{PHONE} и 0888 123 457", "confirmed": confirmed[1]})
    assert other.status_code == 422
    sent = await client.post(path, data={**opened, "confirmed": confirmed[1]}, headers=HX)
    assert sent.status_code == 200
    assert (await reload(sessions, case)).reply == PHONE


async def test_reply_with_a_date_and_a_number_of_ours_is_sent_at_once(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    case = await received(sessions, settings)
    await sign_in(client, sessions, await employ(sessions))
    path = f"/staff/cases/{case.id}/reply"
    said = "Работата започва на 05.12.2026 г. по заповед РД-09-123/2026 и по сигнал С-0025/02.10.2020."
    data = {**form_of(await client.get(path)), "text": said}
    assert (await client.post(path, data=data, headers=HX)).status_code == 200
    assert (await reload(sessions, case)).reply == said


@pytest.mark.parametrize("setting", ["publication = 'private'", "publication_state = 'withheld'"])
async def test_reply_that_nobody_else_reads_is_sent_without_asking(
    client: Client, sessions: Sessions, settings: Settings, setting: str
) -> None:
    case = await received(sessions, settings)
    async with transaction(sessions) as db:
        await db.execute(sql(f"UPDATE cases SET {setting}"))
    await sign_in(client, sessions, await employ(sessions))
    path = f"/staff/cases/{case.id}/reply"
    data = {**form_of(await client.get(path)), "text": PHONE}
    assert (await client.post(path, data=data, headers=HX)).status_code == 200


@pytest.mark.parametrize(
    ("part", "form"),
    [
        ("due-date", {"until": "", "reason": PHONE}),
        ("forwarding", {"to": "ОПУ, 0888 123 456", "ground": "Техен е.", "whole": "part"}),
        ("forwarding", {"to": "ОПУ", "ground": PHONE, "whole": "whole"}),
    ],
)
async def test_words_with_personal_data_are_public_only_when_confirmed(
    client: Client, sessions: Sessions, settings: Settings, part: str, form: dict[str, str]
) -> None:
    case = await received(sessions, settings)
    assert case.due_on
    await sign_in(client, sessions, await employ(sessions))
    path, until = f"/staff/cases/{case.id}/{part}", case.due_on + timedelta(days=7)
    data = {**form_of(await client.get(path)), **form} | ({"until": until.isoformat()} if "until" in form else {})
    warned = await client.post(path, data=data)
    assert warned.status_code == 422
    assert "съдържа телефон и ще бъде публикувано" in warned.text
    own = f"/register/{case.incoming_year}/{case.incoming_seq}"
    assert "0888" not in (await client.get(own)).text
    confirmed = re.search(r'name="confirmed"\s+value="(\w+)"', warned.text)
    assert confirmed
    sent = await client.post(path, data={**data, "confirmed": confirmed[1]})
    assert sent.status_code == 200
    assert "0888" in (await client.get(own)).text


async def test_private_case_with_a_telling_reason_is_held_when_its_sender_opens_it(
    client: Client, sessions: Sessions, settings: Settings, post: Post
) -> None:
    case = await received(sessions, settings, publication="private")
    track = link((await post.deliver())[-1], "track")
    await sign_in(client, sessions, await employ(sessions))
    assert case.due_on
    path, until = f"/staff/cases/{case.id}/due-date", case.due_on + timedelta(days=7)
    data = {**form_of(await client.get(path)), "until": until.isoformat(), "reason": PHONE}
    assert (await client.post(path, data=data)).status_code == 200, "nobody else reads it: nothing to ask"
    await client.post(f"{track}/publication", data={"publication": "public_unnamed"})
    assert (await reload(sessions, case)).publication_state is PublicationState.HELD


async def test_ground_of_an_older_portal_is_somebodys_own_words(sessions: Sessions, case: Case) -> None:
    async with transaction(sessions) as db:
        mine, maria = await db.get_one(Case, case.id), await db.get_one(Staff, 1)
        await no_proceedings.end_without_proceedings(db, mine, no_proceedings.Ground.REPEATED, by=maria, at=clock.now())
        ours = {one.event.kind for one in await publication.words_of(db, mine)}
        assert ours == {EventKind.EXTENDED, EventKind.FORWARDED, EventKind.REPLIED}
        mine.channel = Channel.IMPORT
        assert EventKind.NO_PROCEEDINGS in {one.event.kind for one in await publication.words_of(db, mine)}


async def test_correcting_a_redacted_reply_asks_before_it_is_shown_whole(
    client: Client, sessions: Sessions, case: Case
) -> None:
    staff = await employ(sessions, name="Георги Петров Иванов")
    async with transaction(sessions) as db:
        mine = await db.get_one(Case, case.id)
        newest = (await publication.words_of(db, mine))[0]
        version, texts = publication.public_version(mine), {newest.key: "Съседът е глобен."}
        await publication.publish(db, mine, version, texts, by=staff, at=clock.now())
    path = f"/staff/cases/{case.id}/reply"
    data = {**form_of(await client.get(path)), "text": f"Съседът {WORD} е глобен два пъти."}
    warned = await client.post(path, data=data, headers=HX)
    assert warned.status_code == 422
    assert "ще бъде публикуван цял" in warned.text


async def test_private_case_with_a_telling_reply_is_held_when_its_sender_opens_it(
    client: Client, sessions: Sessions, settings: Settings, post: Post
) -> None:
    case = await received(sessions, settings, publication="private")
    track = link((await post.deliver())[-1], "track")
    staff = await employ(sessions)
    async with transaction(sessions) as db:
        await reply.reply(db, await db.get_one(Case, case.id), PHONE, by=staff, at=clock.now())
    await client.post(f"{track}/publication", data={"publication": "public_unnamed"})
    assert (await reload(sessions, case)).publication_state is PublicationState.HELD


async def test_senders_name_in_the_text_is_held_when_the_name_is_not_to_show(
    client: Client, sessions: Sessions, settings: Settings, post: Post
) -> None:
    text = "Моля, елате да видите. С уважение: Пенка Стоянова"
    case = await received(sessions, settings, publication="public_named", text=text)
    assert case.is_public
    track = link((await post.deliver())[-1], "track")
    await client.post(f"{track}/publication", data={"publication": "public_unnamed"})
    assert not (await reload(sessions, case)).is_public


async def test_held_case_is_published_by_no_single_press(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    """Its form opens with nothing chosen and what is marked hidden; put back, it is asked about once more."""
    await sign_in(client, sessions, await employ(sessions))
    text = "Звъннете на 0888 765 432, ЕГН 7523169263, за дупката."
    held = await received(sessions, settings, text=text, draft="a draft of the held one")
    path = f"/staff/cases/{held.id}/publication"
    opened = await client.get(path)
    fields = fields_of(opened.text)
    assert fields["text"] == f"Звъннете на {HIDDEN}, ЕГН {HIDDEN}, за дупката."
    assert not re.search(r'name="state"[^>]*checked', opened.text)
    entered = await client.post(path, data={**form_of(opened), **fields}, headers=HX)
    assert entered.status_code == 422
    assert "Изберете дали да се публикува" in entered.text
    original = {**form_of(opened), **fields, "text": text, "state": "published"}
    second = await client.post(path, data=original, headers=HX)
    assert second.status_code == 422
    assert "Написаното съдържа" in second.text
    assert not (await reload(sessions, held)).is_public
    await client.post(path, data={**form_of(opened), **fields, "state": "published"}, headers=HX)
    assert (await reload(sessions, held)).public_text == fields["text"]
