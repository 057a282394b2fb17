"""English beside Bulgarian: which page speaks it, how its links keep it, and that nobody gets the other's page."""

import re

import html5lib
import httpx
import pytest

from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.handling import assignment
from portal.municipality import Department
from portal.settings import Settings
from tests.cast import HX, PENKA, Client, Post, employ, form_of, link, received, sign_in
from tests.publishing.test_page_cache import cache

ENGLISH = {"Accept-Language": "en-GB,en;q=0.9"}
CYRILLIC = re.compile("[А-Яа-я]")
NUMBER = re.compile(r"[СПВ]-\d{4}/[\d.]+|„[^“]+“")
"""Or a Bulgarian word that an English sentence speaks of."""


@pytest.fixture
async def case(sessions: Sessions, settings: Settings) -> Case:
    return await received(sessions, settings)


def lang(answer: httpx.Response) -> str:
    found = re.search(r'<html lang="(\w\w)">', answer.text)
    assert found
    return found[1]


def left_in_bulgarian(answer: httpx.Response, names: set[str]) -> list[str]:
    """Return what is Bulgarian and not marked so: no name, no number, no text that its reader wrote."""
    tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
    found: list[str] = []

    def walk(element: object, language: str) -> None:
        tag, own = element.tag, element.get("lang", language)  # type: ignore[attr-defined]
        if tag in {"title", "style", "textarea"} or not isinstance(tag, str):
            return
        texts = [element.text, *(child.tail for child in element)]  # type: ignore[attr-defined]
        shown = ("title", "alt", "aria-label", "placeholder", "content")
        texts += [element.get(name) for name in shown]  # type: ignore[attr-defined]
        found.extend(text for text in texts if own != "bg" and text and CYRILLIC.search(_bare(text, names)))
        for child in element:  # type: ignore[attr-defined]
            walk(child, own)

    walk(tree, "en")
    return found


