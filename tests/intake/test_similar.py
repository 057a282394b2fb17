"""„Има ли вече такъв?“: what everybody may see of what is being typed, and nothing else."""

import re

import pytest

from portal.cases.model import Case, Publication
from portal.db import Sessions
from portal.settings import Settings
from tests.cast import PENKA, Client, Post, employ, link, received, sign_in

TYPED = {"title": "", "text": "Голяма дупка на улица Речна"}


@pytest.fixture
async def case(sessions: Sessions, settings: Settings) -> Case:
    return await received(sessions, settings, draft="the first of them")


def reference(case: Case) -> str:
    return f"{case.incoming_year}/{case.incoming_seq}"


async def test_similar_case_is_offered(client: Client, case: Case) -> None:
    answer = await client.post("/submit/similar", data=TYPED)
    assert answer.status_code == 200
    assert "1 подобен запис" in answer.text
    assert f'href="/register/{reference(case)}"' in answer.text
    for typed in ({"text": "дупка"}, {"text": ""}, {"text": "квантова физика"}, {}):
        assert "<li>" not in (await client.post("/submit/similar", data=typed)).text


async def test_what_is_not_public_is_not_offered(client: Client, sessions: Sessions, settings: Settings) -> None:
    hidden = await received(sessions, settings, publication=Publication.PRIVATE)
    told = await client.post("/submit/similar", data={**TYPED, "similar": reference(hidden)})
    assert "<li>" not in told.text
    await client.post("/submit/signal", data={**PENKA, "text": "Друга дупка има там.", "similar": reference(hidden)})


async def test_form_with_an_error_offers_it_without_scripts_and_keeps_what_is_ticked(
    client: Client, case: Case
) -> None:
    wrong = await client.post("/submit/signal", data={**PENKA, "email": ""})
    assert "И аз имам този проблем" in wrong.text
    assert "checked" not in wrong.text[wrong.text.index('name="similar"') :][:120]
    ticked = await client.post("/submit/signal", data={**PENKA, "email": "", "similar": reference(case)})
    assert "checked" in ticked.text[ticked.text.index('name="similar"') :][:120]


async def test_what_looks_personal_is_pointed_out_beside_the_text_without_scripts_too(client: Client) -> None:
    typed = {"title": "Звънете на 0888 765 432", "text": "Пишете на ivan@example.bg за дупката."}
    beside = (await client.post("/submit/similar", data=typed)).text
    assert re.findall('name="mask" value="([^"]+)"', beside) == ["0888 765 432", "ivan@example.bg"]
    wrong = (await client.post("/submit/signal", data={**PENKA, **typed, "email": ""})).text
    assert wrong.count('value="ivan@example.bg" formaction') == 1
    preview = (await client.post("/submit/signal", data={**PENKA, **typed, "preview": "1"})).text
    assert preview.count('value="ivan@example.bg" formaction') == 1, "there, and not twice"
    assert "mask" not in (await client.post("/submit/similar", data=TYPED)).text


async def test_staff_and_sender_read_what_it_is_like(
    client: Client, sessions: Sessions, post: Post, case: Case
) -> None:
    data = {**PENKA, "text": "И пред нас има дупка.", "similar": [reference(case), "2020/9999", "nonsense"]}
    assert (await client.post("/submit/signal", data=data)).status_code == 200
    await client.post(link((await post.deliver())[-1], "confirm"))
    track = await client.get(link((await post.deliver())[-1], "track"))
    assert f"Подателят посочи, че е като вх. № {case.incoming_number}</p>" in track.text
    await sign_in(client, sessions, await employ(sessions))
    desk = await client.get("/staff/cases/2")
    assert f'<a href="/staff/cases/{case.id}">вх. № {case.incoming_number}</a>' in desk.text
    seen = await client.get(f"/register/{case.incoming_year}/2")
    assert "посочи" not in seen.text
