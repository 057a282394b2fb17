"""What of a text counts for search: the same cleaning as bg_clean in SQL (tests hold them together)."""

import re
import unicodedata

LONGEST = 400  # letters of a query that are read: nobody types more, and a page pasted in must not cost more

_FOLD = str.maketrans("ѝѐё", "иее", "\u0300\u0301\u00ad\u200b\u200c\u200d")
_PRIVATE = re.compile(r"[^ ]+@[^ ]+|(\+ ?359|\b00 ?359|\b0)([ /().-]*[0-9]){7,10}\b|[0-9]{8,}")
_OTHER = re.compile(r"[^a-zа-я0-9]+")
_JOINED = re.compile(r"\b(бл|ул|кв|вх|ет|ап|no)([0-9])")
_BLOCK = re.compile(r"\b(?:бл|блок|блока|блокът|block|blok|bl) ([0-9]+[а-яa-z]?)\b")
_BLOCK_AFTER = re.compile(r"\b([0-9]+)(?: [мтр]и)? (?:блок|блока|блокът|бл)\b(?! [0-9])")
_ENTRANCE = re.compile(r"\b(вх|вход|входа) ([а-я])\b")


def clean(text: str) -> str:
    """Return lower-case words between single spaces; „бл. 8“ also as бл08, „вх. В“ also as вх0в."""
    text = unicodedata.normalize("NFC", text).lower().translate(_FOLD)
    text = _OTHER.sub(" ", _PRIVATE.sub(" ", text))
    text = _JOINED.sub(r"\1 \2", text)
    text = _BLOCK.sub(r"бл \1 бл0\1", text)
    text = _BLOCK_AFTER.sub(r"\1 бл бл0\1", text)
    return _ENTRANCE.sub(r"\1 вх0\2", text)


def words(text: str) -> list[str]:
    return clean(text[:LONGEST]).split()
