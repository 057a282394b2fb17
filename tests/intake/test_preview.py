"""The preview of a form: exactly what the public will see, what looks personal marked, hidden where one presses."""

import re

import pytest
from sqlalchemy import func, select

from portal.cases.model import Case
from portal.db import Sessions, transaction
from tests.cast import PENKA, Client
from tests.files.test_pictures import drawn
from tests.files.test_pictures_page import file
from tests.test_house import _check_markup

PERSONAL = "Дупка пред № 5, звънете на 0888 765 432 или на stoyanova@example.bg, казва Пенка Стоянова."


async def look(client: Client, **changes: str) -> str:
    answer = await client.post("/submit/signal", data={**PENKA, "text": PERSONAL, "preview": "1", **changes})
    assert answer.status_code == 200
    _check_markup("a preview", answer.text)
    return answer.text[answer.text.index('id="preview"') :]


def marked(preview: str) -> list[str]:
    return re.findall(r'name="mask"\s+value="([^"]+)"', preview)


async def test_preview_marks_and_sends_nothing(client: Client, sessions: Sessions) -> None:
    preview = await look(client)
    assert marked(preview) == ["0888 765 432", "stoyanova@example.bg", "Пенка", "Стоянова"]
    assert "Без име" in preview
    assert PENKA["place"] in preview
    assert "служител прегледа" in preview
    async with transaction(sessions) as db:
        assert await db.scalar(select(func.count()).select_from(Case)) == 0


async def test_preview_is_as_the_choice_of_publication(client: Client) -> None:
    named = await look(client, publication="public_named")
    assert "Подател: Пенка Стоянова" in named
    assert marked(named) == ["0888 765 432", "stoyanova@example.bg"]
    assert "Няма да се вижда" in await look(client, publication="private")
    assert "служител прегледа" not in await look(client, text="Дупката е станала кратер.")


async def test_masked_piece_is_hidden_wherever_it_stands(client: Client) -> None:
    said = {"title": "Звънете на 0888 765 432", "place": "при 0888 765 432", "mask": "0888 765 432"}
    answer = await client.post("/submit/signal", data={**PENKA, "text": PERSONAL, **said})
    assert answer.status_code == 200
    assert answer.text.count("[заличено]") == 6, "three fields, and three places of the preview"
    assert "0888 765 432" not in answer.text


async def test_what_is_still_empty_is_no_error_yet_and_what_is_wrong_is(client: Client) -> None:
    assert "Има проблем" not in await look(client, name="", phone="", email="")
    for wrong in ({"text": ""}, {"email": "penka"}):
        answer = await client.post("/submit/signal", data={**PENKA, "preview": "1", **wrong})
        assert answer.status_code == 422
        assert "Има проблем" in answer.text


async def test_pictures_are_counted_and_kept(client: Client) -> None:
    answer = await client.post("/submit/signal", data={**PENKA, "preview": "1"}, files=[file(drawn())])
    assert "1 снимка, след преглед от служител" in answer.text
    assert len(re.findall(r'name="kept"\s+value="[^"]+"\s+checked', answer.text)) == 1


async def test_only_the_form_may_ask_where_somebody_stands(client: Client) -> None:
    assert "geolocation=(self)" in (await client.get("/submit/signal")).headers["permissions-policy"]
    assert "geolocation=()" in (await client.get("/")).headers["permissions-policy"]


@pytest.mark.parametrize(("content", "status"), [(drawn(), 200), (b"no picture", 422), (b"", 422)])
async def test_picture_goes_ahead_of_its_form(client: Client, content: bytes, status: int) -> None:
    answer = await client.post("/submit/pictures", files=[file(content)])
    assert answer.status_code == status
    if status == 200:
        assert "Проверете имейла" in (await client.post("/submit/signal", data={**PENKA, "kept": answer.text})).text


async def test_pictures_from_one_place_are_not_without_end(client: Client) -> None:
    for _ in range(120):
        await client.post("/submit/pictures", files=[file(b"no picture")])
    refused = await client.post("/submit/pictures", files=[file(drawn())])
    assert refused.status_code == 429
    assert "Опитайте отново" in refused.text
