"""Whole pages and fragments: the same template answers both."""

from typing import Any, cast

from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.response import Redirect, Template
from litestar_htmx import HTMXRequest
from sqlalchemy.ext.asyncio import AsyncSession

from portal.files.uploads import Uploads
from portal.settings import Settings
from portal.staff.model import Staff
from portal.tokens import Tokens
from portal.web import form_body
from portal.web.language import onward

DB = NamedDependency[AsyncSession]
Config = NamedDependency[Settings]
Links = NamedDependency[Tokens]
Files = NamedDependency[Uploads]
Me = NamedDependency[Staff]

PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
"""For pages behind a token or a sign-in: kept by no cache, and found by no search engine.

That no other site hears of their address is for all pages:
`Referrer-Policy: same-origin`. The stricter no-referrer would make older browsers send `Origin: null` with the button's
POST, which could not be told from another site's.
"""


class Request(HTMXRequest):
    async def form(self) -> FormMultiDict:
        """Raise RequestEntityTooLarge, and ClientException for what is no form: form_body.read()."""
        if not isinstance(self._form, FormMultiDict):
            limits = self.route_handler.opt.get(form_body.LIMITS, form_body.CITIZENS)
            self._form = await form_body.read(self.headers.get("content-type", ""), self.stream(), limits)
            # Litestar closes the files in it once it has answered.
            self._connection_state.form = cast("dict[str, Any]", self._form.dict())
        return self._form


def wants_fragment(request: Request) -> bool:
    """Tell an htmx swap from a visit; a boosted link or a restored history entry needs the whole page."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page(
    request: Request,
    template: str,
    fragment: str | None = None,
    *,
    status_code: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> Template:
    """Answer a swap with the fragment alone and a visit with the page that includes it."""
    alone = fragment is not None and wants_fragment(request)
    return Template(
        template_name=fragment if alone else template,
        context=context,
        status_code=status_code,
        headers={"Vary": "HX-Request, Accept-Language", "Cache-Control": "no-cache", **(headers or {})},
    )


def see_other(path: str) -> Redirect:
    """After a plain POST: the answer is a page of its own, which may be loaded again without sending anything twice."""
    return Redirect(onward(path), status_code=303)
