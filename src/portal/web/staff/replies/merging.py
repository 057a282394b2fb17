"""Two replies written at the same time: the colleague's beside one's own, and the way to one text."""

from typing import Any

from litestar import post
from litestar.params import FromPath
from litestar.response import Template

from portal import clock
from portal.cases.model import EventKind
from portal.cases.permissions import may_reply
from portal.replies import drafts, merging, reply
from portal.web.forms import Typed, clean, typed
from portal.web.pages import DB, Me, Request
from portal.web.staff.handling.case_page import CasePage, opened

LONGEST = 20_000
"""Letters, as of a reply: comparing two texts takes longer with every word."""


@post("/cases/{case_id:int}/reply/merging", name="staff.case.reply.merging")
async def merge(request: Request, case_id: FromPath[int], me: Me, db: DB) -> Template:
    """Put into the field what was pressed: the colleague's text, the merged one, both, or one's own."""
    case_page = await opened(request, db, me, case_id, may=may_reply)
    form = typed(await request.form())
    colleague = await case_page.colleague(Typed({"seen": form["base"]}), {EventKind.REPLIED})
    if colleague is None:
        return await case_page.edit("reply", form, seen=form.number("seen"))
    base = form.number("base")
    mine, now = (clean(form[name], LONGEST).strip() for name in ("mine", "text"))
    if now not in (await _offered(case_page, base, mine)).values():
        mine = now  # typed over what was offered: one's own from now on, and no press of a button loses it
    return await both(case_page, colleague, base=base, mine=mine, take=form["take"], form=form)


async def both(
    case_page: CasePage,
    colleague: dict[str, Any],
    *,
    base: int,
    mine: str,
    form: Typed,
    take: str = "mine",
    status_code: int = 200,
) -> Template:
    """Show the form with both texts, and keep one's own as a draft; `base`: the newest event when that was begun."""
    await drafts.keep(case_page.db, case_page.case, case_page.me, mine, seen=base, at=clock.now())
    offered = await _offered(case_page, base, mine)
    text = offered.get(take, mine)
    theirs = merging.differing(case_page.case.reply or "", text)
    others = [name for name, version in offered.items() if version != text]
    shown = Typed({**form.values, "text": text, "base": str(base), "mine": mine})
    return await case_page.edit(
        "reply", shown, status_code=status_code, colleague=colleague, theirs=theirs, others=others, taken=take
    )


async def _offered(case_page: CasePage, base: int, mine: str) -> dict[str, str]:
    """Return the texts that the field can be filled with; a merged one where each changed another place of the base."""
    theirs = case_page.case.reply or ""
    merged = merging.merged(await reply.reply_as_of(case_page.db, case_page.case, base), theirs, mine)
    offered = {"merged": merged} if merged and merged not in {mine, theirs} else {}
    return offered | {"theirs": theirs, "after": f"{mine}\n\n{theirs}", "mine": mine}
