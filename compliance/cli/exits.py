"""Say with one number how a command ended, so that scripts need not read what it printed.

Invariant: 0 is only ever "allow" or "nothing to complain about"; every failure of the program itself is above 5.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended."""

    FINE = 0
    """Allowed, or nothing to complain about."""
    PROBLEMS = 1
    """The rulebook has mistakes, a case fails, a file is not in its form."""
    BAD_INPUT = 2
    """The request or the command line cannot be read."""
    DENY = 3
    REFER = 4
    INCOMPLETE = 5
    FAILED = 70
    """The program failed (EX_SOFTWARE of sysexits.h): nothing was decided."""


def of_outcome(outcome: str) -> Exit:
    """Return the exit code of a decision; what is no outcome is a failure, never an allow."""
    codes = {"allow": Exit.FINE, "deny": Exit.DENY, "refer": Exit.REFER, "incomplete": Exit.INCOMPLETE}
    return codes.get(outcome, Exit.FAILED)
