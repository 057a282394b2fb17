"""Two texts of one thing: what differs, and when both changes fit into one text."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.replies.merging import differing, merged

BASE = "Благодарим за сигнала. Дупката ще се запълни.\n\nЗавършваме до петък.\nС уважение"


def test_words_that_the_other_text_lacks_are_marked() -> None:
    pieces = differing("Дупката е запълнена днес.", "Дупката е огледана днес.")
    assert pieces == [("Дупката е ", False), ("запълнена ", True), ("днес.", False)]


def test_changes_of_different_sentences_are_merged() -> None:
    theirs = BASE.replace("ще се запълни", "е запълнена")
    mine = BASE.replace("петък", "понеделник") + "\n\nТротоарът също."
    assert merged(BASE, theirs, mine) == mine.replace("ще се запълни", "е запълнена")


def test_same_change_by_both_is_made_once() -> None:
    both = BASE.replace("петък", "понеделник")
    assert merged(BASE, both, both) == both


@pytest.mark.parametrize(
    ("theirs", "mine"),
    [
        (BASE.replace("петък", "понеделник"), BASE.replace("петък", "сряда")),
        (BASE.replace("петък", "понеделник"), BASE.replace("Завършваме до петък.\n", "")),
        (f"{BASE} от нас", f"{BASE} от всички"),
    ],
)
def test_changes_of_one_sentence_are_a_persons_to_merge(theirs: str, mine: str) -> None:
    assert merged(BASE, theirs, mine) is None


def test_two_who_began_from_nothing_have_nothing_to_merge_by() -> None:
    assert merged("", "Отговорът на Мария.", "Отговорът на Георги.") is None


@given(st.text(alphabet="аб. \n", max_size=40), st.text(alphabet="аб. \n", max_size=40))
def test_one_who_changed_nothing_takes_the_other_text(base: str, theirs: str) -> None:
    assert merged(base, theirs, base) == theirs.strip()
    assert "".join(piece for piece, _ in differing(theirs, base)) == theirs


@pytest.mark.parametrize("letter", [".", " ", "\n", "а. ", "а ", "!? \t"])
def test_longest_texts_take_no_long_time(letter: str) -> None:
    text = (letter * 40_000)[:40_000]
    begun = perf_counter()
    merged(text, f"{text}x", text[7:])
    differing(text, text[7:])
    assert perf_counter() - begun < 3
