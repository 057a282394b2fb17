"""Where a page ends and the next begins: a key in the order shown, not a count of rows."""

import re
from dataclasses import dataclass

_LAST = 2**63 - 1
_BEST = 1e30
_FORM = re.compile(r"(?P<newest>n?)(?P<nr>\d{1,18})(?:_(?P<score>\d+(?:\.\d+)?(?:e-?\d+)?))?")


@dataclass(frozen=True)
class After:
    """The last row shown: `nr` in the order of receipt, `score` where the best come first."""

    nr: int = _LAST
    score: float = _BEST
    newest: bool = False  # all ranked ones were shown: go on by receipt

    @property
    def is_start(self) -> bool:
        return self.nr == _LAST

    def __str__(self) -> str:
        return ("n" if self.newest else "") + str(self.nr) + ("" if self.score == _BEST else f"_{self.score!r}")

    @classmethod
    def read(cls, written: str | None) -> "After":
        """Read what an address says; what isn't a cursor is the start."""
        found = _FORM.fullmatch(written or "")
        if not found:
            return cls()
        return cls(int(found["nr"]), min(float(found["score"] or _BEST), _BEST), bool(found["newest"]))
