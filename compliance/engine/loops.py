"""Write the function of one slice over many rows: facts come in columns, and no object is made for a row.

The same lines as for one request (`engine.steps`), plain first; rows that touch an unknown fact go through the code
with two bounds, and what that cannot settle is left.

Invariant: where a row gets an answer, it is the verdict that the slice's function gives for its facts.

Reference: docs/decisions/0006.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compliance.engine.program import over_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from compliance.engine.answered import Answered

    _Pass = Callable[[Sequence[int], list[Answered | None], Mapping[str, Any]], Sequence[int]]

_TRIPPED: Final = "(Unsettled, Failure, TypeError, ArithmeticError, ValueError, AttributeError)"
"""What `engine.compiler.TRIPPED` names: nothing but an answer may come of a row."""


class Loop:
    """One slice, over rows."""

    def __init__(self, lines: Callable[[bool], list[str]], held: Callable[[], dict[str, Any]]) -> None:
        """Take what writes the slice's lines, plain or not, with answers as `FOUND` says, and the names they refer to.

        The code for unknown facts is compiled when a row has one.
        """
        self._lines = lines
        self._held = held
        self._plain = self._pass(plain=True)
        self._exact: _Pass | None = None

    def run(self, rows: Sequence[int], found: list[Answered | None], given: Mapping[str, Any]) -> Sequence[int]:
        """Put the answer to each of `rows` into `found`, and return the rows left to the evaluator.

        `given` has the columns of facts by attribute, and the facts themselves that all rows of a slice have in common.
        """
        left = self._plain(rows, found, given)
        if not left:
            return left
        if self._exact is None:
            self._exact = self._pass(plain=False)
        return self._exact(left, found, given)

    def _pass(self, *, plain: bool) -> _Pass:
        return over_rows(self._lines(plain), _TRIPPED, self._held()) or _leave


def _leave(rows: Sequence[int], _: list[Answered | None], __: Mapping[str, Any]) -> Sequence[int]:
    """Stand in for code that needs more than columns."""
    return rows
