"""The citizen's door."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select, update

from portal import clock
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.rendering.formats import mailbox
from portal.web.forms import Typed, clean
from tests.cast import PENKA, Client, Post, form_of, link, submitted

DRAFT = {"draft": "a-draft-of-penkas-own"}


@pytest.mark.parametrize("kind", ["signal", "proposal", "question"])
async def test_each_kind_has_its_form(client: Client, kind: str) -> None:
    assert (await client.get(f"/submit/{kind}")).status_code == 200
    sent = await client.post(f"/submit/{kind}", data=PENKA)
    assert "Проверете имейла си" in sent.text


async def test_unknown_kind_is_no_form(client: Client) -> None:
    assert (await client.get("/submit/complaint")).status_code == 404
    assert (await client.post("/submit/complaint", data=PENKA)).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("name", "", "Въведете име и фамилия"),
        ("name", "Пенка", "Въведете и име, и фамилия"),
        ("name", "Пенка 5", "Въведете и име, и фамилия"),
        ("name", "=?utf-8?q?x?= Петрова", "Въведете и име, и фамилия"),
        ("name", "П" * 200 + " С", "Съкратете"),
        ("phone", "", "Въведете телефонен номер"),
        ("phone", "не давам", "Въведете телефон във вида"),
        ("phone", "0888", "такъв телефон няма"),
        ("email", "", "Въведете имейл"),
        ("email", "penka", "Въведете имейл с латински"),
        ("email", "пенка@example.bg", "Въведете имейл с латински"),
        ("email", "penka@example..bg", "Въведете имейл с латински"),
        ("text", "", "Напишете за какво се отнася"),
        ("text", "къс", "поне 10 знака"),
        ("text", "а" * 8001, "Съкратете текста с 1 знака"),
        ("title", "а" * 121, "Съкратете"),
        ("place", "а" * 201, "Съкратете"),
        ("topic", "dragons", "Изберете тема"),
        ("publication", "everywhere", "Изберете дали"),
    ],
)
async def test_error_stands_beside_the_field_and_nothing_is_lost(
    client: Client, sessions: Sessions, field: str, value: str, error: str
) -> None:
    answer = await client.post("/submit/signal", data={**PENKA, **DRAFT, field: value})
    assert answer.status_code == 422
    assert answer.text.count(error) == 2 or field == "publication", "beside the field and in the summary"
    assert f'href="#{field}"' in answer.text
    assert "<title>\nГрешка: " in answer.text.replace("  ", "")
    for name in ("name", "phone", "email", "title", "place", "text"):
        typed = value if name == field else PENKA[name]
        assert typed in answer.text
    async with transaction(sessions) as db:
        assert await db.scalar(select(func.count()).select_from(Case)) == 0


@pytest.mark.parametrize(
    "phone", ["0888123456", "+359 888 123 456", "(032) 62-62-62", "00359 888 123456", "+44 20 7946 0958"]
)
async def test_phones_as_people_write_them(client: Client, phone: str) -> None:
    assert (await client.post("/submit/signal", data={**PENKA, "phone": phone})).status_code == 200


async def test_only_what_must_be_is_asked(client: Client, sessions: Sessions) -> None:
    """A title is made from the text; place, topic and choice may be left out."""
    given = {name: PENKA[name] for name in ("name", "phone", "email", "text")}
    assert (await client.post("/submit/signal", data=given)).status_code == 200
    async with transaction(sessions) as db:
        case = (await db.execute(select(Case))).scalar_one()
    assert PENKA["text"].startswith(case.title.removesuffix("…"))
    assert case.publication == "public_unnamed"


async def test_form_sent_again_is_the_same_case(client: Client, sessions: Sessions, post: Post) -> None:
    """A resent POST; that twenty at once are one too, tests/faults holds."""
    data = {**PENKA, **form_of(await client.get("/submit/signal"))}
    answers = [await client.post("/submit/signal", data=data) for _ in range(3)]
    assert {str(answer.url) for answer in answers} == {str(answers[0].url)}
    async with transaction(sessions) as db:
        assert await db.scalar(select(func.count()).select_from(Case)) == 1
    assert len(await post.deliver()) == 1


async def test_multipart_form_is_read_too(client: Client) -> None:
    files = [("place", ("x", b"a file where a text belongs"))]
    data = {name: value for name, value in PENKA.items() if name != "place"}
    assert (await client.post("/submit/signal", data=data, files=files)).status_code == 200


async def test_page_after_the_form_resends_and_corrects(client: Client, post: Post) -> None:
    sent = await client.post("/submit/signal", data={**PENKA, "email": "penak@example.bg"})
    path = sent.url.path
    assert sent.headers["cache-control"] == "no-store"
    assert sent.headers["referrer-policy"] == "same-origin"
    too_soon = await client.post(f"{path}/resend")
    assert "Изчакайте минута" in too_soon.text
    wrong = await client.post(f"{path}/address", data={"email": "penka@"})
    assert wrong.status_code == 422
    assert "penka@" in wrong.text
    corrected = await client.post(f"{path}/address", data={"email": "penka@example.bg"})
    assert "Изпратихме връзката на новия адрес" in corrected.text
    letters = await post.deliver()
    assert [letter.to for letter in letters] == ["penak@example.bg", "penka@example.bg"]
    replaced = await client.get(link(letters[0], "confirm"))
    assert (replaced.status_code, "сменена с нова" in replaced.text) == (409, True)
    assert (await client.post(link(letters[0], "confirm"))).status_code == 409
    assert (await client.post(link(letters[1], "confirm"))).status_code == 200
    assert "Вече е потвърдено" in (await client.get(path)).text
    assert (await client.post(f"{path}/resend")).status_code == 404


async def test_wrong_old_and_used_links_each_have_their_page(client: Client, sessions: Sessions, post: Post) -> None:
    case = await submitted(sessions)
    confirm = link((await post.deliver())[-1], "confirm")
    for wrong in (confirm[:-1] + ("a" if confirm[-1] != "a" else "b"), "/confirm/nonsense", "/confirm/WzFd.x"):
        answer = await client.get(wrong)
        assert (answer.status_code, "Връзката не е вярна" in answer.text) == (404, True)
    async with transaction(sessions) as db:
        four_days_ago = clock.now() - timedelta(days=4)
        await db.execute(update(Case).where(Case.id == case.id).values(submitted_at=four_days_ago))
    for answer in (await client.get(confirm), await client.post(confirm)):
        assert (answer.status_code, "Срокът на връзката изтече" in answer.text) == (410, True)


async def test_button_of_an_older_browser_works(client: Client, post: Post) -> None:
    """One without Sec-Fetch-Site: it sends its Origin, as our Referrer-Policy lets it."""
    await client.post("/submit/signal", data=PENKA)
    confirm = link((await post.deliver())[-1], "confirm")
    ours = {"Origin": "http://testserver.local"}
    assert (await client.post(confirm, headers={"Origin": "null"})).status_code == 403
    assert (await client.post(confirm, headers=ours)).status_code == 200


async def test_tokens_are_for_one_purpose(client: Client, sessions: Sessions, post: Post) -> None:
    sent = await client.post("/submit/signal", data=PENKA)
    token = sent.url.path.rsplit("/", 1)[-1]
    confirm = link((await post.deliver())[-1], "confirm").rsplit("/", 1)[-1]
    for path in (f"/confirm/{token}", f"/track/{token}", f"/track/{confirm}", f"/submit/sent/{confirm}"):
        assert (await client.get(path)).status_code == 404
    await client.post(f"/confirm/{token}")
    async with transaction(sessions) as db:
        assert not (await db.execute(select(Case))).scalar_one().is_received


def test_clean_drops_what_cannot_be_stored_or_seen() -> None:
    assert clean("ду\u200bп\x00ка\r\nи̂\ud800") == "дупка\nи̂"


@pytest.mark.parametrize(
    ("typed", "meant"), [("2026-06-28", "2026-06-28"), ("28.6.2026", "2026-06-28"), ("28.06.2026 г.", "2026-06-28"),
                         ("31.02.2026", None), ("9999-12-31", None), ("утре", None), ("", None)]
)  # fmt: skip
def test_days_as_people_write_them(typed: str, meant: str | None) -> None:
    values = Typed({"until": typed})
    day = values.day("until")
    assert (day and day.isoformat()) == meant
    assert bool(values.errors) is (meant is None)


async def test_page_loaded_anew_by_the_back_button_is_the_same_case(
    client: Client, sessions: Sessions, post: Post
) -> None:
    """With another draft key: what is the same words from the same sender on the same day is one case."""
    for changes in ({}, {"draft": "another-key-of-the-page"}, {"email": PENKA["email"].upper()}):
        assert (await client.post("/submit/signal", data={**PENKA, **changes})).status_code == 200
    await client.post("/submit/signal", data={**PENKA, "place": "ул. Горна 1"})
    async with transaction(sessions) as db:
        assert await db.scalar(select(func.count()).select_from(Case)) == 2
    assert len(await post.deliver()) == 3, "one of them to the address in other letters"


@pytest.mark.parametrize(
    ("change", "confirmed", "number"),
    [
        ({}, True, 1),
        ({"title": "Дупка пред училището"}, True, 2),
        ({"title": "Дупка пред училището"}, False, 2),
        ({"topic": "lighting"}, True, 2),
        ({"topic": ""}, True, 2),
        ({"phone": "0888 123 457"}, True, 1),
        ({"publication": "public_named"}, True, 1),
    ],
)
async def test_same_words_under_another_title_or_topic_are_another_signal(
    client: Client, sessions: Sessions, post: Post, *, change: dict[str, str], confirmed: bool, number: int
) -> None:
    await client.post("/submit/signal", data=PENKA)
    letter = (await post.deliver())[-1]
    if confirmed:
        await client.post(link(letter, "confirm"))
    for _ in range(2):
        await client.post("/submit/signal", data={**PENKA, **change, "draft": "another-key-of-the-page"})
    async with transaction(sessions) as db:
        assert await db.scalar(select(func.count()).select_from(Case)) == number


async def test_address_of_a_bulgarian_domain_is_shown_as_typed(client: Client, post: Post) -> None:
    for typed in ("penka@пример.бг", "Penka@xn--e1afmkfd.xn--90ae"):
        sent = await client.post("/submit/signal", data={**PENKA, "email": typed})
        assert f"{typed[0]}enka@пример.бг" in sent.text
        assert "xn--" not in sent.text
        assert (await post.deliver())[-1].to.lower() == "penka@xn--e1afmkfd.xn--90ae", "as a mail server wants it"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("penka@xn--e1afmkfd.xn--90ae", "penka@пример.бг"),
        ("penka@mail.xn--e1afmkfd.bg", "penka@mail.пример.bg"),
        ("penka@example.bg", "penka@example.bg"),
        ("penka@xn--.bg", "penka@xn--.bg"),
        ("penka@пример.бг", "penka@пример.бг"),
        ("+359888123456", "+359888123456"),
        ("", ""),
    ],
)
def test_mailbox_is_shown_as_people_type_it(address: str, shown: str) -> None:
    assert mailbox(address) == shown


async def test_trap_is_such_as_nothing_fills_in_for_a_person(client: Client) -> None:
    page = (await client.get("/submit/signal")).text
    trap = re.search(r'<input id="blank".*?>', page, re.DOTALL)
    assert trap
    for told in ('autocomplete="off"', "data-lpignore", "data-1p-ignore", "data-bwignore", 'tabindex="-1"'):
        assert told in trap[0]
    refused = await client.post("/submit/signal", data={**PENKA, "blank": "https://spam.example"})
    assert "изпратете отново" in refused.text
    assert 'href="#blank"' not in refused.text
    again = {**form_of(refused), **{name: PENKA[name] for name in ("text", "name", "phone", "email")}}
    assert "Проверете имейла си" in (await client.post("/submit/signal", data=again)).text


async def test_many_forms_from_one_place_are_refused_and_stay_filled(client: Client) -> None:
    data = {**PENKA, "draft": "one-and-the-same-draft"}
    answers = [await client.post("/submit/signal", data=data) for _ in range(41)]
    assert {answer.status_code for answer in answers[:40]} == {200}
    assert answers[40].status_code == 429
    assert "твърде много формуляри" in answers[40].text
    assert PENKA["text"] in answers[40].text


async def test_strangers_address_is_sent_no_more_than_a_few_links(
    client: Client, sessions: Sessions, post: Post
) -> None:
    """By forms, by correcting an address, or by sending again; and not before one of them is confirmed."""
    answers = [await _form_to_stranger(client, number) for number in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429] * 2
    assert "няколко връзки" in answers[6].text
    assert "Сигнал номер 6" in answers[6].text
    own = await client.post("/submit/signal", data={**PENKA, "email": "own@example.bg"})
    corrected = await client.post(f"{own.url.path}/address", data={"email": "stranger@example.bg"})
    assert corrected.status_code == 422
    async with transaction(sessions) as db:
        assert await db.scalar(select(func.count()).select_from(Case)) == 7, "what was refused is not kept"
    letters = [letter for letter in await post.deliver() if letter.to == "stranger@example.bg"]
    assert len(letters) == 6
    await client.post(link(letters[0], "confirm"))
    assert (await _form_to_stranger(client, 9)).status_code == 200


async def _form_to_stranger(client: Client, number: int) -> httpx.Response:
    data = {**PENKA, "text": f"Сигнал номер {number} за улицата.", "email": "stranger@example.bg"}
    return await client.post("/submit/signal", data=data)


async def test_script_is_told_where_to_go_and_of_errors_nothing(client: Client) -> None:
    asked = {"X-Requested-With": "fetch"}
    made = await client.post("/submit/signal", data=PENKA, headers=asked)
    assert made.status_code == 201
    assert "Проверете имейла си" in (await client.get(made.headers["location"])).text
    assert (await client.post("/submit/signal", data={**PENKA, "email": ""}, headers=asked)).status_code == 422
