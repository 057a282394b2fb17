"""How a message is read: its words and not another's, in the letters they were written in, with all its files."""

import base64
import time
from collections.abc import Iterable

import pytest

from portal.mail import charsets, quotes, reading
from tests.intake.post_office import WORDS, letter

DOTS = "Äóïêàòà îùå ñòîè"
CYRILLIC = ("cp1251", "koi8-r", "iso8859-5", "cp866")


def part(kind: str, words: str = "", **headers: str) -> str:
    told = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    if kind.startswith(("text/plain", "text/html")):
        kind += "; charset=utf-8"
    return f"Content-Type: {kind}\n{told}\n{words}\n"


def of(kind: str, *parts: str) -> str:
    """Put the parts together; the boundary is made of what stands in them."""
    mark = f"b{abs(hash(parts))}"
    return f'Content-Type: multipart/{kind}; boundary="{mark}"\n\n' + "".join(
        f"--{mark}\n{one}\n" for one in parts
    ) + f"--{mark}--\n"  # fmt: skip


def read(message: str | bytes) -> reading.Letter:
    return reading.read(message.encode() if isinstance(message, str) else message, to="")


PLAIN, HTML, FOOTER = part("text/plain", "Дупката е пред № 5."), part("text/html", "<p>Дупката е пред № 5.</p>"), (
    part("text/plain", "Проверено за вируси")
)  # fmt: skip
PICTURE = part("image/jpeg", "x", Content_Disposition="attachment; filename=a.jpg")


@pytest.mark.parametrize(
    ("message", "words"),
    {
        "HTML and a footer in plain text": (of("mixed", HTML, FOOTER), "Дупката е пред № 5.\n\nПроверено за вируси"),
        "a footer in HTML": (
            of("mixed", PLAIN, part("text/html", "<p>Проверено за вируси</p>")),
            "Дупката е пред № 5.\n\nПроверено за вируси",
        ),
        "both ways, and a footer": (
            of("mixed", of("alternative", PLAIN, HTML), FOOTER),
            "Дупката е пред № 5.\n\nПроверено за вируси",
        ),
        "Apple Mail: words, a picture, words": (
            of("mixed", PLAIN, PICTURE, part("text/plain", "И пред № 7.")),
            "Дупката е пред № 5.\n\nИ пред № 7.",
        ),
        "Apple Mail: the HTML with its pictures is one alternative": (
            of("alternative", PLAIN, of("mixed", HTML, PICTURE, part("text/html", "<p>още</p>"))),
            "Дупката е пред № 5.",
        ),
        "HTML with its pictures": (of("related", HTML, PICTURE), "Дупката е пред № 5."),
        "a mailing list's footer below a signed letter": (
            of("mixed", of("signed", HTML, part("application/pgp-signature", "x")), FOOTER),
            "Дупката е пред № 5.\n\nПроверено за вируси",
        ),
        "an empty plain part": (of("alternative", part("text/plain", " \n"), HTML), "Дупката е пред № 5."),
        "a plain part that says that there is HTML": (
            of("alternative", part("text/plain", "This needs HTML."), part("text/html", f"<p>{'Яма. ' * 99}</p>")),
            ("Яма. " * 99).strip(),
        ),
        "a text that is attached is a file": (
            of("mixed", PLAIN, part("text/plain", "списък", Content_Disposition="attachment; filename=a.txt")),
            "Дупката е пред № 5.",
        ),
        "a calendar, a card and a table are no words": (
            of("mixed", part("text/calendar", "BEGIN:"), part("text/vcard", "X"), part("text/csv", "1;2"), PLAIN),
            "Дупката е пред № 5.",
        ),
    }.values(),
)  # fmt: skip
def test_words_are_chosen_among_alternatives_and_follow_one_another_elsewhere(message: str, words: str) -> None:
    assert read(message).words == words


LABELS = (
    "cp1252", "windows-1252", "latin1", "l1", "ISO_8859-1", "iso-8859-15", "utf-8", "us-ascii", "x-unknown",
    "", "windows-1251", "cp-1251", "koi8-r",
)  # fmt: skip


