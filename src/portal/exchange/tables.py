"""A register as Excel writes it in Bulgaria, read into fields; what can't be read is told in a clerk's words."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from portal.cases.model import Kind, Publication, Status
from portal.clock import SOFIA, midnight
from portal.mail import charsets
from portal.rendering.formats import PUBLICATION, STATUS, WORD

BOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How XLSX, ODS and the older XLS begin."""
LONGEST = 100_000
"""Letters of a cell: more is a quotation mark that never closes."""

HEADS = {
    "incoming_no": ("входящ номер", "вх номер", "входящ", "вх", "номер", "incoming number", "number"),
    "kind": ("вид", "вид на преписката", "тип"),
    "title": ("заглавие", "относно", "предмет"),
    "text": ("текст", "описание", "съдържание"),
    "place": ("място", "адрес", "местоположение"),
    "topic": ("тема", "категория"),
    "department": ("отдел", "дирекция", "възложено на"),
    "sender_name": ("подател", "име", "име на подателя", "име и фамилия", "име на подател", "sender", "name"),
    "sender_email": ("имейл", "имейл на подателя", "имейл на подател", "email", "е поща", "електронна поща"),
    "sender_phone": ("телефон", "телефон на подателя", "телефон на подател", "тел", "phone", "gsm"),
    "publication": ("публикуване", "публичност"),
    "submitted_at": ("подадено", "подаден", "подаване", "дата на подаване", "submitted"),
    "received_at": (
        "постъпило", "постъпил", "постъпване", "дата на постъпване", "получено", "получен", "дата на получаване",
        "дата", "received",
    ),
    "first_due_on": ("първоначален срок", "първи срок"),
    "due_on": ("срок", "срок до", "краен срок", "срок за отговор", "due"),
    "status": ("състояние", "статус"),
    "reply": ("отговор", "текст на отговора"),
    "replied_at": ("отговорено", "отговорено на", "дата на отговор", "дата на отговора", "replied"),
}  # fmt: skip
"""How people call each field, as _plain() has it; the first is what it is called here."""
NEEDED = (
    "incoming_no", "kind", "title", "text", "sender_name", "publication", "received_at", "due_on", "status",
)  # fmt: skip
WORDS: dict[str, dict[str, str]] = {
    "kind": {**{word: kind for kind, word in WORD.items()}, "питане": Kind.QUESTION},
    "status": {
        **{word.lower(): status for status, word in STATUS.items() if status is not Status.AWAITING_CONFIRMATION},
        "ново": Status.RECEIVED,
        "постъпило": Status.RECEIVED,
        "възложено": Status.ASSIGNED,
        "препратено": Status.FORWARDED,
        "отговорено": Status.ANSWERED,
    },
    "publication": {
        **{word.lower(): choice for choice, word in PUBLICATION.items()},
        "с име": Publication.NAMED,
        "без име": Publication.UNNAMED,
        "не": Publication.PRIVATE,
    },
}
for _known in WORDS.values():
    _known |= {value: value for value in list(_known.values())}
DAYS, MOMENTS = ("due_on", "first_due_on"), ("submitted_at", "received_at", "replied_at")
_MOMENT = re.compile(
    r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: ?г\b\.?)?(?:,? (\d{1,2})[:.](\d{2})(?::(\d{2}))?(?: ?ч\b\.?)?)?"
)


class NotRead(ValueError):  # noqa: N818 - reads as what it says
    """Why the file can't be read as a table, or a row of it, in a clerk's words."""


@dataclass(frozen=True)
class Line:
    number: int
    """In the file, where the row begins."""
    fields: Mapping[str, object]
    wrong: str = ""


def text_of(content: bytes) -> str:
    """Decode UTF-8, with a mark or without, UTF-16 as of „Unicode text“, else Windows-1251. Raise NotRead."""
    if content.startswith(BOOKS):
        raise NotRead("това е книга на Excel, а не CSV: отворете я и я запазете като „CSV UTF-8“")
    return charsets.as_written(content, "windows-1251").removeprefix("\ufeff").replace("\0", "")


