"""Makes letters as people, programs and gateways make them: languages, quotations, parts, charsets, damage, by lot."""

import base64
import quopri
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

SENTENCES = {
    "bg": (
        "Дупката е пред № 5.", "Вчера пак падна човек.", "Моля, елате скоро!", "Лампата пред вход Б не свети",
        "От понеделник няма вода на ул. „Искра“", "В двора на училището има сметище.", "На ъгъла е счупен капак.",
        "Обадих се на 0888 123 456 в 14:30, никой не вдигна.", "ДОКОГА ЩЕ ЧАКАМЕ?!", "Благодаря Ви предварително",
    ),
    "en": ("The hole is in front of number 5.", "On Monday somebody fell again.", "Please come soon!"),
    "de": ("Das Loch ist vor Nummer 5.", "Am Montag ist wieder jemand gestürzt.", "Bitte kommen Sie schnell!"),
    "ru": ("Яма перед домом 5.", "Вчера опять упал человек.", "Приезжайте скорее!"),
    "tr": ("Çukur beş numaranın önünde.", "Dün yine biri düştü.", "Lütfen çabuk gelin!"),
}  # fmt: skip
ODD = (
    "От: ул. Искра 5\nДо: ул. Напредък 7\nДата: 20.11.2026", "Ето,\n--\nвтора част.", "Кметът написа:\nще дойдем.",
    "Народът пише:\nстига.", "На 12.03.2026 г. съседът написа:\n„Няма.“", "----------", "Пишете на:\nivan@example.bg",
    "- пред № 5\n- пред № 7", "* * *", "1. първо\n2. второ", "<b>тук</b> & там", "Дупка > 1 метър",
)  # fmt: skip
"""What people write and programs mistake."""
ASKED = "Здравейте,\n\nПред кой вход е дупката?\n\nОбщина Станимака"
OURS = "Община Станимака <portal@stanimaka.example>"
HEADS = {
    "Gmail": f"На чт, 12.03.2026 г. в 14:03 {OURS} написа:\n",
    "Gmail in three lines": f"На чт, 12.03.2026 г. в 14:03 {OURS[:20]}\n{OURS[20:]}\nнаписа:\n",
    "Gmail in English": f"On Thu, Mar 12, 2026 at 2:03 PM {OURS} wrote:\n",
    "Gmail in Russian": f"чт, 12 мар. 2026 г. в 14:03, {OURS}:\n",
    "Thunderbird": "На 12.03.26 г. в 14:03 ч., Община Станимака написа:\n",
    "Thunderbird in German": "Am 12.03.26 um 14:03 schrieb Община Станимака:\n",
    "Yahoo in French": f"Le jeudi 12 mars 2026 à 14:03, {OURS} a écrit :\n",
    "mail.bg": f"Цитат от {OURS}:\n",
}
BLOCKS = {
    "Outlook": f"От: {OURS}\nИзпратено: 12 март 2026 г. 14:03\nДо: penka@example.bg\nОтносно: Вх. №\n",
    "Outlook in English": f"From: {OURS}\nSent: Thursday, March 12, 2026 2:03 PM\nTo: Penka\nSubject: No\n",
    "Outlook in German": f"Von: {OURS}\nGesendet: Donnerstag, 12. März 2026 14:03\nAn: Penka\nBetreff: Nr\n",
    "Outlook mobile": "________________________________\nОт: Община\nИзпратено: 12 март 14:03\nДо: П\nОтносно: Вх.\n",
    "Original Message": f"-----Original Message-----\nFrom: {OURS}\nSent: Thursday\nTo: Penka\nSubject: No\n",
    "abv.bg": f"-------- Оригинално писмо --------\nОт: {OURS}\nОтносно: Вх. №\nДо: penka@example.bg\n",
}
SIGNATURES = ("", "", "", "\n-- \nПенка Стоянова\nтел. 0888 123 456", "\n\nИзпратено от моя iPhone", "\n--\nПенка")
FOOTERS = ("Проверено за вируси", "This e-mail was checked by a gateway.", "Поверително съобщение")
FROM = (
    "penka@example.bg", "Пенка Стоянова <penka@example.bg>", "Стоянова, Пенка <penka@example.bg>",
    '"Стоянова, Пенка" <penka@example.bg>', "=?windows-1251?B?z+Xt6uA=?= <penka@example.bg>",
)  # fmt: skip
SUBJECTS = (
    "Re: Вх. № С-0001",
    "",
    "Отг: Вх. №",
    "RE: FW: Вх. №",
    "Дупка",
    "=?koi8-r?B?5NXQy8E=?=",
    "Отсъствам, но допълвам",
)
MACHINES: tuple[dict[str, str], ...] = (
    {"Auto-Submitted": "auto-replied", "Return-Path": "<>"}, {"Precedence": "bulk"}, {"X-Autoreply": "yes"},
    {"Subject": "Автоматичен отговор: Вх. №"}, {"Subject": "Out of Office: Re: Вх. №"}, {"List-Id": "<x.example.bg>"},
    {"Subject": "Re: Отсъствие от офиса: Вх. №"}, {"Subject": "Automatische Antwort: Вх. №"}, {},
)  # fmt: skip
HARMLESS: tuple[dict[str, str], ...] = (
    {},
    {},
    {},
    {"X-Auto-Response-Suppress": "All"},
    {"Precedence": "normal"},
    {"Auto-Submitted": "no"},
)
AWAY = ("В отпуск съм до 7 декември.", "Извън офиса съм до понеделник.", "I am out of the office until Monday.")
SERVERS = (
    "Писмото не може да бъде доставено. <penka@example.bg>: Няма такъв потребител.",
    "Message quarantined.", "550 5.1.1 User unknown", "",
)  # fmt: skip


