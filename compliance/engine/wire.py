"""Turn the bytes of a body into a request in one pass, where nothing about the body is unusual.

msgspec reads the bytes straight into Structs made from the vocabulary; a function generated for the kind of subject
adds what the catalogue, feeds, the gate and the clock say.

Invariant: this path returns the request that `engine.decoder` returns for the parsed body, or nothing. It refuses
nothing and explains nothing: what it does not take, the strict reader and the decoder read, or refuse.

Reference: docs/decisions/0006-wire.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import force_setattr

from compliance.engine.decoder import House, decode
from compliance.engine.envelope import LONGEST_ID
from compliance.engine.facts import attribute
from compliance.engine.generator import Unsettled
from compliance.engine.operations import Failure
from compliance.engine.templates import Templates
from compliance.engine.wire_types import Unusual, batch_of, bodies
from compliance.engine.wire_writer import KindWriter
from compliance.engine.zones import zones_of
from compliance.vocabulary.facts import Zone
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from compliance.engine.compiler import Compiler
    from compliance.engine.decision import Verdict
    from compliance.engine.decoder import Surroundings
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.engine.templates import Template

# Bytes are looked for by number: asked for `b"\\"`, Python tries that as a number first, which costs more than to look.
_BACKSLASH: Final = 0x5C
_DEL: Final = 0x7F
TRIPPED: Final = (msgspec.MsgspecError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""Whatever this path trips over, the decoder reads, or refuses."""
_STRAYED: Final = (*TRIPPED, Unsettled, Failure, ArithmeticError)
"""The same, and whatever compiled rules leave to the evaluator."""
_REQUESTS: Final = b"requests"
"""The one name that a batch has."""


class _Batch(Struct, forbid_unknown_fields=True, gc=False):
    requests: list[msgspec.Raw]


