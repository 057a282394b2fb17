"""The pages the staff write."""

import re

import html5lib
import pytest

from portal.db import Sessions
from portal.staff.model import Role
from tests.cast import Client, employ, form_of, sign_in

PAGES = ("rules", "privacy", "accessibility", "help")
STATEMENT = (
    ("Община Станимака се ангажира да осигури достъп", "чл. 58в от Закона за електронното", "чл. 39", "се отнася за"),
    ("съответства частично", "EN 301 549"),
    ("не е достъпно по следните причини", "PDF", "в друг вид"),
    ("изготвена на ", "самооценка", "axe-core", "Не е правена", "прегледана за последно", "веднъж годишно"),
    ("obshtina@stanimaka.example", "0331 00 000", "до 14 дни"),
    ("не Ви удовлетворява", "министъра на електронното управление"),
)


@pytest.mark.parametrize("which", PAGES)
async def test_page_stands_before_anybody_has_written_it(client: Client, which: str) -> None:
    answer = await client.get(f"/{which}")
    assert answer.status_code == 200
    assert "<h2>" in answer.text
    assert "{name}" not in answer.text
    assert f'/{which}">' in (await client.get("/")).text


async def test_what_the_staff_save_is_what_everybody_reads(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions))
    form = form_of(await client.get("/staff/texts/help"))
    await client.post("/staff/texts/help", data={**form, "markdown": "## Ново\n\nПишете до {name}."})
    assert "<h2>Ново</h2>\n<p>Пишете до Община Станимака.</p>" in (await client.get("/help")).text


async def test_preview_saves_nothing(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions))
    form = form_of(await client.get("/staff/texts/help"))
    answer = await client.post("/staff/texts/help", data={**form, "markdown": "**Проба**", "preview": "1"})
    assert "<strong>Проба</strong>" in answer.text
    assert "Проба" not in (await client.get("/help")).text


@pytest.mark.parametrize(
    "nasty",
    [
        "<script>alert(1)</script>",
        "[натисни](javascript:alert(1))",
        "![x](https://elsewhere.example/spy.gif)",
        '<p style="position:fixed">x</p>',
        '[x](https://a.example "onmouseover=alert(1)")',
    ],
)
async def test_pasted_text_brings_no_script(client: Client, sessions: Sessions, nasty: str) -> None:
    await sign_in(client, sessions, await employ(sessions))
    form = form_of(await client.get("/staff/texts/help"))
    await client.post("/staff/texts/help", data={**form, "markdown": f"Начало\n\n{nasty}\n\nкрай"})
    text = (await client.get("/help")).text
    tree = html5lib.parseFragment(text[text.index("<h1>") : text.index("</main>")], namespaceHTMLElements=False)
    found = {(element.tag, name) for element in tree.iter() for name in element.attrib or [""]}
    assert ("p", "") in found
    assert found <= {("DOCUMENT_FRAGMENT", ""), ("h1", ""), ("p", ""), ("a", "href"), ("a", "rel"), ("a", "title")}
    assert "javascript:" not in {str(link.get("href"))[:11] for link in tree.iter("a")}


async def test_second_of_two_who_save_sees_both_texts(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions))
    opened = form_of(await client.get("/staff/texts/rules"))
    assert (await client.post("/staff/texts/rules", data={**opened, "markdown": "Текст на Мария"})).status_code == 200
    second = await client.post("/staff/texts/rules", data={**opened, "markdown": "Текст на Елена"})
    assert second.status_code == 409
    assert "Текст на Мария" in second.text
    assert "Текст на Елена" in second.text
    merged = {**form_of(second), "markdown": "Текст на двете"}
    await client.post("/staff/texts/rules", data=merged)
    assert "Текст на двете" in (await client.get("/rules")).text


async def test_emptied_text_is_refused_and_unknown_page_not_found(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions))
    assert (await client.post("/staff/texts/rules", data={"markdown": " "})).status_code == 422
    assert (await client.get("/staff/texts/nothing")).status_code == 404
    assert (await client.post("/staff/texts/nothing", data={"markdown": "x"})).status_code == 404


async def test_department_writes_no_texts(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions, role=Role.DEPARTMENT, department="works"))
    for path in ("/staff/texts", "/staff/texts/rules"):
        assert (await client.get(path)).status_code == 403
    assert (await client.post("/staff/texts/rules", data={"markdown": "x"})).status_code == 403


async def test_accessibility_statement_has_every_part_of_the_model(client: Client) -> None:
    """Implementing Decision (EU) 2018/1523, Annex, section 1: what no statement may lack, in its order."""
    page = (await client.get("/accessibility")).text
    assert re.findall("<h[23]>(.+)</h[23]>", page) == [
        "Статус на съответствието",
        "Недостъпно съдържание",
        "а) Несъответствие със стандарта",
        "б) Прекомерна тежест",
        "в) Съдържание извън обхвата на закона",
        "Изготвяне на декларацията",
        "Обратна връзка и координати за връзка",
        "Процедура по прилагане",
    ]
    parts = re.split("<h2>", page)
    for part, said in enumerate(STATEMENT):
        for words in said:
            assert words in parts[part], words
    for path in ("/", "/register", "/submit/signal", "/nowhere"):
        assert '/accessibility">' in (await client.get(path)).text, "it is led to from every page"
