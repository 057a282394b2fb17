"""A reply greets its sender by name, and the register reads it without."""

import pytest

from portal import clock
from portal.cases.model import Case, Publication
from portal.db import Sessions, transaction
from portal.replies import reply
from portal.replies.salutation import without_name
from portal.settings import Settings
from tests.cast import HX, Client, employ, form_of, received, sign_in


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("Здравейте, Пенка Стоянова!\nЗапълнена е.", "Здравейте!\nЗапълнена е."),
        ("Здравейте Пенка, запълнена е.", "Здравейте, запълнена е."),
        ("Уважаема госпожо Стоянова,\n\nЗапълнена е.", "Здравейте,\n\nЗапълнена е."),
        ("Уважаеми/а Пенка Стоянова,\nЗапълнена е.", "Здравейте,\nЗапълнена е."),
        ("УВАЖАЕМА Г-ЖО СТОЯНОВА\nЗапълнена е.", "Здравейте\nЗапълнена е."),
        ("Драга Пенке! Запълнена е.", "Здравейте! Запълнена е."),
        ("Добър ден, Penka Stoyanova. Запълнена е.", "Здравейте. Запълнена е."),
    ],
)
def test_greeting_is_left_without_the_name(text: str, public: str) -> None:
    assert without_name(text, "Пенка Стоянова") == public


@pytest.mark.parametrize(
    "text",
    [
        "Запълнена е.",
        "Здравейте, запълнена е.",
        "Здравейте!\nПенка Стоянова беше права.",
        "Здравейте, ул. Пенка Стоянова 5 е почистена.",
        "Здравейте, Пенка от блок 5!",
        "Здравейте, Георги Иванов!",
        "Уважаема госпожо,",
        "Здравейте",
        "",
    ],
)
def test_all_else_stays(text: str) -> None:
    assert without_name(text, "Пенка Стоянова") == text


async def test_who_wants_to_be_named_is_greeted_in_public(sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings, publication=Publication.NAMED)
    async with transaction(sessions) as db:
        now, by = await db.get_one(Case, case.id), await employ(sessions)
        await reply.reply(db, now, "Здравейте, Пенка Стоянова! Запълнена е.", by=by, at=clock.now())
        assert now.public_reply is None


async def test_greeting_asks_for_no_second_look_and_stays_inside(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    case = await received(sessions, settings)
    await sign_in(client, sessions, await employ(sessions))
    path = f"/staff/cases/{case.id}/reply"
    register = f"/register/{case.incoming_year}/{case.incoming_seq}"
    for said in ("Запълнена е.", "Запълнена е, и тротоарът също."):  # the second corrects the first
        form = form_of(await client.get(path))
        sent = await client.post(path, data={**form, "text": f"Здравейте, Пенка Стоянова!\n{said}"}, headers=HX)
        assert sent.status_code == 200, said
        assert "Пенка Стоянова!" in sent.text
        public = (await client.get(register)).text
        assert f"Здравейте!\n{said}" in public
        assert "Пенка" not in public
    form = form_of(await client.get(path))
    told = {**form, "text": "Здравейте, Пенка Стоянова!\nПенка Стоянова беше права."}
    assert (await client.post(path, data=told, headers=HX)).status_code == 422
