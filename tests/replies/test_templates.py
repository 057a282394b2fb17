"""What a template becomes in a reply."""

from datetime import date

import pytest

from portal import clock
from portal.cases.model import Case, Kind
from portal.db import Sessions, transaction
from portal.replies import templates
from portal.replies.templates import PLACEHOLDERS, Draft, ReplyTemplate, filled, unknown
from portal.settings import Settings
from portal.staff.model import Staff
from tests.cast import employ, received

VALUES = dict.fromkeys(PLACEHOLDERS, "x") | {"{име}": "{номер} {{ 7*7 }} \\1", "{номер}": "С-0007"}


@pytest.fixture
async def maria(sessions: Sessions) -> Staff:
    return await employ(sessions)


async def add(sessions: Sessions, maria: Staff, title: str, **changes: object) -> ReplyTemplate:
    given: dict[str, object] = {"text": "Текст", "topic_code": None, "kind": None, "place_in_list": 1}
    draft = Draft(**{"title": title, **given, "is_active": True, **changes})  # type: ignore[arg-type]
    async with transaction(sessions) as db:
        return await templates.add(db, draft, by=maria, at=clock.now())


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Здравейте, {име}! {днес}", []),
        ("Без полета, 100 %.", []),
        ("{Име} {фамилия} {фамилия} {}", ["{Име}", "{фамилия}", "{}"]),
        ("{{ 7*7 }}", ["{", "{ 7*7 }", "}"]),
        ("{% for x in y %}", ["{% for x in y %}"]),
        ("{име} и {номер", ["{"]),
        ("{име\n}", ["{", "}"]),
    ],
)
def test_unknown_placeholders_are_named(text: str, wrong: list[str]) -> None:
    assert unknown(text) == wrong


def test_what_a_value_brings_is_not_worked_out() -> None:
    assert filled("{име} / {номер}", VALUES) == "{номер} {{ 7*7 }} \\1 / С-0007"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("до {срок}.", "до 11.12.2026 г."),
        ("до {срок}", "до 11.12.2026 г."),
        ("до {срок}, а", "до 11.12.2026 г., а"),
        ("до {срок}. После", "до 11.12.2026 г. После"),
        ("до {срок}...", "до 11.12.2026 г..."),
        ("при {отдел}.", "при отдел „Екология“."),
    ],
)
def test_value_with_a_full_stop_ends_the_sentence(text: str, said: str) -> None:
    assert filled(text, {"{срок}": "11.12.2026 г.", "{отдел}": "отдел „Екология“"}) == said


async def test_every_placeholder_has_its_value(sessions: Sessions, settings: Settings, maria: Staff) -> None:
    """Penka's case names all of it but a department."""
    case = await received(sessions, settings)
    assert case.due_on is not None
    one = await add(sessions, maria, "Всичко", text=" | ".join(PLACEHOLDERS))
    async with transaction(sessions) as db:
        text = await templates.fill(db, one, case, on=date(2026, 11, 24))
    assert text == " | ".join((
        "Пенка Стоянова", case.incoming_number or "", f"{case.due_on:%d.%m.%Y} г.", "общинската администрация",
        "Улици и пътища", "ул. Речна 5", "24.11.2026 г.",
    ))  # fmt: skip


async def test_what_a_case_lacks_reads_well(sessions: Sessions, settings: Settings, maria: Staff) -> None:
    case = await received(sessions, settings, place="", topic=None)
    one = await add(sessions, maria, "Оглед", text="Огледът на {място} от {отдел} е по {тема}.")
    async with transaction(sessions) as db:
        text = await templates.fill(db, one, case, on=clock.today())
    assert text == "Огледът на посоченото място от общинската администрация е по поставения въпрос."
    async with transaction(sessions) as db:
        (await db.get_one(Case, case.id)).department_code = "works"
    async with transaction(sessions) as db:
        text = await templates.fill(db, one, await db.get_one(Case, case.id), on=clock.today())
    assert "от отдел „Строителство и благоустройство“ е" in text


async def test_those_of_the_topic_are_offered_first(sessions: Sessions, settings: Settings, maria: Staff) -> None:
    case = await received(sessions, settings)
    await add(sessions, maria, "За лампи", topic_code="lighting", place_in_list=1)
    await add(sessions, maria, "За всичко", place_in_list=2)
    await add(sessions, maria, "За дупки, втори", topic_code="roads", place_in_list=4)
    await add(sessions, maria, "За дупки, първи", topic_code="roads", place_in_list=3)
    await add(sessions, maria, "За въпроси", kind=Kind.QUESTION, topic_code="roads")
    await add(sessions, maria, "Спрян", topic_code="roads", is_active=False)
    async with transaction(sessions) as db:
        offered = list((await templates.offered(db, case)).values())
    roads, lamps = "(Улици и пътища)", "(Улично осветление)"
    assert offered == [f"За дупки, първи {roads}", f"За дупки, втори {roads}", "За всичко", f"За лампи {lamps}"]


async def test_case_without_a_topic_is_offered_the_general_ones_first(
    sessions: Sessions, settings: Settings, maria: Staff
) -> None:
    case = await received(sessions, settings, topic=None)
    await add(sessions, maria, "За лампи", topic_code="lighting", place_in_list=1)
    await add(sessions, maria, "За всичко", place_in_list=2)
    async with transaction(sessions) as db:
        assert next(iter((await templates.offered(db, case)).values())) == "За всичко"
