"""Turn `jurisdictions/parents.yaml` and the memberships of groups into `Places`.

Invariant: what `Places` would refuse has been complained about and left out, so that making it never fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from compliance.language.authorities import Library, from_memory
from compliance.language.diagnostic import Diagnostic, Note
from compliance.language.documents import Document
from compliance.language.fields import Filled, Found, clipped
from compliance.language.graphs import in_order_of_need
from compliance.language.jurisdictions import (
    LIES,
    MEMBERS,
    MEMBERS_OF,
    PARENTS,
    PARENTS_FILE,
    WITHIN,
    Page,
)
from compliance.language.memory import Remembered
from compliance.language.nodes import Scalar
from compliance.language.periods import EFFECTIVE, REVIEW_BY, ZONE, Dated, check_overlaps, day_after, period_of
from compliance.language.span import Span
from compliance.language.statements import AUTHORITY
from compliance.vocabulary import territory
from compliance.vocabulary.period import Period
from compliance.vocabulary.places import Group, Membership, Places
from compliance.vocabulary.suggestions import HOW_TO_NAME_A_PLACE, alternatives, near


@dataclass(frozen=True, slots=True)
class ReadPlaces:
    """The places, and for each group when its membership is stale, and which of its lists are from memory alone."""

    places: Places
    reviews: Mapping[str, tuple[Period, ...]]
    remembered: Mapping[str, tuple[Remembered, ...]]


def read_places(parents: Iterable[Document], pages: Iterable[Page], library: Library, found: Found) -> ReadPlaces:
    """Return all places that rules may name."""
    within: dict[str, str] = {}
    for document in parents:
        filled = PARENTS_FILE.take(document.node, "the file", found)
        if filled is not None:
            library.add(filled, document.path, found)
            within.update(_parents(filled.get(PARENTS) or (), library, found))
    groups = {page.code: page for page in pages if page.is_group}
    links: dict[tuple[str, str], Span] = {}
    reviews: dict[str, list[Period]] = {}
    memberships: dict[str, list[Membership]] = {}
    remembered: dict[str, tuple[Remembered, ...]] = {}
    for code, page in groups.items():
        stated: dict[str, list[Dated]] = {}
        memberships[code] = [
            _membership(page, each, groups, links, reviews, stated, library, found)
            for each in page.filled.get(MEMBERS) or ()
        ]
        remembered[code] = tuple(_remembered(page, memberships[code], library))
        for member, dated in stated.items():
            check_overlaps(f"the member `{member}`", dated, "duplicate-name", found)
    _refuse_circles(groups, links, memberships, found)
    made = {code: Group(code, tuple(spans)) for code, spans in memberships.items()}
    overdue = {code: tuple(periods) for code, periods in reviews.items()}
    return ReadPlaces(Places(within, made), overdue, remembered)


def _remembered(page: Page, memberships: Iterable[Membership], library: Library) -> Iterator[Remembered]:
    """Yield the lists of members that are from memory alone."""
    for filled, membership in zip(page.filled.get(MEMBERS) or (), memberships, strict=True):
        # Unknown names were complained about when the memberships were read.
        if from_memory(library.cite(filled.get(AUTHORITY) or (), [])):
            period = Period(membership.start, membership.end)
            yield Remembered(f"a list of members of `{page.code}`", period, filled.place(MEMBERS_OF))


def _parents(lines: Iterable[Filled], library: Library, found: Found) -> dict[str, str]:
    """Return country -> the country in which it lies."""
    within: dict[str, str] = {}
    spans: dict[str, Span] = {}
    for line in lines:
        library.cite(line.get(AUTHORITY) or (), found)
        code, whole = (_country(line.get(field), found) for field in (LIES, WITHIN))
        if code is None or whole is None:
            continue
        if code in within:
            message = f"`{code}` is stated to lie somewhere twice"
            notes = (Note(spans[code], "it is stated here first"),)
            found.append(Diagnostic("duplicate-name", message, line.name_span, notes=notes))
            continue
        within[code], spans[code] = whole, line.name_span
    _, circles = in_order_of_need({code: (whole,) for code, whole in within.items()})
    for circle in circles:
        steps = " in ".join(f"`{code}`" for code in (*circle, circle[0]))
        found.append(Diagnostic("parent-cycle", f"nothing lies in itself: {steps}", spans[circle[-1]]))
        del within[circle[-1]]
    return within


def _country(word: Scalar | None, found: Found) -> str | None:
    if word is None:
        return None
    code = read_territory(word, found)
    if code is not None and territory.country_of(code) != code:
        message = f"`{code}` is a part of a country by ISO 3166-2, and only countries are stated here"
        found.append(Diagnostic("not-a-country", message, word.span, help="take the line out"))
        return None
    return code


def read_territory(word: Scalar, found: Found) -> str | None:
    """Return the canonical code that a word is; complain about anything else, twins included."""
    try:
        code = territory.canonical(word.value)
    except territory.UnknownTerritory as error:
        cure = "did you mean " + alternatives(error.suggestions) if error.suggestions else ""
        found.append(Diagnostic("unknown-territory", error.sentence, word.span, help=cure))
        return None
    if code != word.value:
        message = f"`{word.value}` has a code of its own, `{code}`"
        found.append(Diagnostic("twin-territory", message, word.span, help=f"write `{code}`"))
        return None
    return code


def read_place(word: Scalar, groups: Iterable[str], found: Found) -> str | None:
    """Return the territory or group that a word names; complain about anything else."""
    known = list(groups)
    if word.value in known:
        return word.value
    if territory.is_territory(word.value):
        return read_territory(word, found)
    meant = list(near(word.value, known))
    try:
        territory.canonical(word.value)
    except territory.UnknownTerritory as error:
        meant = [*error.suggestions, *meant]
    message = f"`{clipped(word.value)}` is neither a territory nor a group"
    near_by = "did you mean " + alternatives(dict.fromkeys(meant))
    cure = near_by if meant else HOW_TO_NAME_A_PLACE
    found.append(Diagnostic("unknown-place", message, word.span, help=cure))
    return None


def _membership(
    page: Page,
    filled: Filled,
    groups: Mapping[str, Page],
    links: dict[tuple[str, str], Span],
    reviews: dict[str, list[Period]],
    stated: dict[str, list[Dated]],
    library: Library,
    found: Found,
) -> Membership:
    """Return one membership; note when each member is stated, which groups it names, and when it is stale."""
    library.cite(filled.get(AUTHORITY) or (), found)
    zone = filled.get(ZONE) or page.setting.zone
    period = period_of(filled.get(EFFECTIVE), zone, found)
    codes: dict[str, Span] = {}
    for word in filled.get(MEMBERS_OF) or ():
        code = read_place(word, groups, found)
        if code is None:
            continue
        if code in codes:
            notes = (Note(codes[code], "it stands here first"),)
            cure = "keep one of the two"
            message = f"the member `{code}` stands here twice"
            found.append(Diagnostic("duplicate-name", message, word.span, help=cure, notes=notes))
        codes.setdefault(code, word.span)
        if code in groups:
            links.setdefault((page.code, code), word.span)
    for code, span in codes.items():
        stated.setdefault(code, []).append(Dated(period, span))
    review_by = filled.get(REVIEW_BY) or page.setting.review_by
    if review_by is not None:
        due = day_after(review_by, zone)
        # A membership that has ended by then is history, and history does not go stale.
        if period.end is None or due < period.end:
            reviews.setdefault(page.code, []).append(Period(due, period.end))
    return Membership(frozenset(codes), period.start, period.end)


def _refuse_circles(
    groups: Mapping[str, Page],
    links: Mapping[tuple[str, str], Span],
    memberships: dict[str, list[Membership]],
    found: Found,
) -> None:
    """Complain about groups that contain themselves, at any time, and take one link out of each circle."""
    contains: dict[str, list[str]] = {code: [] for code in groups}
    for outer, inner in links:
        contains[outer].append(inner)
    _, circles = in_order_of_need(contains)
    for circle in circles:
        steps = list(zip(circle, (*circle[1:], circle[0]), strict=True))
        message = "a group cannot contain itself: " + " contains ".join(f"`{code}`" for code in (*circle, circle[0]))
        notes = tuple(Note(links[step], f"`{step[0]}` contains `{step[1]}`") for step in steps[1:])
        cure = "take one of them out: a group lists what it holds, not what holds it"
        found.append(Diagnostic("group-cycle", message, links[steps[0]], help=cure, notes=notes))
        outer, inner = steps[-1]
        memberships[outer] = [Membership(span.codes - {inner}, span.start, span.end) for span in memberships[outer]]