def _bare(text: str, names: set[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    return NUMBER.sub("", text)


async def test_every_public_page_is_english_but_for_what_is_marked(
    client: Client, sessions: Sessions, settings: Settings, case: Case, post: Post
) -> None:
    clerk = await employ(sessions)
    async with transaction(sessions) as db:
        found = await db.get_one(Case, case.id)
        works = await db.get_one(Department, "works")
        await assignment.assign(db, found, works, by=clerk, at=case.submitted_at)
    messages = await post.deliver()
    track = link(messages[-1], "track")
    form = form_of(await client.get("/submit/signal?lang=en"))
    wrong = await client.post("/submit/signal?lang=en", data={**form, "text": "?", "email": "x", "phone": "1"})
    preview = {**form, **PENKA, "text": f"{PENKA['text']} Пенка Стоянова, 0888 123 456", "preview": "1"}
    sent = await client.post("/submit/signal?lang=en", data={**form, **PENKA, "text": "Няма осветление пред номер 7."})
    number = f"/register/{case.incoming_year}/{case.incoming_seq}"
    confirm = next(link(one, "confirm") for one in (await post.deliver())[::-1] if "/confirm/" in one.text)
    home = settings.municipality
    names = {home.name, home.address, "дупка", "ъъъ"}
    names |= {one.name for one in home.departments} | {one.name for one in home.topics}
    pages = [wrong, sent, await client.post("/submit/question?lang=en", data=preview),
             await client.post("/track?lang=en", data={"number": "x", "email": "y"})]  # fmt: skip
    for path in ("/", "/register", "/register?q=дупка", "/register?q=ъъъ", "/register?after=x", number, "/nowhere",
                 "/submit/signal", "/submit/proposal", "/submit/question", "/track", track, f"{track}/resolved",
                 f"{track}/reopening", confirm, "/confirm/x", f"{number}/following", "/rules", "/privacy",
                 "/accessibility", "/help", "/offline"):  # fmt: skip
        pages += [await client.get(path, headers=ENGLISH)]
    for page in pages:
        assert lang(page) == "en", page.url
        assert left_in_bulgarian(page, names) == [], page.url


async def test_texts_of_the_law_stay_bulgarian_and_say_so(client: Client) -> None:
    for page in ("rules", "privacy"):
        english, bulgarian = await client.get(f"/{page}?lang=en"), await client.get(f"/{page}")
        text = bulgarian.text.partition("</h1>")[2].partition("</main>")[0].partition("</div>")[0].strip()
        assert f'<div lang="bg">{text}' in english.text
        assert "The text is in Bulgarian" in english.text
        assert "The text is in Bulgarian" not in bulgarian.text


async def test_help_is_english_while_the_bulgarian_it_was_made_from_stands(client: Client, sessions: Sessions) -> None:
    assert "How to write to us" in (await client.get("/help?lang=en")).text
    await sign_in(client, sessions, await employ(sessions))
    form = form_of(await client.get("/staff/texts/help"))
    await client.post("/staff/texts/help", data={**form, "markdown": "Нова помощ"})
    answer = await client.get("/help?lang=en")
    assert '<div lang="bg"><p>Нова помощ</p>' in answer.text


async def test_address_wins_and_its_links_go_on_asking(client: Client, case: Case) -> None:
    bulgarian = ENGLISH | {"Accept-Language": "bg"}
    for path in ("/", "/register", "/register?q=дупка", f"/register/{case.incoming_year}/{case.incoming_seq}",
                 "/submit/signal", "/track", "/help", "/nowhere"):  # fmt: skip
        answer = await client.get(path, params={"lang": "en", **dict(httpx.URL(path).params)}, headers=bulgarian)
        assert lang(answer) == "en"
        for address in addresses(answer):
            assert "lang=" in address or address.startswith("/staff"), f"{path}: {address}"
            assert address.count("?") <= 1, address


async def test_without_it_nothing_is_added(client: Client, case: Case) -> None:
    for headers in ({}, ENGLISH):
        for path in ("/", "/register?q=дупка", f"/register/{case.incoming_year}/{case.incoming_seq}", "/submit/signal"):
            answer = await client.get(path, headers=headers)
            assert not [address for address in addresses(answer) if "lang=" in address]
            assert 'name="lang"' not in answer.text
            assert "set-cookie" not in answer.headers


def addresses(answer: httpx.Response) -> list[str]:
    """Return the addresses of the page's links and of its forms by POST; a form by GET asks by a field of its own."""
    links = re.findall(r'<a [^>]*href="(/[^"]*)"', answer.text)
    forms = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"|formaction="([^"]*)"', answer.text)
    fetched = re.findall(r'data-(?:to|similar)="([^"]*)"', answer.text)
    assert ("lang=en" not in str(answer.url)) or answer.text.count('role="search"') == answer.text.count('name="lang"')
    return [*links, *fetched, *(first or second for first, second in forms)]


async def test_whole_way_is_walked_in_english(client: Client, post: Post) -> None:
    """Redirects, the script's 201 and the answers to a wrong form speak on as the address asked."""
    form = form_of(await client.get("/submit/signal?lang=en"))
    there = {"X-Requested-With": "fetch"}
    sent = await client.post("/submit/signal?lang=en", data={**form, **PENKA}, headers=there)
    assert sent.headers["location"].endswith("?lang=en")
    english = link((await post.deliver())[-1], "confirm")
    assert english.endswith("?lang=en")
    confirm = english.removesuffix("?lang=en")
    done = await client.post(f"{confirm}?lang=en", follow_redirects=False)
    assert done.headers["location"].endswith("?lang=en")
    track = await client.get(done.headers["location"])
    assert "What comes next" in track.text
    assert link((await post.deliver())[-1], "track").endswith("?lang=en")
    for headers in ({}, ENGLISH):
        plain = await client.post(confirm, headers=headers, follow_redirects=False)
        assert "lang=" not in plain.headers["location"]


async def test_way_to_the_other_language_leads_to_the_same_page(client: Client) -> None:
    answer = await client.get("/register?q=дупка&kind=signal")
    assert other(answer) == "?q=%D0%B4%D1%83%D0%BF%D0%BA%D0%B0&amp;kind=signal&amp;lang=en"
    back = await client.get("/register?q=дупка&lang=en")
    assert other(back) == "?q=%D0%B4%D1%83%D0%BF%D0%BA%D0%B0&amp;lang=bg"
    wrong = await client.post("/submit/signal?lang=en", data={})
    assert other(wrong) == "/?lang=bg"


def other(answer: httpx.Response) -> str:
    found = re.search(r'<a href="([^"]*)"\s+lang="(bg|en)"\s+hreflang="\2"', answer.text)
    assert found
    return found[1]


async def test_staff_and_departments_read_bulgarian(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions))
    for path in ("/staff", "/staff?lang=en", "/answer/x?lang=en"):
        answer = await client.get(path, headers=ENGLISH)
        assert lang(answer) == "bg"
        assert "lang=" not in answer.text.replace("<html lang=", "")


async def test_memory_never_crosses_the_border_of_a_language(client: Client, case: Case) -> None:
    """The same address, another Accept-Language: each gets its own, from memory as well, and can't take the other's."""
    for path in ("/", "/register", f"/register/{case.incoming_year}/{case.incoming_seq}", "/help"):
        for extra in ({}, HX):
            first = {language: await client.get(path, headers={"Accept-Language": language} | extra)
                     for language in ("bg", "en", "en,bg;q=0.1")}  # fmt: skip
            again = {language: await client.get(path, headers={"Accept-Language": language} | extra)
                     for language in reversed(first)}  # fmt: skip
            for language, answer in first.items():
                assert answer.content == again[language].content
                assert "Accept-Language" in answer.headers["vary"]
            assert first["bg"].content == first["en,bg;q=0.1"].content
            assert first["bg"].content != first["en"].content
            stale = {"Accept-Language": "en", "If-None-Match": first["bg"].headers["etag"], **extra}
            assert (await client.get(path, headers=stale)).status_code == 200
    assert len({key[2] for key in cache(client).pages}) == 2


async def test_scripts_speak_the_language_of_their_page(client: Client) -> None:
    for path, language in (("/submit/signal", "bg"), ("/submit/signal?lang=en", "en")):
        page = await client.get(path)
        script = re.search(r'src="(/static/form[^"]+)"', page.text)
        assert script
        words = (await client.get(script[1])).text
        assert ("Изпраща се…" in words) == (language == "bg")
        assert ("Sending…" in words) == (language == "en")
        assert language == "bg" or not CYRILLIC.search(words)


async def test_phone_keeps_both_pages_for_the_time_without_a_connection(client: Client) -> None:
    worker = (await client.get("/worker.js")).text
    assert '"/offline", "/offline?lang=en"' in worker
    manifest = (await client.get("/manifest.webmanifest?lang=en")).json()
    assert (manifest["lang"], manifest["start_url"]) == ("en", "/?lang=en")
