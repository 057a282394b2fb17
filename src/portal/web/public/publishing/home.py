"""The front page: three ways to submit, the search, what is new, and how the municipality answers."""

from litestar import get
from litestar.response import Template

from portal import clock
from portal.publishing import register
from portal.web.page_cache import CACHED
from portal.web.pages import DB, Request, page

NEWEST = 5


@get("/", name="public.home", opt=CACHED)
async def show(request: Request, db: DB) -> Template:
    newest = await register.page(db, register.Wanted(), NEWEST)
    figures = await register.figures(db, at=clock.now())
    return page(request, "public/publishing/home/page.html", newest=newest.rows, figures=figures)
