"""The sender's name where a reply greets them: it goes to the sender, and stays out of what everybody reads."""

import re

from portal.publishing import names

GREETING = re.compile(
    r"\s*(?:здравей(?:те)?|добър ден|добро утро|уважаем[аи](?:/[аи])?|драг[аи])\b(?P<whom>[ \t]*,?[^\n!,:]{2,120}?)"
    r"\s*(?=[!,:\n]|\.\s|\.?$)",
    re.IGNORECASE,
)
TITLES = re.compile(r"\b(?:г-жо|г-жа|г-це|г-не|г-н|госпо(?:жо|жа|жице|дине|дин)|д-р|инж|проф)\b\.?", re.IGNORECASE)


def without_name(text: str, sender: str) -> str:
    """Return the reply greeting nobody by name, where its first words do so and no other word is among them."""
    greeting = GREETING.match(text)
    if greeting is None:
        return text
    whom, spans = greeting["whom"], [(start, end) for start, end, _ in names.find(greeting["whom"], sender)]
    for start, end in reversed(spans):
        whom = whom[:start] + whom[end:]
    others = re.search(r"\w", TITLES.sub("", whom))
    return text if others or not spans else f"Здравейте{text[greeting.end() :]}"
