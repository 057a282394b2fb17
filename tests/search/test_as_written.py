"""Incoming numbers, dates, numbers of documents and words with a dash: found as people write them."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from portal.cases import numbers
from portal.search import desk
from portal.search.find import find
from portal.search.query import typing
from portal.search.query.letters import clean, fold, joined, without_private
from tests.search.test_nothing import at_desk
from tests.search.test_visibility import change, submit

DOCUMENT = "Писмо с изх. № 94-П-55/12.03.2026 г. до имот 00702.528.113"
SIGN = "Знак В26 е паднал"
DRY = "От 01.09.2026 до 09.09.2026 няма вода"


async def written(db: AsyncSession, words: str) -> int:
    case = await submit(db, title="Сигнал", place="")
    await db.execute(text("UPDATE cases SET text = :words WHERE id = :id"), {"words": words, "id": case})
    return case


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        (DOCUMENT, "94-П-55"), (DOCUMENT, "изх. № 94-П-55/12.03.2026"), (DOCUMENT, "94-п-55/12.03.2026 г."),
        (DOCUMENT, "П-55"), (DOCUMENT, "12.03.2026"), (DOCUMENT, "12.3.2026 г."), (DOCUMENT, "00702.528.113"),
        (DOCUMENT, "имот 00702.528.113"), (DOCUMENT, "94-P-55"),
        (DRY, "01.09.2026"), (DRY, "1.9.2026"), (DRY, "09.09.2026 г."), (DRY, "2026-09-01"), (DRY, "01/09/2026"),
        (DRY, "01 09 2026"), (DRY, "01.09.26"), (DRY, "01.09.2026 вода"), (DRY, "01.09.2026 до 09.09.2026"),
        ("Заповед РД-09-123/2026 на кмета", "РД-09-123/2026"), ("Заповед РД-09-123/2026", "РД-09-123"),
        ("Заповед РД-09-123/02.10.2020 г.", "РД-09-123/02.10.2020"), ("Наредба № 0312/2026 на съвета", "0312/2026"),
        ("Имоти 02837.503.12 и 87374.10.5", "02837.503.12"), ("Имоти 02837.503.12 и 87374.10.5", "87374.10.5"),
        ("02.10.2026-09.10.2026: ремонт", "09.10.2026"), ("на 5.9.2026 в 12:30", "05.09.2026"),
        ("В кв.Изток мрежата е на 2.4GHz", "2.4GHz"), ("Нашият С-0077/05.06.2019 стои", "С-0077/05.06.2019"),
    ],
)  # fmt: skip
async def test_what_stands_in_a_text_is_found_as_written(db: AsyncSession, words: str, typed: str) -> None:
    case = await written(db, words)
    found = await find(db, typed)
    assert case in found.ids[:3]
    assert found.total <= 3 or found.relaxed
    assert case in await at_desk(db, typed)


@pytest.mark.parametrize(
    "typed", ["94-П-56", "П-55-94", "00702.528.114", "02.09.2026", "РД-09-123/2027", "55/12.04.2026"]
)
async def test_another_number_is_another(db: AsyncSession, typed: str) -> None:
    for words in (DOCUMENT, DRY, "Заповед РД-09-123/2026"):
        assert await written_not_found(db, words, typed)


async def written_not_found(db: AsyncSession, words: str, typed: str) -> bool:
    case = await written(db, words)
    found = case not in (await find(db, typed)).ids
    await db.execute(text(f"DELETE FROM cases WHERE id = {case}"))
    return found


@pytest.mark.parametrize(
    ("words", "typed", "number"),
    [
        (SIGN, "В26", 26), (SIGN, "в26", 26), (SIGN, "B26", 26), (SIGN, "В-26", 26), ("Знак В-26", "В26", 26),
        ("Знак B26 (на латиница)", "В26", 26), ("вход С-25 е отворен", "С-25", 25), ("линия п11 закъснява", "П11", 11),
        (SIGN, "знак В-26", 26), ("Спирка 7", "7", 7),
    ],
)  # fmt: skip
async def test_the_case_of_the_number_comes_before_what_the_words_find(
    db: AsyncSession, words: str, typed: str, number: int
) -> None:
    case = await written(db, words)
    ids = (await find(db, typed)).ids
    assert ids[0] == number
    assert case in ids
    assert {number, case} <= set(await at_desk(db, typed))


@pytest.mark.parametrize(
    "typed",
    [
        "С-0025/18.03.2020 докъде е", "какво става със С0025/2020", "моят сигнал 0025/18.03.2020 няма отговор",
        "докъде е 0025/2020?", "сигналът ми е 0025, моля", "(вж. С-0025)", "до кмета, №0025/18.03.2020 г., с уважение",
    ],
)  # fmt: skip
async def test_a_number_among_words_comes_first(db: AsyncSession, typed: str) -> None:
    assert (await find(db, typed)).ids[0] == 25
    assert 25 in await at_desk(db, typed)


@pytest.mark.parametrize("words", ["Знак А18", "знак А-18 пред училището", "Знак А 18"])
async def test_a_letter_that_no_number_has_is_only_a_word(db: AsyncSession, words: str) -> None:
    case = await written(db, words)
    assert (case in (await find(db, "А18")).ids) is ("А 18" not in words)


FORMS = [
    "{letter}-{seq:04}/{on:%d.%m.%Y}", "{letter}-{seq:04}/{on:%d.%m.%Y} г.", "{seq:04}/{on:%d.%m.%Y}",
    "{seq}/{on:%d.%m.%Y}",
    "{letter}{seq}/{on:%Y}", "{seq}/{on:%Y}", "{seq:04}/{on:%Y} г.", "{letter} - {seq:04} / {on:%d.%m.%Y}", "{seq:04}",
    "вх. № {letter}-{seq:04}/{on:%d.%m.%Y}", "вх.№{seq}/{on:%Y}г.", "сигнал {seq} от {on:%d.%m.%Y}",
    "№ {seq:06}/{on:%Y}",
    "{letter}-{seq:04}/{on:%d.%m.%y}", "{seq} {on:%Y}", "{seq}-{on:%Y}", "„{letter}-{seq:04}/{on:%d.%m.%Y}“",
    "{letter}-{seq:04}/{on:%-d.%-m.%Y}", "({seq:04}/{on:%d/%m/%Y})", "докъде е {letter}-{seq:04}/{on:%d.%m.%Y}?",
]  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nth=st.integers(0), form=st.sampled_from(FORMS), letter=st.sampled_from("СПВспвSPVc"))
async def test_each_case_is_found_by_its_number(engine: AsyncEngine, nth: int, form: str, letter: str) -> None:
    async with AsyncSession(engine) as db:
        rows = (
            await db.execute(text("SELECT id, incoming_seq, received_at::date FROM public_cases ORDER BY id"))
        ).all()
        case, seq, on = rows[nth % len(rows)]
        typed = form.format(letter=letter, seq=seq, on=on)
        assert (await find(db, typed)).ids == (case,), typed
        assert await at_desk(db, typed) == [case], typed
        assert typing.read(typed).number is not None
        assert await numbers.find(db, typed, on=on) == case, typed


@pytest.mark.parametrize("typed", ["25/2019", "С-0999/18.03.2020", "0999", "С-0025/18.03.2019", "999999/2020"])
async def test_a_number_that_nothing_has_finds_nothing(db: AsyncSession, typed: str) -> None:
    assert (await find(db, typed)).ids == ()
    assert await at_desk(db, typed) == []


@pytest.mark.parametrize(
    "typed", ["18.03.2020", "18.3.2020 г.", "2020-03-18", "18/03/2020", "сигнал от 18.03.2020", "18.03.20"]
)
async def test_a_date_finds_first_what_came_on_that_day(db: AsyncSession, typed: str) -> None:
    mention = await written(db, "Обещаха на 18.03.2020 да дойдат")
    ids = (await find(db, typed)).ids
    assert set(ids[:2]) == {25, 26}
    assert ids[2:] == (mention,)


DATES = st.dates(date(2000, 1, 1), date(2099, 12, 31))
SHAPES = ["%d.%m.%Y", "%-d.%-m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d", "%d.%m.%Yг.", "%d.%m.%y", "%d %m %Y"]


def parts(typed: str) -> list[int]:
    return [int(part.rstrip("г")) for part in clean(typed).split() if part != "г"]


def test_no_date_is_a_phone() -> None:
    day = date(2020, 1, 1)
    while day < date(2030, 1, 1):
        for shape in SHAPES:
            shown = f"{day:{shape}}"
            year = day.year % 100 if "%y" in shape else day.year
            assert sorted(parts(f"до {shown} няма".removeprefix("до ").removesuffix(" няма"))) == sorted(
                [day.day, day.month, year]
            ), shown
        day += timedelta(days=1)


@settings(max_examples=300)
@given(
    first=DATES,
    last=DATES,
    shape=st.sampled_from(SHAPES[:6]),
    between=st.sampled_from([" - ", "-", " до ", ", ", " и ", "; "]),
)
def test_nor_are_two_of_them(first: date, last: date, shape: str, between: str) -> None:
    kept = clean(f"{first:{shape}}{between}{last:{shape}} ремонт").split()
    numbers_in_it = [int(one.rstrip("г")) for one in kept if one[0].isdigit()]
    assert sorted(numbers_in_it) == sorted([first.day, first.month, first.year, last.day, last.month, last.year])


SEPARATORS = st.sampled_from(["", " ", "-", "/", ".", " - ", "  ", "\u00a0", "–", " / ", "\u2011", "\n"])


@st.composite
def phones(draw: st.DrawFn) -> str:
    """A mobile or a landline, however its digits are grouped; the first group as people write it."""
    own = draw(st.from_regex("(8[789][0-9]{7}|98[0-9]{7}|2[4-9][0-9]{6}|[3-7][0-9][4-9][0-9]{5})", fullmatch=True))
    start = draw(st.sampled_from([2, 3])) if own[0] != "2" else 1
    groups, rest = [own[:start]], own[start:]
    while rest:
        size = draw(st.integers(2, 4))
        groups.append(rest[:size])
        rest = rest[size:]
    between = draw(SEPARATORS)
    prefix = draw(st.sampled_from(["0", "+359", "+359 ", "00359", "00 359 ", "+359 (0)", "+ 359 "]))
    return prefix + between.join(groups)


@settings(max_examples=400)
@given(
    phone=phones(),
    around=st.sampled_from(["тел. {}", "{}", "тел.{} Пенка", "({})", "на 01.09.2026 от {}", "№{}, край"]),
)
def test_no_phone_is_left(phone: str, around: str) -> None:
    digits = [word for word in clean(around.format(phone)).split() if word[0].isdigit()]
    assert digits in ([], ["01", "09", "2026"])


@settings(max_examples=200)
@given(
    born=st.dates(date(1920, 1, 1), date(2020, 1, 1)),
    last=st.from_regex("[0-9]{4}", fullmatch=True),
    between=st.sampled_from(["", " ", "-"]),
)
def test_no_personal_number_is_left(born: date, last: str, between: str) -> None:
    month = born.month + (40 if born.year >= 2000 else 0)
    egn = f"{born:%y}{month:02}{born:%d}{between}{last}"
    assert clean(f"ЕГН {egn} край").split() == ["егн", "край"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=st.lists(st.text("0123456789абвpx./-·()+ @", max_size=25), min_size=20, max_size=20)
    | st.lists(phones(), min_size=20, max_size=20)
)
async def test_the_database_cleans_numbers_alike(engine: AsyncEngine, typed: list[str]) -> None:
    async with AsyncSession(engine) as db:
        asked = text("SELECT t, bg_clean(t), bg_joined(bg_public(bg_fold(t))) FROM unnest(CAST(:typed AS text[])) AS t")
        for one, cleaned, as_one in await db.execute(asked, {"typed": typed}):
            assert clean(one).split() == cleaned.split()
            assert joined(without_private(fold(one))) == as_one.split()


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        ("дълбочина 15см.", "15 см"), ("дълбочина 15 см.", "15см"), ("на 300м от пътя", "300 м"), ("в 18ч.", "18 ч"),
        ("такса 40лв", "40 лв"), ("95кв.м", "95 кв.м"), ("в парка няма WiFi", "wi-fi"), ("в парка няма Wi-Fi", "wifi"),
        ("вятърът е север-югозападен", "юго-западен"), ("юго-западното крило", "югозападното"),
        ("е-услуга", "е-услуги"),
        ("вход 15-А", "15А"), ("вход 15А", "15-А"), ("5-годишно дете", "5годишно"), ("Колите на В и К", "вик"),
        ("болен от ковид", "COVID-19"), ("болен от COVID-19", "ковид"), ("мерки срещу ковид-19", "covid 19"),
        ("пътят Пловдив – София", "Пловдив-София"), ("автобусът Пловдив-София", "софия пловдив"),
        ("авария на ВиК", "В и К"), ("авария на ВиК", "В. и К."), ("B и K не идват", "ВиК"),
    ],
)  # fmt: skip
async def test_one_thing_spelled_in_two_ways(db: AsyncSession, words: str, typed: str) -> None:
    case = await written(db, words)
    assert case in (await find(db, typed, most=100)).ids


HOSTILE = [" ", "\t", "0(", "0 ", "1-", "1.", "1/2000 ", "„", "a", "a@", "а-", "08 8.", "+ 3", "00 359"]
LONG_RUNS = ["1/2000" + "(" * 999, "0" + " " * 999, "01 01 2000" + "/" * 999, "с" + "\t" * 999]


@pytest.mark.parametrize("part", [*HOSTILE, *LONG_RUNS])
def test_reading_takes_no_longer_than_the_text(part: str) -> None:
    """More than linear, it would take minutes."""
    hostile = part * (200_000 // len(part))
    assert len(clean(hostile)) <= 2 * len(hostile)
    joined(fold(hostile))
    values = [*vars(typing).values(), *vars(desk).values()]
    for value in values:
        for pattern in value if isinstance(value, list) else [value]:
            if isinstance(pattern, re.Pattern):
                pattern.sub("", hostile)


async def test_a_changed_number_is_found_by_the_new_one(db: AsyncSession) -> None:
    case = await submit(db)
    assert (await find(db, "С-9001/2020")).ids == (case,)
    await change(db, case, "received_at = '2020-12-02'")
    assert case in (await find(db, "02.12.2020")).ids
