"""Turn the bytes of a body into a request in one pass, where nothing about the body is unusual.

msgspec reads the bytes straight into Structs made from the vocabulary; a function generated for the kind of subject
adds what the catalogue, feeds, the gate and the clock say.

Invariant: this path returns the request that `engine.decoder` returns for the parsed body, or nothing. It refuses
nothing and explains nothing: what it does not take, the strict reader and the decoder read, or refuse.

Reference: docs/decisions/0006-wire.md.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, NoReturn

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import force_setattr

from compliance.engine.catalogue import find_resource
from compliance.engine.decoder import House, decode
from compliance.engine.envelope import LONGEST_ID
from compliance.engine.facts import attribute
from compliance.engine.wire_types import Unusual, bodies
from compliance.engine.wire_writer import KindWriter
from compliance.vocabulary.facts import Origin, Zone
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from compliance.engine.decoder import Surroundings
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.language.rulebook import CatalogueEntry

_MOST_PLACES: Final = 400
"""Homes kept of each kind of subject, action, type of resource and product: more than there are countries."""

DECLARED: Final = "obligations"
"""Name in an AuthZEN context under which a client says which types of obligation it sees to."""
_MOST_TEMPLATES: Final = 50_000
# Bytes are looked for by number: asked for `b"\\"`, Python tries that as a number first, which costs more than to look.
_BACKSLASH: Final = 0x5C
_DEL: Final = 0x7F
_TRIPPED: Final = (msgspec.MsgspecError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""Whatever this path trips over, the decoder reads, or refuses."""


class Places(dict[str, tuple[tuple[str], frozenset[str], tuple[object, ...]]]):
    """By its only home what that makes of a request: its homes, as a tuple and as a set, and its slice."""

    def __init__(self, action: str, kind: str, product: str | None, resource_type: str) -> None:
        """Take what else makes a slice."""
        super().__init__()
        self._slice = action, kind, product, resource_type

    def __missing__(self, home: str) -> tuple[tuple[str], frozenset[str], tuple[object, ...]]:
        """Return what a home makes of a request, and keep it while there is room."""
        homes = (home,)
        made = homes, frozenset(homes), (*self._slice, homes)
        if len(self) < _MOST_PLACES:
            self[home] = made
        return made


class Template(Struct, frozen=True, gc=False):
    """What is the same for all requests for one action and resource."""

    id: str | None
    """The catalogue's id; `None` where there is no catalogue, and the request's id stands."""
    product: str | None
    values: tuple[object, ...]
    """Of the filled paths, in their order; `UNKNOWN` where nobody says one."""
    identified: Mapping[str, object]
    """Facts that also identify the resource: what a request says of them must agree."""
    assumed: tuple[str, ...]
    given: frozenset[str]
    """Paths that the catalogue says."""
    places: dict[str, Places]
    """By kind of subject; shared by all templates for one action, type of resource and product."""


class _Batch(Struct, forbid_unknown_fields=True, gc=False):
    requests: list[msgspec.Raw]


