"""Templates of replies: kept by the staff, and put into a reply after what is typed."""

from html import unescape

import pytest
from sqlalchemy import select

from portal.audit import Entry
from portal.cases.model import Case, Kind
from portal.db import Sessions, transaction
from portal.replies.drafts import ReplyDraft
from portal.replies.templates import ReplyTemplate
from portal.settings import Settings
from portal.staff.model import Role, Staff
from tests.cast import HX, Client, Post, employ, form_of, received, sign_in

NEW = {
    "title": "Дупката е запълнена",
    "text": "Здравейте, {име}!\nДупката на {място} е запълнена.",
    "topic": "roads",
    "kind": "",
    "place_in_list": "1",
    "offered": "1",
}
FILLED = "Здравейте, Пенка Стоянова!\nДупката на ул. Речна 5 е запълнена."


@pytest.fixture
async def maria(client: Client, sessions: Sessions) -> Staff:
    maria = await employ(sessions)
    await sign_in(client, sessions, maria)
    return maria


@pytest.fixture
async def path(client: Client, maria: Staff) -> str:
    """The address of the one template there is."""
    _ = maria
    await client.post("/staff/templates/new", data=NEW)
    return "/staff/templates/1"


@pytest.fixture
async def case(sessions: Sessions, settings: Settings) -> Case:
    return await received(sessions, settings)


async def saved(sessions: Sessions) -> list[ReplyTemplate]:
    async with transaction(sessions) as db:
        return list(await db.scalars(select(ReplyTemplate)))


async def test_template_is_written_changed_and_deleted(client: Client, sessions: Sessions, path: str) -> None:
    assert NEW["title"] in (await client.get("/staff/templates")).text
    form = form_of(await client.get(path))
    await client.post(path, data={**NEW, **form, "kind": "question", "offered": "0"})
    (one,) = await saved(sessions)
    assert (one.kind, one.is_active, one.version) == (Kind.QUESTION, False, 2)
    assert "Не се предлага" in (await client.get("/staff/templates")).text
    await client.post(f"{path}/removal")
    assert await saved(sessions) == []
    async with transaction(sessions) as db:
        noted = list(await db.scalars(select(Entry.action).order_by(Entry.id)))
    assert noted == ["reply_template_added", "reply_template", "reply_template_removed"]


@pytest.mark.usefixtures("maria")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": "Здравейте, {фамилия}!"}, "Няма такова поле: {фамилия}"),
        ({"text": "{{ 7*7 }}"}, "Няма такова поле: {"),
        ({"text": ""}, "Напишете текста"),
        ({"title": " "}, "Напишете заглавие"),
        ({"topic": "nothing"}, "Изберете тема от списъка"),
        ({"kind": "nothing"}, "Изберете вид от списъка"),
        ({"place_in_list": "0"}, "Въведете число от 1 до 999"),
        ({"place_in_list": "много"}, "Въведете число от 1 до 999"),
        ({"text": "а" * 10_001}, "Съкратете текста с 1 знака"),
    ],
)
async def test_mistake_is_told_beside_the_field(
    client: Client, sessions: Sessions, changes: dict[str, str], said: str
) -> None:
    answer = await client.post("/staff/templates/new", data={**NEW, **changes})
    assert answer.status_code == 422
    field = next(iter(changes))
    message = answer.text.split(f'id="{field}-error"')[1].split("</p>")[0]
    assert said in message
    assert (changes.get("text") or NEW["text"]) in unescape(answer.text) or changes.get("text") == ""
    assert await saved(sessions) == []


async def test_preview_shows_both_cases_and_saves_nothing(client: Client, sessions: Sessions, path: str) -> None:
    form = form_of(await client.get(path))
    answer = await client.post(path, data={**NEW, **form, "text": "На {място}: <b>{номер}</b>", "preview": "1"})
    assert "На ул. Речна 5: &lt;b&gt;С-0007/14.06.2026&lt;/b&gt;" in answer.text
    assert "На посоченото място:" in answer.text
    assert [one.text for one in await saved(sessions)] == [NEW["text"]]


