"""Reading what was typed: cleaned, checked field by field, and given back as it was where something is wrong."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from litestar.datastructures import FormMultiDict

from portal.languages import _

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Categories Cc and Cs, but for line end and tab: PostgreSQL stores no NUL, and UTF-8 no half of a pair."""
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    "|(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])[\u200d\ufe0f]"
)
"""Default_Ignorable_Code_Point and format characters (Unicode, DerivedCoreProperties): they come with copied text, hide
words from the search and turn the direction of what follows. Joiners stay within emoji."""
MARKS = "".join(chr(one) for one in range(0x300, 0x1E950) if unicodedata.combining(chr(one)))
HEAP_OF_MARKS = re.compile(f"([{MARKS}]{{30}})[{MARKS}]+")
"""More than a letter bears in any language (Stream-Safe Text Format, UAX #15, 13): composing sorts them, and ten
thousand take seconds."""


EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
"""The years that people mean; adding days beyond them would leave the calendar."""


class Typed:
    """What a form holds. Each reader returns the value to use and notes in `errors` what the person has to mend."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.errors: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        """Return the field as it was typed, for showing it again."""
        return self.values.get(name, "")

    def line(self, name: str, longest: int, missing: str | None = None) -> str:
        """Return the field in one line; `missing`: what to say where it is empty."""
        value = " ".join(clean(self[name]).split())
        return self._checked(name, value, longest, missing)

    def text(self, name: str, longest: int, missing: str | None = None, shortest: int = 0) -> str:
        """Return the field with its line breaks."""
        value = self._checked(name, clean(self[name]).strip(), longest, missing)
        if value and len(value) < shortest:
            self.errors[name] = _("Текстът трябва да е поне {least} знака").format(least=shortest)
        elif value and shortest and not any(map(str.isalpha, value)):
            self.errors[name] = _("Напишете с думи за какво се отнася")
        return value

    def full_name(self, name: str) -> str:
        """Ask for a first and a last name: a signal without them is an anonymous one (Code, art. 111)."""
        value = self.line(name, 120, "Въведете име и фамилия")
        words = [word for word in value.split() if any(letter.isalpha() for letter in word)]
        if value and name not in self.errors and (len(words) < 2 or "=?" in value):  # noqa: PLR2004 - first and last; =? begins a mail header's code
            self.errors[name] = _("Въведете и име, и фамилия")
        return value

    def phone(self, name: str, missing: str | None = "Въведете телефонен номер") -> str:
        """Return the number in E.164: Bulgarian unless it says otherwise, with spaces and brackets as people write."""
        value = self.line(name, 40, missing)
        if not value or name in self.errors:
            return ""
        try:
            number = phonenumbers.parse(value, "BG")
        except phonenumbers.NumberParseException:
            self.errors[name] = _("Въведете телефон във вида 0888 123 456")
            return ""
        if not phonenumbers.is_valid_number(number):
            self.errors[name] = _("Проверете цифрите: такъв телефон няма. Пример: 0888 123 456")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def email(self, name: str, missing: str | None = "Въведете имейл") -> str:
        """Return the address as mail servers want it. Nothing is looked up: the link in the e-mail is the proof."""
        value = self.line(name, 254, missing)
        if not value or name in self.errors:
            return ""
        try:
            found = validate_email(value, check_deliverability=False, allow_smtputf8=False)
        except EmailNotValidError:
            self.errors[name] = _("Въведете имейл с латински букви във вида ime@example.bg")
            return ""
        return found.ascii_email or found.normalized

    def one_of(self, name: str, known: Collection[str], wrong: str) -> str:
        value = self[name]
        if value not in known:
            self.errors[name] = _(wrong)
        return value

    def day(self, name: str) -> date | None:
        """Return the day of an <input type=date>, or as people write it where that is a plain field: 28.06.2026."""
        value = self[name].strip().removesuffix("г.").strip()
        match = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", value, re.ASCII)
        try:
            day = date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(value)
        except ValueError:
            day = date.min
        if not EARLIEST <= day <= LATEST:
            self.errors[name] = _("Въведете дата във вида 28.06.2026")
            return None
        return day

    def number(self, name: str) -> int:
        """Return a hidden whole number, 0 where somebody has changed it."""
        value = self[name]
        return int(value) if re.fullmatch(r"\d{1,18}", value, re.ASCII) else 0

    def _checked(self, name: str, value: str, longest: int, missing: str | None) -> str:
        """Return no more of it than may be worked on."""
        if not value and missing:
            self.errors[name] = _(missing)
        elif len(value) > longest:
            shorter = _("Съкратете текста с {over} знака: най-много {most}")
            self.errors[name] = shorter.format(over=len(value) - longest, most=longest)
        return value[:longest]


def typed(form: FormMultiDict) -> Typed:
    """Take the last value of each field; a file where a text belongs counts as nothing typed."""
    return Typed({name: value for name, value in form.multi_items() if isinstance(value, str)})


def clean(value: str, longest: int | None = None) -> str:
    """Compose accents, unify line ends, and drop what can't be stored or seen. `longest`: letters that are read."""
    value = value[:longest].replace("\r\n", "\n").replace("\r", "\n")
    value = INVISIBLE.sub("", UNPRINTABLE.sub("", value))
    return unicodedata.normalize("NFC", HEAP_OF_MARKS.sub(r"\1", value))
