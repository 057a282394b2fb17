"""The pages the staff write: /rules, /privacy, /accessibility, /help."""

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template

from portal import texts
from portal.web.kept import KEPT
from portal.web.pages import DB, Config, Request, page


def showing(which: texts.Page) -> HTTPRouteHandler:
    async def show(request: Request, db: DB, settings: Config) -> Template:
        body = texts.html(await texts.markdown(db, which), settings.municipality)
        return page(request, "public/texts/page.html", which=which, body=body)

    return get(f"/{which}", name=f"public.{which}", opt=KEPT)(show)


routes = tuple(showing(which) for which in texts.Page)
