"""How a case comes in."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.cases import history
from portal.cases.model import Case, EventKind, PublicationState, Status
from portal.clock import SOFIA
from portal.db import Sessions, transaction
from portal.intake import confirmation, submission
from portal.mail import claims, outbox
from portal.mail.outbox import Email
from portal.settings import Settings
from tests.cast import Post, link, received, reload, submitted


async def emails(sessions: Sessions) -> list[tuple[str, str]]:
    async with transaction(sessions) as db:
        found = await db.execute(select(Email.message, Email.recipient).order_by(Email.id))
        return [(message, recipient) for message, recipient in found]


async def test_submitting_asks_to_confirm_and_gives_no_number(sessions: Sessions) -> None:
    case = await submitted(sessions)
    assert case.status is Status.AWAITING_CONFIRMATION
    assert case.incoming_number is None
    assert await emails(sessions) == [("please_confirm", "penka@example.bg")]


async def test_same_draft_is_the_same_case(sessions: Sessions) -> None:
    first = await submitted(sessions)
    second = await submitted(sessions)
    assert first.id == second.id
    assert len(await emails(sessions)) == 1


async def test_same_draft_and_text_with_another_address_corrects_it(sessions: Sessions) -> None:
    """The back button, the right address, and another press."""
    case = await submitted(sessions)
    assert (await submitted(sessions, email="penka.s@example.bg")).id == case.id
    assert (await reload(sessions, case)).address_version == 2
    assert [recipient for _, recipient in await emails(sessions)] == ["penka@example.bg", "penka.s@example.bg"]


async def test_same_draft_with_another_text_is_another_case(sessions: Sessions, settings: Settings) -> None:
    """The back button, and a second signal in the same form: neither is lost, whether confirmed or not."""
    first = await submitted(sessions)
    second = await submitted(sessions, text="Лампата пред номер 7 не свети.")
    again = await submitted(sessions, text="Лампата пред номер 7 не свети.")
    assert first.id != second.id == again.id
    async with transaction(sessions) as db:
        await confirmation.confirm(db, first.id, settings.municipality, at=clock.now())
    third = await submitted(sessions, text="Контейнерът пред номер 9 прелива.")
    assert len({first.id, second.id, third.id}) == 3


async def test_received_has_number_hour_and_due_date(sessions: Sessions, settings: Settings) -> None:
    at = datetime(2020, 3, 9, 12, 45, tzinfo=SOFIA)
    case = await received(sessions, settings, at=at)
    assert case.incoming_number == "С-0001/09.03.2020"
    assert case.received_at == at
    assert f"{case.due_on}" == "2020-03-23"
    assert [message for message, _ in await emails(sessions)] == ["please_confirm", "received"]


async def test_year_and_day_of_the_number_are_sofias(sessions: Sessions, settings: Settings) -> None:
    """Half past ten in the evening of 31 December in Greenwich is New Year's in Sofia."""
    case = await received(sessions, settings, at=datetime(2025, 12, 31, 22, 30, tzinfo=UTC))
    assert case.incoming_number == "С-0001/01.01.2026"
    assert case.incoming_year == 2026


async def test_confirming_twice_changes_nothing(sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings)
    async with transaction(sessions) as db:
        again = await confirmation.confirm(db, case.id, settings.municipality, at=clock.now() + timedelta(hours=1))
    assert again is not None
    assert (again.incoming_number, again.received_at) == (case.incoming_number, case.received_at)
    assert len(await emails(sessions)) == 2


async def test_what_looks_personal_is_held_until_somebody_has_looked(sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings, text="Съседът Иван, тел. 0888 123 456, пали гуми в двора.")
    assert case.publication_state is PublicationState.HELD
    assert not case.is_public


async def test_resending_waits_a_minute_and_ends_after_six(sessions: Sessions) -> None:
    start = clock.now()
    case = await submitted(sessions, at=start)
    answers = []
    for minute in (0, 2, 4, 6, 8, 10, 12):
        async with transaction(sessions) as db:
            waiting = await confirmation.unconfirmed(db, case.id, at=start)
            assert waiting is not None
            answers.append(await confirmation.resend(db, waiting, at=start + timedelta(minutes=minute)))
    assert answers == [False, True, True, True, True, True, False]


async def test_corrected_address_gets_the_link_and_the_old_link_ends(sessions: Sessions, post: Post) -> None:
    case = await submitted(sessions, email="penak@example.bg")
    wrong = link((await post.deliver())[-1], "confirm")
    async with transaction(sessions) as db:
        waiting = await confirmation.unconfirmed(db, case.id, at=clock.now())
        assert waiting is not None
        assert await confirmation.correct_address(db, waiting, "penka@example.bg", at=clock.now())
    letter = (await post.deliver())[-1]
    assert letter.to == "penka@example.bg"
    assert link(letter, "confirm") != wrong


