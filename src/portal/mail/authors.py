"""Tells whether a person, a machine or a mail server wrote a letter: a guess, where no header of RFC 3834 says it."""

import re
from collections.abc import Mapping
from enum import StrEnum


class Author(StrEnum):
    PERSON = "person"
    DOUBTFUL = "doubtful"
    """It reads as a machine's, and a person may have written it."""
    MACHINE = "machine"
    SERVER = "server"
    """A mail server that tells of a letter of ours."""


LONGEST_NOTICE = 1500
"""Characters: machines are brief."""
_BY_BEING = ("list-id", "x-autoreply", "x-autorespond", "x-autoresponder", "x-portal-event")
_ANSWERED_AGAIN = r"(?:(?:re|aw|sv|fwd?|отг|отн|препр)(?:\s?\[\d{1,3}\])?\s?:\s*){0,10}"
_notice = (
    r"автоматич(?:ен|но) (?:генерирано? |имейл )?(?:отговор|съобщение|известие|писмо)|автоотговор|извън офиса"
    r"|(?:съобщение за )?отсъствие(?: от офиса)?|отсъствам(?: от офиса)?|извън офиса съм"
    r"|(?:аз съм )?в отпуска?(?: съм)?"
    r"|automatic reply|auto(?:matic)?[- ]?(?:reply|response|responder|answer)"
    r"|(?:i am |i'm )?out of (?:the )?office(?:[ :-]+auto[- ]?reply| reply| message| notification| assistant)?"
    r"|(?:on )?vacation(?: reply| response| message| notice)?|away from (?:the |my )?office|on (?:annual )?leave"
    r"|automatische antwort|abwesenheits(?:notiz|meldung)|abwesend|réponse automatique|absence du bureau"
    r"|risposta automatica|fuori (?:sede|ufficio)|respuesta automática|fuera de la oficina|resposta automática"
    r"|автоматический ответ|автоответ|автоматична відповідь|otomatik (?:yanıt|cevap)|ofis dışında|răspuns automat"
    r"|αυτόματη απάντηση|automatisch antwoord|autosvar|odpowiedź automatyczna|automatická odpověď|аутоматски одговор"
)
_by_form = re.compile(rf"{_ANSWERED_AGAIN}(?:{_notice})\s*(?:[:：]|[.!]?$)", re.IGNORECASE)
"""As machines write it: nothing more, or before the subject that they answer."""
_by_beginning = re.compile(
    rf"{_ANSWERED_AGAIN}(?:автоматич(?:ен|но)|автоотговор|извън офиса (?:съм|до|от)|отсъствие от офиса"
    r"|automatic|auto[- ]?reply|out of (?:the )?office|vacation"
    r"|(?:не е )?(?:прочетено|прочетена|доставено)\s?:|(?:not )?read\s?:|delivered\s?:"
    r"|gelesen\s?:|lu\s?:|(?:прието|приета|отказано|отказана|условно|accepted|declined|tentative)\s?:)",
    re.IGNORECASE,
)
_by_words = re.compile(
    r"(?:в отпуска?|извън офиса) съм"
    r"|(?:съм|сме|ще бъда) (?:в|във|извън) (?:платен |годишен )?(?:отпуск|офиса|командировка|болнични)"
    r"|отсъствам от (?:офиса|работа)|ще отсъствам|няма да (?:съм|бъда) (?:в офиса|на работа)|на почивка съм"
    r"|ще (?:ви )?отговоря,? (?:след|при|когато|щом) (?:се |като се )?(?:завърна|завръщане|върна)"
    r"|(?:нямам|с ограничен|без) достъп до (?:служебната |електронната )?(?:си )?(?:поща|имейл)"
    r"|(?:това|този|настоящото|съобщението) [^\n]{0,30}(?:е )?автоматич(?:ен|но)|изпратено автоматично"
    r"|не отговаряйте на това|(?:е|беше) регистриран[аои]? (?:под|с) (?:номер|№)"
    r"|(?:получихме|приехме) [^\n]{0,100}ще (?:ви отговорим|се свърж)"
    r"|out of (?:the )?office|on (?:annual |sick |parental )?leave|on vacation|limited access to (?:my )?e-?mail"
    r"|do not reply to this|this is an auto|has been received and|ticket (?:#|number|id)"
    r"|im urlaub|nicht im (?:haus|büro)|en congés?\b|в отпуске|у відпустці|izindeyim|in concediu|în concediu",
    re.IGNORECASE,
)


def author(headers: Mapping[str, str], subject: str, words: str, *, is_calendar: bool) -> Author:
    """Tell who wrote what no mail server did. `is_calendar`: an answer to an invitation is in it."""
    submitted = headers.get("auto-submitted", "no").strip().lower()
    if not submitted.startswith("no") or any(name in headers for name in _BY_BEING):
        return Author.MACHINE
    if headers.get("precedence", "").strip().lower() in {"bulk", "junk", "list", "auto_reply"}:
        return Author.MACHINE
    if _by_form.match(subject) or (is_calendar and not words):
        return Author.MACHINE
    if is_calendar or _by_beginning.match(subject):
        return Author.DOUBTFUL
    return Author.DOUBTFUL if len(words) <= LONGEST_NOTICE and _by_words.search(words) else Author.PERSON
