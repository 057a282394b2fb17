"""What the parts of a case's page share: opening the case, showing one part or its form, and noticing a colleague."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.response import Redirect, Template
from msgspec import convert, structs
from sqlalchemy.ext.asyncio import AsyncSession

from portal import audit, clock
from portal.cases import deadlines, history, lookup, permissions
from portal.cases.model import Actor, Case, EventKind, Status
from portal.clock import local_date
from portal.desk import presence
from portal.files import attachments, enclosures
from portal.handling import duplicates, forwarding, groups
from portal.intake import incoming_mail
from portal.mail import outbox
from portal.municipality import ALL_DEPARTMENTS, DEPARTMENTS, TOPICS
from portal.publishing import personal_data, publication
from portal.replies import drafts, templates
from portal.staff.model import Staff
from portal.staff.names import NAMES, names
from portal.statements import Together
from portal.web.forms import Typed
from portal.web.pages import PRIVATE, Request, page, see_other, wants_fragment
from portal.web.staff.desk.filters import cleaned

GREATEST_ID = 2**63
PARTS = {
    "details": "handling/_details",
    "pictures": "publishing/_pictures",
    "reply": "replies/_reply",
    "group": "handling/_groups",
    "actions": "handling/_actions",
    "assignment": "handling/_assignment",
    "due_date": "handling/_due_date",
    "publication": "publishing/_publication",
}
"""The parts of the page that are edited where they stand, and the template of each beneath templates/staff."""
May = Callable[[Staff, Case], bool]
MAY = (
    "assign", "extend", "reply", "publish", "answer_for_department", "see_contacts", "see_colleagues",
    "note", "ask_sender", "reclassify", "forward", "end", "close", "reopen", "group",
)  # fmt: skip
"""What the page asks permissions about."""


BESIDE = Together(
    events=history.EVENTS,
    present=presence.PRESENT,
    drafts=drafts.SAVED,
    enclosed=enclosures.OF_CASE,
    emails=outbox.OF_CASE,
    incoming=incoming_mail.BESIDE_CASE,
    pictures=attachments.OF_CASE,
    members=groups.MEMBERS,
    names=NAMES,
    departments=DEPARTMENTS,
    all_departments=ALL_DEPARTMENTS,
    topics=TOPICS,
    special_days=deadlines.SPECIAL_DAYS,
    suspensions=deadlines.SUSPENSIONS,
    extensions=deadlines.EXTENSIONS,
)
"""What stands on the page beside the case itself."""


@dataclass(frozen=True)
class CasePage:
    request: Request
    db: AsyncSession
    me: Staff
    case: Case

    async def show(self) -> Template:
        await presence.note(self.db, self.case, self.me, doing="", at=clock.now())
        return page(self.request, "staff/handling/case/page.html", headers=PRIVATE, **await self._context())

    async def edit(
        self,
        part: str,
        form: Typed,
        *,
        status_code: int = 200,
        colleague: dict[str, Any] | None = None,
        **more: Any,
    ) -> Template:
        """Answer with the part's form: alone to a swap, open in the whole page to a visit."""
        await presence.note(self.db, self.case, self.me, doing=str(more.get("action", part)), at=clock.now())
        context = await self._context()
        context |= {"editing": part, "form": form, "seen": context["newest"], "colleague": colleague, **more}
        context["offered"] = await templates.offered(self.db, self.case) if part == "reply" else {}
        fragment = f"staff/{PARTS[part]}_form.html"
        return page(
            self.request, "staff/handling/case/page.html", fragment, status_code=status_code, headers=PRIVATE, **context
        )

    async def saved(self, part: str) -> Template | Redirect:
        """Answer with the part as it is now, and with the places that changed with it out of band."""
        if not wants_fragment(self.request):
            return await self.shown_again(part)
        await presence.note(self.db, self.case, self.me, doing="", at=clock.now())
        context = await self._context() | {"saved": part, "part": f"staff/{PARTS[part]}.html", "focus": part}
        return page(self.request, "staff/handling/case/saved.html", headers=PRIVATE, **context)

    async def shown_again(self, place: str) -> Redirect:
        address = self.request.url_for("staff.case", case_id=self.case.id)
        return see_other(f"{address}{carried(await self._list_query())}#{place}")

    async def _list_query(self) -> str:
        """Return the query of the list that the case was opened from; forms carry it as the addresses do."""
        form = await self.request.form() if self.request.method == "POST" else {}
        sent = form.get("back") or self.request.query_params.get("back")
        return cleaned(sent) if isinstance(sent, str) else ""

    async def colleague(self, form: Typed, kinds: Collection[EventKind]) -> dict[str, Any] | None:
        """Return what somebody did to this part since the form was opened: the version check of every save.

        The form carries the newest event it was made from. Other parts of the case may have changed meanwhile.
        """
        event = await history.happened_since(self.db, self.case, form.number("seen"), kinds)
        if event is None:
            return None
        return {"event": event, "by": (await names(self.db)).get(event.staff_id or 0)}

    def warning(self, form: Typed, text: str) -> dict[str, Any]:
        """Return what to look at before everybody may read `text`, or nothing where it was confirmed."""
        if not self.case.is_public:
            return {}
        return looked_at(form, text, publication.sender_to_hide(self.case))

    async def _context(self) -> dict[str, Any]:
        db, case, me, at = self.db, self.case, self.me, clock.now()
        read = await BESIDE.read(
            db, case=case.id, me=me.id, counted_from=case.counted_from,
            looking_since=at - presence.LOOKING, writing_since=at - drafts.WRITING,
        )  # fmt: skip
        newest, list_query = read["events"][0]["id"], await self._list_query()
        events = [one for one in convert(read["events"], list[history.Entry]) if permissions.may_read_event(me, one)]
        if not permissions.may_see_contacts(me, case):
            events = [_without_sender(one, case) for one in events]
        written = convert(read["drafts"], list[drafts.SavedDraft])
        group = await groups.of(db, case) if case.lead_id or read["members"] else None
        is_new = case.status is Status.RECEIVED and not group and permissions.may_group(me, case)
        calendar, extensions = deadlines.calendar_of(read), [one["days"] for one in read["extensions"]]
        return {
            "me": me,
            "case": case,
            "list_query": list_query,
            "carried": carried(list_query),
            "may": {name: getattr(permissions, f"may_{name}")(me, case) for name in MAY}
            | {"handle_emails": permissions.may_handle_emails(me)},
            "events": events,
            "newest": newest,
            "company": presence.Company(newest, convert(read["present"], list[presence.Other]), None),
            "enclosed": {
                event_id: list(files) for event_id, files in groupby(read["enclosed"], key=itemgetter("event_id"))
            },
            "emails": {one.event_id: one for one in convert(read["emails"], list[outbox.Letter])},
            "incoming": convert(read["incoming"], list[incoming_mail.Beside]),
            "names": {one["id"]: one["name"] for one in read["names"]},
            "departments": {one["code"]: one["name"] for one in read["departments"]},
            "department_names": dict(tuple(one.values()) for one in read["all_departments"]),
            "topics": {one["code"]: one["name"] for one in read["topics"]},
            "public": publication.public_version(case),
            "pictures": [attachments.Attachment(**one) for one in read["pictures"]],
            "editing": None,
            "saved": None,
            "warned": None,
            "theirs": None,
            "counts": deadlines.counts_of(case, self.request.app.state.municipality.days, calendar, extensions),
            "limits": deadlines.limits(case),
            "forward_by": local_date(case.counted_from + forwarding.FORWARD_WITHIN),
            "writing": [one for one in written if one.staff_id != me.id],
            "draft": next((one for one in written if one.staff_id == me.id), None),
            "group": group,
            "alike": await duplicates.similar(db, case, at=at, most=3) if is_new else [],
            "together": [one for one in group.others(case) if permissions.may_read(me, one)] if group else [],
            "focus": self.request.query_params.get("left"),  # the form that "Cancel" was pressed in
        }