@dataclass(frozen=True)
class Made:
    raw: bytes
    by: str
    """person, machine or server"""
    own: str
    """What a person wrote, as a page would show it."""
    is_damaged: bool


def letters(number: int, *, to: str, bounces_to: str, seed: int = 1) -> Iterator[Made]:
    """Make so many, the same ones for the same seed."""
    for one in range(number):
        yield _letter(Random(f"{seed}-{one}"), one, to, bounces_to)


def _letter(lot: Random, number: int, to: str, bounces_to: str) -> Made:
    by = lot.choices(("person", "machine", "server"), (7, 2, 1))[0]
    language = lot.choice(("bg", "bg", "bg", *SENTENCES)) if by == "person" else "bg"
    own = _own(lot, language) if by == "person" else lot.choice(AWAY if by == "machine" else SERVERS)
    headers = {"From": lot.choice(FROM), "To": to, "Subject": lot.choice(SUBJECTS), "Message-ID": f"<{number}@mill>"}
    headers |= lot.choice(MACHINES if by == "machine" else HARMLESS)
    if by == "server":
        headers |= {"From": "MAILER-DAEMON@mx.example.bg", "Return-Path": "<>", "To": bounces_to}
    quoted = _quoted(lot) if by == "person" else ""
    parts = _parts(lot, language, own, quoted, lot.choice(SIGNATURES) if by == "person" else "")
    charset = lot.choice(("utf-8", "utf-8", "cp1251"))
    raw = b"".join(f"{name}: {value}\n".encode(charset, "replace") for name, value in headers.items())
    raw += b"MIME-Version: 1.0\n" + parts
    if lot.random() < 0.3:
        raw = raw.replace(b"\n", b"\r\n")
    is_damaged = lot.random() < 0.25
    return Made(_damaged(lot, raw) if is_damaged else raw, by, own, is_damaged)


def _own(lot: Random, language: str) -> str:
    said = lot.choices(SENTENCES[language], k=lot.randint(1, 6))
    if language == "bg" and lot.random() < 0.25:
        said.insert(lot.randrange(len(said) + 1), lot.choice(ODD))
    return lot.choice(("\n", "\n", "\n\n", " ")).join(said)


