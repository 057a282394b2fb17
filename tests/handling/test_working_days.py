"""A day added to the calendar moves the terms whose count it touches, by what it moves them, and can be taken back."""

import re
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from itertools import count

import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as searched
from hypothesis import strategies as st
from sqlalchemy import select, update

from portal.cases import deadlines
from portal.cases.deadlines import DAY, Calendar
from portal.cases.model import Case, Channel, Event, EventKind, PublicationState
from portal.clock import SOFIA
from portal.db import Sessions, transaction
from portal.handling import due_date, working_days
from portal.handling.working_days import Change, Plan
from portal.mail.outbox import Email
from portal.municipality import SpecialDay, Suspension
from portal.settings import Settings
from portal.staff.model import Staff
from tests.cast import Client, Post, employ, received, reload, sign_in

AT = datetime(2026, 11, 25, 12, tzinfo=SOFIA)
TODAY = AT.date()


@pytest.fixture
async def maria(sessions: Sessions) -> Staff:
    return await employ(sessions)


@pytest.fixture
async def case(sessions: Sessions, settings: Settings) -> Case:
    """Received on Wednesday, 25 November: due on Wednesday, 9 December."""
    return await received(sessions, settings, at=AT)


async def imported(sessions: Sessions, case: Case, due_on: date) -> Case:
    """Let the case be an older portal's, with a due date by another rule."""
    async with transaction(sessions) as db:
        await db.execute(update(Case).values(channel=Channel.IMPORT, first_due_on=due_on, due_on=due_on))
    return await reload(sessions, case)


async def changed(
    sessions: Sessions, settings: Settings, by: Staff, *, at: datetime, off: date | None = None,
    still: tuple[date, date] | None = None, working: date | None = None, reason: str = "Ден на града",
    back: bool = False,
) -> Plan:  # fmt: skip
    """Change the calendar; `back`: take the entry back."""
    day = off or working
    async with transaction(sessions) as db:
        await working_days.lock(db)
        if day:
            change = await working_days.to_set_day(db, day, reason, is_working=day == working)
        else:
            assert still
            change = await working_days.to_suspend(db, *still, reason)
        if back:
            change = Change(goes=change.goes)
        plan = await working_days.plan(db, change, settings.municipality, at=at)
        await working_days.carry_out(db, plan, by=by, at=at)
    return plan


async def letters(sessions: Sessions) -> list[str]:
    async with transaction(sessions) as db:
        return list(await db.scalars(select(Email.subject).where(Email.message == "extended").order_by(Email.id)))


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("due_on", "entry", "moved_to"),
    [
        ("2026-12-02", {"off": date(2030, 5, 15)}, "2026-12-02"),  # S3
        ("2026-12-02", {"off": date(2026, 12, 9)}, "2026-12-02"),  # where today's rule would end
        ("2026-12-02", {"off": date(2026, 11, 30)}, "2026-12-02"),  # within: calendar days are counted
        ("2026-12-02", {"off": date(2026, 12, 2)}, "2026-12-03"),
        ("2026-12-02", {"still": (date(2026, 11, 30), date(2026, 12, 1))}, "2026-12-04"),
        ("2026-12-02", {"still": (date(2026, 12, 3), date(2026, 12, 31))}, "2026-12-02"),
        ("2026-12-05", {"off": date(2026, 12, 7)}, "2026-12-05"),  # a Saturday of the older portal stays
        ("2026-12-09", {"off": date(2026, 12, 9)}, "2026-12-10"),
        ("2026-12-09", {"still": (date(2026, 12, 9), date(2026, 12, 9))}, "2026-12-10"),
        ("2026-12-09", {"working": date(2026, 12, 5)}, "2026-12-09"),
        ("2027-03-15", {"still": (date(2026, 12, 1), date(2026, 12, 31))}, "2027-04-15"),
    ],
)
async def test_term_moves_by_what_the_entry_moves_it(
    sessions: Sessions, settings: Settings, maria: Staff, case: Case, due_on: str, entry: dict[str, date], moved_to: str
) -> None:
    await imported(sessions, case, date.fromisoformat(due_on))
    await changed(sessions, settings, maria, at=AT + MINUTE, **entry)  # type: ignore[arg-type]
    moved = await reload(sessions, case)
    assert str(moved.due_on) == moved_to
    assert len(await letters(sessions)) == (due_on != moved_to)
    await changed(sessions, settings, maria, at=AT + 2 * MINUTE, back=True, **entry)  # type: ignore[arg-type]
    assert str((await reload(sessions, case)).due_on) == due_on
    assert len(await letters(sessions)) == 2 * (due_on != moved_to)