def carried(list_query: str) -> str:
    """Return what addresses of the case end with, so that its way back leads to the list as it was."""
    return f"?{urlencode({'back': list_query})}" if list_query else ""


def _without_sender(event: history.Entry, case: Case) -> history.Entry:
    """Return the event without what the sender's words tell of them, however they came."""
    details = {name: value for name, value in event.details.items() if name not in {"mail", "from", "files"}}
    if event.actor == Actor.SENDER and "text" in details:
        details["text"] = personal_data.hidden(details["text"], case.sender_name)
    return structs.replace(event, details=details)


def looked_at(form: Typed, text: str, names: str, *, public: bool = True, always: bool = False) -> dict[str, Any]:
    """Return what in `text` gives somebody away, `names` among it, or nothing where the form confirms just that.

    `public`: everybody reads it, else another sender. `always`: even where nothing in it looks like personal data.
    """
    pieces = personal_data.pieces(text, names)
    mark = personal_data.fingerprint(pieces)
    found = always or any(what for _, what in pieces)
    return {"pieces": pieces, "mark": mark, "public": public} if found and form["confirmed"] != mark else {}


async def opened(
    request: Request,
    db: AsyncSession,
    me: Staff,
    case_id: int,
    *,
    may: May = permissions.may_read,
    also: Collection[int] = (),
) -> CasePage:
    """Open the case, locked to be saved, with what is `also` to be saved.

    One that may not be read is answered as one that does not exist.
    """
    lock = request.method == "POST"
    case = await lookup.received(db, case_id, *also, lock=lock) if case_id < GREATEST_ID else None
    if case is None or not permissions.may_read(me, case):
        raise NotFoundException
    if not may(me, case):
        raise PermissionDeniedException
    if permissions.may_see_contacts(me, case):
        await audit.looked(db, me, case, at=clock.now())
    return CasePage(request, db, me, case)
