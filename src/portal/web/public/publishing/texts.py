"""The pages the staff write: /rules, /privacy, /accessibility, /help."""

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template

from portal.languages import is_english
from portal.publishing import texts
from portal.web.page_cache import CACHED
from portal.web.pages import DB, Config, Request, page


def showing(which: texts.Page) -> HTTPRouteHandler:
    async def show(request: Request, db: DB, settings: Config) -> Template:
        english = await texts.english(db, which) if is_english() else None
        body = texts.html(english or await texts.markdown(db, which), settings.municipality)
        return page(request, "public/publishing/texts/page.html", which=which, body=body, in_bulgarian=english is None)

    return get(f"/{which}", name=f"public.{which}", opt=CACHED)(show)


routes = tuple(showing(which) for which in texts.Page)