@pytest.mark.parametrize(
    "words", ["Дупката още стои", "ДУПКАТА ОЩЕ СТОИ", "дупката", "Да.", "Не", "ул. Искра 5, вх. Б"]
)
@pytest.mark.parametrize("used", CYRILLIC)
@pytest.mark.parametrize("label", LABELS)
def test_words_are_read_in_the_letters_they_are_written_in(words: str, used: str, label: str) -> None:
    raw = words.encode(used)
    assert charsets.as_written(raw, label) == words
    encoded = f"=?{label or 'x-unknown'}?B?{base64.b64encode(raw).decode()}?="
    assert reading.decoded(encoded) == words


@pytest.mark.parametrize(
    ("words", "charset"),
    [
        ("Größe und Straße", "iso-8859-1"),
        ("Où est-il passé ?", "windows-1252"),
        ("Şişli'de çukur var", "windows-1254"),
        ("Gaură în stradă, vă rugăm", "iso-8859-2"),
        ("Αυτή είναι η τρύπα", "iso-8859-7"),
        ("Яма на дороге, приезжайте", "koi8-r"),
        ("Яма на дорозі, приїжджайте", "koi8-u"),
        ("穴があります", "iso-2022-jp"),
        ("坑在这里", "gb18030"),
        ("Дупка", "utf-16"),
        ("Дупка", "utf-7"),
        ("“quoted” – dash", "windows-1252"),
    ],
)
def test_other_languages_are_read_as_their_label_says(words: str, charset: str) -> None:
    assert charsets.as_written(words.encode(charset), charset) == words


def test_one_broken_letter_leaves_the_others_as_they_are() -> None:
    raw = "Дупката още стои пред вход Б".encode()
    assert charsets.as_written(raw[:-1], "utf-8") == "Дупката още стои пред вход \ufffd"
    assert charsets.as_written(raw[:10] + b"\xff" + raw[10:], "") == "Дупка\ufffdта още стои пред вход Б"


@pytest.mark.parametrize("label", ["base64", "punycode", "idna", "unicode_escape", "undefined", "\0", "x" * 9999, "🙂"])
def test_what_is_no_charset_of_letters_is_not_used(label: str) -> None:
    began = time.monotonic()
    assert charsets.as_written("Дупка".encode("cp1251") * 200_000, label).startswith("ДупкаДупка")
    assert time.monotonic() - began < 5


OWN = {
    "From and To are streets": (
        "Здравейте, дупките са:\nОт: ул. Искра 5\nДо: ул. Напредък 7\nДата: 20.11.2026\nМоля оправете ги до Коледа."
    ),
    "two dashes between two parts": "Здравейте,\n--\nВтора част с важното.",
    "two dashes between long parts": "Първо.\n--\nВторо\nтрето\nчетвърто\nпето\nшесто\nседмо\nосмо",
    "a letter to the mayor": "От: Иван Петров\nДо: Кмета на общината\nОтносно: дупка\nДата: 20.11.2026\nИма дупка.",
    "Вчера": "Вчера съседът ми се обади\nи каза, че кметът написа:\nЩе го оправим.",
    "Народът": "Народът в квартала пише:\nстига вече.",
    "the mayor wrote on a day": "На 12.03.2026 г. кметът написа:\n„Ще го оправим.“\nИ нищо.",
    "On Monday": "On Monday my neighbour wrote:\nit is still there",
    "a line across": "Първо\n----------\nВторо",
    "an address is asked for": "Пишете на:\nivan@example.bg\nили се обадете.",
    "a list with dashes": "Дупки:\n- пред № 5\n- пред № 7",
}


@pytest.mark.parametrize("words", OWN.values(), ids=OWN)
def test_own_words_are_no_quotation(words: str) -> None:
    assert quotes.parted(words) == (words, "")