async def test_suspension_is_not_counted_and_told(
    sessions: Sessions, settings: Settings, maria: Staff, post: Post
) -> None:
    """As in 2020: received on 09.03, due on 23.03; the terms stand still from 13.03 to 17.04."""
    case = await received(sessions, settings, at=datetime(2020, 3, 9, 12, tzinfo=SOFIA))
    at, still = datetime(2020, 3, 20, 12, tzinfo=SOFIA), (date(2020, 3, 13), date(2020, 4, 17))
    await changed(sessions, settings, maria, at=at, still=still, reason="Закон за мерките")
    # 10, 11 and 12 March are counted; the other eleven days begin on 18 April.
    assert (await reload(sessions, case)).due_on == date(2020, 4, 28)
    assert "Закон за мерките" in (await post.deliver())[-1].text


async def test_working_saturday_takes_nothing_from_a_promised_term(
    sessions: Sessions, settings: Settings, maria: Staff
) -> None:
    case = await received(sessions, settings, at=datetime(2026, 11, 14, 12, tzinfo=SOFIA))
    assert case.due_on == date(2026, 11, 30)  # the 28th is a Saturday
    at = datetime(2026, 11, 20, 12, tzinfo=SOFIA)
    assert not (await changed(sessions, settings, maria, at=at, working=date(2026, 11, 28))).moves
    assert (await reload(sessions, case)).due_on == date(2026, 11, 30)


async def test_slip_is_corrected_by_the_right_entry(
    sessions: Sessions, settings: Settings, maria: Staff, case: Case
) -> None:
    """S4: the whole of December by mistake, then only its first day."""
    december = (date(2026, 12, 1), date(2026, 12, 31))
    await changed(sessions, settings, maria, at=AT + MINUTE, still=december, reason="Закон")
    assert (await reload(sessions, case)).due_on == date(2027, 1, 11)
    first = (date(2026, 12, 1), date(2026, 12, 1))
    plan = await changed(sessions, settings, maria, at=AT + 2 * MINUTE, still=first, reason="Закон")
    assert (plan.later, plan.back, plan.letters) == (0, 1, 1)
    assert (await reload(sessions, case)).due_on == date(2026, 12, 10)
    assert await letters(sessions) == [
        f"Вх. № {case.incoming_number} – срокът е удължен до 11.01.2027 г.",
        f"Вх. № {case.incoming_number} – срокът отново е до 10.12.2026 г.",
    ]


async def test_reason_of_what_is_taken_back_is_that_it_is(
    sessions: Sessions, settings: Settings, maria: Staff, case: Case, post: Post, client: Client
) -> None:
    day = date(2026, 12, 9)
    await changed(sessions, settings, maria, at=AT + MINUTE, off=day)
    await changed(sessions, settings, maria, at=AT + 2 * MINUTE, off=day, back=True)
    async with transaction(sessions) as db:
        asked = select(Event).where(Event.case_id == case.id, Event.kind == EventKind.EXTENDED).order_by(Event.id)
        reasons = [event.details["reason"] for event in await db.scalars(asked)]
    letter = (await post.deliver())[-1]
    assert "отпада записът „09.12.2026 г. почивен ден: Ден на града“" in letter.text
    assert "се връща от 10.12.2026 г. на 09.12.2026 г." in letter.text
    async with transaction(sessions) as db:
        (await db.get_one(Case, case.id)).publication_state = PublicationState.PUBLISHED
    for language, said in (("bg", "Срокът се връща от"), ("en", "Term set back from")):
        public = await client.get(f"/register/{case.incoming_year}/{case.incoming_seq}?lang={language}")
        assert said in public.text
    assert reasons[0] == "Ден на града"
    assert reasons[1].startswith("Поправка в календара: отпада")


async def test_what_was_promised_after_the_slip_stands(
    sessions: Sessions, settings: Settings, maria: Staff, case: Case
) -> None:
    """One that came while the wrong day stood was promised it, and one that was extended since relies on it."""
    day = date(2026, 12, 9)
    await changed(sessions, settings, maria, at=AT + MINUTE, off=day)
    later = await received(sessions, settings, at=AT + 2 * MINUTE, draft="later", email="later@example.bg")
    async with transaction(sessions) as db:
        await due_date.extend(
            db, await db.get_one(Case, case.id), date(2026, 12, 16), "Оглед.", by=maria, at=AT + 3 * MINUTE
        )
    await changed(sessions, settings, maria, at=AT + 4 * MINUTE, off=day, back=True)
    assert (await reload(sessions, later)).due_on == date(2026, 12, 10)
    assert (await reload(sessions, case)).due_on == date(2026, 12, 16)


async def test_term_is_not_set_back_to_a_day_that_has_passed(
    sessions: Sessions, settings: Settings, maria: Staff, case: Case
) -> None:
    day = date(2026, 12, 9)
    await changed(sessions, settings, maria, at=AT + MINUTE, off=day)
    await changed(sessions, settings, maria, at=AT + timedelta(days=15), off=day, back=True)
    assert (await reload(sessions, case)).due_on == date(2026, 12, 10)


