"""A department answers through the link in its digest, without an account."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.cases.model import Case, Event, EventKind
from portal.clock import local_date
from portal.db import Sessions, transaction
from portal.departments import answers, reminders
from portal.departments.answers import Answer
from portal.handling import assignment
from portal.heartbeat import Heartbeat
from portal.mail.samples import TOLD_APART
from portal.municipality import Department
from portal.settings import Settings
from portal.staff.model import Role
from portal.tokens import Tokens
from portal.web.staff.settings import STAY
from tests.cast import Client, Post, employ, form_of, link, received, reload, sign_in

WORKS, LIGHTING = "works", "lighting"
VIEW = {"answer": "view", "text": "Дупката е запълнена днес.", "until": ""}


@pytest.fixture
async def case(sessions: Sessions, settings: Settings) -> Case:
    case, maria = await received(sessions, settings), await employ(sessions)
    async with transaction(sessions) as db:
        works = await db.get_one(Department, WORKS)
        await assignment.assign(db, await db.get_one(Case, case.id), works, by=maria, at=clock.now())
    return case


@pytest.fixture
def path(settings: Settings, case: Case) -> str:
    return f"/answer/{Tokens(settings.secret).answer(WORKS, clock.now())}/{case.id}"


async def answers_given(sessions: Sessions) -> list[Event]:
    async with transaction(sessions) as db:
        return list(await db.scalars(select(Event).where(Event.kind == EventKind.DEPARTMENT_ANSWERED)))


async def move(sessions: Sessions, case: Case, code: str) -> None:
    async with transaction(sessions) as db:
        maria = await employ(sessions, f"Мария, която мести при {code}")
        department = await db.get_one(Department, code)
        await assignment.assign(db, await db.get_one(Case, case.id), department, by=maria, at=clock.now())


async def test_the_digest_leads_to_the_case_and_not_to_its_sender(
    client: Client, sessions: Sessions, settings: Settings, case: Case, post: Post
) -> None:
    now = clock.now()
    noon = now.replace(hour=12) + timedelta(days=-now.weekday() % 7)  # a Monday is never too early
    async with transaction(sessions) as db:
        db.add(Heartbeat(part="chase", at=now - timedelta(days=9)))
        await db.flush()
        while not await reminders.daily(db, settings.municipality, at=noon):
            noon += timedelta(days=1)
    digest = next(letter for letter in await _later(post, noon) if letter.event == "digest")
    opened = await client.get(link(digest, "answer"))
    assert opened.headers["X-Robots-Tag"] == "noindex"
    assert opened.headers["Cache-Control"] == "no-store"
    assert str(case.incoming_number) in opened.text
    assert case.text in opened.text
    for hidden in (case.sender_name, case.sender_email, case.sender_phone, "888"):
        assert str(hidden) not in opened.text


async def _later(post: Post, at: datetime) -> list:  # type: ignore[type-arg]
    with pytest.MonkeyPatch.context() as moved:
        moved.setattr(clock, "now", lambda: at + timedelta(minutes=1))
        return await post.deliver()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (VIEW, "Становище на отдел"),
        ({"answer": "not_ours", "text": "Пътят е на АПИ."}, "отговори, че не е за него"),
        ({"answer": "more_time", "text": "Чакаме асфалт.", "until": "2099-06-28"}, "поиска време до 28.06.2099"),
    ],
)
async def test_what_it_says_is_read_by_the_staff_alone(
    client: Client, sessions: Sessions, settings: Settings, case: Case, path: str, form: dict[str, str], said: str
) -> None:
    for _ in range(2):  # a double tap
        assert (await client.post(path, data=form)).status_code in {200, 303}
    assert len(await answers_given(sessions)) == 1
    assert form["text"] in (await client.get(path)).text
    track = f"/track/{Tokens(settings.secret).track(case)}"
    async with transaction(sessions) as db:
        one = await db.get_one(Case, case.id)
        public = f"/register/{one.incoming_year}/{one.incoming_seq}"
    for elsewhere in (track, public, "/register.json"):
        assert form["text"] not in (await client.get(elsewhere)).text
    maria = await employ(sessions, "Мария, която чете", Role.ADMIN)
    await sign_in(client, sessions, maria)
    desk = (await client.get(f"/staff/cases/{case.id}")).text
    assert said in desk
    assert form["text"] in desk


async def test_it_waits_in_a_queue_until_the_staff_have_touched_it(
    client: Client, sessions: Sessions, case: Case, path: str
) -> None:
    await client.post(path, data=VIEW)
    maria = await employ(sessions, "Мария, която гледа опашката")
    await sign_in(client, sessions, maria)
    queue = "/staff?queue=department_answered"
    assert case.title in (await client.get(queue)).text
    await client.post(f"/staff/cases/{case.id}/note", data={"text": "Видяно."})
    assert (await reload(sessions, case)).department_answered_at is None
    assert case.title not in (await client.get(queue)).text


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"answer": "view", "text": ""}, "Напишете становището или причината"),
        ({"answer": "x", "text": "Запълнена е."}, "Изберете какво отговаряте"),
        ({"answer": "more_time", "text": "Чакаме асфалт.", "until": ""}, "Въведете дата във вида"),
        ({"answer": "more_time", "text": "Чакаме асфалт.", "until": "01.01.2020"}, "Изберете ден след днешния"),
    ],
)
async def test_wrong_one_is_told_and_stays_typed(
    client: Client, sessions: Sessions, path: str, form: dict[str, str], error: str
) -> None:
    answer = await client.post(path, data=form)
    assert answer.status_code == 422
    assert error in answer.text
    assert form["text"] in answer.text
    assert await answers_given(sessions) == []


async def test_link_opens_nothing_of_another_department(
    client: Client, sessions: Sessions, case: Case, path: str
) -> None:
    await move(sessions, case, LIGHTING)
    for answer in (await client.get(path), await client.post(path, data=VIEW)):
        assert answer.status_code == 404
        assert "вече не чака Вашия отдел" in answer.text
        assert case.title not in answer.text
    assert await answers_given(sessions) == []


async def test_link_ends_after_a_fortnight(sessions: Sessions, settings: Settings, client: Client, case: Case) -> None:
    tokens, now = Tokens(settings.secret), clock.now()
    for days, status in ((13, 200), (15, 404)):
        token = tokens.answer(WORKS, now - timedelta(days=days))
        assert (await client.get(f"/answer/{token}/{case.id}")).status_code == status
        assert (await client.get(f"/answer/{token}")).status_code == status
    _ = sessions


@pytest.mark.parametrize("change", [{"links": "end"}, {"email": "new@stanimaka.example"}, {"works": "0"}])
async def test_staff_end_the_links(
    client: Client, sessions: Sessions, settings: Settings, path: str, change: dict[str, str]
) -> None:
    await sign_in(client, sessions, await employ(sessions, "Мария, която прекратява"))
    form = {"name": "Строителство", "email": "works@stanimaka.example", "works": "1", "links": ""}
    await client.post("/staff/settings/department?code=works", data=form)
    assert (await client.get(path)).status_code == 200, "nothing was ended by saving the name"
    later = clock.now() + timedelta(seconds=2)
    asked = await client.post("/staff/settings/department?code=works", data={**form, **change})
    if "works" in change:  # it is asked where its case goes
        stays = {**form, **change, **form_of(asked), "to": STAY}
        await client.post("/staff/settings/department?code=works", data=stays)
    assert (await client.get(path)).status_code == 404
    with pytest.MonkeyPatch.context() as moved:
        moved.setattr(clock, "now", lambda: later)
        fresh = Tokens(settings.secret).answer(WORKS, later)
        assert (await client.get(f"/answer/{fresh}")).status_code == (404 if "works" in change else 200)


async def test_a_department_that_has_answered_is_not_reminded(
    sessions: Sessions, settings: Settings, case: Case
) -> None:
    async with transaction(sessions) as db:
        one, works = await db.get_one(Case, case.id), await db.get_one(Department, WORKS)
        await answers.answer(db, one, works, Answer.VIEW, "Запълнена е.", until=None, at=clock.now())
        assert one.due_on
        db.add(Heartbeat(part="chase", at=clock.now()))
        await db.flush()
        on = clock.midnight(one.due_on).replace(hour=9)
        assert local_date(on) == one.due_on
        assert await reminders.daily(db, settings.municipality, at=on)
        kinds = list(await db.scalars(select(Event.kind).where(Event.case_id == case.id)))
    assert EventKind.DEPARTMENT_REMINDED not in kinds


async def test_no_token_is_no_error(client: Client, settings: Settings, case: Case) -> None:
    tokens = Tokens(settings.secret)
    for token in ("x", tokens.track(case), tokens.sent(case), tokens.answer("nobodys", clock.now()), "9" * 400):
        for tail in ("", "/1", "/999999999999999999999"):
            assert (await client.get(f"/answer/{token}{tail}")).status_code == 404
    assert TOLD_APART["digest"]["code"] == "nobodys"


async def test_department_with_an_account_answers_in_the_same_place(
    client: Client, sessions: Sessions, case: Case
) -> None:
    petar = await employ(sessions, "Петър от строителството", Role.DEPARTMENT, WORKS)
    await sign_in(client, sessions, petar)
    path = f"/staff/cases/{case.id}/answer"
    assert path in (await client.get(f"/staff/cases/{case.id}")).text
    opened = await client.get(path, follow_redirects=True)
    assert opened.status_code == 200
    await client.post(str(opened.url), data=VIEW)
    assert [event.details["text"] for event in await answers_given(sessions)] == [VIEW["text"]]
