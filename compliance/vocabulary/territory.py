"""Turn a text into the one canonical code of a territory, or say why it is none.

Invariant: a territory has one canonical code: its ISO 3166-1 alpha-2 code or `XK` where it has one, else its
ISO 3166-2 code. Which territory lies in which ISO 3166-1 code is never derived here, least of all from the
first letters of a code; `jurisdictions/parents.yaml` states it.

Reference: ISO 3166-1:2020 and ISO 3166-2:2020, as published in the package `pycountry`.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

KOSOVO: Final = "XK"
"""User-assigned under ISO 3166-1 and so not in the standard's list; CLDR has it."""

TWINS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # The United States' outlying areas.
        "US-AS": "AS",
        "US-GU": "GU",
        "US-MP": "MP",
        "US-PR": "PR",
        "US-UM": "UM",
        "US-VI": "VI",
        # Listed under China and with codes of their own.
        "CN-HK": "HK",
        "CN-MO": "MO",
        "CN-TW": "TW",
        # France's overseas departments, collectivities and territories.
        "FR-971": "GP",
        "FR-972": "MQ",
        "FR-973": "GF",
        "FR-974": "RE",
        "FR-976": "YT",
        "FR-BL": "BL",
        "FR-MF": "MF",
        "FR-NC": "NC",
        "FR-PF": "PF",
        "FR-PM": "PM",
        "FR-TF": "TF",
        "FR-WF": "WF",
        # The Kingdom of the Netherlands: three countries, and three islands that share the code BQ.
        "NL-AW": "AW",
        "NL-CW": "CW",
        "NL-SX": "SX",
        "NL-BQ1": "BQ-BO",
        "NL-BQ2": "BQ-SA",
        "NL-BQ3": "BQ-SE",
        # Svalbard and Jan Mayen are two entries under Norway and share the code SJ.
        "NO-21": "SJ",
        "NO-22": "SJ",
        "FI-01": "AX",
    }
)
"""ISO 3166-2 entries that the standard also lists under a code of their own; read as that code."""

_MISTAKES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "uk": "GB",
        "el": "GR",
        "xkx": "XK",
        "kosovo": "XK",
        "england": "GB-ENG",
        "scotland": "GB-SCT",
        "wales": "GB-WLS",
    }
)
"""Spellings that no ISO table lists but that clients send (`EL` is the European Union's code for Greece)."""

_SHOWN = 40
_LONGEST_GUESS = 60


class UnknownTerritory(ValueError):  # noqa: N818  (says what the text is; every caller turns it into a sentence)
    """The text is no territory's canonical code or twin.

    Attributes:
        text: what was given.
        suggestions: canonical codes that may have been meant, best first; may be empty.
        sentence: what is wrong, without the suggestions.
    """

    def __init__(self, text: str, suggestions: tuple[str, ...]) -> None:
        """Take what was given and what may have been meant."""
        self.text = text
        self.suggestions = suggestions
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
        self.sentence = f"`{shown}` is no ISO 3166-1 alpha-2 code, no ISO 3166-2 code and not `XK`"
        meant = " or ".join(f"`{code}`" for code in suggestions)
        super().__init__(f"{self.sentence}; did you mean {meant}" if meant else self.sentence)

    def __reduce__(self) -> tuple[type[UnknownTerritory], tuple[str, tuple[str, ...]]]:
        """Pickle by the two arguments, not by the message."""
        return UnknownTerritory, (self.text, self.suggestions)


@dataclass(frozen=True, slots=True)
class _Atlas:
    names: Mapping[str, str]  # canonical code -> ISO name
    countries: tuple[str, ...]
    country: Mapping[str, str]  # subdivision -> ISO 3166-1 code
    above: Mapping[str, str]  # subdivision -> the subdivision that it is listed under
    subdivisions: Mapping[str, tuple[str, ...]]  # ISO 3166-1 code -> its subdivisions
    spellings: Mapping[str, str]  # folded spelling -> canonical code, for suggestions only


