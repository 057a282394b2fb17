"""Puts the application together: the only room that knows all others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import lru_cache, partial

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.template.config import TemplateConfig
from litestar.types import ControllerRouterHandler
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from portal.db import connect, transaction
from portal.files.uploads import Uploads
from portal.jobs import Waker
from portal.languages import Language
from portal.mail import outbox
from portal.publishing.page_version import PublicVersion
from portal.rendering.templates import environment
from portal.search.query.lemmas import lemmas
from portal.settings import Settings
from portal.tokens import Tokens
from portal.web import errors, public, staff
from portal.web.compression import Compression
from portal.web.guards import same_origin
from portal.web.language import LanguageMiddleware, Templates, other, path_of
from portal.web.page_cache import PageCache, beginnings
from portal.web.pages import Request
from portal.web.qr import code
from portal.web.staff.desk.menu import menu
from portal.web.static import Assets, file
from portal.web.throttle import Throttle
from portal.web.transport import Transport

LARGEST_BODY = 1_000_000
"""Bytes: a text of 8,000 characters is 16 kB. Where pictures are taken: web/pictures.py."""
MOST_PATHS = 10_000
"""Addresses a process remembers: a page of the desk has some seventy, and working one out takes 30 µs."""


def create_app(settings: Settings, *also: ControllerRouterHandler) -> Litestar:
    """Return the web application; `also`: further routes, as the demonstration's mailbox."""
    sessions, desk_sessions = connect(settings.database_url), connect(settings.database_url)
    waker, tokens = Waker(settings.redis_url), Tokens.of(settings)
    version = PublicVersion(settings.database_url)
    assets, uploads = Assets(), Uploads(settings.uploads)

    async def provide_db(request: Request) -> AsyncIterator[AsyncSession]:
        """Commit before the answer starts: what is answered is kept. An exception rolls back.

        A form is read first: as long as it takes to come, it keeps no connection from others.
        """
        if request.method == "POST":
            await request.form()
        is_desk = request.scope["path"].startswith("/staff")
        async with transaction(desk_sessions if is_desk else sessions) as db:
            yield db
        if outbox.has_written(db):
            waker.wake()

    @asynccontextmanager
    async def resources(app: Litestar) -> AsyncIterator[None]:
        throttle = app.state.throttle = Throttle(settings.redis_url)  # its locks are of the event loop that serves
        with suppress(SQLAlchemyError, OSError):  # a database that is not there yet: the first search reads them
            async with transaction(sessions) as db:
                await lemmas(db)
        yield
        await version.close()
        await throttle.close()
        await waker.close()
        for pool in (sessions, desk_sessions):
            await pool.kw["bind"].dispose()

    app = Litestar(
        route_handlers=[*public.routes, *staff.routes, file, *also],
        request_class=Request,
        dependencies={
            "db": Provide(provide_db),
            "settings": Provide(lambda: settings, sync_to_thread=False),
            "tokens": Provide(lambda: tokens, sync_to_thread=False),
            "uploads": Provide(lambda: uploads, sync_to_thread=False),
        },
        guards=[same_origin],
        exception_handlers=errors.HANDLERS,
        template_config=TemplateConfig(instance=_templates(settings, assets)),
        request_max_body_size=LARGEST_BODY,
        lifespan=[resources],
        state=State(
            {
                "sessions": sessions,
                "desk_sessions": desk_sessions,
                "assets": assets,
                "municipality": settings.municipality,
            }
        ),
        openapi_config=None,
        logging_config=None,
    )
    app.state.path_of = lru_cache(maxsize=MOST_PATHS)(app.route_reverse)
    pages = PageCache(Compression(app.asgi_handler), version, beginnings(app))
    app.asgi_handler = Transport(LanguageMiddleware(pages), assets.hashes, https=settings.is_https)
    return app


def _templates(settings: Settings, assets: Assets) -> Templates:
    environments = {language: environment(language) for language in Language}
    told = {
        "municipality": settings.municipality,
        "demonstration": settings.demonstration,
        "style": assets.style,
        "qr": lambda path: code(settings.base_url + path),
        "menu": menu,
        "in_other_language": other,
    }
    for language, templates in environments.items():
        templates.globals |= told | {"static": partial(assets.address, language=language)}
        templates.filters["path"] = path_of
    return Templates(environments)
