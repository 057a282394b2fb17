"""What is asked of the worklist in its address: queue, words and filters, read, told in words, and written again.

What makes no sense does not filter: an old bookmark opens a list, never an error.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases.model import Kind
from portal.cases.permissions import may_read_all
from portal.desk.worklist import Queue, Wanted
from portal.municipality import ALL_DEPARTMENTS, TOPICS
from portal.rendering.formats import day
from portal.staff.model import Staff
from portal.staff.names import COLLEAGUES
from portal.statements import Together
from portal.web.forms import Typed, clean

LONGEST = 200
LONGEST_QUERY = 2000
DAYS = {"received_from": "постъпили от", "received_to": "постъпили до", "due_from": "срок от", "due_to": "срок до"}
FILTERS = ("kind", "topic", "department", "hands", *DAYS)
NAMES = ("queue", "q", *FILTERS)
KINDS: dict[str, str] = {Kind.SIGNAL: "Сигнали", Kind.PROPOSAL: "Предложения", Kind.QUESTION: "Въпроси"}

LABELS = {
    Queue.OPEN: "Без отговор",
    Queue.NEW: "За разпределяне",
    Queue.DUE_SOON: "Изтичат до 2 дни",
    Queue.OVERDUE: "Просрочени",
    Queue.MINE: "При мен",
    Queue.WITH_DEPARTMENT: "Чакаме отдела",
    Queue.DEPARTMENT_ANSWERED: "Отделът отговори",
    Queue.DEPARTMENT_CLOSED: "При закрит отдел",
    Queue.SENDER_WROTE: "Подателят писа",
    Queue.WITH_SENDER: "Чакаме подателя",
    Queue.REOPENED: "Възобновени",
    Queue.UNDELIVERED: "Нестигнали писма",
    Queue.HELD: "За преглед преди публикуване",
    Queue.ALL: "Всички",
}


def query(asked: Mapping[str, str]) -> str:
    """Return the query of an address, always in one order: what asks the same is the same."""
    kept = {name: asked[name] for name in (*NAMES, *sorted(asked.keys() - set(NAMES))) if asked.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


def cleaned(sent: str) -> str:
    """Return the query of the list that a page was opened from: what is no part of one is dropped."""
    asked = dict(parse_qsl(sent[:LONGEST_QUERY].lstrip("?")))
    return query({name: asked[name] for name in (*NAMES, "page") if name in asked})


@dataclass(frozen=True)
class WorklistFilters:
    typed: Typed
    """As typed into the form; what made no sense has an error beside it."""
    kept: dict[str, str]
    """What holds: it makes the addresses of the links, and a saved filter."""
    wanted: Wanted
    choices: dict[str, dict[str, str]]
    """What may be chosen, by filter."""

    @property
    def queue(self) -> Queue:
        return self.wanted.queue

    @property
    def filtered(self) -> list[str]:
        return [name for name in FILTERS if name in self.kept]

    def query(self, **changes: str) -> str:
        """Return the query of an address for what is asked with `changes`; an empty one takes a part away."""
        return query({**self.kept, **changes})

    def bare(self) -> str:
        """Return the query without any filter."""
        return self.query(**dict.fromkeys(FILTERS, ""))

    def in_words(self) -> str:
        words = [LABELS[self.queue], *([f"„{self.wanted.q}“"] if self.wanted.q else [])]
        return ", ".join([*words, *(self.told(name) for name in self.filtered)])

    def told(self, name: str) -> str:
        """Return a filter in words."""
        if name in DAYS:
            return f"{DAYS[name]} {day(self.kept[name])}"
        chosen = self.choices[name][self.kept[name]]
        return f"при {chosen}" if name == "hands" else chosen


def read(choices: dict[str, dict[str, str]], values: Mapping[str, str]) -> WorklistFilters:
    """Read the address. Words without a queue are searched in all queues: nobody needs to know where a case is."""
    typed = Typed({name: clean(values.get(name, ""), LONGEST) for name in NAMES})
    kept = {name: typed[name] for name, known in choices.items() if typed[name] in known}
    days = {name: typed.day(name) if typed[name].strip() else None for name in DAYS}
    kept |= {name: f"{value}" for name, value in days.items() if value}
    q = typed.line("q", LONGEST)
    queue = Queue(typed["queue"]) if typed["queue"] in set(Queue) else Queue.ALL if q else Queue.OPEN
    kept = {"queue": queue.value, **({"q": q} if q else {}), **kept}
    wanted = Wanted(
        queue=queue,
        q=q,
        kind=Kind(kept["kind"]) if "kind" in kept else None,
        topic=kept.get("topic"),
        department=kept.get("department"),
        hands=int(kept["hands"]) if "hands" in kept else None,
        **days,
    )
    return WorklistFilters(typed, kept, wanted, choices)


CHOICES: dict[str, Select[*tuple[Any, ...]]] = {"topic": TOPICS, "department": ALL_DEPARTMENTS, "hands": COLLEAGUES}
_TOGETHER = Together(**CHOICES)


async def choices_for(db: AsyncSession, me: Staff) -> dict[str, dict[str, str]]:
    """Return what may be chosen, by filter."""
    return choices(me, await _TOGETHER.read(db))


def choices(me: Staff, read: Mapping[str, list[dict[str, Any]]]) -> dict[str, dict[str, str]]:
    """A department has its own cases alone, and does not hear who of the staff works on which."""
    names = [name for name in CHOICES if may_read_all(me) or name == "topic"]
    return {"kind": KINDS} | {name: dict(_pair(one) for one in read[name]) for name in names}


def _pair(row: Mapping[str, Any]) -> tuple[str, str]:
    value, words = row.values()
    return str(value), words
