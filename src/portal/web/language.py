"""The language of a request: told by its address (?lang=en) or its browser, and kept by the links of its page."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlencode

from jinja2 import Environment, Template
from litestar import Request
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.types import ASGIApp, Receive, Send

from portal import languages
from portal.languages import Language, language_choice

OURS = {"staff", "answer", "mailbox"}
"""First parts of the addresses that only the municipality's people read: Bulgarian, whatever the browser asks for."""


class LanguageMiddleware:
    """Wraps the application: what runs inside speaks the language of the request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_ours(scope):
            await self.app(scope, receive, send)
            return
        accepts = b",".join(value for name, value in scope["headers"] if name == b"accept-language")
        wanted = languages.negotiated(_asked(scope["query_string"]), accepts.decode("latin-1"))
        with languages.in_language(wanted.language, asked=wanted.asked):
            await self.app(scope, receive, send)


def _asked(query: bytes) -> str:
    return parse_qs(query.decode("latin-1")).get("lang", [""])[-1] if b"lang=" in query else ""


class Templates(JinjaTemplateEngine):
    """Litestar's engine over an environment for each language."""

    def __init__(self, environments: Mapping[Language, Environment]) -> None:
        self.environments = environments
        for environment in environments.values():
            super().__init__(engine_instance=environment)
            self.register_template_callable("url_for", url_for)

    def get_template(self, template_name: str) -> Template:
        return self.environments[language_choice().language].get_template(template_name)


def url_for(context: Mapping[str, Any], /, name: str, **parameters: Any) -> str:
    """Return the path of the route, asking for the language that this page was asked in."""
    path: str = context["request"].app.state.path_of(name, **parameters)
    return path if name.startswith("staff.") else onward(path)


def onward(address: str) -> str:
    """Go on asking for the language where it was asked for by the address; nothing is added where it was not."""
    now = language_choice()
    if not now.asked:
        return address
    path, mark, fragment = address.partition("#")
    return f"{path}{'&' if '?' in path else '?'}lang={now.language}{mark}{fragment}"


def path_of(address: str) -> str:
    """Return the address without what it asks for: a form by GET, and what is put together of parts, ask themselves."""
    return address.partition("?")[0]


class Other(NamedTuple):
    language: Language
    name: str
    address: str


def other(request: Request[Any, Any, Any]) -> Other | None:
    """Return the way to the same page in the other language; from the answer to a POST, which has no address, home."""
    if is_ours(request.scope):
        return None
    language = Language.BULGARIAN if languages.is_english() else Language.ENGLISH
    is_page = request.method == "GET"
    asked = [(name, value) for name, value in parse_qsl(request.url.query) if is_page and name != "lang"]
    address = f"{'' if is_page else '/'}?{urlencode([*asked, ('lang', language)])}"
    return Other(language, languages.NAMES[language], address)


def is_ours(scope: Any) -> bool:
    return scope["path"][1:].partition("/")[0] in OURS
