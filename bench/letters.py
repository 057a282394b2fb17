"""How letters that come in are read: how many a second, whose words are lost, whose author is mistaken.

usage: python -m bench.letters [LETTERS] [SEED]
The letters are those of tests/mail/mill.py: programs, languages, charsets and damage mixed by lot.
"""

import re
import sys
import time
from collections import Counter

from tests.mail.mill import Made, letters

from portal.mail import reading

TO, BOUNCES_TO = (f"portal+{kind}-1-abcdefghijklmnop@stanimaka.example" for kind in "cb")


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    words, authors, slowest, spent = Counter[str](), Counter[tuple[str, str]](), 0.0, 0.0
    for made in letters(number, to=TO, bounces_to=BOUNCES_TO, seed=seed):
        began = time.perf_counter()
        try:
            read = reading.read(made.raw, to="")
        except Exception as fault:  # noqa: BLE001 - what is counted
            print(f"fault: {fault!r} in {made.raw!r}")
            words["fault"] += 1
            continue
        took = time.perf_counter() - began
        spent, slowest = spent + took, max(slowest, took)
        if not made.is_damaged:
            authors[made.by, read.author] += 1
            words[_kept(made, read)] += made.by == "person"
    print(
        f"{number} letters, {number / spent:.0f} a second, the slowest {1000 * slowest:.1f} ms, {words['fault']} faults"
    )
    print(
        "of whole letters of people: "
        + ", ".join(f"{what} {words[what]}" for what in ("parted", "behind the fold", "lost"))
    )
    for (by, taken_for), times in sorted(authors.items()):
        print(f"{by:8} taken for {taken_for:9} {times:6}")


def _kept(made: Made, read: reading.Letter) -> str:
    own, said, rest = (set(re.findall(r"\w+", text)) for text in (made.own, read.words, read.rest))
    if not own <= said | rest:
        return "lost"
    return "parted" if own <= said and "Пред кой вход" not in read.words else "behind the fold"


if __name__ == "__main__":
    main()
