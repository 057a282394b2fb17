"""A case and its history: the tables, and what can be asked of a case by itself."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Computed, ForeignKey, Identity, false
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Table, Word
from portal.languages import Language
from portal.municipality import Department, Topic
from portal.staff.model import Staff


class Kind(StrEnum):
    SIGNAL = "signal"
    PROPOSAL = "proposal"
    QUESTION = "question"


class Status(StrEnum):
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    RECEIVED = "received"
    ASSIGNED = "assigned"
    AWAITING_CLARIFICATION = "awaiting_clarification"
    FORWARDED = "forwarded"
    NO_PROCEEDINGS = "no_proceedings"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


OPEN = (Status.RECEIVED, Status.ASSIGNED, Status.AWAITING_CLARIFICATION)
"""The clock runs: somebody of the municipality still has to do something."""
ENDED = (Status.ANSWERED, Status.FORWARDED, Status.NO_PROCEEDINGS, Status.CLOSED)
"""May be reopened."""


class Publication(StrEnum):
    """The sender's choice."""

    NAMED = "public_named"
    UNNAMED = "public_unnamed"
    PRIVATE = "private"


class PublicationState(StrEnum):
    """The staff's part: held until they have looked, or withheld for a reason, whatever the sender chose."""

    HELD = "held"
    PUBLISHED = "published"
    WITHHELD = "withheld"


class Channel(StrEnum):
    """How the case came."""

    PORTAL = "portal"
    PHONE = "phone"
    LETTER = "letter"
    COUNTER = "counter"
    IMPORT = "import"
    """From an older portal's register."""


BY_STAFF = (Channel.PHONE, Channel.COUNTER, Channel.LETTER)
"""Entered by the staff for the sender."""


MAY_LEAD = """CASE WHEN lead_id IS NULL AND received_at IS NOT NULL AND status <> 'withdrawn' THEN id END"""


class Case(Table):
    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    draft: Mapped[str]
    channel: Mapped[Channel] = mapped_column(Word(Channel), server_default=Channel.PORTAL)
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    status: Mapped[Status] = mapped_column(Word(Status))
    title: Mapped[str]
    text: Mapped[str]
    place: Mapped[str]
    topic_code: Mapped[str | None] = mapped_column(ForeignKey(Topic.code))
    sender_name: Mapped[str]
    sender_phone: Mapped[str | None]
    sender_email: Mapped[str | None]
    language: Mapped[Language] = mapped_column(Word(Language), server_default=Language.BULGARIAN)
    """The language of the page that it was submitted on."""
    address_version: Mapped[int]
    """Version of the links to the case. Links sent to a former address, or ended by the sender, have an earlier one."""
    link_key: Mapped[int] = mapped_column(server_default=sql("(random() * 2147483647)::int"))
    """Tells the case from another one that has its id after a database was restored."""
    publication: Mapped[Publication] = mapped_column(Word(Publication))
    publication_state: Mapped[PublicationState] = mapped_column(Word(PublicationState))
    public_title: Mapped[str | None]
    public_text: Mapped[str | None]
    public_place: Mapped[str | None]
    submitted_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    incoming_year: Mapped[int | None]
    incoming_seq: Mapped[int | None]
    incoming_number: Mapped[str | None]
    first_due_on: Mapped[date | None]
    due_on: Mapped[date | None]
    promised_on: Mapped[date | None]
    """Where the term stood before special days or suspensions touched it; NULL where none has."""
    promised_at: Mapped[datetime | None]
    """When they first did: it was promised by the calendar of before."""
    department_code: Mapped[str | None] = mapped_column(ForeignKey(Department.code))
    reply: Mapped[str | None]
    replied_at: Mapped[datetime | None]
    public_reply: Mapped[str | None]
    has_held_picture: Mapped[bool] = mapped_column(server_default=false())
    """A trigger of the attachments keeps it (sql/0003_cases.sql)."""
    reopened_at: Mapped[datetime | None]
    department_answered_at: Mapped[datetime | None]
    """And nobody of the staff has touched it since: history.record ends it."""
    sender_wrote_at: Mapped[datetime | None]
    """Likewise."""
    address_fails: Mapped[str | None]
    """Why letters to sender_email come back; ends when it is corrected, or when its owner writes."""
    in_hands_of: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    """The member of the staff who touched it last; history.record writes it."""
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("cases.may_lead"))
    may_lead: Mapped[int | None] = mapped_column(BigInteger, Computed(MAY_LEAD, persisted=True), deferred=True)
    """The id, where it may lead others: in sql/0003_cases.sql the reference of their lead_id says so."""

    @property
    def is_received(self) -> bool:
        return self.received_at is not None

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_public(self) -> bool:
        """Say in Python what the view public_cases says in SQL; a test holds the two together."""
        state_allows = self.publication_state is PublicationState.PUBLISHED
        return self.is_received and state_allows and self.publication is not Publication.PRIVATE

    def is_overdue(self, on: date) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < on

    @property
    def counted_from(self) -> datetime:
        """The moment whose day the term is counted from."""
        assert self.received_at is not None
        return self.reopened_at or self.received_at

    @property
    def awaits_reply(self) -> bool:
        """Say whether a reply now would be the first since the case came, or came again."""
        return self.replied_at is None or (self.reopened_at is not None and self.replied_at < self.reopened_at)

    @property
    def status_in_work(self) -> Status:
        return Status.ASSIGNED if self.department_code else Status.RECEIVED


class EventKind(StrEnum):
    SUBMITTED = "submitted"
    ADDRESS_CORRECTED = "address_corrected"
    CONFIRMATION_RESENT = "confirmation_resent"
    CONFIRM_REMINDED = "confirm_reminded"
    RECEIVED = "received"
    ASSIGNED = "assigned"
    DEPARTMENT_REMINDED = "department_reminded"
    DEPARTMENT_ANSWERED = "department_answered"
    ESCALATED = "escalated"
    OVERDUE = "overdue"
    CLARIFICATION = "clarification"
    CLARIFIED = "clarified"
    SENDER_WROTE = "sender_wrote"
    RECLASSIFIED = "reclassified"
    FORWARDED = "forwarded"
    EXTENDED = "extended"
    REPLIED = "replied"
    RESOLVED = "resolved"
    """Says the sender."""
    NO_PROCEEDINGS = "no_proceedings"
    CLOSED = "closed"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    PUBLICATION_CHOSEN = "publication_chosen"
    PUBLISHED = "published"
    WITHHELD = "withheld"
    REDACTED = "redacted"
    PICTURE_PUBLISHED = "picture_published"
    PICTURE_WITHHELD = "picture_withheld"
    LINK_SENT = "link_sent"
    NOTE = "note"
    GROUPED = "grouped"
    UNGROUPED = "ungrouped"


class Actor(StrEnum):
    SENDER = "sender"
    STAFF = "staff"
    DEPARTMENT = "department"
    SYSTEM = "system"


class Event(Table):
    """What happened to a case. `details` hold what was so then: a department by its name, days as ISO dates."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey(Case.id, ondelete="CASCADE"))
    kind: Mapped[EventKind] = mapped_column(Word(EventKind))
    at: Mapped[datetime]
    actor: Mapped[Actor] = mapped_column(Word(Actor))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    public_words: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    """What the public reads instead of redacted words, by the detail that it replaces."""


class Extension(Table):
    __tablename__ = "extensions"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey(Case.id, ondelete="CASCADE"))
    days: Mapped[int]
    reason: Mapped[str]
    at: Mapped[datetime]


class IncomingCounter(Table):
    __tablename__ = "incoming_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
