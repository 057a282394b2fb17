"""How days, hours, counts and the fixed words are written: filters of the templates, and for subjects."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Any

from portal.cases.model import Channel, EventKind, Kind, Publication, Status
from portal.clock import SOFIA
from portal.languages import _, is_english
from portal.staff.devices import device
from portal.staff.model import Role

WORD = {Kind.SIGNAL: "сигнал", Kind.PROPOSAL: "предложение", Kind.QUESTION: "въпрос"}
THE = {Kind.SIGNAL: "сигналът", Kind.PROPOSAL: "предложението", Kind.QUESTION: "въпросът"}
OF = {Kind.SIGNAL: "сигнала", Kind.PROPOSAL: "предложението", Kind.QUESTION: "въпроса"}
# Phrases without gender: the same one stands beside сигнал (m.), предложение (n.) and въпрос (m.).
STATUS = {
    Status.AWAITING_CONFIRMATION: "Чака потвърждение",
    Status.RECEIVED: "За разпределяне",
    Status.ASSIGNED: "В работа",
    Status.AWAITING_CLARIFICATION: "Чака уточнение",
    Status.FORWARDED: "Препратено по компетентност",
    Status.NO_PROCEEDINGS: "Без разглеждане",
    Status.ANSWERED: "С отговор",
    Status.CLOSED: "Приключено",
    Status.WITHDRAWN: "Оттеглено",
}
TONE = {Status.RECEIVED: "info", Status.ASSIGNED: "info", Status.AWAITING_CLARIFICATION: "warn"} | dict.fromkeys(
    (Status.ANSWERED, Status.CLOSED), "ok"
)
CHANNEL = {
    Channel.PORTAL: "портала",
    Channel.PHONE: "телефон",
    Channel.LETTER: "писмо",
    Channel.COUNTER: "гише",
    Channel.IMPORT: "предишния портал",
}
PUBLICATION = {
    Publication.NAMED: "С моето име",
    Publication.UNNAMED: "Без моето име",
    Publication.PRIVATE: "Без публикуване",
}

ROLE = {
    Role.OPERATOR: "Служител на портала",
    Role.DEPARTMENT: "Отдел",
    Role.HEAD: "Ръководител",
    Role.ADMIN: "Администратор",
}


def day(on: date | str) -> str:
    """28.06.2026 г. – details of events hold their days as ISO text."""
    on = date.fromisoformat(on) if isinstance(on, str) else on
    return on.strftime(_("%d.%m.%Y г."))


def moment(at: datetime | str) -> str:
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    return at.astimezone(SOFIA).strftime(_("%d.%m.%Y г., %H:%M ч."))


def hour(at: datetime) -> str:
    return f"{at.astimezone(SOFIA):%H:%M}"


def iso(at: datetime) -> str:
    """For `datetime` of <time>: the moment with Sofia's offset."""
    return at.astimezone(SOFIA).isoformat(timespec="seconds")


def count(number: int, one: str, many: str) -> str:
    """1 запис, 2 записа: `many` is the count form."""
    return f"{number} {one if number == 1 else many}"


def weight(size: int) -> str:
    """1,2 MB of 1258291 bytes; 34 kB."""
    if size < 1 << 20:
        return f"{max(1, round(size / 1024))} kB"
    written = f"{size / (1 << 20):.1f} MB"
    return written if is_english() else written.replace(".", ",")


def time_left(due_on: date, today: date) -> str:
    days = (due_on - today).days
    if days == 0:
        return _("изтича днес")
    if days < 0:
        return _("просрочен с {days}").format(days=_days(-days))
    return _("остава {days}" if days == 1 else "остават {days}").format(days=_days(days))


def days_to(start: date | str, end: date | str) -> str:
    """Write how many days lie from `start` to `end`: 14 дни."""
    first, last = (date.fromisoformat(on) if isinstance(on, str) else on for on in (start, end))
    return _days((last - first).days)


def _days(number: int) -> str:
    return count(number, _("ден"), _("дни"))


def folded(events: Iterable[Any]) -> list[list[Any]]:
    """Put reminders of one department that follow each other together: one line of the history."""

    def line(event: Any) -> object:
        return event.details.get("department") if event.kind == EventKind.DEPARTMENT_REMINDED else event.id

    return [list(group) for _, group in groupby(events, line)]


def ago(at: datetime, today: date) -> str:
    days = (today - at.astimezone(SOFIA).date()).days
    for length, one, many in ((365, "година", "години"), (30, "месец", "месеца"), (1, "ден", "дни")):
        if days >= length and days > 1:
            return _("преди {time}").format(time=count(days // length, _(one), _(many)))
    return _("вчера" if days == 1 else "днес")


LINKLIKE = re.compile(r"\S*(?::/|@|[a-z0-9-]\.[a-z]{2}|\.(?:бг|еу)\b|www\.)\S*", re.IGNORECASE)
LONGEST_HARMLESS = 60


def harmless(title: str) -> str:
    """Return the beginning of what a stranger wrote, without links and addresses: for letters to unproven mailboxes."""
    said = " ".join(LINKLIKE.sub("[…]", title[:200]).split())
    return said if len(said) <= LONGEST_HARMLESS else f"{said[:LONGEST_HARMLESS].rsplit(' ', 1)[0]}…"


def mailbox(address: str) -> str:
    """Return an e-mail address as people type it: a mail server wants пример.бг as xn--e1afmkfd.xn--90ae."""
    name, at, domain = address.rpartition("@")
    try:
        return f"{name}{at}{domain.encode('ascii').decode('idna')}"
    except UnicodeError:
        return address


FILTERS: dict[str, Callable[..., object]] = {
    "day": day,
    "moment": moment,
    "hour": hour,
    "iso": iso,
    "count": count,
    "time_left": time_left,
    "days_to": days_to,
    "folded": folded,
    "weight": weight,
    "harmless": harmless,
    "mailbox": mailbox,
    "ago": ago,
    "word": lambda kind: _(WORD[kind]),
    "the": lambda kind: _(THE[kind]),
    "of": lambda kind: _(OF[kind]),
    "status": lambda status: _(STATUS[status]),
    "tone": lambda status: TONE.get(status, "neu"),
    "channel": lambda channel: _(CHANNEL[channel]),
    "device": device,
    "role": lambda role: _(ROLE[role]),
    "publication": lambda publication: _(PUBLICATION[publication]),
}
