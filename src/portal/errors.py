"""What a command says when it can't go on."""


class OperatorError(Exception):
    """A fault told to the person at the terminal in one clear sentence: what is wrong and what to do about it."""
