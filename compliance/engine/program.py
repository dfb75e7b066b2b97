"""Assemble generated Python into a function of the facts of a request, or of the columns of many.

In generated code a fact is written `F_<attribute>`, and what it refers to has a name among those it is held with.
"""

from __future__ import annotations

import re
from collections import Counter
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from compliance.engine.facts import FIXED, TIME, attribute, holder_of

if TYPE_CHECKING:
    from collections.abc import Callable

FOUND: Final = "found[i] = {}; continue"
"""How a function of many rows gives the answer to one."""
_FACT: Final = re.compile(r"\bF_(\w+)")
_ASKS: Final = re.compile(r"\bK\d+\(f\)")
"""A call of something that takes all facts of a request."""
_SAME: Final = frozenset(map(attribute, (*FIXED, TIME)))
"""Attributes of facts that are the same for all rows of a slice."""


def with_locals(head: str, lines: list[str]) -> str:
    """Return the function's text: what is read twice or more becomes a local, the rest is read where it is used."""
    # Text and names of facts by turns.
    parts = _FACT.split("\n    ".join(lines))
    counts = Counter(parts[1::2])
    holders = Counter(holder for name in counts if (holder := holder_of(name)) is not None)
    reads = {name: _read(name, holders) for name in counts}
    parts[1::2] = [f"F_{name}" if counts[name] > 1 else reads[name] for name in parts[1::2]]
    hoisted = [f"of_{holder} = f.{holder}" for holder, count in holders.items() if count > 1]
    hoisted += [f"F_{name} = {reads[name]}" for name, count in counts.items() if count > 1]
    return "\n    ".join([head, *hoisted, "".join(parts)]) + "\n"


def _read(name: str, holders: Counter[str]) -> str:
    """Return Python that reads a fact."""
    holder = holder_of(name)
    if holder is None:
        return f"f.{name}"
    return f"of_{holder}.{name}" if holders[holder] > 1 else f"f.{holder}.{name}"


def over_rows(lines: list[str], caught: str, held: dict[str, Any]) -> Callable[..., list[int]] | None:
    """Return a function of `rows`, `found` and `given` that puts the answer to each row where it is found.

    `lines` give an answer as `FOUND` says. A fact is read from its column, among what is `given` by attribute, where it
    is asked for. Returned are the rows in which something of `caught` was raised; `None` in place of a function where a
    line needs all facts of a request.
    """
    parts = _FACT.split("\n            ".join(lines))
    if any(_ASKS.search(text) for text in parts[::2]):
        return None
    counts = Counter(parts[1::2])
    own = [name for name in counts if name not in _SAME]
    reads = {name: f"C_{name}[i]" if name in own and counts[name] == 1 else f"F_{name}" for name in counts}
    parts[1::2] = [reads[name] for name in parts[1::2]]
    names = "".join(f"C_{name}, " if name in own else f"F_{name}, " for name in counts)
    # What picks one thing picks no tuple.
    held |= {"picked": itemgetter(*counts) if len(counts) > 1 else lambda given: tuple(given[name] for name in counts)}
    text = [
        "def over(rows, found, given):",
        f"    {names}= picked(given)" if counts else "    pass",
        "    left = []",
        "    for i in rows:",
        "        try:",
        *(f"            F_{name} = C_{name}[i]" for name in own if counts[name] > 1),
        f"            {''.join(parts)}",
        f"        except {caught}: left.append(i)",
        "    return left",
    ]
    return run("\n".join(text) + "\n", "over", held)


def run(text: str, name: str, held: dict[str, Any]) -> Callable[..., Any]:
    """Compile a function of that name, which is from then on one of the names it is `held` with."""
    # The program is made here, from checked conditions only: nothing a client sends is ever in it.
    exec(compile(text, "<compiled rules>", "exec"), held)  # noqa: S102
    function: Callable[..., Any] = held[name]
    return function
