"""What a command says when it can't go on."""


class Sentence(Exception):  # noqa: N818 - it is said to the person at the terminal, no fault of the program
    """One clear sentence for the person at the terminal: what is wrong and what to do about it."""
