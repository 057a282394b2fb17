"""The worklist: what to do next, by due date."""

from litestar import Response, get
from litestar.response import Template

from portal import clock
from portal.cases.permissions import may_act_in_bulk, may_handle_emails
from portal.desk import saved_filters, worklist
from portal.desk.worklist import Queue
from portal.intake import incoming_mail
from portal.mail import watch
from portal.municipality import DEPARTMENTS
from portal.statements import Together
from portal.web.forms import Typed
from portal.web.pages import DB, PRIVATE, Me, Request, page
from portal.web.staff.desk import filters as asked_for
from portal.web.staff.desk.filters import LABELS

FARTHEST = 10_000
ALWAYS = (Queue.OPEN, Queue.NEW, Queue.DUE_SOON, Queue.OVERDUE)
"""The others take no place while they are empty."""

BESIDE = Together(
    saved=saved_filters.MINE, departments=DEPARTMENTS, **asked_for.CHOICES, **watch.READS, letters=incoming_mail.UNSEEN
)  # fmt: skip


@get("/", name="staff.worklist")
async def show(request: Request, me: Me, db: DB) -> Template | Response[None]:
    """Answer with the list, or with 204 where the page on the screen, marked `seen`, is as it would be drawn now."""
    given = Typed(request.query_params)
    mark = await worklist.mark(db, on=clock.today())
    if given["seen"] == mark:
        return Response(None, status_code=204, headers=PRIVATE)
    beside = await BESIDE.read(db, me=me.id, now=clock.now())
    asked = asked_for.read(asked_for.choices(me, beside), request.query_params)
    number = min(max(given.number("page"), 1), FARTHEST)
    found = await worklist.page(db, me, asked.wanted, number, on=clock.today())
    await worklist.note_search(db, me, asked.wanted.q, found, at=clock.now())
    return page(
        request,
        "staff/desk/worklist/page.html",
        "staff/desk/worklist/_list.html",
        headers=PRIVATE,
        me=me,
        asked=asked,
        labels=LABELS,
        always=ALWAYS,
        most=worklist.MOST_COUNTED,
        mark=mark,
        may_act=may_act_in_bulk(me),
        all_ticked=given["ticked"] == "all",
        departments={one["code"]: one["name"] for one in beside["departments"]},
        saved=beside["saved"],
        address_of=asked_for.query,
        queues=await worklist.counts(db, me, on=clock.today()),
        watch=watch.seen(beside, at=clock.now()),
        letters=beside["letters"][0]["number"] if may_handle_emails(me) else 0,
        found=found,
    )
