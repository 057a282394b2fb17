"""Dates within texts („на 24.03.2020 г.“, „на 17 и 19 март“, „през 2021 г.“), moved along with their case."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = (
    "януари", "февруари", "март", "април", "май", "юни",
    "юли", "август", "септември", "октомври", "ноември", "декември",
)  # fmt: skip
_MONTH = "|".join(MONTHS)
_BETWEEN = re.compile(r"(, | и | – | до | срещу )")
_WRITTEN = re.compile(
    rf"""
      (?<!\d) (?P<day>\d\d?) \. (?P<number>\d\d) \. (?P<of>\d{{4}})?   # 24.03.2020, 24.03.
    | (?<![\d„.,/-]) (?P<days>\d\d? (?: (?:,\ |\ и\ |\ –\ |\ до\ |\ срещу\ ) \d\d? )*) (?:ри|ви|ти|ми)?
      \ (?P<month>{_MONTH}) \b (?: \ (?P<of_days>\d{{4}}) )?           # 2, 3 и 4 юни; 30 – 31 юли 2020
    | \b (?P<whole>{_MONTH}) \ (?P<of_whole>\d{{4}})                   # ноември 2020
    | \b (?P<year> (?:19|20) \d\d ) \b
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Mover:
    """Dates of a case that was received `before` and is now received `after` are moved by the difference."""

    by: timedelta
    before: date
    after: date

    def moved(self, text: str) -> str:
        return _WRITTEN.sub(self._moved, text) if self.by else text

    def _moved(self, found: re.Match[str]) -> str:
        try:
            if found["day"]:
                return self._numbers(int(found["day"]), int(found["number"]), found["of"])
            if found["days"]:
                return self._days(found["days"], found["month"], found["of_days"])
        except ValueError:  # no such day: it was something else
            return found[0]
        if found["whole"]:
            middle = self._later(15, _number(found["whole"]), found["of_whole"])
            return f"{MONTHS[middle.month - 1]} {middle.year}"
        return f"{int(found['year']) + self.after.year - self.before.year}"

    def _numbers(self, day: int, month: int, year: str | None) -> str:
        later = self._later(day, month, year)
        return f"{later:%d.%m.%Y}" if year else f"{later:%d.%m.}"

    def _days(self, days: str, month: str, year: str | None) -> str:
        """Write the month after each day where another one follows: „30 юни и 2 юли“."""
        parts = _BETWEEN.split(days)
        later = [self._later(int(day), _number(month), year) for day in parts[::2]]
        said = ""
        for n, one in enumerate(later):
            is_last = n + 1 == len(later)
            named = is_last or later[n + 1].month != one.month
            said += f"{one.day}" + (f" {MONTHS[one.month - 1]}" if named else "")
            said += "" if is_last else parts[2 * n + 1]
        return said + (f" {later[-1].year}" if year else "")

    def _later(self, day: int, month: int, year: str | None) -> date:
        return date(int(year or self.before.year), month, day) + self.by


def _number(month: str) -> int:
    return MONTHS.index(month) + 1
