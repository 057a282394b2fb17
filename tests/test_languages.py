"""The catalogue says in English what the source says in Bulgarian: everything, and nothing else."""

import re

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from jinja2 import meta

from portal.languages import Language, LanguageChoice, _, catalogue, in_language, negotiated
from portal.rendering import formats, phrases
from portal.rendering.templates import environment
from portal.settings import ROOT

MAPPING = ROOT / "babel.cfg"
CYRILLIC = re.compile("[А-Яа-я]")


def said() -> dict[str, set[str]]:
    """Each phrase that is said in public, and the files that say it."""
    with MAPPING.open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found: dict[str, set[str]] = {}
    for name, _line, phrase, _comments, _context in extract_from_dir(ROOT, methods, options, keywords={}):
        assert isinstance(phrase, str)
        found.setdefault(phrase, set()).add(name)
    return found


def test_catalogue_has_every_phrase_and_no_other() -> None:
    """After a change of a phrase: `make messages`, and the English of what is new."""
    known = [one for one in catalogue(Language.ENGLISH) if one.id]
    assert {one.id for one in known} == said().keys()
    for one in known:
        assert one.string, one.id
        assert not one.fuzzy, one.id


def test_english_fits_into_the_place_of_its_phrase() -> None:
    """It keeps the values that are put into it, and brings no tag, quote or Bulgarian letter of its own."""
    for one in catalogue(Language.ENGLISH):
        assert isinstance(one.id, str)
        assert isinstance(one.string, str)
        if not one.id:
            continue
        values = re.compile(r"\{\w+[^}]*\}|%\(\w+\)s")
        assert sorted(values.findall(one.id)) == sorted(values.findall(one.string)), one.id
        assert not re.search(r'[<>"&`$]', one.string), one.string
        assert not CYRILLIC.search(re.sub(r"С-\d+/", "", one.string)), one.string


def test_every_public_template_is_read_for_phrases() -> None:
    """Those that a public page includes or imports as well: none is forgotten in babel.cfg."""
    pages = [*(ROOT / "templates/public").rglob("*.html"), *(ROOT / "templates/errors").rglob("*.html")]
    waiting = [one for one in pages if "answer" not in one.parts]
    reached = set(waiting[:0])
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            tree = environment().parse(path.read_text("utf-8"))
            waiting += [ROOT / "templates" / name for name in meta.find_referenced_templates(tree) if name]
    read = {ROOT / name for names in said().values() for name in names}
    with_words = {path for path in reached if CYRILLIC.search(re.sub(r"{#.*?#}", "", path.read_text("utf-8")))}
    assert with_words <= read


@pytest.mark.parametrize(
    "path", ["src/portal/rendering/formats.py", "src/portal/web/forms.py", "src/portal/web/pictures.py"]
)
def test_what_is_said_has_no_values_in_it(path: str) -> None:
    """An f-string is put together before it can be looked up."""
    source = (ROOT / path).read_text("utf-8")
    assert not re.findall(r'\bf"[^"]*[А-Яа-я][^"]*"', source)


def test_phrases_are_found_where_they_stand() -> None:
    page = '<a href="x" title="Към  началото">\n  Отдел „</a>\n<b>“</b> ok'
    known = {"Към началото": "Home", "Отдел „": "Department “", "“": "”"}
    english = '<a href="x" title="Home">\n  Department “</a>\n<b>”</b> ok'
    assert phrases.replaced(page, "html", lambda phrase: known[phrase]) == english


def test_python_says_its_texts_and_not_its_docstrings() -> None:
    source = (
        '"""Дума."""\nA = "Казано"\nB = "[заличено]"\nC = "(?:а|б)"\ndef f():\n    """Друга."""\n    return "и това"\n'
    )
    assert list(phrases.of_python(source)) == ["Казано", "и това"]


def test_sentence_is_looked_up_whole() -> None:
    """In {% trans %} a value may stand where English wants it."""
    source = "{% trans day='утре' %}Отговорът се изпраща до {{ day }}{% endtrans %}"
    assert environment().from_string(source).render() == "Отговорът се изпраща до утре"
    assert environment(Language.ENGLISH).from_string(source).render() == "The reply will be sent by утре."


@pytest.mark.parametrize(
    ("asked", "header", "choice"),
    [
        ("", "", LanguageChoice()),
        ("", "*", LanguageChoice()),
        ("", "bg", LanguageChoice()),
        ("", "en-US,en;q=0.9", LanguageChoice()),  # as phones come from the factory
        ("", "en-US", LanguageChoice()),
        ("", "en-GB,en;q=0.9", LanguageChoice(Language.ENGLISH)),
        ("", "en-US,en;q=0.9,uk;q=0.8", LanguageChoice(Language.ENGLISH)),
        ("", "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", LanguageChoice(Language.ENGLISH)),
        ("", "en-US,en;q=0.9,bg;q=0.1", LanguageChoice()),
        ("", "en-US,en;q=0.9,bg;q=0", LanguageChoice(Language.ENGLISH)),
        ("", "fr,*;q=0.1", LanguageChoice()),
        ("", "ru", LanguageChoice()),
        ("", "en;q=0.0", LanguageChoice()),
        ("", ";;,=,q=", LanguageChoice()),
        ("en", "bg", LanguageChoice(Language.ENGLISH, asked=True)),
        ("bg", "en", LanguageChoice(Language.BULGARIAN, asked=True)),
        ("xx", "en", LanguageChoice(Language.ENGLISH)),
    ],
)
def test_language_is_what_was_asked_for_or_what_the_browser_can_read(
    asked: str, header: str, choice: LanguageChoice
) -> None:
    assert negotiated(asked, header) == choice


def test_days_and_counts_are_written_as_english_writes_them() -> None:
    at = "2026-06-28T11:05:00+00:00"
    with in_language(Language.ENGLISH):
        assert (formats.day("2026-06-02"), formats.moment(at)) == ("2 June 2026", "28 June 2026, 14:05")
        assert formats.days_to("2026-06-02", "2026-06-03") == "1 day"
        assert formats.weight(1258291) == "1.2 MB"
        assert _("днес") == "today"
    assert (formats.day("2026-06-02"), formats.moment(at)) == ("02.06.2026 г.", "28.06.2026 г., 14:05 ч.")
    assert _("днес") == "днес"