def lines(text: str) -> Iterator[Line]:
    """Read the rows that have something in them. Raise NotRead where the heads do not say what is in the columns."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    parted = re.match(r"sep=(.)\r?\n", text)  # what Excel writes to tell Excel
    text, skipped = (text[parted.end() :], 1) if parted else (text, 0)
    if not text.strip():
        raise NotRead("файлът е празен")
    delimiter = max(";\t,|", key=lambda one: len(_known_heads(text, one)))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = _names(next(rows))
    end = rows.line_num
    for row in rows:
        begins, end = end + 1 + skipped, rows.line_num
        cells = [
            " ".join(cell.split()) if names[at : at + 1] != ["text"] else cell.strip() for at, cell in enumerate(row)
        ]
        if any(cells):
            try:
                yield Line(begins, _fields(names, cells))
            except NotRead as wrong:
                yield Line(begins, {}, str(wrong))


def _known_heads(text: str, delimiter: str) -> list[str]:
    heads = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    return [head for head in heads if _field(head)]


def _plain(head: str) -> str:
    return " ".join(re.findall(r"\w+", head.lower()))


def _field(head: str) -> str | None:
    plain = _plain(head)
    return next((name for name, known in HEADS.items() if plain in known or plain == name), None)


def called(name: str) -> str:
    """Return what the people call the field, and the word of it that is always understood."""
    return f"„{HEADS[name][0]}“ ({name})"


def _names(heads: list[str]) -> list[str]:
    """Return the field of each column, empty for one without a head: it must have nothing in it."""
    found = [_field(head) or "" for head in heads]
    unknown = [head.strip() for head, name in zip(heads, found, strict=True) if head.strip() and not name]
    missing = [name for name in NEEDED if name not in found]
    twice = sorted({name for name in found if name and found.count(name) > 1})
    problems = [
        *([f"липсват колони: {', '.join(map(called, missing))}"] if missing else []),
        *([f"непознати колони: {', '.join(f'„{one}“' for one in unknown)}; премахнете ги"] if unknown else []),
        *([f"две колони за едно и също: {', '.join(map(called, twice))}"] if twice else []),
    ]
    if missing or unknown:
        problems.append(f"познати са: {', '.join(map(called, HEADS))}")
    if problems:
        raise NotRead("\n".join(problems))
    return found


def _fields(names: list[str], cells: list[str]) -> dict[str, object]:
    given: dict[str, str] = {}
    for at, cell in enumerate(cells):
        if cell and not (at < len(names) and names[at]):
            raise NotRead(f"клетка „{cell[:40]}“ е извън колоните: в реда има повече клетки, отколкото са заглавията")
        if cell:
            given[names[at]] = cell
    for name in NEEDED:
        if name not in given:
            raise NotRead(f"празна клетка в {called(name)}")
    for name, value in given.items():
        if len(value) > LONGEST:
            raise NotRead(f"{called(name)} е от над {LONGEST} знака: кавичка в реда не се затваря")
    read: dict[str, object] = {name: _read(name, value) for name, value in given.items()}
    for one, other in (("reply", "replied_at"), ("replied_at", "reply")):
        if one in read and other not in read:
            raise NotRead(f"{called(one)} без {called(other)}")
    return _days_alone(given, read)


def _days_alone(given: Mapping[str, str], read: dict[str, object]) -> dict[str, object]:
    """Let what is told by its day alone happen in the order it must have: midnight would stand before the receipt."""
    received = read["received_at"]
    assert isinstance(received, datetime)
    for name in MOMENTS:
        value = read.get(name)
        if isinstance(value, datetime) and ":" not in given[name] and value.date() == received.date():
            read[name] = received
    return read


def _read(name: str, value: str) -> object:
    if name in WORDS:
        known = WORDS[name]
        if value.lower() not in known:
            words = ", ".join(word for word in known if not word.isascii())
            raise NotRead(f"{called(name)}: „{value[:40]}“ не се познава; познати са {words}")
        return known[value.lower()]
    if name in DAYS:
        return _moment(name, value).date()
    return _moment(name, value) if name in MOMENTS else value


def _moment(name: str, value: str) -> datetime:
    """Read 28.06.2026, 28.06.2026 14:05 or ISO 8601; without an offset it is Sofia's."""
    match = _MOMENT.fullmatch(value)
    try:
        if match:
            day, month, year, hours, minutes, seconds = (int(part or 0) for part in match.groups())
            return datetime.combine(date(year, month, day), time(hours, minutes, seconds), SOFIA)
        return of_sofia(datetime.fromisoformat(value)) if ":" in value else midnight(date.fromisoformat(value))
    except ValueError:
        raise NotRead(f"{called(name)}: „{value[:40]}“ не е дата като 28.06.2026 или 28.06.2026 14:05") from None


def of_sofia(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=SOFIA)