async def test_second_of_two_who_save_sees_both_texts(client: Client, sessions: Sessions, path: str) -> None:
    begun = form_of(await client.get(path))
    await sign_in(client, sessions, await employ(sessions, name="Елена Димитрова"))
    await client.post(path, data={**NEW, **begun, "text": "Текстът на Елена."})
    answer = await client.post(path, data={**NEW, **begun, "text": "Моят текст."})
    assert answer.status_code == 409
    assert "Елена Димитрова запази този образец" in answer.text
    assert "Текстът на Елена." in answer.text
    assert "Моят текст." in answer.text
    await client.post(path, data={**NEW, **form_of(answer), "text": "Двата текста."})
    assert [one.text for one in await saved(sessions)] == ["Двата текста."]


async def test_same_form_sent_twice_is_no_conflict(client: Client, path: str) -> None:
    begun = form_of(await client.get(path))
    for _ in range(2):
        answer = await client.post(path, data={**NEW, **begun, "text": "Поправен."}, follow_redirects=False)
        assert answer.status_code == 303


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("headers", [{}, HX], ids=["visit", "swap"])
async def test_template_goes_after_what_is_typed(client: Client, case: Case, headers: dict[str, str]) -> None:
    reply = f"/staff/cases/{case.id}/reply"
    form = form_of(await client.get(reply))
    sent = {**form, "text": "  Проверихме <вчера> & днес.  \n", "template": "1"}
    answer = await client.post(f"{reply}/template", data=sent, headers=headers)
    assert answer.status_code == 200
    assert f">\n  Проверихме <вчера> & днес.\n\n{FILLED}</textarea>" in unescape(answer.text)
    assert form_of(answer) == form
    assert answer.text.lstrip().startswith("<form" if headers else "<!DOCTYPE")


@pytest.mark.usefixtures("path")
async def test_inserted_twice_it_stands_twice_and_is_kept_as_a_draft(
    client: Client, sessions: Sessions, case: Case
) -> None:
    reply = f"/staff/cases/{case.id}/reply"
    form = form_of(await client.get(reply))
    await client.post(f"{reply}/template", data={**form, "text": "", "template": "1"}, headers=HX)
    await client.post(f"{reply}/template", data={**form, "text": FILLED, "template": "1"}, headers=HX)
    async with transaction(sessions) as db:
        assert (await db.scalars(select(ReplyDraft.text))).one() == f"{FILLED}\n\n{FILLED}"
    assert "Имате чернова" in (await client.get(f"/staff/cases/{case.id}")).text


@pytest.mark.usefixtures("path")
async def test_reply_made_from_a_template_is_sent_as_it_stands(client: Client, case: Case, post: Post) -> None:
    reply = f"/staff/cases/{case.id}/reply"
    form = form_of(await client.get(reply))
    await client.post(reply, data={**form, "text": f"{FILLED} {{номер}}", "template": ""}, headers=HX)
    assert "запълнена. {номер}" in (await post.deliver())[-1].text


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("chosen", ["", "2", "9" * 18, "9" * 30, "x"])
async def test_no_template_chosen_loses_nothing(client: Client, case: Case, chosen: str) -> None:
    answer = await client.post(f"/staff/cases/{case.id}/reply/template", data={"text": "Мое.", "template": chosen})
    assert answer.status_code == 422
    assert "Изберете образец от списъка" in answer.text
    assert ">\nМое.</textarea>" in answer.text


@pytest.mark.usefixtures("maria")
async def test_without_templates_there_is_no_choice(client: Client, case: Case) -> None:
    assert "Образец" not in (await client.get(f"/staff/cases/{case.id}/reply", headers=HX)).text


@pytest.mark.parametrize("role", [Role.HEAD, Role.DEPARTMENT])
async def test_who_does_not_reply_keeps_no_templates(
    client: Client, sessions: Sessions, path: str, case: Case, role: Role
) -> None:
    await sign_in(client, sessions, await employ(sessions, role=role, department="works"))
    for address in ("/staff/templates", "/staff/templates/new", path):
        assert (await client.get(address)).status_code == 403
    for address in ("/staff/templates/new", path, f"{path}/removal"):
        assert (await client.post(address, data=NEW)).status_code == 403
    answer = await client.post(f"/staff/cases/{case.id}/reply/template", data={"template": "1"})
    assert answer.status_code == (403 if role is Role.HEAD else 404)


@pytest.mark.usefixtures("maria")
async def test_unknown_template_is_not_found(client: Client) -> None:
    for number in ("7", "9" * 30):
        assert (await client.get(f"/staff/templates/{number}")).status_code == 404
        assert (await client.post(f"/staff/templates/{number}/removal")).status_code == 404
