"""The worklist: what to do next, by due date."""

from litestar import get
from litestar.response import Template

from portal import clock
from portal.cases import worklist
from portal.cases.worklist import Queue
from portal.mail import watch
from portal.web.forms import Typed
from portal.web.pages import DB, PRIVATE, Me, Request, page

FARTHEST = 10_000
LONGEST = 200


@get("/", name="staff.worklist")
async def show(request: Request, me: Me, db: DB) -> Template:
    asked = Typed(request.query_params)
    q = asked.line("q", LONGEST)[:LONGEST]
    queue = Queue(asked["queue"]) if asked["queue"] in set(Queue) else Queue.OPEN
    number = min(max(asked.number("page"), 1), FARTHEST)
    found = await worklist.page(db, me, queue, number, q=q, on=clock.today())
    await worklist.note_search(db, me, q, found, at=clock.now())
    return page(
        request,
        "staff/worklist/page.html",
        "staff/worklist/_cases.html",
        headers=PRIVATE,
        me=me,
        q=q,
        queue=queue,
        most=worklist.MOST_COUNTED,
        queues=await worklist.counts(db, me, on=clock.today()),
        watch=await watch.look(db, at=clock.now()),
        found=found,
    )
