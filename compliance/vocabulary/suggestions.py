"""Turn a mistyped word into the words that may have been meant.

Invariant: a suggestion is only ever shown to a person; no value is read through it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

_LONGEST: Final = 80
HOW_TO_NAME_A_PLACE: Final = "write a code of ISO 3166, such as `CH` or `AE-DU`, or the name of a group"
_CUTOFF: Final = 0.6
_WORSE: Final = 0.12
"""How much less like the word than the best suggestion another one may be."""
_LISTED: Final = 12


def near(word: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return up to three of `names` that `word` may have been meant as, best first, whatever their case."""
    if len(word) > _LONGEST:
        return ()
    spellings: dict[str, str] = {}
    for name in sorted(names):
        spellings.setdefault(name.casefold().replace("_", "-"), name)
    folded = word.strip().casefold().replace("_", "-")
    found = difflib.get_close_matches(folded, spellings, n=3, cutoff=_CUTOFF)
    likeness = [difflib.SequenceMatcher(None, spelling, folded).ratio() for spelling in found]
    return tuple(
        spellings[spelling] for spelling, like in zip(found, likeness, strict=True) if like >= likeness[0] - _WORSE
    )


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """Return help for a mistyped `word`: what may have been meant, else what there is, else nothing."""
    known = sorted(set(names))
    meant = near(word, known)
    if meant:
        return "did you mean " + alternatives(meant)
    if 0 < len(known) <= _LISTED:
        return "write " + alternatives(known)
    return ""


def alternatives(names: Iterable[str]) -> str:
    """Return `names` as a person lists choices: each in backticks, `or` before the last."""
    quoted = [f"`{name}`" for name in names]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)
