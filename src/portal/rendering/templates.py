"""The Jinja environments, of pages and e-mails alike: one for each language."""

import re
from collections.abc import Iterable, Iterator

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup, escape

from portal import clock, languages
from portal.languages import Language
from portal.rendering import formats, phrases
from portal.rendering.phrases import Translate
from portal.settings import ROOT


class Unindented(Extension):
    """Leaves one line break where a page's source goes on in a new line: 3 % less to send, compressed.

    Once, when a template is compiled. What people typed comes in later, and keeps its lines.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        is_page = (stream.name or "").endswith(".html")
        for token in stream:
            is_source = is_page and token.type == "data"
            yield Token(token.lineno, "data", re.sub(r"\s*\n\s*", "\n", token.value)) if is_source else token


def marked(pieces: Iterable[tuple[str, bool]]) -> Markup:
    """Write a found text, with the words marked that answer."""
    made = (f"<mark>{escape(text)}</mark>" if answers else escape(text) for text, answers in pieces)
    return Markup("".join(made))  # noqa: S704 - each piece is escaped


class Translated(Extension):
    """Puts another language's phrases in the place of the Bulgarian ones, between tags, in attributes, in expressions.

    Once, when a template is compiled: a request pays nothing, and the source has no marks. A sentence that a value
    would break in pieces which make no English one stands in {% trans %}, and is looked up whole.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        translate: Translate = self.environment.translate  # type: ignore[attr-defined]
        kind = (stream.name or "").rpartition(".")[2]
        in_sentence, before = False, ""
        for token in stream:
            if before == "block_begin" and token.value in {"trans", "endtrans"}:
                in_sentence = token.value == "trans"
            before = token.type
            if token.type == "data" and not in_sentence:
                yield Token(token.lineno, "data", phrases.replaced(token.value, kind, translate))
            elif token.type == "string":
                yield Token(token.lineno, "string", phrases.put(token.value, translate))
            else:
                yield token


def environment(language: Language = Language.BULGARIAN, translate: Translate | None = None) -> Environment:
    """Return a new environment: what is left undefined raises, .txt (plain text e-mails) alone is not escaped."""
    translates = translate is not None or language is not Language.BULGARIAN
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=select_autoescape(["html"], default_for_string=True),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", Unindented, *([Translated] if translates else [])],
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    known = languages.phrases(language)
    made.extend(translate=translate or (lambda phrase: known.get(phrase, phrase)))
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(lambda phrase: known.get(phrase, phrase), _counted, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(formats.FILTERS)
    made.filters["marked"] = marked
    made.globals["today"] = clock.today
    made.globals |= {"language": language, "language_choice": languages.language_choice}
    # Of what people and the staff wrote, where the page around it is in another language (WCAG 3.1.2).
    made.globals["bg"] = Markup("" if language is Language.BULGARIAN else ' lang="bg"')  # noqa: S704 - our own
    return made


def _counted(one: str, many: str, number: int) -> str:
    """Give Jinja what it asks for; our counts are the filter `count`'s, whose two forms both languages have."""
    return one if number == 1 else many
