"""Turn a UN M49 region code into the territories that Unicode CLDR counts to it.

Invariant: only codes that `territory.all_countries` knows are returned; CLDR's codes for parts of them
(`EA` Ceuta and Melilla, `IC` the Canaries, `AC`, `CP`, `CQ`, `DG`, `TA`) are left out.

Reference: Unicode CLDR 48, supplemental/territoryContainment.json; UTS 35, Part 6, Territory Containment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from compliance.vocabulary import territory


@cache
def _containment() -> Mapping[str, tuple[str, ...]]:
    text = files("compliance.vocabulary.cldr").joinpath("territoryContainment.json").read_text(encoding="utf-8")
    table = json.loads(text)["supplemental"]["territoryContainment"]
    return {code: tuple(entry["_contains"]) for code, entry in table.items()}


@cache
def cldr_region(code: str) -> frozenset[str]:
    """Return the ISO 3166-1 codes, and `XK`, that CLDR counts to a region.

    Args:
        code: a UN M49 region as CLDR writes it, for instance `002` (Africa), `142` (Asia), `150` (Europe),
            `419` (Latin America and the Caribbean), `021` (Northern America), `009` (Oceania), or `EU`, `UN`.

    Raises:
        LookupError: if CLDR has no such region.
    """
    table = _containment()
    if code not in table:
        raise LookupError(f"`{code}` is no region of CLDR's territory containment")
    known = frozenset(territory.all_countries())
    found: set[str] = set()
    for part in table[code]:
        found |= cldr_region(part) if part in table else {part} & known
    return frozenset(found)
