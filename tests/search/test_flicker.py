"""A match never disappears while a matching word is typed on: over all words of the demonstration."""

from portal import demo
from portal.commands import import_
from portal.search.query.lemmas import Lemmas
from portal.search.query.letters import clean

ALLOWED = 0.002  # of the pairs of a word and its beginning: endings not among the 150 frequent ones (SEARCH.md §3)


def test_half_a_word_finds_what_the_whole_finds(rules: Lemmas) -> None:
    words = {
        word for case in import_.read(demo.CASES) for part in (case.title, case.text) for word in clean(part).split()
    }
    lost, pairs = [], 0
    for word in sorted(words):
        if not word.isalpha() or "a" <= word[0] <= "z":
            continue
        for length in range(3, len(word)):
            half = word[:length]
            led = rules.led_to(half)
            pairs += 1
            if not all(key.startswith(half) or key in led for key in rules(word)):
                lost.append((half, word))
    assert len(lost) <= pairs * ALLOWED, lost[:20]