async def test_reminded_once_after_a_day(sessions: Sessions) -> None:
    start = clock.now()
    await submitted(sessions, at=start)
    for hours, reminded in ((23, 0), (25, 1), (26, 0)):
        async with transaction(sessions) as db:
            assert await confirmation.remind(db, at=start + timedelta(hours=hours)) == reminded
    assert [message for message, _ in await emails(sessions)] == ["please_confirm", "confirm_reminder"]


async def test_forgotten_after_three_days_with_everything_about_it(sessions: Sessions, settings: Settings) -> None:
    start = clock.now()
    await submitted(sessions, at=start)
    kept = await received(sessions, settings, at=start, draft="another one, confirmed")
    async with transaction(sessions) as db:
        assert await confirmation.forget(db, at=start + timedelta(hours=71)) == 0
        assert await confirmation.forget(db, at=start + timedelta(hours=73)) == 1
        assert list(await db.scalars(select(Case.id))) == [kept.id]
        assert set(await db.scalars(select(Email.case_id))) == {kept.id}


async def test_history_names_every_step(sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings)
    async with transaction(sessions) as db:
        kinds = [event.kind for event in await history.events(db, case)]
    assert kinds == [EventKind.RECEIVED, EventKind.SUBMITTED]


async def test_database_refuses_half_a_receipt(sessions: Sessions) -> None:
    """The constraints hold what the code promises, whoever writes."""
    case = await submitted(sessions)
    for values in ({"status": "received"}, {"incoming_number": "С-0001/09.03.2020"}, {"received_at": clock.now()}):
        with pytest.raises(IntegrityError):
            async with transaction(sessions) as db:
                await db.execute(update(Case).where(Case.id == case.id).values(**values))


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        (
            "Дупка на ул. Речна пред номер 5. Вчера падна дете.",
            "Дупка на ул. Речна пред номер 5",
        ),
        ("Няма осветление! Тъмно е от месец и децата се прибират по тъмно от училище.", "Няма осветление!"),
        (
            "Кога ще се ремонтира бул. Хр. Ботев? Питам отново.",
            "Кога ще се ремонтира бул. Хр. Ботев?",
        ),
        ("Лампата пред „Зора“. Не свети от една седмица, а е много тъмно наоколо.", "Лампата пред „Зора“"),
        ("На ул. Цар Симеон Велики няма тротоар", "На ул. Цар Симеон Велики няма тротоар"),
        ("Дупка. На ул. Речна", "Дупка. На ул. Речна"),
        ("Паркът е почистен.", "Паркът е почистен."),
        ("Струва 5.50 лв. и повече", "Струва 5.50 лв. и повече"),
    ],
)
def test_title_is_the_first_sentence(text: str, heading: str) -> None:
    assert submission.heading(text) == heading


def test_heading_is_the_beginning_of_the_text() -> None:
    assert submission.heading("Къс текст\nна два реда") == "Къс текст на два реда"
    long = submission.heading("Много дълъг текст, " * 20)
    assert len(long) <= 71
    assert long.endswith(" дълъг…")


async def test_counter_is_one_for_all_kinds(sessions: Sessions, settings: Settings) -> None:
    at = datetime(2020, 3, 9, 12, 45, tzinfo=SOFIA)
    numbers = [
        (await received(sessions, settings, at=at, draft=f"draft of the {kind}", kind=kind)).incoming_number
        for kind in ("signal", "proposal", "question")
    ]
    assert numbers == ["С-0001/09.03.2020", "П-0002/09.03.2020", "В-0003/09.03.2020"]


async def test_deferred_letter_to_a_mistyped_address_holds_up_nothing(sessions: Sessions) -> None:
    start = clock.now()
    case = await submitted(sessions, at=start, email="a@gmial.example")
    async with transaction(sessions) as db:
        first = await claims.claim(db, at=start)
        assert first is not None
        await outbox.refused(db, first, "450", for_good=False, at=start)
        waiting = await confirmation.unconfirmed(db, case.id, at=start)
        assert waiting is not None
        await confirmation.correct_address(db, waiting, "a@gmail.example", at=start)
    async with transaction(sessions) as db:
        second = await claims.claim(db, at=start)
    assert second is not None
    assert second.recipient == "a@gmail.example"
