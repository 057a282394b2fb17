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

from portal.clock import SOFIA
from portal.sheets import plain
from portal.staff import audit
from portal.staff.model import Staff
from portal.staff.names import names
from portal.staff.permissions import may_read_audit
from portal.web.forms import Typed, clean
from portal.web.pages import DB, PRIVATE, Me, Request, page

FIELDS = ("staff", "number", "from", "to", "before")
MOST = 100_000


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
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"', **PRIVATE}
    return Response(written.getvalue(), media_type="text/csv", headers=headers)


def _cells(row: Row[*tuple[Any, ...]]) -> list[str]:
    details = json.dumps(row.details, ensure_ascii=False) if row.details else ""
    cells = [row.at.astimezone(SOFIA).isoformat(), row.name or "", row.action, row.incoming_number or "", details]
    return [plain(cell) for cell in cells]


def _asked(request: Request, me: Staff) -> Typed:
    if not may_read_audit(me):
        raise PermissionDeniedException
    return Typed({name: clean(request.query_params.get(name, ""))[:100] for name in FIELDS})


def _wanted(asked: Typed) -> audit.Wanted:
    """Read the filters; one that makes no sense does not filter."""
    return audit.Wanted(
        staff_id=asked.number("staff") or None,
        number=asked.line("number", 100),
        since=asked.day("from") if asked["from"] else None,
        until=asked.day("to") if asked["to"] else None,
        before=asked.number("before") or None,
    )
