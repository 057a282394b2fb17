"""Finds the Bulgarian phrases of templates, scripts and Python, so that they can be translated into English.

Templates and scripts need no mark for it: what is found here is translated when they are compiled or read, and is what
`make messages` writes into the catalogue. Python says `_()` of what it shows.
"""

import ast
import re
from collections.abc import Callable, Iterator

Translate = Callable[[str], str]

_TOLD = "[А-Яа-я„“№]"
"""By what a phrase is known: a Bulgarian letter, or a sign that is written in another way elsewhere."""
_BETWEEN = {
    "html": re.compile(rf'[^<>"]*{_TOLD}[^<>"]*'),
    "txt": re.compile(rf"[^\n]*{_TOLD}[^\n]*"),
    "js": re.compile(rf"[^\"`${{}}\n]*{_TOLD}[^\"`${{}}\n]*"),
}
"""What a phrase lies between: tags and quotes of a page, the lines of a letter, the quotes of a script."""
_NONE = re.compile(r"\[|.*\(\?", re.DOTALL)
"""What begins with a bracket is part of texts that people wrote, or a pattern; so is what has groups."""
_NO_WORDS_OF = {"maketrans", "removesuffix"}


def replaced(source: str, kind: str, translate: Translate) -> str:
    """Put each phrase of a source through `translate`."""
    return _BETWEEN[kind].sub(lambda match: put(match[0], translate), source)


def put(text: str, translate: Translate) -> str:
    """Translate the text as one line; the white space around it stays."""
    phrase = text.strip()
    if not re.search(_TOLD, phrase):
        return text
    before, _, after = text.partition(phrase)
    return f"{before}{translate(' '.join(phrase.split()))}{after}"


def of_python(source: str) -> Iterator[str]:
    """Yield what a module may say: its texts with Bulgarian letters, but for docstrings and what is matched against."""
    tree = ast.parse(source)
    passed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Attribute) and call.func.attr in _NO_WORDS_OF:
            passed |= {id(argument) for argument in call.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
            yield from [node.value] if re.search(_TOLD, node.value) and not _NONE.match(node.value) else []
