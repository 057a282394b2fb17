"""Whatever programs, languages, charsets and damage come together, a letter is read, and no word of it is lost."""

import re

import pytest

from portal.mail import reading
from portal.mail.authors import Author
from tests.mail.mill import Made, letters

ALL = list(
    letters(1500, to="portal+c-1-abcdefghijklmnop@x.example", bounces_to="portal+b-1-abcdefghijklmnop@x.example")
)
WHOLE = [one for one in ALL if not one.is_damaged]


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


@pytest.mark.parametrize("part", range(10))
def test_no_letter_is_a_fault(part: int) -> None:
    for made in ALL[part::10]:
        read = reading.read(made.raw, to="")
        reading.files(made.raw)
        assert not re.search("[\0\u202e\ud800-\udfff]", read.text + read.words + read.rest + "".join(read.files))


def test_no_word_that_a_person_wrote_is_lost() -> None:
    lost = [
        (made.raw.decode("utf-8", "replace"), missing)
        for made in WHOLE
        if made.by == "person" and (missing := words(made.own) - words(_shown(reading.read(made.raw, to=""))))
    ]
    assert lost == []


def _shown(read: reading.Letter) -> str:
    return f"{read.words or read.text}\n{read.rest}"


def test_nearly_all_is_parted_where_a_person_would_part_it() -> None:
    people = [one for one in WHOLE if one.by == "person"]
    assert sum(_is_parted_right(one) for one in people) / len(people) > 0.99


def _is_parted_right(made: Made) -> bool:
    said = reading.read(made.raw, to="").words
    return words(made.own) <= words(said) and "Пред кой вход" not in said


def test_who_wrote_it_is_seldom_mistaken() -> None:
    told = [(one.by, reading.read(one.raw, to="").author) for one in WHOLE]
    people = [author for by, author in told if by == "person"]
    assert people.count(Author.PERSON) == len(people)
    machines = [author for by, author in told if by == "machine"]
    assert machines.count(Author.PERSON) == 0
    assert {author for by, author in told if by == "server"} == {Author.SERVER}
