"""A case edited where it stands, by one, and by two at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.cases import history
from portal.cases.model import Case, EventKind
from portal.db import Sessions, transaction
from portal.languages import Language
from portal.settings import Settings
from tests.cast import HX, Client, Post, employ, form_of, received, reload, sign_in, unmarked

PARTS = ("reply", "due-date", "assignment", "publication")


@pytest.fixture
async def case(sessions: Sessions, settings: Settings, client: Client) -> Case:
    """A received case, with Maria signed in."""
    await sign_in(client, sessions, await employ(sessions))
    return await received(sessions, settings)


@pytest.mark.parametrize("part", PARTS)
async def test_form_is_a_fragment_to_a_swap_and_open_in_the_page_to_a_visit(
    client: Client, case: Case, part: str
) -> None:
    path = f"/staff/cases/{case.id}/{part}"
    swap, visit = await client.get(path, headers=HX), await client.get(path)
    restored = await client.get(path, headers={**HX, "HX-History-Restore-Request": "true"})
    assert swap.text.startswith("<form")
    assert "<!DOCTYPE html>" in visit.text
    assert swap.text.strip().splitlines()[-1].strip() in visit.text
    assert "<!DOCTYPE html>" in restored.text
    assert "HX-Request" in swap.headers["vary"]


async def test_saving_without_javascript_redirects_to_the_case(client: Client, case: Case) -> None:
    path = f"/staff/cases/{case.id}/reply"
    data = {**form_of(await client.get(path)), "text": "Дупката е запълнена."}
    answer = await client.post(path, data=data, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].endswith(f"/staff/cases/{case.id}#reply")


async def test_second_of_two_colleagues_sees_both_texts_and_loses_none(
    client: Client, sessions: Sessions, case: Case, post: Post
) -> None:
    path = f"/staff/cases/{case.id}/reply"
    opened = form_of(await client.get(path, headers=HX))
    first = await client.post(path, data={**opened, "text": "Отговорът на Мария."}, headers=HX)
    assert first.status_code == 200
    second = await client.post(path, data={**opened, "text": "Отговорът на Георги."}, headers=HX)
    assert second.status_code == 409
    assert "Отговорът на Мария." in unmarked(second)
    assert "Отговорът на Георги." in second.text
    assert (await reload(sessions, case)).reply == "Отговорът на Мария."
    merged = {**form_of(second), "text": "Отговорът на двамата."}
    assert (await client.post(path, data=merged, headers=HX)).status_code == 200
    assert [letter.event for letter in await post.deliver()][-2:] == ["replied", "replied"]


@pytest.mark.parametrize(
    ("part", "data"),
    [
        ("reply", {"text": "Дупката е запълнена."}),
        ("assignment", {"department": "works"}),
        ("publication", {"state": "withheld", "title": "Дупка", "text": "Голяма дупка.", "reason": "обида"}),
        ("publication", {"state": "published", "title": "Дупка", "text": "Голяма дупка.", "place": ""}),
    ],
)
async def test_double_click_saves_once(client: Client, case: Case, post: Post, part: str, data: dict[str, str]) -> None:
    path = f"/staff/cases/{case.id}/{part}"
    opened = form_of(await client.get(path, headers=HX))
    for _ in range(2):
        assert (await client.post(path, data={**opened, **data}, headers=HX)).status_code == 200
    assert len(await post.deliver()) == 3


async def test_extending_twice_by_a_double_click_extends_once(client: Client, sessions: Sessions, case: Case) -> None:
    path = f"/staff/cases/{case.id}/due-date"
    assert case.due_on is not None
    opened = form_of(await client.get(path, headers=HX))
    data = {**opened, "until": (case.due_on + timedelta(days=10)).isoformat(), "reason": "нужен е оглед"}
    for _ in range(2):
        answer = await client.post(path, data=data, headers=HX)
        assert answer.text.startswith('<section class="card" id="due_date"')
    async with transaction(sessions) as db:
        assert len(await history.events(db, case, {EventKind.EXTENDED})) == 1


@pytest.mark.parametrize(
    ("part", "data", "error"),
    [
        ("reply", {"text": ""}, "Напишете отговора"),
        ("reply", {"text": "кратко"}, "поне 10 знака"),
        ("due-date", {"until": "", "reason": "оглед"}, "Въведете дата"),
        ("due-date", {"until": "2999-01-01", "reason": "оглед"}, "Въведете дата"),
        ("due-date", {"until": "2150-01-01", "reason": "оглед"}, "По закон"),
        ("due-date", {"until": "2020-01-01", "reason": "оглед"}, "след сегашния срок"),
        ("due-date", {"until": "2020-01-01", "reason": ""}, "Напишете причината"),
        ("assignment", {"department": "dragons"}, "Изберете отдел"),
        ("publication", {"state": "withheld", "title": "x", "text": "y"}, "Напишете причината"),
        ("publication", {"state": "published", "title": "", "text": ""}, "Напишете заглавие"),
        ("publication", {"state": "nowhere", "title": "x", "text": "y"}, "Изберете дали"),
    ],
)
async def test_error_stands_in_the_form(
    client: Client, case: Case, part: str, data: dict[str, str], error: str
) -> None:
    answer = await client.post(f"/staff/cases/{case.id}/{part}", data=data, headers=HX)
    assert answer.status_code == 422
    assert answer.text.startswith("<form")
    assert error in answer.text


async def test_case_page_tells_of_each_email(client: Client, case: Case, post: Post) -> None:
    assert "имейлът чака изпращане" in (await client.get(f"/staff/cases/{case.id}")).text
    await post.deliver()
    page = (await client.get(f"/staff/cases/{case.id}")).text
    assert "имейл изпратен" in page
    assert "имейлът чака" not in page


async def test_withheld_by_the_staff_is_gone_at_once(client: Client, case: Case) -> None:
    public = f"/register/{case.incoming_year}/{case.incoming_seq}"
    assert (await client.get(public)).status_code == 200
    data = {"state": "withheld", "title": "x", "text": "y", "reason": "обидни думи", "seen": "99"}
    await client.post(f"/staff/cases/{case.id}/publication", data=data)
    assert (await client.get(public)).status_code == 404


async def test_ended_session_keeps_the_typed_text_in_the_page(client: Client, case: Case) -> None:
    client.cookies.clear()
    answer = await client.post(f"/staff/cases/{case.id}/reply", data={"text": "Дълъг отговор."}, headers=HX)
    assert answer.status_code == 401
    assert answer.headers["hx-retarget"] == "#notice"
    assert "написаното тук стои" in answer.text
    visit = await client.post(f"/staff/cases/{case.id}/reply", data={"text": "Дълъг отговор."})
    assert (visit.status_code, "браузърът ще предложи да го изпрати пак" in visit.text) == (401, True)


async def test_every_queue_answers(client: Client, case: Case) -> None:
    for queue, there in (("open", True), ("new", True), ("due_soon", False), ("overdue", False), ("held", False),
                         ("all", True), ("nonsense", True)):  # fmt: skip
        page = await client.get("/staff", params={"queue": queue, "page": "0"})
        assert (case.title in page.text) is there, queue
    for number in ("2", "-1", "999999999999", "x"):
        assert (await client.get("/staff", params={"page": number})).status_code == 200


async def test_history_is_not_lost_when_the_save_fails(sessions: Sessions, client: Client, case: Case) -> None:
    answer = await client.post(f"/staff/cases/{case.id}/reply", data={"text": "Нищо\x00", "seen": "x"}, headers=HX)
    assert answer.status_code == 422
    async with transaction(sessions) as db:
        assert (await db.execute(select(Case.reply).where(Case.id == case.id))).scalar_one() is None


async def test_staff_see_that_a_sender_reads_english(client: Client, sessions: Sessions, case: Case) -> None:
    assert "на английски" not in (await client.get(f"/staff/cases/{case.id}")).text
    async with transaction(sessions) as db:
        (await db.get_one(Case, case.id)).language = Language.ENGLISH
    assert "на английски" in (await client.get(f"/staff/cases/{case.id}")).text


async def test_what_a_saved_part_changes_elsewhere_comes_with_it(client: Client, case: Case) -> None:
    """After a reply nothing is offered that may not be done any more; a form that is open is no section, and stays."""
    path = f"/staff/cases/{case.id}"
    assert "Оставяне без разглеждане" in (await client.get(path)).text
    form = form_of(await client.get(f"{path}/reply", headers=HX))
    saved = (await client.post(f"{path}/reply", data={**form, "text": "Дупката е запълнена."}, headers=HX)).text
    for part in ("actions", "assignment", "due_date", "publication"):
        assert f'hx-swap-oob="outerHTML:section#{part}"' in saved
    assert 'hx-swap-oob="outerHTML:section#reply"' not in saved
    assert "Приключване" in saved
    for gone in ("Оставяне без разглеждане", "Въпрос до подателя", "Удължаване на срока", "assignment-open"):
        assert gone not in saved
    form = form_of(await client.get(f"{path}/publication", headers=HX))
    other = (
        await client.post(
            f"{path}/publication",
            data={**form, "state": "withheld", "reason": "Лични данни", "title": "Дупка", "text": "Дупка."},
            headers=HX,
        )
    ).text
    assert 'hx-swap-oob="outerHTML:section#reply"' in other
    assert 'hx-swap-oob="outerHTML:section#publication"' not in other
