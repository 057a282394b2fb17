"""What of a case the public sees."""

import pytest

from portal import clock
from portal.cases import history
from portal.cases.model import Case, EventKind, Publication, PublicationState
from portal.db import Sessions, transaction
from portal.publishing import publication
from portal.publishing.publication import PublicVersion
from portal.search import upkeep
from portal.settings import Settings
from tests.cast import HX, Client, employ, received, reload


async def test_redacting_keeps_the_original_for_the_staff(sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings, text="Съседът Иван, тел. 0888 123 456, пали гуми.")
    staff = await employ(sessions)
    async with transaction(sessions) as db:
        held = await db.get_one(Case, case.id)
        await publication.publish(
            db, held, PublicVersion("Палят гуми", "Съсед пали гуми.", ""), by=staff, at=clock.now()
        )
    case = await reload(sessions, case)
    assert case.is_public
    assert "0888" in case.text
    assert publication.public_version(case).text == "Съсед пали гуми."


@pytest.mark.parametrize(
    ("text", "is_public"),
    [
        ("Водата спря на 02.12.2026 г. и още я няма.", True),
        ("Пак е така, както писах в С-0025/02.10.2020.", True),
        ("Lampata pred bloka ne sveti ot sedmica.", True),
        ("Lampata pred bloka ne sveti. S uvajenie, Penka Stoyanova", False),
        ("Паркирана кола ПВ 1234 КМ запушва изхода.", False),
        ("Обадете се на О888 123 456 след работа.", False),
        ("Пишете ми на penka (at) abv.bg за подробности.", False),
        ("Лична карта 641234567 беше намерена в парка.", False),
    ],
)
async def test_what_looks_personal_waits_for_a_look_and_nothing_else(
    sessions: Sessions, settings: Settings, text: str, *, is_public: bool
) -> None:
    assert (await received(sessions, settings, text=text, name="Пенка Стоянова")).is_public is is_public


async def test_exact_place_of_the_sender_waits_for_a_look(sessions: Sessions, settings: Settings) -> None:
    """As the form's own button writes it."""
    case = await received(sessions, settings, place="До чешмата (42.01230, 24.87650 ±18 м)")
    assert not case.is_public


async def test_publishing_the_original_again_ends_the_redaction(sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings)
    staff = await employ(sessions)
    original = publication.public_version(case)
    for version in (PublicVersion("Друго", "Друг текст за всички.", ""), original):
        async with transaction(sessions) as db:
            await publication.publish(db, await db.get_one(Case, case.id), version, by=staff, at=clock.now())
    assert (await reload(sessions, case)).public_text is None
    async with transaction(sessions) as db:
        kinds = [event.kind for event in await history.events(db, case)]
    assert kinds[:2] == [EventKind.PUBLISHED, EventKind.REDACTED]


async def test_senders_choice_does_not_overrule_the_staff(sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings, publication=Publication.PRIVATE)
    staff = await employ(sessions)
    async with transaction(sessions) as db:
        mine = await db.get_one(Case, case.id)
        await publication.withhold(db, mine, "обида", by=staff, at=clock.now())
        await publication.choose(db, mine, Publication.NAMED, at=clock.now())
    case = await reload(sessions, case)
    assert case.publication_state is PublicationState.WITHHELD
    assert not case.is_public


async def test_redacted_word_is_not_offered_to_complete(sessions: Sessions, settings: Settings, client: Client) -> None:
    case = await received(sessions, settings, title="Съседът Зюмбюлгаров пали гуми")
    staff = await employ(sessions)
    async with transaction(sessions) as db:
        await upkeep.count_words(db)
    asked = {"q": "зюмб"}
    assert "зюмбюлгаров" in (await client.get("/register", params=asked, headers=HX)).text.lower()
    async with transaction(sessions) as db:
        version = PublicVersion("Съсед пали гуми", case.text, case.place)
        await publication.publish(db, await db.get_one(Case, case.id), version, by=staff, at=clock.now())
    assert "зюмбюлгаров" not in (await client.get("/register", params=asked, headers=HX)).text.lower()
