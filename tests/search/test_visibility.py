"""What the view doesn't show can't be found, counted or guessed, from the same transaction on."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from portal.search.completions import completions
from portal.search.find import find

WORD = "хипопотамче"
HIDDEN = [
    "publication = 'private'",
    "publication_state = 'held'",
    "publication_state = 'withheld'",
    (
        "status = 'awaiting_confirmation', received_at = NULL, incoming_year = NULL, incoming_seq = NULL,"
        " incoming_number = NULL, first_due_on = NULL, due_on = NULL"
    ),
]


async def submit(db: AsyncSession, **values: str) -> int:
    case = {
        "title": f"Видях {WORD}",
        "text": f"{WORD} в реката",
        "place": "реката",
        "sender_name": "Пенчо Зюмбюлев",
    } | values
    inserted = await db.execute(
        text("""
        INSERT INTO cases (draft, kind, status, title, text, place, sender_name, address_version, publication,
            publication_state, submitted_at, received_at, first_due_on, due_on, incoming_year, incoming_seq,
            incoming_number)
        VALUES ('hippo', 'signal', 'received', :title, :text, :place, :sender_name, 1, 'public_named', 'published',
            '2020-12-01', '2020-12-01', '2020-12-15', '2020-12-15', 2020, 9001, 'С-9001/01.12.2020') RETURNING id"""),
        case,
    )
    return int(inserted.scalar_one())


async def change(db: AsyncSession, case: int, values: str) -> None:
    await db.execute(text(f"UPDATE cases SET {values} WHERE id = {case}"))


async def test_a_case_is_found_at_once(db: AsyncSession) -> None:
    case = await submit(db)
    assert (await find(db, WORD)).ids == (case,)


@pytest.mark.parametrize("hidden", HIDDEN)
async def test_what_is_hidden_is_not_found(db: AsyncSession, hidden: str) -> None:
    case = await submit(db)
    await change(db, case, hidden)
    for typed in (WORD, WORD[:6], "С-9001", "9001", f'"{WORD}"', "hipopotamche"):
        assert case not in (await find(db, typed)).ids
    assert await completions(db, WORD[:6]) == []
    words = await db.execute(text("SELECT count(*) FROM register_words WHERE word LIKE 'хипопотам%'"))
    assert words.scalar_one() == 0


async def test_shown_again_it_is_found_again(db: AsyncSession) -> None:
    case = await submit(db)
    await change(db, case, "publication = 'private'")
    await change(db, case, "publication = 'public_unnamed'")
    assert (await find(db, WORD)).ids == (case,)


async def test_deleted_it_is_gone(db: AsyncSession) -> None:
    case = await submit(db)
    await db.execute(text(f"DELETE FROM cases WHERE id = {case}"))
    assert not (await find(db, WORD)).ids


async def test_a_redacted_text_replaces_the_original(db: AsyncSession) -> None:
    case = await submit(db)
    await change(db, case, "public_title = 'Животно', public_text = 'жирафче в реката', public_place = 'реката'")
    assert not (await find(db, WORD)).ids
    assert (await find(db, "жирафче")).ids == (case,)


async def test_names_are_never_indexed(db: AsyncSession) -> None:
    await submit(db)
    for typed in ("Зюмбюлев", "Пенчо Зюмбюлев", "zyumbyulev"):
        assert not (await find(db, typed, exactly=True)).ids


async def test_the_index_has_exactly_what_the_view_has(db: AsyncSession) -> None:
    apart = await db.execute(
        text(
            "(SELECT id FROM public_cases EXCEPT SELECT id FROM register_search) UNION ALL"
            " (SELECT id FROM register_search EXCEPT SELECT id FROM public_cases)"
        )
    )
    assert not apart.all()


async def test_an_older_analysis_is_seen_and_written_again(db: AsyncSession) -> None:
    await db.execute(text("UPDATE register_search SET version = 0, tsv = '' WHERE id IN (2, 3, 5)"))
    done = 0
    while (reached := (await db.execute(text(f"SELECT register_reindex({done}, 50)"))).scalar_one()) is not None:
        done = reached
    old = await db.execute(text("SELECT count(*) FROM register_search WHERE version <> bg_version()"))
    assert old.scalar_one() == 0
    assert 2 in (await find(db, "дупка")).ids