def _quoted(lot: Random) -> str:
    way = lot.random()
    if way < 0.25:
        return ""
    if way < 0.65:
        return f"\n\n{lot.choice(list(HEADS.values()))}\n" + "\n".join(f"> {line}" for line in ASKED.split("\n"))
    return f"\n\n{lot.choice(list(BLOCKS.values()))}\n{ASKED}"


def _parts(lot: Random, language: str, own: str, quoted: str, signature: str) -> bytes:
    plain = _part(lot, language, "plain", own + signature + quoted)
    markup = _part(lot, language, "html", _markup(own + signature, quoted))
    way = lot.choice(
        ("plain", "plain", "html", "alternative", "alternative", "footer", "picture", "forwarded", "signed")
    )
    if way in {"plain", "html"}:
        return plain if way == "plain" else markup
    if way == "alternative":
        return _together("alternative", plain, markup)
    if way == "footer":
        return _together("mixed", lot.choice((plain, markup)), _part(lot, "en", "plain", lot.choice(FOOTERS)))
    if way == "picture":
        picture = b'Content-Type: image/jpeg\nContent-Disposition: attachment; filename="\xe4\xf3\xef\xea\xe0.jpg"\n\nx'
        return _together("mixed", _together("alternative", plain, markup), picture)
    if way == "forwarded":
        return _together("mixed", plain, b"Content-Type: message/rfc822\n\nFrom: a@b.bg\nSubject: x\n\nProof")
    return _together("signed", markup, b"Content-Type: application/pgp-signature\n\nx")


def _part(lot: Random, language: str, kind: str, words: str) -> bytes:
    charset, label = "utf-8", lot.choice(("utf-8", "utf-8", "utf-8", "us-ascii", "windows-1251"))
    if language == "bg" and not set(words) - set(words.encode("cp1251", "ignore").decode("cp1251")):
        charset = lot.choice(("utf-8", "cp1251", "cp1251", "koi8-r"))
    if charset == "koi8-r" and set(words) - set(words.encode("koi8-r", "ignore").decode("koi8-r")):
        charset = "cp1251"
    if charset != "utf-8":
        label = lot.choice((charset, charset, "utf-8", "iso-8859-1", "cp1252", "latin1", "us-ascii", "x-unknown"))
    body, way = words.encode(charset), lot.choice(("8bit", "base64", "quoted-printable"))
    if way == "base64":
        body = base64.encodebytes(body)
    elif way == "quoted-printable":
        body = quopri.encodestring(body)
    head = f"Content-Type: text/{kind}; charset={label}\nContent-Transfer-Encoding: {way}\n\n"
    return head.encode() + body


def _markup(own: str, quoted: str) -> str:
    def drawn(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>\n")

    return f"<html><style>p{{margin:0}}</style><body><div>{drawn(own)}</div><div>{drawn(quoted)}</div></body></html>"


def _together(kind: str, *parts: bytes) -> bytes:
    mark = f"=_{kind}"
    inside = b"".join(b"--%s\n%s\n" % (mark.encode(), one) for one in parts)
    return f'Content-Type: multipart/{kind}; boundary="{mark}"\n\n'.encode() + inside + f"--{mark}--\n".encode()


def _damaged(lot: Random, raw: bytes) -> bytes:
    way = lot.choice(("cut", "bytes", "lines", "doubled", "header"))
    if way == "cut":
        return raw[: lot.randrange(len(raw))]
    if way == "bytes":
        changed = bytearray(raw)
        for _ in range(lot.randint(1, 20)):
            changed[lot.randrange(len(raw))] = lot.randrange(256)
        return bytes(changed)
    lines = raw.split(b"\n")
    if way == "lines":
        lot.shuffle(lines)
        return b"\n".join(lines)
    if way == "doubled":
        return raw + raw
    return b"\n".join(line for line in lines if lot.random() < 0.9)
