"""The words that answered are marked, inflected, in Latin or corrected; the text itself is never changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from portal.search.find import find
from portal.search.marks import Marks


@pytest.mark.parametrize(
    ("typed", "written", "marked"),
    [
        ("дупка", "Големи дупки по улицата", ["дупки"]),
        ("dupki", "Дупката на ул. Мир", ["Дупката"]),
        ("дубка", "една дупка", ["дупка"]),
        ("дупка", "2 dupki na pytq", ["dupki"]),
        ("осветл", "Уличното осветление", ["Уличното", "осветление"]),
        ("светофар", "нищо такова", []),
    ],
)
async def test_it_marks_what_answered(db: AsyncSession, typed: str, written: str, marked: list[str]) -> None:
    pieces = (await find(db, typed)).marks.pieces(written)
    assert "".join(piece for piece, _ in pieces) == written
    assert [piece for piece, is_marked in pieces if is_marked] == marked


async def test_the_snippet_shows_where_it_answered(db: AsyncSession) -> None:
    written = "Здравейте, " + "пиша ви за пореден път. " * 20 + "Има дупка пред входа. " + "Благодаря ви. " * 20
    snippet = (await find(db, "дупка")).marks.snippet(written, 100)
    assert ("дупка", True) in snippet
    assert sum(len(piece) for piece, _ in snippet) < 110


@given(st.text(max_size=300))
def test_pieces_are_the_text(written: str) -> None:
    assert "".join(piece for piece, _ in Marks().pieces(written)) == written
