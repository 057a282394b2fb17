"""The audit log, read and taken away by those who administer the portal."""

import csv
import io
import json
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.exceptions import PermissionDeniedException
from litestar.response import Template
from sqlalchemy import Row

from portal import audit, clock
from portal.cases.permissions import may_read_audit
from portal.clock import SOFIA
from portal.reports.sheets import plain
from portal.staff.model import Staff
from portal.staff.names import names
from portal.web.forms import Typed, clean
from portal.web.pages import DB, PRIVATE, Me, Request, page

FIELDS = ("staff", "number", "from", "to", "before")
MOST = 100_000
ACTIONS = {
    "looked": "Преглед на данните на подател",
    "answer_opened": "Отворена връзка на отдел",
    "receipt_printed": "Отпечатана разписка",
    "searched": "Търсене на човек",
    "audit_taken": "Изтегляне на дневника",
    "signed_in": "Влизане",
    "sign_in_failed": "Неуспешно влизане",
    "code_failed": "Грешен код при влизане",
    "session_ended": "Край на сесия",
    "sessions_ended": "Край на другите сесии",
    "password": "Сменена парола",
    "password_link": "Изпратена връзка за парола",
    "second_step_on": "Включен код при влизане",
    "second_step_off": "Изключен код при влизане",
    "second_step_reset": "Изключен код при влизане на колега",
    "person_added": "Нов служител",
    "person_changed": "Променен служител",
    "person_deactivated": "Спрян служител",
    "handed_over": "Предадени преписки на спрян служител",
    "person_activated": "Възстановен служител",
    "department": "Промяна на отдел",
    "topic": "Промяна на тема",
    "day": "Промяна на ден в календара",
    "suspension": "Промяна на спиране на сроковете",
    "text": "Промяна на текст на страница",
    "synonyms_added": "Нови синоними",
    "synonyms_removed": "Премахнати синоними",
    "reply_template_added": "Нов образец",
    "reply_template": "Променен образец",
    "reply_template_removed": "Премахнат образец",
}
"""What is no event of a case: those are named as in its history."""
DETAILS = {
    "before": "преди", "after": "след", "text": "текст", "reason": "причина", "email": "имейл", "role": "роля",
    "department": "отдел", "q": "търсено", "cases": "намерени преписки", "page": "страница", "phrases": "думи",
    "relation": "връзка", "ground": "основание", "to": "до", "due_on": "срок", "old_due_on": "предишен срок",
    "asked": "поискан срок", "correction": "поправка", "whole": "цялото", "picture": "снимка",
    "redacted": "със заличаване", "id": "номер", "name": "име",
}  # fmt: skip


@get("/audit", name="staff.audit")
async def show(request: Request, me: Me, db: DB) -> Template:
    asked = _asked(request, me)
    rows = await audit.entries(db, _wanted(asked))
    kept = {name: asked[name] for name in FIELDS if asked[name] and name != "before"}
    return page(
        request,
        "staff/audit/page.html",
        headers=PRIVATE,
        me=me,
        form=asked,
        people={str(staff_id): name for staff_id, name in (await names(db)).items()},
        rows=rows,
        actions=ACTIONS,
        details=DETAILS,
        more=urlencode({**kept, "before": rows[-1].id}) if len(rows) == audit.PAGE else "",
        table=urlencode(kept),
    )


@get("/audit.csv", name="staff.audit.csv")
async def as_csv(request: Request, me: Me, db: DB) -> Response[str]:
    asked = _asked(request, me)
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(["at", "who", "action", "case", "details"])
    for row in await audit.entries(db, _wanted(asked), MOST):
        table.writerow(_cells(row))
    audit.note(db, me, "audit_taken", at=clock.now(), **{name: asked[name] for name in FIELDS if asked[name]})
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"', **PRIVATE}
    return Response(written.getvalue(), media_type="text/csv", headers=headers)


def _cells(row: Row[*tuple[Any, ...]]) -> list[str]:
    details = json.dumps(row.details, ensure_ascii=False) if row.details else ""
    cells = [row.at.astimezone(SOFIA).isoformat(), row.name or "", row.action, row.incoming_number or "", details]
    return [plain(cell) for cell in cells]


def _asked(request: Request, me: Staff) -> Typed:
    if not may_read_audit(me):
        raise PermissionDeniedException
    return Typed({name: clean(request.query_params.get(name, ""), 100) for name in FIELDS})


def _wanted(asked: Typed) -> audit.Wanted:
    """Read the filters; one that makes no sense does not filter."""
    return audit.Wanted(
        staff_id=asked.number("staff") or None,
        number=asked.line("number", 100),
        since=asked.day("from") if asked["from"] else None,
        until=asked.day("to") if asked["to"] else None,
        before=asked.number("before") or None,
    )
