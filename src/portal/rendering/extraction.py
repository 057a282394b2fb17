"""Tells Babel our phrases: `make messages` (babel.cfg) finds those that the portal itself looks up."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from jinja2.ext import extract_from_ast

from portal.rendering import phrases
from portal.rendering.templates import environment
from portal.settings import ROOT

Found = Iterator[tuple[int, None, str, list[str]]]


def extract(file: IO[bytes], _keywords: object, _comments: object, options: object) -> Found:  # noqa: ARG001
    """Yield the phrases of a template, a script or a module, without their lines: those move with every change."""
    for phrase in _of(Path(file.name), file.read().decode()):
        yield 1, None, phrase, []


def _of(path: Path, source: str) -> Iterable[str]:
    if path.suffix == ".py":
        return phrases.of_python(source)
    found: list[str] = []

    def note(phrase: str) -> str:
        found.append(phrase)
        return phrase

    if path.suffix == ".js":
        phrases.replaced(source, "js", note)
    else:
        found += _of_template(path, source, note)
    return found


def _of_template(path: Path, source: str, note: phrases.Translate) -> list[str]:
    """Let the extension find its phrases as it does when it compiles; sentences in {% trans %} stand in the result."""
    reads = environment(translate=note)
    tree = reads.parse(source, str(path.resolve().relative_to(ROOT / "templates")))
    sentences = extract_from_ast(tree, ["gettext"], babel_style=False)
    return [phrase for _, _, texts in sentences for phrase in texts or () if phrase]
