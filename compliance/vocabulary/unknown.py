"""Turn "we do not know" into a value that cannot be mistaken for true or false.

Invariant: nothing in this package ever reads `UNKNOWN` as false. Truth-testing, comparing or hashing it
raises, so a forgotten case is a crash in a test and never an answer.

Reference: S. C. Kleene, *Introduction to Metamathematics* (1952), section 64: the strong three-valued logic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias, final

if TYPE_CHECKING:
    from collections.abc import Iterable


@final
class Unknown:
    """The value of a fact that was not given, or that is too old to count. There is one: `UNKNOWN`."""

    __slots__ = ()
    _only: Unknown | None = None

    def __new__(cls) -> Unknown:
        """Return the one instance, also after a copy or an unpickling."""
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __bool__(self) -> NoReturn:
        """Refuse: unknown is neither true nor false."""
        msg = "unknown is neither true nor false: compare with `is`"
        raise TypeError(msg)

    def __eq__(self, other: object) -> NoReturn:
        """Refuse: whether an unknown value equals another is itself unknown."""
        msg = "an unknown value equals nothing and differs from nothing: compare with `is`"
        raise TypeError(msg)

    def __ne__(self, other: object) -> NoReturn:
        """Refuse, for the same reason as equality."""
        self.__eq__(other)

    def __hash__(self) -> NoReturn:
        """Refuse: a set or dictionary would compare it."""
        msg = "an unknown value cannot be a key or an element"
        raise TypeError(msg)

    def __repr__(self) -> str:
        """Show the name that this module gives it."""
        return "UNKNOWN"

    def __reduce__(self) -> str:
        """Pickle as the name of the one instance."""
        return "UNKNOWN"


UNKNOWN: Final = Unknown()

Truth: TypeAlias = bool | Unknown
"""A truth value of strong Kleene logic: `True`, `False` or `UNKNOWN`."""


def negation(value: Truth) -> Truth:
    """Return *not* `value`: unknown stays unknown."""
    return UNKNOWN if value is UNKNOWN else value is False


def conjunction(values: Iterable[Truth]) -> Truth:
    """Return *and* of `values`: false if one is false, else unknown if one is unknown, else true."""
    found_unknown = False
    for value in values:
        if value is False:
            return False
        found_unknown = found_unknown or value is UNKNOWN
    return UNKNOWN if found_unknown else True


def disjunction(values: Iterable[Truth]) -> Truth:
    """Return *or* of `values`: true if one is true, else unknown if one is unknown, else false."""
    found_unknown = False
    for value in values:
        if value is True:
            return True
        found_unknown = found_unknown or value is UNKNOWN
    return UNKNOWN if found_unknown else False