class WireDecoder:
    """Decodes bodies for one rulebook; threads may share it."""

    def __init__(self, ruleset: Ruleset) -> None:
        """Take a ruleset: its vocabulary says what is read, its catalogue what is known of resources."""
        self._ruleset = ruleset
        vocabulary = ruleset.vocabulary
        self._templates: dict[str, dict[str, dict[str, Template]]] = {
            action: {type_: {} for type_ in vocabulary.resource_types} for action in vocabulary.all_actions()
        }
        self._kept = 0
        self._places: dict[tuple[str, str | None, str], dict[str, Places]] = {}
        self._fed = tuple(fact for fact in ruleset.house_facts if Origin.FEED in fact.origins)
        self._filled = _filled(ruleset)
        self._split = msgspec.json.Decoder(_Batch).decode
        self._decode: Callable[[bytes], Any] = _leave
        self._body: Any = None
        self._from_bytes: dict[str, Callable[..., Request | None]] = {}
        self._from_tree: dict[str, Callable[..., Request | None]] = {}
        try:
            found = bodies(vocabulary, DECLARED)
        except Unusual:
            return
        self._body = found.type
        self._decode = msgspec.json.Decoder(self._body).decode
        held = {"templates": self._templates, "template": self._found, "house": self._house}
        for kind in vocabulary.kinds:
            writer = KindWriter(ruleset, kind, found.nothing, self._filled)
            self._from_bytes[kind] = writer.function(counted=True, **held)
            self._from_tree[kind] = writer.function(counted=False, **held)

    def read(self, body: bytes, around: Surroundings, *, strict: bool = True) -> Request | None:
        """Return the request in `body`, or `None`: then the strict reader and the decoder have to read it."""
        # Invariant: without backslashes, in printable ASCII, a text is what its bytes are, and no text hides a sign.
        if not body.isascii() or _BACKSLASH in body or _DEL in body:
            return None
        try:
            read = self._decode(body)
            if read.context.beside is not UNSET:
                return None
            return self._from_bytes[read.subject.kind](read, body.count(b","), around, strict)
        except _TRIPPED:
            return None

    def read_evaluation(self, body: bytes, around: Surroundings) -> tuple[Request, frozenset[str]] | None:
        """Return the request in the body of an AuthZEN evaluation, and the types of obligation its client declares."""
        if not body.isascii() or _BACKSLASH in body or _DEL in body:
            return None
        try:
            read = self._decode(body)
            made = self._from_bytes[read.subject.kind](read, body.count(b","), around, False)
            beside = read.context.beside
        except _TRIPPED:
            return None
        return None if made is None else (made, frozenset() if beside is UNSET else frozenset(beside))

    def read_tree(self, tree: object, around: Surroundings, *, strict: bool = True) -> Request | None:
        """Return the request in `tree`, parsed JSON, or `None`: then the decoder has to read it."""
        if self._body is None:
            return None
        try:
            body = msgspec.convert(tree, self._body)
            return self._from_tree[body.subject.kind](body, tree, around, strict)
        except _TRIPPED:
            return None

    def request(self, tree: object, around: Surroundings, *, strict: bool = True) -> Request:
        """Return the request in `tree`, parsed JSON; raise `RequestRefused` with every problem of it."""
        found = self.read_tree(tree, around, strict=strict)
        return found if found is not None else decode(self._ruleset, tree, around, strict=strict)

    def decode_bytes(
        self, body: bytes, around: Surroundings, slow: Callable[[bytes], object], *, strict: bool = True
    ) -> Request:
        """Return the request in `body`; `slow` parses the JSON of a body that is unusual, strictly.

        Raises:
            RequestRefused: with every problem found; and whatever `slow` raises.
        """
        found = self.read(body, around, strict=strict)
        return found if found is not None else decode(self._ruleset, slow(body), around, strict=strict)

    def split(self, body: bytes) -> list[bytes] | None:
        """Return the bodies in `{"requests": [...]}`, or `None`: then the strict reader has to read it."""
        try:
            parts = [bytes(part) for part in self._split(body).requests]
        except _TRIPPED:
            return None
        inside = sum(part.count(b",") for part in parts)
        # With a second `requests` there would be more commas than its last list has.
        return parts if body.count(b",") == inside + (len(parts) or 1) - 1 else None

    def template(self, action: str, kind: str, resource_type: str, resource_id: str) -> Template | None:
        """Return what is the same for all requests of a kind of subject about a resource.

        `None` where there is more to a request than its facts: unknown names, and facts that are computed.
        """
        vocabulary = self._ruleset.vocabulary
        known = action in vocabulary.all_actions() and kind in vocabulary.kinds
        if not known or resource_type not in vocabulary.resource_types or not _is_id(resource_id):
            return None
        if any(fact.computed is not None for fact in vocabulary.facts_of(kind)):
            return None
        kept = self._templates[action][resource_type].get(resource_id)
        return kept or self._found(action, resource_type, resource_id)

    def filled(self, template: Template) -> dict[str, object]:
        """Return what a template says, by path."""
        return dict(zip(self._filled, template.values, strict=True))

    def _found(self, action: str, resource_type: str, resource_id: str) -> Template | None:
        """Return what is known of a resource; `None` for one that the decoder has to look at."""
        entry, refused = find_resource(self._ruleset, action, resource_type, resource_id, {})
        if refused is not None or (entry is not None and not self._is_plain(entry)):
            return None
        made = self._made(action, resource_type, entry)
        if entry is not None and self._kept < _MOST_TEMPLATES:
            self._kept += 1
            self._templates[action][resource_type][resource_id] = made
        return made

    def _places_of(self, action: str, product: str | None, resource_type: str) -> dict[str, Places]:
        """Return, by kind of subject, what homes make of a request; products are few, as the catalogue's are."""
        key = (action, product, resource_type)
        if key not in self._places:
            kinds = self._ruleset.vocabulary.kinds
            self._places[key] = {kind: Places(action, kind, product, resource_type) for kind in kinds}
        return self._places[key]

    def _is_plain(self, entry: CatalogueEntry) -> bool:
        """Say whether everything that is known of a resource, or identifies it, is a fact about resources."""
        vocabulary = self._ruleset.vocabulary
        paths = (*entry.facts, *vocabulary.resource_types[entry.type].identified_by)
        return all(path in vocabulary.facts and path.startswith(f"{Zone.RESOURCE}.") for path in paths)

    def _made(self, action: str, resource_type: str, entry: CatalogueEntry | None) -> Template:
        vocabulary = self._ruleset.vocabulary
        known: dict[str, object] = dict(entry.facts) if entry is not None else {}
        given = frozenset(known)
        identified = {path: known.get(path) for path in vocabulary.resource_types[resource_type].identified_by}
        assumed = []
        for fact in self._fed:
            if fact.path not in known and fact.without_feed is not None:
                known[fact.path] = fact.without_feed.value
                assumed.append(fact.path)
        party = next((found for found in vocabulary.counterparties if action in found.actions), None)
        if party is not None:
            known[f"{Zone.ACTION}.{party.name}_named"] = False
        # One text for each product, so that a slice is made of the very parts of its requests.
        product = sys.intern(entry.product) if entry is not None and entry.product is not None else None
        return Template(
            id=entry.id if entry is not None else None,
            product=product,
            values=tuple(known.get(path, UNKNOWN) for path in self._filled),
            identified=identified if entry is not None else {},
            assumed=tuple(assumed),
            given=given,
            places=self._places_of(action, product, resource_type),
        )

    def _house(
        self, facts: object, template: Template, around: Surroundings, resource_id: str
    ) -> tuple[tuple[str, ...], dict[str, str], datetime | None]:
        """Add what feeds and the gate say; return what is assumed, why facts are unknown, and until when they hold."""
        house = House(around, resource_id)
        for fact in self._ruleset.house_facts:
            house.say(fact, given=fact.path in template.given)
        for fact in self._fed:
            if fact.path not in template.given:
                force_setattr(facts, attribute(fact.path), UNKNOWN)  # type: ignore[arg-type]
        for path, value in house.values.items():
            force_setattr(facts, attribute(path), value)  # type: ignore[arg-type]
        return tuple(house.assumed), house.why, min(house.ends, default=None)


def _is_id(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= LONGEST_ID and text.isprintable()


def _leave(_: bytes) -> NoReturn:
    """Stand in for a vocabulary that cannot be read from bytes at once."""
    raise Unusual


def _filled(ruleset: Ruleset) -> tuple[str, ...]:
    """Return the paths of what a template may say: the catalogue, what holds without a feed, unnamed parties."""
    vocabulary = ruleset.vocabulary
    paths = {path for of_type in vocabulary.resource_types for path in _catalogued(ruleset, of_type)}
    paths |= {fact.path for fact in ruleset.house_facts if fact.without_feed is not None}
    paths |= {f"{Zone.ACTION}.{party.name}_named" for party in vocabulary.counterparties}
    return tuple(path for path in vocabulary.facts if path in paths)


def _catalogued(ruleset: Ruleset, resource_type: str) -> set[str]:
    entries = ruleset.rulebook.catalogue.get(resource_type, {})
    return {path for entry in entries.values() for path in entry.facts}
