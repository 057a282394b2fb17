"""The staff find a sender by any form of the phone, any six digits of it, and by the e-mail; beside words too."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from portal.search import desk
from portal.search.find import find
from tests.search.test_as_written import SEPARATORS
from tests.search.test_nothing import at_desk

MOBILE, LANDLINE = 3, 5  # cases


@pytest.fixture
async def known(db: AsyncSession) -> AsyncSession:
    sent = "UPDATE cases SET sender_phone = :phone, sender_name = :name, sender_email = :email WHERE id = :id"
    for case, phone, name, email in (
        (MOBILE, "+359888123456", "Пенка Стоянова", "penka@example.bg"),
        (LANDLINE, "0331 62-12-34 (вкъщи)", "Тодор Горанов", "t.goranov@example.bg"),
    ):
        await db.execute(text(sent), {"phone": phone, "name": name, "email": email, "id": case})
    return db


@pytest.mark.parametrize(
    ("typed", "case"),
    [
        ("0888123456", MOBILE), ("0888 123 456", MOBILE), ("+359 888 12 34 56", MOBILE), ("00359888123456", MOBILE),
        ("888123456", MOBILE), ("+359 (0) 888 123 456", MOBILE), ("0888-123-456", MOBILE),
        ("0888/123\u00a0456", MOBILE),
        ("123456", MOBILE), ("12 34 56", MOBILE), ("88 81 23", MOBILE), ("359888", MOBILE), ("0888 12", MOBILE),
        ("тел. 0888123456", MOBILE), ("0888123456 Пенка", MOBILE), ("Пенка, тел.: 0888 123 456", MOBILE),
        ("Стоянова 123456", MOBILE), ("GSM 0888123456", MOBILE), ("0888123456, penka@example.bg", MOBILE),
        ("penka@example.bg", MOBILE), ("<penka@example.bg>", MOBILE), ("имейл: Penka@", MOBILE),
        ("mailto:penka@example.bg", MOBILE), ("Пенка Стоянова penka@example", MOBILE), ("на 0888123456", MOBILE),
        ("0331/621234", LANDLINE), ("621234", LANDLINE), ("62 12 34", LANDLINE), ("+359 331 62 12 34", LANDLINE),
        ("(0331) 62-12-34", LANDLINE), ("331621", LANDLINE), ("Тодор 62-12-34", LANDLINE),
    ],
)  # fmt: skip
async def test_a_sender_is_found(known: AsyncSession, typed: str, case: int) -> None:
    assert await at_desk(known, typed) == [case]


@pytest.mark.parametrize(
    "typed",
    [
        "0888123457", "0888123456 Тодор", "тел. 0888 123 457", "60 12 34", "0888123456 хипопотам", "pena@example.bg",
        "0888123456, t.goranov@example.bg", "888123450", "999999",
    ],
)  # fmt: skip
async def test_nobody_else_is(known: AsyncSession, typed: str) -> None:
    assert await at_desk(known, typed) == []


@pytest.mark.parametrize(
    "typed", ["0888123456", "тел. 0888123456", "0888 123 456", "+359 888 123 456", "penka@example.bg"]
)
async def test_the_public_finds_nobody(known: AsyncSession, typed: str) -> None:
    await known.execute(
        text("UPDATE cases SET text = text || ' 0888123456, 0888 123 456, penka@example.bg' WHERE id = 7")
    )
    assert (await find(known, typed)).ids == ()
    for beside in ("хипопотам", "Пенка"):  # no bench (пейка) either
        assert (await find(known, f"{typed} {beside}")).ids == ()
    assert await at_desk(known, typed) == [MOBILE]


@st.composite
def forms(draw: st.DrawFn, own: str) -> str:
    """A number as people write it: `own` are its digits without country and trunk."""
    prefix = draw(st.sampled_from(["0", "+359", "+359 ", "00359 ", "+359(0)", ""]))
    cuts = sorted(draw(st.sets(st.integers(1, len(own) - 1), max_size=3)))
    groups = [own[start:end] for start, end in zip([0, *cuts], [*cuts, len(own)], strict=True)]
    return prefix + draw(SEPARATORS).join(groups)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), own=st.from_regex("(8[789][0-9]{7}|[2-7][0-9]{7})", fullmatch=True))
async def test_any_form_is_found_by_any_form_and_any_six_digits(
    engine: AsyncEngine, data: st.DataObject, own: str
) -> None:
    stored, typed = data.draw(forms(own)), data.draw(forms(own))
    start = data.draw(st.integers(0, len(own) - desk.FEWEST))
    length = data.draw(st.integers(desk.FEWEST, len(own) - start))
    piece = own[start : start + length]
    asked = text("SELECT array_to_tsvector(desk_phone(:stored)) @@ CAST(:query AS tsquery)")
    async with AsyncSession(engine) as db:
        for one in (typed, piece, f"тел. {typed}", f"({piece})"):
            query = await desk.query(db, one)
            assert await db.scalar(asked, {"stored": stored, "query": query}), (stored, one)