class WireDecoder:
    """Decodes bodies for one rulebook; threads may share it."""

    def __init__(self, ruleset: Ruleset) -> None:
        """Take a ruleset: its vocabulary says what is read, its catalogue what is known of resources."""
        self._ruleset = ruleset
        self.templates = Templates(ruleset)
        self._split = msgspec.json.Decoder(_Batch).decode
        self._decode: Callable[[bytes], Any] = _leave
        self._decode_all: Callable[[bytes], Any] = _leave
        self._body: Any = None
        # By the class of the subject that was read, which Python looks up faster than an attribute of it.
        self._from_bytes: dict[type, Callable[..., Request | None]] = {}
        self._from_batch: dict[type, Callable[..., Request | None]] = {}
        self._from_tree: dict[type, Callable[..., Request | None]] = {}
        self._judge_bytes: dict[type, Callable[..., Verdict | None]] = {}
        self._judge_tree: dict[type, Callable[..., Verdict | None]] = {}
        try:
            zones = zones_of(ruleset.vocabulary)
            found = bodies(ruleset.vocabulary, zones.subjects, zones.classes)
        except Unusual:
            return
        self._body = found.type
        self._decode = msgspec.json.Decoder(self._body).decode
        self._decode_all = msgspec.json.Decoder(batch_of(self._body)).decode
        templates = self.templates
        held: dict[str, Any] = {"kept": templates.kept, "find": templates.find, "house": self._house}
        for kind in ruleset.vocabulary.kinds:
            nothing = {**found.nothing, Zone.SUBJECT: found.nobody[kind]}
            writer = KindWriter(ruleset, kind, nothing, templates.filled)
            read = found.subjects[kind]
            self._from_bytes[read] = writer.function(counted=True, **held)
            self._from_batch[read] = writer.function(counted=True, noting=True, **held)
            self._from_tree[read] = writer.function(counted=False, **held)
            self._judge_bytes[read] = writer.function(counted=True, judging=True, **held)
            self._judge_tree[read] = writer.function(counted=False, judging=True, **held)

    def read(self, body: bytes, around: Surroundings, *, strict: bool = True) -> Request | None:
        """Return the request in `body`, or `None`: then the strict reader and the decoder have to read it."""
        # Invariant: without backslashes, in printable ASCII, a text is what its bytes are, and no text hides a sign.
        if not body.isascii() or _BACKSLASH in body or _DEL in body:
            return None
        try:
            decode = self._decode
            read = decode(body)
            if read.context.beside is not UNSET:
                return None
            return self._from_bytes[type(read.subject)](read, body.count(b","), around, strict)
        except TRIPPED:
            return None

    def read_evaluation(self, body: bytes, around: Surroundings) -> tuple[Request, frozenset[str]] | None:
        """Return the request in the body of an AuthZEN evaluation, and the types of obligation its client declares."""
        if not body.isascii() or _BACKSLASH in body or _DEL in body:
            return None
        try:
            decode = self._decode
            read = decode(body)
            made = self._from_bytes[type(read.subject)](read, body.count(b","), around, False)
            beside = read.context.beside
        except TRIPPED:
            return None
        return None if made is None else (made, frozenset() if beside is UNSET else frozenset(beside))

    def read_tree(self, tree: object, around: Surroundings, *, strict: bool = True) -> Request | None:
        """Return the request in `tree`, parsed JSON, or `None`: then the decoder has to read it."""
        if self._body is None:
            return None
        try:
            body = msgspec.convert(tree, self._body)
            return self._from_tree[type(body.subject)](body, tree, around, strict)
        except TRIPPED:
            return None

    def judge(self, tree: object, around: Surroundings, compiler: Compiler, strict: bool) -> Verdict | None:
        """Return the verdict on what `tree`, parsed JSON, asks, or `None`: then it goes the ordinary way.

        No request is made where `compiler` has compiled its slice before.
        """
        if self._body is None:
            return None
        try:
            body = msgspec.convert(tree, self._body)
            return self._judge_tree[type(body.subject)](body, tree, around, strict, compiler)
        except _STRAYED:
            return None

    def judge_all(
        self, trees: Iterable[object], around: Surroundings, compiler: Compiler, strict: bool
    ) -> Iterator[Verdict | None]:
        """Yield what `judge` returns for each of `trees`."""
        body_type, convert, made = self._body, msgspec.convert, self._judge_tree
        for tree in trees:
            try:
                body = convert(tree, body_type) if body_type is not None else _leave(b"")
                yield made[type(body.subject)](body, tree, around, strict, compiler)
            except _STRAYED:
                yield None

    def judge_bytes(self, body: bytes, around: Surroundings, compiler: Compiler, strict: bool) -> Verdict | None:
        """Return the verdict on what the bytes of a body ask, as `judge` does for parsed JSON."""
        if not body.isascii() or _BACKSLASH in body or _DEL in body:
            return None
        try:
            decode = self._decode
            read = decode(body)
            if read.context.beside is not UNSET:
                return None
            return self._judge_bytes[type(read.subject)](read, body.count(b","), around, strict, compiler)
        except _STRAYED:
            return None

    def request(self, tree: object, around: Surroundings, *, strict: bool = True) -> Request:
        """Return the request in `tree`, parsed JSON; raise `RequestRefused` with every problem of it."""
        found = self.read_tree(tree, around, strict=strict)
        return found if found is not None else decode(self._ruleset, tree, around, strict=strict)

    def split(self, body: bytes) -> list[bytes] | None:
        """Return the bodies in `{"requests": [...]}`, or `None`: then the strict reader has to read it."""
        try:
            parts = [*map(bytes, self._split(body).requests)]
        except TRIPPED:
            return None
        # Of a second `requests`, spelled in whatever way, only the last list would be read.
        if body.count(_REQUESTS) == 1 and _BACKSLASH not in body:
            return parts
        # There would be more commas than it has.
        inside = sum(part.count(b",") for part in parts)
        return parts if body.count(b",") == inside + (len(parts) or 1) - 1 else None

    def read_all(self, body: bytes, around: Surroundings, most: int) -> Iterator[Request | bytes]:
        """Yield the requests in `{"requests": [...]}`, at most as many; for one that `read` does not return, its bytes.

        Raises:
            Unusual: at any time, for what the strict reader has to read as a whole; then nothing yielded counts.
        """
        found = self._all_of(body)
        if found is None:
            yield from self._each_of(self._parts_of(body, most), around)
            return
        if not 1 <= len(found) <= most:
            raise Unusual
        parts: list[bytes] | None = None
        commas: list[int] = []
        made = self._from_batch
        for place, read in enumerate(found):
            try:
                request = made[type(read.subject)](read, commas, around, True) if read.context.beside is UNSET else None
            except TRIPPED:
                request = None
            if request is not None:
                yield request
                continue
            parts = self._parts_of(body, most) if parts is None else parts
            commas[place:] = [parts[place].count(b",")]
            yield parts[place]
        # No body has fewer commas than its function notes, and one in which something came twice has more.
        if sum(commas) + len(found) - 1 != body.count(b","):
            raise Unusual

    def _all_of(self, body: bytes) -> list[Any] | None:
        """Return all bodies of a batch, decoded; `None` where one of them, or the batch, is unusual."""
        if not body.isascii() or _BACKSLASH in body or _DEL in body:
            return None
        try:
            found: list[Any] = self._decode_all(body).requests
        except TRIPPED:
            return None
        return found

    def _parts_of(self, body: bytes, most: int) -> list[bytes]:
        parts = self.split(body)
        if parts is None or not 1 <= len(parts) <= most:
            raise Unusual
        return parts

    def _each_of(self, parts: Iterable[bytes], around: Surroundings) -> Iterator[Request | bytes]:
        for part in parts:
            request = self.read(part, around)
            yield part if request is None else request

    def template(self, action: str, kind: str, resource_type: str, resource_id: str) -> Template | None:
        """Return what is the same for all requests of a kind of subject about a resource.

        `None` for unknown names, and for a resource that the decoder has to look at.
        """
        vocabulary = self._ruleset.vocabulary
        known = action in vocabulary.all_actions() and kind in vocabulary.kinds
        if not known or resource_type not in vocabulary.resource_types or not _is_id(resource_id):
            return None
        return self.templates.find(action, resource_type, resource_id)

    def _house(
        self, zones: Mapping[str, Any], template: Template, around: Surroundings, resource_id: str
    ) -> tuple[tuple[str, ...], dict[str, str], datetime | None]:
        """Add what feeds and the gate say; return what is assumed, why facts are unknown, and until when they hold."""
        house = House(around, resource_id)
        for fact in self._ruleset.house_facts:
            house.say(fact, given=fact.path in template.given)
        for fact in self.templates.fed:
            if fact.path not in template.given:
                force_setattr(zones[fact.zone], attribute(fact.path), UNKNOWN)
        for path, value in house.values.items():
            force_setattr(zones[path.partition(".")[0]], attribute(path), value)
        return tuple(house.assumed), house.why, min(house.ends, default=None)


def _is_id(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= LONGEST_ID and text.isprintable()


def _leave(_: bytes) -> NoReturn:
    """Stand in for a vocabulary that cannot be read from bytes at once."""
    raise Unusual
