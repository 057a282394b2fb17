"""What the public will see of a form that is not sent yet, with what looks like personal data marked in it."""

from dataclasses import dataclass

from portal.cases.model import Publication
from portal.intake.submission import Submission, heading
from portal.publishing import personal_data

Pieces = list[tuple[str, str]]


@dataclass(frozen=True)
class Preview:
    """`name`: of the sender, where it is to be seen. `held`: a member of the staff looks before anybody sees it."""

    title: Pieces
    text: Pieces
    place: Pieces
    name: str
    held: bool
    private: bool

    @property
    def signs(self) -> dict[str, str]:
        """Each marked piece once, with what it looks like."""
        return {piece: what for piece, what in [*self.title, *self.text, *self.place] if what}


def of(sent: Submission, publication: Publication) -> Preview:
    named = publication is Publication.NAMED
    hide = "" if named else sent.name
    title = sent.title or heading(sent.text)
    held = personal_data.tells(sent.name) or personal_data.tells(f"{title}\n{sent.text}\n{sent.place}\n", hide)
    return Preview(
        title=personal_data.pieces(title, hide),
        text=personal_data.pieces(sent.text, hide),
        place=personal_data.pieces(sent.place, hide),
        name=sent.name if named else "",
        held=held,
        private=publication is Publication.PRIVATE,
    )
