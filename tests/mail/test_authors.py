"""Who wrote a letter: known where a header says it, else guessed; in doubt it is a person's that a person looks at."""

import pytest

from portal.mail import reading
from portal.mail.authors import Author

ANSWER = "Шахтата е пред № 12."
AWAY = "В отпуск съм до 7 декември."


def author(words: str = ANSWER, subject: str = "Re: Вх. № С-0001/12.03.2026", **headers: str) -> Author:
    told = {"From": "penka@example.bg", "Subject": subject, "Content-Type": "text/plain; charset=utf-8"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    raw = "".join(f"{name}: {value}\n" for name, value in told.items()) + f"\n{words}\n"
    return reading.read(raw.encode(), to="").author


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x"},
        {"Precedence": "bulk"},
        {"Precedence": "Auto_Reply"},
        {"List_Id": "<x.example.bg>"},
        {"X_Autoreply": "yes"},
        {"X_Portal_Event": "received"},
        {"Return_Path": "<>", "Auto_Submitted": "auto-replied"},
        {"Content_Type": "text/calendar; method=REPLY; charset=utf-8"},
        {"Content_Type": "multipart/report; report-type=disposition-notification; boundary=x"},
    ],
    ids=str,
)
def test_header_says_that_it_is_a_machine(headers: dict[str, str]) -> None:
    assert author(**headers) is Author.MACHINE


@pytest.mark.parametrize(
    "subject",
    [
        "Автоматичен отговор",
        "Автоматичен отговор: Вх. № С-0001/12.03.2026",
        "Re: Автоматичен отговор: Вх. № С-0001",
        "RE: FW: Отсъствие от офиса: Вх. №",
        "Отг: Извън офиса: Вх. №",
        "Отсъствие от офиса: Вх. №",
        "Отсъствам: Вх. №",
        "В отпуск съм",
        "Автоматично съобщение: Re: Вх. №",
        "Automatic reply: Вх. №",
        "Out of Office: Re: Вх. №",
        "Out of Office AutoReply: Вх. №",
        "Re[2]: Auto-Reply: Вх. №",
        "Automatische Antwort: Вх. №",
        "Abwesenheitsnotiz: Вх. №",
        "Réponse automatique : Вх. №",
        "Автоматический ответ: Вх. №",
        "Otomatik Yanıt: Вх. №",
        "Răspuns automat: Вх. №",
        "Αυτόματη απάντηση: Вх. №",
    ],
)
def test_subject_has_the_form_that_machines_give_it(subject: str) -> None:
    assert author(AWAY, subject) is Author.MACHINE


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (ANSWER, {"X_Auto_Response_Suppress": "DR, OOF"}),
        (ANSWER, {"X_Auto_Response_Suppress": "All"}),
        (ANSWER, {"Auto_Submitted": "no"}),
        (ANSWER, {"Precedence": "normal"}),
        (ANSWER, {"subject": "Отсъствам от града, но допълвам"}),
        (ANSWER, {"subject": "Отпускът ми свърши: вижте снимката"}),
        (ANSWER, {"subject": "Извън офиса на пощата има дупка"}),
        (ANSWER, {"subject": "Отсъствие на осветление"}),
        (ANSWER, {"subject": "Относно: автоматичен отговор от Вас"}),
        (ANSWER, {"subject": "Read me"}),
        ("Автоматът за билети не работи.", {}),
        ("В отпуската на съседа падна дървото.", {}),
        ("Контейнерът е пред офиса на пощата, извън кооперацията.", {}),
        ("Ще Ви отговоря с удоволствие: дупката е пред № 5.", {}),
        ("Получихме Вашия отговор, но дупката е пред № 5.", {}),
        ("Дупката е там. " * 200 + AWAY, {}),
    ],
)
def test_person_is_a_person(words: str, told: dict[str, str]) -> None:
    assert author(words, **told) is Author.PERSON


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        (AWAY, "Re: Вх. №"),
        ("Извън офиса съм до понеделник.", "Re: Вх. №"),
        ("Здравейте, ще отсъствам до 3 май. При спешност: 0888 123 456.", "Re: Вх. №"),
        ("Ще Ви отговоря, когато се върна.", "Re: Вх. №"),
        ("Няма да съм на работа до петък.", "Re: Вх. №"),
        ("Съм в платен отпуск.", "Re: Вх. №"),
        ("I am out of the office until Monday.", "Re: Вх. №"),
        ("Ich bin im Urlaub.", "Re: Вх. №"),
        ("Я в отпуске до 3 мая.", "Re: Вх. №"),
        ("Получихме писмото Ви и ще Ви отговорим в срок.", "Re: Вх. №"),
        ("Запитването Ви е регистрирано под № 77.", "Re: Вх. №"),
        ("Това е автоматично съобщение.", "Re: Вх. №"),
        ("Your request has been received and is being reviewed.", "[Ticket #7] Вх. №"),
        (ANSWER, "Прочетено: Вх. №"),
        (ANSWER, "Read: Вх. №"),
        (ANSWER, "Прието: Вх. №"),
        (ANSWER, "Out of office until Monday"),
        (ANSWER, "Автоматичен отговор – Пенка"),
    ],
)
def test_what_reads_like_a_machine_is_doubtful(words: str, subject: str) -> None:
    assert author(words, subject) is Author.DOUBTFUL


def test_words_beside_a_calendar_are_doubtful() -> None:
    parts = (f"text/plain; charset=utf-8\n\n{ANSWER}", "text/calendar; method=REPLY\n\nBEGIN:VCALENDAR")
    body = "".join(f"--x\nContent-Type: {one}\n" for one in parts) + "--x--\n"
    assert author(body, Content_Type="multipart/alternative; boundary=x") is Author.DOUBTFUL


@pytest.mark.parametrize(
    "told",
    [
        {"From": "MAILER-DAEMON@mx.example.bg"},
        {"From": "Mail Delivery System <Mailer-Daemon@mx.example.bg>", "Auto_Submitted": "auto-replied"},
        {"From": "postmaster@mx.example.bg"},
        {"From": "mail-daemon@mx.example.bg"},
        {"X_Failed_Recipients": "penka@example.bg"},
        {"Return_Path": "<>"},
        {"Content_Type": "multipart/report; report-type=feedback-report; boundary=x"},
        {"Content_Type": "multipart/report; report-type=delivery-status; boundary=x"},
        {"Content_Type": "multipart/report; boundary=x"},
    ],
    ids=str,
)
def test_server_is_a_server(told: dict[str, str]) -> None:
    assert author(**told) is Author.SERVER
