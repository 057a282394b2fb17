"""What looks like personal data, where it stands, and what it is called."""

import pytest

from portal.publishing import personal_data
from portal.publishing.personal_data import Sign


def found(text: str, sender: str = "") -> list[tuple[str, Sign]]:
    return [(text[one.start : one.end], one.sign) for one in personal_data.find(text, sender)]


@pytest.mark.parametrize(
    ("text", "marked", "sign"),
    [
        ("Обадете се на 0888 123 456 сега", "0888 123 456", Sign.PHONE),
        ("тел. +359 32 62 62 62", "+359 32 62 62 62", Sign.PHONE),
        ("пишете на ivan.petrov@example.bg.", "ivan.petrov@example.bg", Sign.EMAIL),
        ("ЕГН 7523169263 на съседа", "7523169263", Sign.EGN),
        ("ЕГН: 752316 9263", "752316 9263", Sign.EGN),
        ("ЕГН 75 23 16 92 63", "75 23 16 92 63", Sign.EGN),
        ("такси РВ 12 34 АК", "РВ 12 34 АК", Sign.PLATE),
        ("„РВ 12 34 АС“", "РВ 12 34 АС", Sign.PLATE),
        ("колата PB 12 34 AC е пред входа", "PB 12 34 AC", Sign.PLATE),
        ("колата с номер РВ 1234 АК е пред входа", "РВ 1234 АК", Sign.PLATE),
        ("кола pb1234ak", "pb1234ak", Sign.PLATE),
        ("IBAN BG80 BNBG 9661 1020 3456 78 to me", "BG80 BNBG 9661 1020 3456 78", Sign.IBAN),
        ("сметка ВG80ВNВG96611020345678", "ВG80ВNВG96611020345678", Sign.IBAN),
    ],
)
def test_finds(text: str, marked: str, sign: Sign) -> None:
    assert found(text) == [(marked, sign)]
    assert personal_data.tells(text)
    assert marked not in personal_data.hidden(text)


@pytest.mark.parametrize(
    "text",
    [
        "Дупка пред ул. Речна 5, дълбока 20 см, от 09.03.2020 г.",
        "сигнал № 0025 от 2019 г. и още 1500 лв. загуба",
        "автобус 12 в 7:30 и 18:45 закъснява с 15-20 минути",
        "бл. 8, вх. В, ап. 12",
        "от 2019 на улицата, в 2019 на площада, с 2020 се, са 2000 на брой",
        "ЕГН 7523169264 не е вярно",
    ],
)
def test_leaves_alone(text: str) -> None:
    assert found(text) == []
    assert personal_data.hidden(text) == text


@pytest.mark.parametrize(
    ("sender", "text", "marked"),
    [
        ("Пенка Стоянова", "пише Ви Пенка от Речна", ["Пенка"]),
        ("Пенка Стоянова", "Пенке, казаха Стоянови; ПЕНКА СТОЯНОВА", ["Пенке", "Стоянови", "ПЕНКА", "СТОЯНОВА"]),
        ("Петър Иванов", "Петре! Иванова къща", ["Петре", "Иванова"]),
        ("Пенка Стоянова", "пенкилер, стояне, но не стоян", []),
        ("А. Ив", "а ив", []),
    ],
)
def test_finds_the_senders_own_name_in_its_forms(sender: str, text: str, marked: list[str]) -> None:
    assert found(text, sender) == [(word, Sign.NAME) for word in marked]


def test_a_first_name_alone_gives_nobody_away() -> None:
    assert not personal_data.tells("ул. Иван Вазов 5", "Иван Петров")
    assert personal_data.tells("с уважение: Иван Петров", "Иван Петров")
    assert personal_data.tells("с уважение: Петко Петров", "Петко Петров")


def test_marks_keep_the_rest_of_the_text_and_hiding_joins_neighbours() -> None:
    text = "Аз, Пенка Стоянова, тел. 0888 123 456!"
    assert "".join(piece for piece, _ in personal_data.pieces(text, "Пенка Стоянова")) == text
    assert personal_data.hidden(text, "Пенка Стоянова") == "Аз, [заличено], тел. [заличено]!"


def test_confirming_some_is_not_confirming_others() -> None:
    one, other = personal_data.pieces("тел. 0888 123 456"), personal_data.pieces("тел. 0888 123 457")
    same = personal_data.pieces("Звънете: 0888 123 456")
    assert personal_data.fingerprint(one) == personal_data.fingerprint(same) != personal_data.fingerprint(other)


def test_letters_without_end_are_read_once() -> None:
    """An address looked for anew from each letter on would take hours here."""
    assert personal_data.find("a" * 2_000_000 + " penka@example.bg")[-1].sign is personal_data.Sign.EMAIL
