"""What looks like personal data, where it stands, and what it is called."""

import time
from datetime import date, timedelta

import phonenumbers
import pytest

from portal.publishing import personal_data
from portal.publishing.personal_data import Sign


def found(text: str, sender: str = "") -> list[tuple[str, Sign]]:
    return [(text[one.start : one.end], one.sign) for one in personal_data.find(text, sender)]


@pytest.mark.parametrize(
    ("text", "marked", "sign"),
    [
        ("Обадете се на 0888 123 456 сега", "0888 123 456", Sign.PHONE),
        ("(42.01230, 24.87650 ±18 м)", "42.01230, 24.87650 ±18 м", Sign.SPOT),
        ("вкъщи: 42.0123 24.8765.", "42.0123 24.8765", Sign.SPOT),
        ("42,012345; 24,876543", "42,012345; 24,876543", Sign.SPOT),
        ("N 42.012345 E 24.876543", "42.012345 E 24.876543", Sign.SPOT),
        ("42.012345° N, 24.876543° E", "42.012345° N, 24.876543° E", Sign.SPOT),
        ("24.876543, 42.012345", "24.876543, 42.012345", Sign.SPOT),
        ("42°00'44.3\"N 24°52'35.4\"E", "42°00'44.3\"N 24°52'35.4\"E", Sign.SPOT),
        ("https://maps.google.com/?q=42.0123,24.8765", "42.0123,24.8765", Sign.SPOT),
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
        ("тел. О888 123 456", "О888 123 456", Sign.PHONE),
        ("08889З4567", "08889З4567", Sign.PHONE),
        ("пишете на O888l23456", "O888l23456", Sign.PHONE),
        ("٠٨٨٨١٢٣٤٥٦", "٠٨٨٨١٢٣٤٥٦", Sign.PHONE),
        ("0888\u200b123\u200b456", "0888\u200b123\u200b456", Sign.PHONE),
        ("звънете 888 123 456", "888 123 456", Sign.PHONE),
        ("Viber 888 12 34 56.", "888 12 34 56", Sign.PHONE),
        ("тел. 62 62 62", "62 62 62", Sign.PHONE),
        ("тел. № 032 62 62 62", "032 62 62 62", Sign.PHONE),
        ("№ 0888 - 123 - 456", "0888 - 123 - 456", Sign.PHONE),
        ("вх. 2 0888 123 456", "0888 123 456", Sign.PHONE),
        ("по това дело 0888 123 456", "0888 123 456", Sign.PHONE),
        ("на 02.12.2026 г. 032/62-62-62", "032/62-62-62", Sign.PHONE),
        ("penka (at) abv.bg", "penka (at) abv.bg", Sign.EMAIL),
        ("penka [at] abv.bg", "penka [at] abv.bg", Sign.EMAIL),
        ("penka@abv,bg", "penka@abv,bg", Sign.EMAIL),
        ("penka @ abv.bg", "penka @ abv.bg", Sign.EMAIL),
        ("penka(at)abv(dot)bg", "penka(at)abv(dot)bg", Sign.EMAIL),
        ("penka маймунско а abv точка bg", "penka маймунско а abv точка bg", Sign.EMAIL),
        ("лична карта 641234567", "641234567", Sign.PAPER),
        ("ЛК № АА1234567", "АА1234567", Sign.PAPER),
        ("ЛНЧ 1001234567", "1001234567", Sign.PAPER),
        ("паспорт: 385123456", "385123456", Sign.PAPER),
        ("шофьорска книжка 281234567", "281234567", Sign.PAPER),
        ("ЕГН 7523169264 е с грешка", "7523169264", Sign.EGN),
        ("EГH: 752316926", "752316926", Sign.EGN),
        ("кола ПВ 1234 КМ запушва", "ПВ 1234 КМ", Sign.PLATE),
        ("пб-1234-км", "пб-1234-км", Sign.PLATE),
        ("ЦБ1234АС", "ЦБ1234АС", Sign.PLATE),
        ("РВ.12.34.КМ", "РВ.12.34.КМ", Sign.PLATE),
        ("RV 12-34 KM", "RV 12-34 KM", Sign.PLATE),
        ("С 1234 НА", "С 1234 НА", Sign.PLATE),
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
        "(42.012, 24.877)",
        "дълга 42.0123 м",
        "от 42.0123 до 24.8765 лв.",
        "42.50 лв., 24.80 лв.",
        "Дупка пред ул. Речна 5, дълбока 20 см, от 09.03.2020 г.",
        "сигнал № 0025 от 2019 г. и още 1500 лв. загуба",
        "автобус 12 в 7:30 и 18:45 закъснява с 15-20 минути",
        "бл. 8, вх. В, ап. 12",
        "от 2019 на улицата, в 2019 на площада, с 2020 се, са 2000 на брой",
        "7523169264 не е вярно",
        "Отговаряме по сигнал С-0025/02.10.2020",
        "заповед РД-09-123/2026",
        "Заповед 02122026; наредба № 0212 2026",
        "Писмо с изх. № 94-П-55/02.03.2026 г., вх. 02-09-123",
        "гр. дело 02123456/2026, по чл. 02 123 456",
        "от 02.12.2026 до 09.12.2026, 02–09.12.2026, 2026-12-02",
        "на 03.12.2025 15:30 и 02.12.26 г.",
        "от 08.30-17.30, тръгва 07.10 08.20 09.30",
        "имот 00702.528.113, 887 500 000 лв.",
        "паспорт на сградата за 2019-2020",
        "с 1200 км, в 2019 от тях, v 2019 na ulicata",
        "буква (а) чл.5, 2 бр. @ 3.50 лв, @община,която",
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


DATES = [date(2020, 1, 1) + timedelta(day) for day in range(3653)]


@pytest.mark.parametrize(
    "written",
    [
        "%d.%m.%Y",
        "%d.%m.%Y г.",
        "%d-%m-%Y",
        "%d %m %Y",
        "%d. %m. %Y г.",
        "%d/%m/%Y",
        "%d.%m.%y г.",
        "%d.%m.%Y 10:30 ч.",
    ],
)
def test_no_date_looks_personal(written: str) -> None:
    assert [one for one in DATES if found(one.strftime(f"Водата спря на {written} и още я няма"))] == []


@pytest.mark.parametrize(
    "said", ["{}", "тел.{}, ап. 5", "на 02.12.2026 г. {}", "GSM-{}", "0888 111 222, {}", "вх. Б, {}"]
)
def test_what_the_library_knows_as_a_phone_stays_one(said: str) -> None:
    for number in ("888123456", "988123456", "29876543", "32121220", "43112345", "70012345"):
        zero = f"0{number}"
        pairs = " ".join(zero[at : at + 2] for at in range(3, len(zero), 2))
        formed = [zero, f"{zero[:4]} {zero[4:7]} {zero[7:]}", f"{zero[:3]}/{zero[3:]}", f"{zero[:3]} {pairs}",
                  f"({zero[:3]}) {zero[3:]}", f"{zero[:3]}.{pairs.replace(' ', '.')}", f"+359 {number}",
                  f"00359{number}", f"+359 (0){number}", f"{zero[:4]} - {zero[4:7]} - {zero[7:]}"]  # fmt: skip
        for text in map(said.format, formed):
            known = {one.raw_string for one in phonenumbers.PhoneNumberMatcher(text, "BG")}
            assert known <= {piece for piece, sign in found(text) if sign is Sign.PHONE} | {"02.12.2026"}, text


@pytest.mark.parametrize(
    ("sender", "text", "marked"),
    [
        ("Пенка Иванова", "Lampata ne sveti. S uvajenie, Penka Ivanova", ["Penka", "Ivanova"]),
        ("Penka Ivanova", "подпис: Пенка Иванова", ["Пенка", "Иванова"]),
        ("Живко Желязков", "Jivko Zheliazkov, Zhivko Jelqzkov", ["Jivko", "Zheliazkov", "Zhivko", "Jelqzkov"]),
        ("Петър Шишков", "Petar, Petur, Petyr 6i6kov", ["Petar", "Petur", "Petyr", "6i6kov"]),
        ("Юлия Стоянова", "Julia, Yuliya Stoyanova, Stoqnova", ["Julia", "Yuliya", "Stoyanova", "Stoqnova"]),
        ("Даяна Цветкова", "Dayana Tsvetkova, Cvetkova", ["Dayana", "Tsvetkova", "Cvetkova"]),
        ("Васил Петров", "Vassil Petroff", ["Vassil", "Petroff"]),
        ("Zhivko Petrov", "Jivko, Живко", ["Jivko", "Живко"]),
        ("Пенка Иванова", "Пeнкa, Пе\u0301нка Ива\u00adнова", ["Пeнкa", "Пе\u0301нка", "Ива\u00adнова"]),
        ("Пенка Спасова", "avtobus, spirka, panika, ponedelnik", []),
    ],
)
def test_finds_the_senders_name_in_the_other_alphabet(sender: str, text: str, marked: list[str]) -> None:
    assert found(text, sender) == [(word, Sign.NAME) for word in marked]


def test_both_names_in_the_other_alphabet_give_the_sender_away() -> None:
    assert personal_data.tells("Lampata ne sveti. Penka Ivanova", "Пенка Иванова")
    assert not personal_data.tells("Lampata na Penka", "Пенка Иванова")


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


HOSTILE = [
    "a", "0", "1.", "888 ", "02.12.", "10:30 ", "10:30,", "№ 1", "изх. 1/", "a@", "a@a.", "a @ ", "(at)", "a(at)a(dot)",
    "a, ", "BG80A", "РВ 1234 ", "ЕГН 1", "лк а", "л.к.", "тел. 1 ", "а-1-", "1 - 1", "OОЗl", "+", "(0)", "iyiy",
    "ss" * 10 + " ",
    "а\u00ad", "пенка ", "penka ", "i" * 38 + " ", "12345.1", "2020-", "0888123456 ", "a@a.bg ", "1 и 1",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_letters_take_about_twice_as_long(piece: str) -> None:
    """By the processor's time, and generously: what backtracks takes four times or more."""

    def spent(length: int) -> float:
        text = (piece * length)[:length]
        begun = time.process_time()
        assert len(personal_data.find(text, "Пенка Иванова Ivanova")) <= personal_data.MOST
        return time.process_time() - begun

    assert min(spent(20_000) for _ in range(2)) < 3.2 * min(spent(10_000) for _ in range(2)) + 0.02


def test_so_many_findings_are_enough() -> None:
    assert len(personal_data.find("penka@example.bg " * 1000)) == personal_data.MOST
    assert personal_data.find("penka@example.bg " * 1000)[-1].end < 17 * personal_data.MOST


def test_what_decides_and_what_hides_reads_all() -> None:
    text = "Пенка " * personal_data.MOST + "0888 123 456"
    assert personal_data.tells(text, "Пенка Стоянова")
    assert "0888" not in personal_data.hidden(text, "Пенка Стоянова")