QUOTED = {
    "Outlook, in Bulgarian": "От: Община <a@b.bg>\nИзпратено: 12 март 2026 г. 14:03\nДо: П\nОтносно: Вх. №\n\nТук ли?",
    "Outlook, the address left out": "От: Община\nИзпратено: 12 март 2026 г. 14:03\nДо: П\nОтносно: Вх. №\n\nТук ли?",
    "Outlook, below a line": "________________________________\nОт: Община\nИзпратено: 12 март\nДо: Пенка\n\nЗдравейте",
    "Outlook, in German": "Von: Община <a@b.bg>\nGesendet: 12. März 2026 14:03\nAn: Penka\nBetreff: x\n\nHallo",
    "Gmail": "На чт, 12.03.2026 г. в 14:03 Община <portal@example.bg> написа:\n\n> Здравейте",
    "Gmail, in three lines": "На чт, 12.03.2026 г. в 14:03\nОбщина <\nportal@example.bg> написа:\n\n> Здравейте",
    "Gmail, in Russian": "чт, 12 мар. 2026 г. в 14:03, Община <portal@example.bg>:\n\n> Здравейте",
    "Gmail, in English": "On Thu, Mar 12, 2026 at 2:03 PM Община <portal@example.bg> wrote:\n\nHello",
    "Thunderbird": "На 12.03.26 г. в 14:03 ч., Община написа:\n> Здравейте",
    "Thunderbird, in German": "Am 12.03.26 um 14:03 schrieb Община:\n> Hallo",
    "Yahoo, in French": "Le jeudi 12 mars 2026 à 14:03, Община <portal@example.bg> a écrit :\n\n> Bonjour",
    "Yahoo, in Bulgarian": "В четвъртък, 12 март 2026 г. в 14:03:22 ч. Гринуич+2, Община <a@b.bg> написа:\n\n> Тук ли?",
    "Samsung": "-------- Оригинално съобщение --------\nОт: Община <a@b.bg>\nДата: 12.03.26 г. 14:03 ч.\nДо: П\n\nТук?",
    "Proton": "-------- Original Message --------\nOn Thursday, 03/12/26 at 14:03 A <a@b.bg> wrote:\n> Hello",
    "Yandex": '12.03.2026, 14:03, "Община" <a@b.bg>:\n\nТук ли?',
    "mail.ru": "Четверг, 12 марта 2026, 14:03 +02:00 от Община <a@b.bg>:\n\n> Тук ли?",
    "Tutanota": "12 март 2026 г., 14:03 от a@b.bg:\n\n> Тук ли?",
    "Gmail, the day first": "2026-03-12 14:03 GMT+02:00 Община <a@b.bg>:\n\n> Тук ли?",
    "who first": "Община Станимака <a@b.bg> написа на 12.03.2026 г. в 14:03:\n> Тук ли?",
    "Thunderbird, in Czech": "Dne 12.3.2026 v 14:03 Община napsal(a):\n> Hello",
    "Outlook, with stars": "*От:* Община <a@b.bg>\n*Изпратено:* 12 март 2026 г. 14:03 ч.\n*До:* П\n\nТук ли?",
    "abv.bg": ">-------- Оригинално писмо --------\n>От: Община\n>Здравейте",
    "mail.bg": "Цитат от Община <portal@example.bg>:\n\n> Здравейте",
    "Original Message": "-----Original Message-----\nFrom: Община\n\nHello",
}  # fmt: skip


@pytest.mark.parametrize("quoted", QUOTED.values(), ids=QUOTED)
def test_quotation_is_set_apart_and_not_lost(quoted: str) -> None:
    own, rest = quotes.parted(f"Пред вход Б е.\n\n{quoted}")
    assert own.rstrip("_\n") == "Пред вход Б е."
    assert set(quoted.strip("_").split()) <= set(rest.split())


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Да.\n-- \nПенка Стоянова\nМного дълго изречение за поверителност. " + "Бла. " * 99, "Да."),
        ("Да.\n--\nПенка Стоянова\nтел. 0888 123 456", "Да."),
        ("Да.\n\nИзпратено от моя iPhone", "Да."),
        ("Да.\n\nИзпратено от моя iPhone\n\n> Тук ли?", "Да."),
        ("На 12.03.2026 г. 14:03 Община написа:\n> Тук ли?\nНе, там.\n-- \nПенка", "Не, там."),
        ("Да.\n-- \nПенка\n\nНа 12.03.2026 г. 14:03 Община написа:\n> Тук ли?\nНе, там.", "Да.\n\nНе, там."),
    ],
)
def test_signature_is_set_apart_and_not_lost(text: str, own: str) -> None:
    parted = quotes.parted(text)
    assert parted.own == own
    assert set(text.split()) <= {*own.split(), *parted.rest.split()}