async def test_what_has_passed_is_not_moved(sessions: Sessions, settings: Settings, maria: Staff, case: Case) -> None:
    plan = await changed(
        sessions, settings, maria, at=AT + timedelta(days=20), still=(date(2026, 12, 1), date(2026, 12, 31))
    )
    assert not plan.touched
    assert (await reload(sessions, case)).due_on == date(2026, 12, 9)


@pytest.mark.usefixtures("case")
async def test_other_number_of_days_moves_no_term_that_runs(sessions: Sessions, settings: Settings) -> None:
    """The municipality's file says seven days from now on; then a day is added that touches nothing of the fourteen."""
    async with transaction(sessions) as db:
        seven = msgspec.structs.replace(settings.municipality, days=7)
        change = await working_days.to_set_day(db, date(2026, 12, 2), "х", is_working=False)
        assert not (await working_days.plan(db, change, seven, at=AT + MINUTE)).moves


async def test_desk_sees_how_many_move_before_anything_is_saved(
    client: Client, sessions: Sessions, settings: Settings, maria: Staff
) -> None:
    case = await received(sessions, settings)
    await sign_in(client, sessions, maria)
    due_on = case.due_on
    assert due_on
    data = {"day": due_on.isoformat(), "kind": "off", "reason": "Ден на града"}
    shown = await client.post("/staff/settings/day", data=data)
    assert "1 преписка се премества" in shown.text
    assert "1 писмо тръгва" in shown.text
    assert (await reload(sessions, case)).due_on == due_on
    assert await letters(sessions) == []
    mark = re.findall(r'name="shown" value="([^"]+)"', shown.text)[0]
    other = await client.post("/staff/settings/day", data={**data, "shown": "7-0-7"})
    assert "Прегледайте отново" in other.text
    await client.post("/staff/settings/day", data={**data, "shown": mark})
    assert (await reload(sessions, case)).due_on == deadlines.first_working(due_on + DAY, Calendar())
    removal = re.findall(r'action="([^"]+/removal)"', (await client.get("/staff/settings")).text)[0]
    shown = await client.post(removal)
    assert "1 преписка се връща" in shown.text
    mark = re.findall(r'name="shown" value="([^"]+)"', shown.text)[0]
    await client.post(removal, data={"shown": mark})
    assert (await client.post(removal, data={"shown": mark})).status_code == 200
    assert (await reload(sessions, case)).due_on == due_on


KINDS = st.sampled_from(["off", "working", "still"])
ENTRIES = st.tuples(KINDS, st.integers(0, 25), st.integers(0, 12))
_minutes = count(1)


def _entry(kind: str, after: int, days: int) -> dict[str, object]:
    first = TODAY + after * DAY
    return {"still": (first, first + days * DAY)} if kind == "still" else {kind: first}


@pytest.fixture
async def running(sessions: Sessions, settings: Settings, maria: Staff) -> AsyncIterator[dict[int, date]]:
    """Terms of each kind: plain ones, an extended one, older portals' on a working day and on a Saturday."""
    for days in range(6):
        at = AT - days * DAY
        one = await received(sessions, settings, at=at, draft=f"{days}", email=f"one{days}@example.bg")
        async with transaction(sessions) as db:
            case = await db.get_one(Case, one.id)
            if days == 1:
                await due_date.extend(db, case, date(2026, 12, 19), "Оглед.", by=maria, at=AT)
            elif days in {2, 3}:
                case.channel, case.due_on = Channel.IMPORT, date(2026, 12, 2 + days)
    async with transaction(sessions) as db:
        yield dict((await db.execute(select(Case.id, Case.due_on))).all())  # type: ignore[arg-type]


@searched(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.lists(ENTRIES, min_size=1, max_size=3, unique_by=lambda one: one[:2]), data=st.data())
async def test_days_that_are_added_and_taken_back_leave_every_term_as_it_was(
    sessions: Sessions, settings: Settings, maria: Staff, running: dict[int, date],
    entries: list[tuple[str, int, int]], data: st.DataObject,
) -> None:  # fmt: skip
    one_each = {(kind == "still", after): _entry(kind, after, days) for kind, after, days in entries}
    for entry in one_each.values():
        await changed(sessions, settings, maria, at=AT + next(_minutes) * MINUTE / 60, **entry)  # type: ignore[arg-type]
    for entry in data.draw(st.permutations([*one_each.values()])):
        await changed(sessions, settings, maria, at=AT + next(_minutes) * MINUTE / 60, back=True, **entry)  # type: ignore[arg-type]
    async with transaction(sessions) as db:
        assert dict((await db.execute(select(Case.id, Case.due_on))).all()) == running
        assert not list(await db.scalars(select(SpecialDay).where(SpecialDay.removed_at.is_(None))))
        assert not list(await db.scalars(select(Suspension).where(Suspension.removed_at.is_(None))))
