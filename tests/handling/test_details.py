"""Kind, topic, title and place mended by the staff: who reads of it, and what of it."""

import pytest

from portal import clock
from portal.cases import deadlines, history
from portal.cases.model import Case, EventKind, Kind, PublicationState
from portal.clock import local_date
from portal.db import Sessions, transaction
from portal.publishing import publication
from portal.publishing.publication import PublicVersion
from portal.settings import Settings
from portal.staff.model import Staff
from tests.cast import HX, PENKA, Client, Post, employ, form_of, link, received, reload, sign_in

AS_SENT = {"kind": "signal", "topic_code": "roads", "case_title": PENKA["title"], "case_place": PENKA["place"]}


@pytest.fixture
async def maria(client: Client, sessions: Sessions) -> Staff:
    maria = await employ(sessions)
    await sign_in(client, sessions, maria)
    return maria


@pytest.fixture
async def case(sessions: Sessions, settings: Settings, maria: Staff) -> Case:
    assert maria.id
    return await received(sessions, settings)


async def mend(client: Client, case: Case, **changes: str) -> str:
    """Open the form, change something, and press the button twice."""
    path = f"/staff/cases/{case.id}/details"
    form = {**form_of(await client.get(path, headers=HX)), **AS_SENT, **changes}
    answers = [await client.post(path, data=form, headers=HX) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    return answers[0].text


def public(case: Case) -> str:
    return f"/register/{case.incoming_year}/{case.incoming_seq}"


async def test_sender_is_told_once_and_the_number_keeps_its_letter(
    client: Client, sessions: Sessions, case: Case, post: Post
) -> None:
    saved = await mend(client, case, kind="proposal", topic_code="sidewalks", case_title="Дупка на ул. Речна 5")
    assert saved.startswith('<section class="card" id="details"')
    assert "Дупка на ул. Речна 5</h1>" in saved
    now = await reload(sessions, case)
    assert (now.kind, now.incoming_number, now.due_on) == (Kind.PROPOSAL, case.incoming_number, case.due_on)
    letters = [letter for letter in await post.deliver() if letter.event == "reclassified"]
    assert len(letters) == 1
    assert "вид: вместо сигнал вече е предложение" in letters[0].text
    assert "заглавие: вече е „Дупка на ул. Речна 5“" in letters[0].text
    assert "място" not in letters[0].text
    assert f"вместо „{PENKA['title']}“" in (await client.get(link(letters[0], "track"))).text
    assert f"вместо „{PENKA['title']}“" in (await client.get(f"/staff/cases/{case.id}")).text


async def test_kind_changes_what_the_law_leaves(client: Client, sessions: Sessions, case: Case) -> None:
    await mend(client, case, kind="proposal")
    now = await reload(sessions, case)
    on = local_date(now.counted_from)
    assert deadlines.latest_extension(now.kind, on) > deadlines.latest_extension(Kind.SIGNAL, on)


async def test_nothing_changed_is_no_news(client: Client, sessions: Sessions, case: Case, post: Post) -> None:
    await mend(client, case)
    async with transaction(sessions) as db:
        assert await history.events(db, case, {EventKind.RECLASSIFIED}) == []
    assert "reclassified" not in [letter.event for letter in await post.deliver()]


async def test_public_reads_of_kind_and_topic_but_not_what_title_and_place_were(client: Client, case: Case) -> None:
    await mend(client, case, topic_code="sidewalks", case_title="Дупка до парка", case_place="до парка")
    page = (await client.get(public(case))).text
    assert "Дупка до парка</h1>" in page
    assert "Тема: вместо" in page
    assert "Заглавието е променено" in page
    assert "Мястото е уточнено" in page
    assert PENKA["title"] not in page
    assert PENKA["place"] not in page
    assert str(case.incoming_number) in (await client.get("/register", params={"q": "парка"}, headers=HX)).text


async def test_title_that_looks_personal_waits_for_a_look(client: Client, sessions: Sessions, case: Case) -> None:
    saved = await mend(client, case, case_title="Да се обади на 0888 123 456")
    assert 'hx-swap-oob="outerHTML:section#publication"' in saved
    assert "Чака преглед" in saved
    assert (await reload(sessions, case)).publication_state is PublicationState.HELD
    assert (await client.get(public(case))).status_code == 404


async def test_redacted_title_stays_as_it_was_redacted(
    client: Client, sessions: Sessions, case: Case, maria: Staff
) -> None:
    async with transaction(sessions) as db:
        version = PublicVersion("Дупка", PENKA["text"], PENKA["place"])
        await publication.publish(db, await db.get_one(Case, case.id), version, by=maria, at=clock.now())
    await mend(client, case, case_title="Дупка пред Пенка Стоянова", case_place="кв. Запад")
    page = (await client.get(public(case))).text
    assert "Дупка</h1>" in page
    assert "Пенка" not in page
    assert "кв. Запад" in page
    form = (await client.get(f"/staff/cases/{case.id}/details", headers=HX)).text
    assert "остава заличеното заглавие" in form


async def test_two_who_mend_different_fields_meet_in_one_form(client: Client, sessions: Sessions, case: Case) -> None:
    path = f"/staff/cases/{case.id}/details"
    opened = {**form_of(await client.get(path, headers=HX)), **AS_SENT}
    await client.post(path, data={**opened, "case_title": "Дупка до парка"}, headers=HX)
    second = await client.post(path, data={**opened, "case_place": "кв. Запад", "topic_code": ""}, headers=HX)
    assert second.status_code == 409
    assert 'value="Дупка до парка"' in second.text
    assert 'value="кв. Запад"' in second.text
    both = {**form_of(second), **AS_SENT, "case_title": "Дупка до парка", "case_place": "кв. Запад"}
    assert (await client.post(path, data=both, headers=HX)).status_code == 200
    now = await reload(sessions, case)
    assert (now.title, now.place, now.topic_code) == ("Дупка до парка", "кв. Запад", "roads")


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"kind": "joke"}, "Изберете вид"), ({"topic_code": "x"}, "Изберете тема"), ({"case_title": " "}, "заглавие")],
)
async def test_error_stands_in_the_form(client: Client, case: Case, changes: dict[str, str], error: str) -> None:
    answer = await client.post(f"/staff/cases/{case.id}/details", data={**AS_SENT, **changes}, headers=HX)
    assert (answer.status_code, error in answer.text) == (422, True)
    assert answer.text.startswith("<form")