def test_quotation_of_an_html_letter_is_set_apart_and_not_lost() -> None:
    markup = "<p>Да.</p><blockquote>Тук<br>ли?<blockquote>Първо</blockquote></blockquote><p>Там.</p>"
    assert quotes.parted(quotes.as_text(markup)) == ("Да.\n\nТам.", "> Тук\n> ли?\n> > Първо")
    assert read(part("text/html", "<blockquote>Всичко е тук.</blockquote>")).text == "> Всичко е тук."


@pytest.mark.parametrize(
    "header",
    [
        "Петров, Петър <petar@example.bg>",
        '"Петров, Петър" <petar@example.bg>',
        "Петров; Петър (зет) <petar@example.bg>",
        'Петър "Пешо" Петров <petar@example.bg>',
        "=?utf-8?B?0J/QtdGC0YDQvtCyLCDQn9C10YLRitGA?= <petar@example.bg>",
        '"<other@example.bg>" <petar@example.bg>',
        "other@example.bg <petar@example.bg>",
        "petar@example.bg (Петров, Петър)",
        "PETAR@EXAMPLE.BG",
        "< petar@example.bg >",
    ],
)
def test_sender_is_the_address_however_the_name_is_written(header: str) -> None:
    assert reading.address(header) == "petar@example.bg"
    assert read(f"From: {header}\n\nx").sender == "petar@example.bg"
    assert read(f"From: {header}\n\nx".encode("cp1251")).sender == "petar@example.bg"


@pytest.mark.parametrize("header", ["", "undisclosed-recipients:;", "<>", "Петров", '"' * 900, "<" * 900, "a@" * 400])
def test_no_sender_is_no_fault(header: str) -> None:
    assert "Петров" not in reading.address(header)


def names(*dispositions: bytes) -> Iterable[str]:
    parts = [
        b"--x\nContent-Type: application/pdf\nContent-Disposition: " + one + b"\n\n%PDF-\n" for one in dispositions
    ]
    return read(b"Content-Type: multipart/mixed; boundary=x\n\n" + b"".join(parts) + b"--x--\n").files


@pytest.mark.parametrize(
    "disposition",
    [
        'attachment; filename="молба.pdf"'.encode(),
        'attachment; filename="молба.pdf"'.encode("cp1251"),
        "attachment; filename=молба.pdf".encode(),
        b'attachment; filename="=?utf-8?B?0LzQvtC70LHQsC5wZGY=?="',
        b"attachment; filename*=utf-8''%D0%BC%D0%BE%D0%BB%D0%B1%D0%B0.pdf",
        b"attachment; filename*=iso-8859-1''%EC%EE%EB%E1%E0.pdf",
        b"attachment; filename*0*=utf-8''%D0%BC%D0%BE; filename*1*=%D0%BB%D0%B1%D0%B0.pdf",
        'attachment; filename="мол\u202eба.pdf"'.encode(),
        'attachment; filename="\u200bмолба\u2069.pdf\ufeff"'.encode(),
    ],
)
def test_name_of_a_file_is_read_and_can_be_seen(disposition: bytes) -> None:
    assert names(disposition) == ("молба.pdf",)


@pytest.mark.parametrize("mark", ["\u202e", "\u202d", "\u2066", "\u2069", "\u200f", "\u061c", "\ufeff", "\u0085"])
def test_nothing_turns_the_direction_of_what_is_read(mark: str) -> None:
    assert names(f'attachment; filename="snimka{mark}gpj.exe"'.encode()) == ("snimkagpj.exe",)
    told = read(f"From: a@b.bg\nSubject: Те{mark}ма\nContent-Type: text/plain; charset=utf-8\n\nДу{mark}ми")
    assert (told.subject, told.words) == ("Тема", "Думи")


FORWARDED = "From: a@b.bg\nSubject: =?utf-8?B?0JTQvtC60LDQt9Cw0YLQtdC70YHRgtCy0L4=?=\n\nTell nobody\n"


