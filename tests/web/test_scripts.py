"""Our own scripts speak a language that old phones know; one that such a phone can't read would do nothing there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

from portal.settings import ROOT

PARSER = Parser(Language(tree_sitter_javascript.language()))
OURS = sorted(file for file in (ROOT / "static").glob("*.js") if file.name not in {"htmx.min.js", "desk.js"})
"""What the public pages carry; the desk's script is for the staff's browsers."""
SINCE_ES2020 = {"optional_chain", "??", "??=", "||=", "&&=", "private_property_identifier", "class_static_block"}
YOUNG = {"at", "replaceAll", "hasOwn", "allSettled", "any", "findLast", "toSorted", "structuredClone", "globalThis",
         "randomUUID", "replaceChildren"}  # fmt: skip
"""Of the library: they would be missed only where they are called, in the middle of something."""
NUMBERS = "n_"
"""Letters of numbers that ES2019 has not: 10n, 1_000."""


def newer(source: bytes) -> set[str]:
    """Return what stands in the script and is no ES2019."""
    return {node.text.decode() for node in nodes(PARSER.parse(source).root_node) if node.text and is_newer(node)}


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from nodes(child)


def is_newer(node: Node) -> bool:
    text = (node.text or b"").decode()
    is_number = node.type == "number" and any(letter in text for letter in NUMBERS)
    is_young = node.type in {"property_identifier", "identifier"} and text in YOUNG
    looks_behind = node.type == "regex_pattern" and "(?<" in text  # Safari reads none of the script before 16.4
    is_wrong = node.is_error or node.is_missing
    return is_wrong or is_number or is_young or looks_behind or node.type in SINCE_ES2020


@pytest.mark.parametrize("file", OURS, ids=lambda file: file.name)
def test_script_of_public_pages_is_es2019(file: Path) -> None:
    assert newer(file.read_bytes()) == set()


@pytest.mark.parametrize(
    "source", ["a?.b", "a ?? b", "a ??= 1", "class A { #b = 1 }", "10n", "1_000", "if (", "[].at(0)", "/(?<=a)b/"]
)
def test_it_sees_what_is_newer(source: str) -> None:
    assert newer(source.encode())
