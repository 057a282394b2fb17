"""Which passwords are too easy to guess (NIST SP 800-63B, 5.1.1.2): common ones, patterns, what is known of the person.

Nothing is asked of their letters: no capital, no digit makes a password good.
"""

import re
from collections.abc import Iterable

from zxcvbn import zxcvbn  # type: ignore[import-untyped]

SHORTEST, LONGEST = 12, 200
"""Letters."""
LOOKED_AT = 72
"""Letters: more make none weaker, and take longer."""
SAFE = 3
"""The score of zxcvbn (0 to 4) that a password needs: it takes ten to the eighth guesses."""
LATIN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхъьэ", "abvgdeziyklmnoprstufhaye", strict=True))
    | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ю": "yu", "я": "ya"}
)
"""As people write Bulgarian with Latin letters: the lists of common passwords know „parola“."""


def is_easy(password: str, known: Iterable[str]) -> bool:
    """Blocking, some tens of milliseconds. `known`: names, addresses, the municipality."""
    typed = password[:LOOKED_AT].casefold()
    words = {word for one in known for word in re.findall(r"\w{4,}", one.casefold())}
    latin = {word.translate(LATIN) for word in words}
    rest = typed
    for word in sorted(words | latin, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(re.sub(r"\W", "", rest)) < SHORTEST // 2:
        return True
    asked = (typed, typed.translate(LATIN)[:LOOKED_AT])
    return any(zxcvbn(one, user_inputs=[*words, *latin])["score"] < SAFE for one in asked)
