"""Assemble generated Python into a function of the facts of a request.

In generated code a fact is written `F_<attribute>`, and what it refers to has a name among those it is held with.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from compliance.engine.facts import holder_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance.engine.facts import Facts

_FACT: Final = re.compile(r"\bF_(\w+)")


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


def run(text: str, name: str, held: dict[str, Any]) -> Callable[[Facts], Any]:
    """Compile a function of that name, which is from then on one of the names it is `held` with."""
    # The program is made here, from checked conditions only: nothing a client sends is ever in it.
    exec(compile(text, "<compiled rules>", "exec"), held)  # noqa: S102
    function: Callable[[Facts], Any] = held[name]
    return function