@cache
def _atlas() -> _Atlas:
    import pycountry  # noqa: PLC0415  (takes 50 ms: whoever only asks for `--help` must not wait for it)

    names = {country.alpha_2: country.name for country in pycountry.countries} | {KOSOVO: "Kosovo"}
    countries = tuple(sorted(names))
    spellings: dict[str, str] = {}
    for country in pycountry.countries:
        for attribute in ("alpha_2", "alpha_3", "numeric", "name", "official_name", "common_name"):
            spelling = getattr(country, attribute, None)
            if spelling is not None:
                spellings[_fold(spelling)] = country.alpha_2
    country_of_subdivision: dict[str, str] = {}
    above: dict[str, str] = {}
    below: dict[str, list[str]] = {code: [] for code in countries}
    for subdivision in sorted(pycountry.subdivisions, key=lambda entry: entry.code):
        code = subdivision.code
        spellings[_fold(code)] = TWINS.get(code, code)
        if code in TWINS:
            continue
        names[code] = subdivision.name
        country_of_subdivision[code] = subdivision.country_code
        below[subdivision.country_code].append(code)
        if subdivision.parent_code is not None:
            above[code] = subdivision.parent_code
    return _Atlas(
        names=MappingProxyType(names),
        countries=countries,
        country=MappingProxyType(country_of_subdivision),
        above=MappingProxyType(above),
        subdivisions=MappingProxyType({code: tuple(codes) for code, codes in below.items()}),
        spellings=MappingProxyType({**spellings, **_MISTAKES}),
    )


def canonical(text: str) -> str:
    """Return the canonical code of the territory that `text` is the code of.

    Args:
        text: an ISO 3166-1 alpha-2 code, an ISO 3166-2 code or `XK`, in capitals, without spaces.

    Returns:
        The same code, or for a twin (`US-PR`, `CN-HK`) the code of its own.

    Raises:
        UnknownTerritory: for anything else (`us`, `USA`, `840`, `UK`, `UA-99`), with suggestions.
    """
    if text in _atlas().names:
        return text
    twin = TWINS.get(text)
    if twin is None:
        raise UnknownTerritory(text, _suggestions(text))
    return twin


def is_territory(text: str) -> bool:
    """Say whether `text` is a canonical code or a twin."""
    return text in _atlas().names or text in TWINS


def name(code: str) -> str:
    """Return the ISO name of a territory, for instance `Switzerland` for `CH`.

    Raises:
        UnknownTerritory: if `code` is none.
    """
    return _atlas().names[canonical(code)]


def all_countries() -> tuple[str, ...]:
    """Return the 249 ISO 3166-1 alpha-2 codes and `XK`, sorted."""
    return _atlas().countries


def subdivisions(code: str) -> tuple[str, ...]:
    """Return the canonical ISO 3166-2 codes that the standard lists under a country, at every level, sorted.

    Twins are left out: `PR` is no subdivision here, whatever `US-PR` says.

    Raises:
        UnknownTerritory: if `code` is no territory; a subdivision has none.
    """
    return _atlas().subdivisions.get(canonical(code), ())


def country_of(code: str) -> str:
    """Return the ISO 3166-1 code under which a subdivision is listed; a country is its own.

    Raises:
        UnknownTerritory: if `code` is no territory.
    """
    found = canonical(code)
    return _atlas().country.get(found, found)


def enclosing(code: str) -> tuple[str, ...]:
    """Return what ISO 3166-2 lists a subdivision under, nearest first: `FR-75C` gives `FR-IDF`, `FR`.

    A country gives nothing: in which other country it lies is stated in `jurisdictions/parents.yaml`.

    Raises:
        UnknownTerritory: if `code` is no territory.
    """
    atlas = _atlas()
    found = canonical(code)
    if found not in atlas.country:
        return ()
    chain: list[str] = []
    current = found
    while current in atlas.above:
        current = atlas.above[current]
        chain.append(current)
    return (*chain, atlas.country[found])


def _fold(text: str) -> str:
    """Return `text` without case, accents, and the signs that people put between the parts of a code."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return "-".join(part for part in kept.replace("_", "-").replace(" ", "-").split("-") if part)


def _suggestions(text: str) -> tuple[str, ...]:
    if len(text) > _LONGEST_GUESS:
        return ()
    atlas = _atlas()
    folded = _fold(text)
    if folded in atlas.spellings:
        return (atlas.spellings[folded],)
    country, dash, _ = folded.upper().partition("-")
    if dash and atlas.subdivisions.get(country):
        near = difflib.get_close_matches(folded.upper(), atlas.subdivisions[country], n=3, cutoff=0.7)
        return tuple(near) or (country,)
    if len(folded) <= 3:
        return ()
    near = difflib.get_close_matches(folded, sorted(atlas.spellings), n=3, cutoff=0.8)
    return tuple(dict.fromkeys(atlas.spellings[spelling] for spelling in near))
