"""Where the two links of a reply lead: „Да, решен е“ and „Не, не е изпълнено“. Opening them changes nothing."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import clock
from portal.handling import reopening
from portal.replies import outcome
from portal.web.forms import Typed
from portal.web.pages import DB, PRIVATE, Links, Request, page, see_other
from portal.web.public.handling.track import tracked


@get("/track/{token:str}/resolved", name="public.outcome.resolved")
async def ask(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Template:
    """Show a button: mail scanners follow links."""
    case = await tracked(db, tokens, token, lock=False)
    may = await outcome.may_be_resolved(db, case)
    return page(request, "public/replies/outcome/resolved.html", headers=PRIVATE, case=case, token=token, may=may)


@post("/track/{token:str}/resolved")
async def resolve(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Redirect:
    case = await tracked(db, tokens, token, lock=True)
    await outcome.resolve(db, case, at=clock.now())
    return see_other(request.url_for("public.outcome.resolved", token=token))


@get("/track/{token:str}/reopening", name="public.outcome.reopening")
async def not_done(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Template:
    """The form is the tracking page's own: what it is sent to as well."""
    case = await tracked(db, tokens, token, lock=False)
    may = await reopening.may_be_reopened_by_sender(db, case, at=clock.now())
    return page(
        request,
        "public/replies/outcome/reopening.html",
        headers=PRIVATE,
        case=case,
        token=token,
        may=may,
        form=Typed({}),
    )
