"""What the register and the table of synonyms know of the words of a query: one question to the database."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from portal.search.query.lemmas import Lemmas
from portal.search.query.letters import clean

_ASK = text("SELECT relation, of, word, df, strength, phrases, one_way FROM register_vocabulary(:keys, :prefix)")


@dataclass(frozen=True)
class Synonyms:
    phrases: tuple[str, ...]
    strength: float
    one_way: bool = False  # the first finds the others, not they it


@dataclass
class Known:
    """`df`: in how many cases a word stands; the others: from a key to words of the register near it."""

    df: dict[str, int] = field(default_factory=dict)
    family: dict[str, list[str]] = field(default_factory=dict)
    sound: dict[str, list[str]] = field(default_factory=dict)
    prefix: list[str] = field(default_factory=list)
    completed: list[str] = field(default_factory=list)  # as they are shown
    topics: dict[str, list[str]] = field(default_factory=dict)
    synonyms: list[Synonyms] = field(default_factory=list)
    cases: int = 0

    def named(self, lemmas: Lemmas) -> set[str]:
        """Return the keys of all synonyms found: right words, whether the register has them or not."""
        phrases = (phrase for row in self.synonyms for phrase in row.phrases)
        return {key for phrase in phrases for word in clean(phrase).split() for key in lemmas(word)}

    def add(self, other: "Known") -> None:
        for name in ("df", "family", "sound", "topics"):
            getattr(self, name).update(getattr(other, name))
        self.synonyms += [row for row in other.synonyms if row not in self.synonyms]


async def known(db: AsyncSession, keys: Iterable[str], prefix: str | None) -> Known:
    found = Known()
    asked = await db.execute(_ASK, {"keys": sorted(set(keys)), "prefix": prefix})
    for relation, of, word, df, strength, phrases, one_way in asked:
        if relation == "cases":
            found.cases = df
        elif relation == "synonyms":
            found.synonyms.append(Synonyms(tuple(phrases), strength, one_way))
        elif relation == "topic":
            found.topics.setdefault(of, []).append(word)
        else:
            found.df[word] = df
            if relation == "prefix":
                found.prefix.append(word)
                found.completed.append(of)
            elif relation == "family":
                found.family.setdefault(of, []).append(word)
            elif relation == "sound":
                found.sound.setdefault(of, []).append(word)
    return found