@pytest.mark.parametrize(
    ("attached", "name"),
    [
        (f"Content-Type: message/rfc822\n\n{FORWARDED}", "Доказателство.eml"),
        (f'Content-Type: message/rfc822; name="a.eml"\n\n{FORWARDED}', "a.eml"),
        (
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
            + base64.b64encode(FORWARDED.encode()).decode(),
            "Доказателство.eml",
        ),
        (f"Content-Type: message/rfc822\nContent-Disposition: attachment\n\n{FORWARDED}", "Доказателство.eml"),
        ("Content-Type: message/rfc822\n\nFrom: a@b.bg\n\nTell nobody", "2.eml"),
    ],
)
def test_letter_in_the_letter_is_a_file(attached: str, name: str) -> None:
    message = of("mixed", PLAIN, attached)
    told = read(message)
    assert (told.words, told.files) == ("Дупката е пред № 5.", (name,))
    (file,) = reading.files(message.encode())
    assert file.is_letter
    assert b"Tell nobody" in file.content
    assert b"From: a@b.bg" in file.content


def test_what_differs_in_subject_or_date_is_another_message() -> None:
    head = "From: a@b.bg\nTo: c@d.bg\n"
    told = [
        f"{head}Subject: Дупка\nDate: Thu, 12 Mar 2026 15:21:40 +0200\n\nВижте темата.",
        f"{head}Subject: Лампа\nDate: Thu, 12 Mar 2026 15:21:40 +0200\n\nВижте темата.",
        f"{head}Subject: Дупка\nDate: Fri, 13 Mar 2026 15:21:40 +0200\n\nВижте темата.",
        f"{head}Subject: Дупка\n\nВижте темата.",
        f"{head}\nВижте темата.",
        f"Message-ID: <1@b.bg>\n{head}\nВижте темата.",
    ]
    assert len({read(one).fingerprint for one in told}) == len(told)
    again = [f"Received: from mx by mx; {number}\nX-Spam: no\n{told[0]}" for number in range(3)]
    assert {read(one).fingerprint for one in again} == {read(told[0]).fingerprint}
    assert read(told[0].replace("\n", "\r\n")).fingerprint == read(told[0]).fingerprint


@pytest.mark.parametrize("name", ["signed_whole", "signed_stream"])
def test_letter_inside_its_signature_is_read(name: str) -> None:
    told = reading.read(letter(name), to="")
    assert (told.words, told.files, told.author) == (WORDS, (), "person")


@pytest.mark.parametrize("name", ["signed_whole", "signed_stream"])
def test_broken_signature_is_no_fault(name: str) -> None:
    raw = letter(name)
    head, _, body = raw.partition(b"\n\n")
    cms = base64.b64decode(body)
    for cut in range(0, len(cms), 7):
        damaged = cms[:cut] + bytes([cms[cut] ^ 0xFF]) + cms[cut + 1 :]
        for one in (cms[:cut], damaged):
            told = read(head + b"\n\n" + base64.b64encode(one))
            assert told.text or told.files


def test_signature_made_to_be_read_for_ever_is_given_up() -> None:
    head = b"Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\n"
    for nasty in (
        b"\x30\x80" * 500_000,
        b"\x30\x80\xa0\x80" + b"\x04\x00" * 2_000_000,
        b"\x24\x84\xff\xff\xff\xff" * 9,
    ):
        began = time.monotonic()
        assert "не може да го прочете" in read(head + base64.b64encode(nasty)).words
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "шифровано"),
        ("application/x-pkcs7-mime; smime-type=enveloped-data", "шифровано"),
        ("application/pkcs7-mime; name=smime.p7m", "подписано"),
        ("application/ms-tnef; name=winmail.dat", "Outlook"),
        ("application/octet-stream; name=winmail.dat", "Outlook"),
        ("multipart/encrypted; boundary=x", "шифровано"),
    ],
)
def test_what_hides_the_words_is_told(kind: str, says: str) -> None:
    within = "--x\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--x--" if "multipart" in kind else "AAAA"
    assert says in read(f"From: a@b.bg\nContent-Type: {kind}\n\n{within}").words
