"""The synonyms of the search: listed, added and removed by those who run the portal."""

from litestar import get, post
from litestar.exceptions import PermissionDeniedException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import audit, clock
from portal.cases.permissions import may_edit_search
from portal.search import synonyms
from portal.search.synonyms import Relation
from portal.staff.model import Staff
from portal.web.forms import Typed, typed
from portal.web.pages import DB, PRIVATE, Me, Request, page, see_other

LONGEST = 1000
GREATEST = 2**63 - 1


@get("/synonyms", name="staff.synonyms")
async def show(request: Request, me: Me, db: DB) -> Template:
    _check(me)
    return await _page(request, me, db, Typed({"relation": Relation.SAME}))


@post("/synonyms")
async def add(request: Request, me: Me, db: DB) -> Template | Redirect:
    _check(me)
    form = typed(await request.form())
    phrases = [phrase for part in form.line("phrases", LONGEST).split(",") if (phrase := part.strip())]
    relation = form.one_of("relation", set(Relation), "Изберете как са свързани")
    if len(phrases) < 2:  # noqa: PLR2004 - one alone means nothing
        form.errors["phrases"] = "Напишете поне две думи или изрази със запетая между тях"
    if form.errors:
        return await _page(request, me, db, form, status_code=422)
    synonyms.add(db, phrases, Relation(relation))
    audit.note(db, me, "synonyms_added", at=clock.now(), phrases=phrases, relation=relation)
    return see_other(request.url_for("staff.synonyms"))


@post("/synonyms/{synonym_id:int}/removal", name="staff.synonyms.removal")
async def remove(request: Request, synonym_id: FromPath[int], me: Me, db: DB) -> Redirect:
    _check(me)
    removed = await synonyms.remove(db, min(synonym_id, GREATEST))
    if removed is not None:
        told = {"phrases": removed.phrases, "relation": removed.relation}
        audit.note(db, me, "synonyms_removed", at=clock.now(), **told)
    return see_other(request.url_for("staff.synonyms"))


def _check(me: Staff) -> None:
    if not may_edit_search(me):
        raise PermissionDeniedException


async def _page(request: Request, me: Me, db: DB, form: Typed, status_code: int = 200) -> Template:
    listed = await synonyms.listed(db)
    return page(
        request, "staff/synonyms/page.html", status_code=status_code, headers=PRIVATE, me=me, form=form, listed=listed
    )
