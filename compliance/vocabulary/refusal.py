"""Say why a value was refused: where in it, what is wrong, and what to do."""

from __future__ import annotations

from typing import Final

_SHOWN: Final = 60


class Refused(ValueError):  # noqa: N818  (says what happened to the value; every caller turns it into a sentence)
    """A value is outside its type's domain.

    Attributes:
        pointer: where in the value: a JSON pointer (RFC 6901), empty for the whole of it.
        message: one lower-case sentence without a full stop.
        help: the cure; may be empty.
        is_name: whether what is wrong is the name that the pointer ends with, and not the value behind it.
    """

    def __init__(self, pointer: str, message: str, help: str = "", *, is_name: bool = False) -> None:
        """Take where, what and how to fix it."""
        self.pointer = pointer
        self.message = message
        self.help = help
        self.is_name = is_name
        super().__init__(f"{message}; {help}" if help else message)

    def __reduce__(self) -> tuple[type[Refused], tuple[str, str, str], dict[str, bool]]:
        """Pickle by the arguments, not by the message."""
        return Refused, (self.pointer, self.message, self.help), {"is_name": self.is_name}


def escaped(step: str | int) -> str:
    """Return one step of a JSON pointer, with `~` and `/` escaped."""
    return str(step).replace("~", "~0").replace("/", "~1")


def steps(pointer: str) -> tuple[str, ...]:
    """Return the steps of a JSON pointer, unescaped."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def shown(value: object) -> str:
    """Return `value` as a message shows it: text in backticks, anything large by what it is."""
    match value:
        case None:
            return "`null`"
        case bool():
            return f"`{str(value).lower()}`"
        case int():
            # Python refuses to write integers of thousands of digits; nobody would read them either.
            return f"`{value}`" if value.bit_length() <= 200 else "a number of more than 60 digits"
        case float():
            return f"`{value!r}`"
        case str():
            return _quoted(value)
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return "a value of another kind"


def _quoted(text: str) -> str:
    short = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
    # What cannot be printed, a lone surrogate among it, is shown as an escape.
    plain = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in short)
    return f"`{plain}`" if plain else "an empty text"
