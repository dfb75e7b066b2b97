"""Write, for one kind of subject, the Python function that turns a body read by msgspec into a request.

Two forms: from bytes, where commas are counted so that no name or element came twice, and from parsed JSON, where
nothing can come twice and texts are looked at one by one.

Invariant: the function returns what `engine.decoder` returns, or raises, or returns `None`: then the decoder reads.

Reference: docs/decisions/0006-wire.md.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import UNSET
from msgspec.structs import force_setattr

from compliance.engine.computed import computed_value
from compliance.engine.facts import (
    ACTION_NAME,
    PRODUCT,
    RESOURCE_ID,
    RESOURCE_TYPE,
    SUBJECT_TYPE,
    TIME,
    attribute,
)
from compliance.engine.request import Request
from compliance.engine.wire_types import BESIDE, commas_in, printable, sendable, spelling
from compliance.vocabulary.facts import HOMES, Zone, distinct_homes
from compliance.vocabulary.types import TerritoryType
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance.engine.ruleset import Ruleset
    from compliance.vocabulary.facts import Fact

_ZONES: Final = ((Zone.ACTION, "p"), (Zone.RESOURCE, "q"), (Zone.CONTEXT, "c"))


class KindWriter:
    """Writes the functions of one kind of subject."""

    def __init__(self, ruleset: Ruleset, kind: str, facts: type[Any], filled: tuple[str, ...]) -> None:
        """Take the class of the kind's facts, and the paths that a template of `engine.wire` has values for."""
        self.ruleset = ruleset
        self.vocabulary = ruleset.vocabulary
        self.kind = kind
        self.filled = filled
        self.people = ruleset.rulebook.catalogue.get(kind, {})
        self.held: dict[str, Any] = {
            "U": UNKNOWN,
            "UNSET": UNSET,
            "KIND": kind,
            "PEOPLE": self.people,
            "Facts": facts,
            "Request": Request,
            "put": force_setattr,
            "printable": printable,
            "commas_in": commas_in,
            "from_iso": datetime.fromisoformat,
            "computed_value": computed_value,
            "homes_of": distinct_homes,
            "NOWHERE": (UNKNOWN,),
            "at": {},
            "SUBJECT_KIND": self.vocabulary.kinds[kind],
        }

    def function(self, *, counted: bool, **held: Any) -> Callable[..., Request | None]:
        """Return the function `(body, given, around, strict)`; `given` is the number of commas, or the parsed JSON.

        `held` are the functions it calls: `template` and `house` of `engine.wire`.
        """
        lines = [
            "s = b.subject; a = b.action; r = b.resource; c = b.context",
            "i = s.id; f = s.properties; p = a.properties; q = r.properties; d = r.id",
            "t = templates.get((a.name, r.type, d)) or template(a.name, r.type, d)",
            "if t is None: return None",
            *(self._counted_envelope() if counted else self._plain_envelope()),
            *self._filling(),
            *self._zone(Zone.SUBJECT, "f", counted=counted),
            *(line for zone, name in _ZONES for line in self._zone(zone, name, counted=counted)),
            *(["if n != given: return None"] if counted else []),
            *self._house(),
            *self._homes(),
            *self._built_in(),
            f"return Request(a.name, KIND, r.type, d, t.product, around.time, f, homes, i, why, {_REST})",
        ]
        text = "\n    ".join(["def made(b, given, around, strict):", *lines]) + "\n"
        names = {**self.held, **held}
        # The program is made here, from declared names only: nothing a client sends is ever in it.
        exec(compile(text, "<wire>", "exec"), names)  # noqa: S102
        made: Callable[..., Request | None] = names["made"]
        return made

    # ---- the envelope

    def _counted_envelope(self) -> list[str]:
        return [
            # One comma each: after the subject, after the action, and between type and id of the resource.
            "n = 3 + d.count(',')",
            *self._subject_id("n += 1 + i.count(',')"),
            "if f is UNSET: f = Facts()",
            "else: n += 1",
            "if p is not UNSET: n += 1",
            "if q is not UNSET: n += 1",
            "if c is not UNSET: n += 1",
        ]

    def _plain_envelope(self) -> list[str]:
        return [
            "if type(given) is not dict or not d.isprintable(): return None",
            "s = given['subject']; g = given['action']; h = given['resource']",
            "if not (type(s) is type(g) is type(h) is type(given.get('context', s)) is dict): return None",
            "of_f, of_p, of_q = s.get('properties', s), g.get('properties', g), h.get('properties', h)",
            "if not (type(of_f) is type(of_p) is type(of_q) is dict): return None",
            "of_c = given.get('context')",
            *self._subject_id("printable(i)"),
            "if f is UNSET: f = Facts()",
            f"if c is not UNSET and c.{BESIDE} is not UNSET: return None",
        ]

    def _subject_id(self, given: str) -> list[str]:
        lines = ["if i is UNSET:", "    if not strict: return None", "    i = None", f"else: {given}"]
        return [*lines, "if i in PEOPLE: return None"] if self.people else lines

    # ---- facts

    def _zone(self, zone: Zone, source: str, *, counted: bool) -> list[str]:
        facts = [fact for fact in sendable(self.vocabulary, zone) if zone is not Zone.SUBJECT or self._has(fact)]
        simple = [fact for fact in facts if self._is_simple(fact)]
        lines: list[str] = []
        if counted:
            terms = [f"({source}.{attribute(fact.path)} is not U)" for fact in simple]
            lines.append(f"k = {' + '.join(terms) or '0'}")
        if zone is not Zone.SUBJECT:
            # A fact that was not given is moved too: it is as unknown here as there.
            names = [attribute(fact.path) for fact in simple]
            lines += [f"put(f, {name!r}, {source}.{name})" for name in names]
        for fact in facts:
            if fact not in simple:
                lines += self._fact(fact, source, counted=counted)
        if counted and zone is Zone.CONTEXT:
            lines += [
                f"v = c.{BESIDE}",
                "if v is not UNSET: k += 1; n += (len(v) or 1) - 1 + sum([one.count(',') for one in v])",
            ]
        if counted:
            lines.append("if k: n += k - 1")
        if zone is Zone.SUBJECT:
            return lines
        return [f"if {source} is not UNSET:", *("    " + line for line in lines or ["pass"])]

    def _has(self, fact: Fact) -> bool:
        return fact.kinds is None or self.kind in fact.kinds

    def _is_simple(self, fact: Fact) -> bool:
        """Say whether what msgspec made is the value, with no commas in it, and nothing else says what it is."""
        found = spelling(fact, self.vocabulary)
        alone = fact.path not in self.filled and not self._identifies(fact) and self._has(fact)
        return found.read is None and not found.commas and alone

    def _identifies(self, fact: Fact) -> bool:
        return any(fact.path in found.identified_by for found in self.vocabulary.resource_types.values())

    def _fact(self, fact: Fact, source: str, *, counted: bool) -> list[str]:
        name = attribute(fact.path)
        lines = [f"v = {source}.{name}", "if v is not U:"]
        if not self._has(fact):
            return [*lines, "    return None"]
        if counted:
            lines.append("    k += 1")
        work = self._work(fact, source, counted=counted)
        if fact.optional and source != "f":
            lines += [f"    if v is None: put(f, {name!r}, None)", "    else:"]
        elif fact.optional:
            lines.append("    if v is not None:")
        elif spelling(fact, self.vocabulary).type is Any:
            lines += ["    if v is None: return None", "    else:"]
        else:
            lines.append("    if True:")
        lines += ["        " + line for line in work or ["pass"]]
        if self._identifies(fact):
            lines.append(
                f"    if {fact.path!r} in t.identified and f.{name} != t.identified[{fact.path!r}]: return None"
            )
        return lines

    def _work(self, fact: Fact, source: str, *, counted: bool) -> list[str]:
        found, name = spelling(fact, self.vocabulary), attribute(fact.path)
        lines: list[str] = []
        if counted and found.commas:
            lines.append(f"n += {found.commas}")
        if not counted and found.is_set:
            lines += [f"w = of_{source}[{fact.name!r}]", "if type(w) is not list or len(w) != len(v): return None"]
        if not counted and found.text:
            lines.append("for w in v: printable(w)" if found.is_set else "printable(v)")
        if found.read is not None:
            self.held[f"read_{name}"] = found.read
            value = (found.quick or "read(v)").replace("read(", f"read_{name}(")
            lines.append(f"put(f, {name!r}, {value})")
        elif source != "f":
            lines.append(f"put(f, {name!r}, v)")
        return lines

    # ---- what the request does not say

    def _filling(self) -> list[str]:
        names = [f"r{number}" for number in range(len(self.filled))]
        stored = [f"put(f, {attribute(path)!r}, {name})" for path, name in zip(self.filled, names, strict=True)]
        values = [f"({', '.join(names)},) = t.values"] if names else []
        return [*values, *stored, "if t.id is not None: d = t.id"]

    def _house(self) -> list[str]:
        lines = [
            "if around.fed or around.gate: assumed, why, end = house(f, t, around, d)",
            "else: assumed = t.assumed; why = {}; end = None",
        ]
        for fact in self.vocabulary.facts.values():
            if fact.computed is not None and self._has(fact):
                name = f"computed_{attribute(fact.path)}"
                self.held[name] = fact.computed
                over = fact.computed.over
                given = f"{{{over!r}: f.{attribute(over)}}}"
                lines.append(f"put(f, {attribute(fact.path)!r}, computed_value({name}, {given}))")
        return lines

    def _homes(self) -> list[str]:
        paths = self.vocabulary.kinds[self.kind].homes
        name = attribute(HOMES)
        fact = self.vocabulary.facts.get(paths[0]) if len(paths) == 1 else None
        if fact is not None and isinstance(fact.type, TerritoryType) and not fact.optional:
            return [
                f"home = f.{attribute(fact.path)}",
                "if home is U: homes = NOWHERE",
                "else:",
                "    both = at.get(home)",
                # Few codes, canonical ones only: they are kept, each with its set.
                "    if both is None: both = at[home] = (home,), frozenset((home,))",
                f"    homes = both[0]; put(f, {name!r}, both[1])",
            ]
        values = ", ".join(f"{path!r}: f.{attribute(path)}" for path in paths)
        return [
            f"homes = homes_of(SUBJECT_KIND, {{{values}}})",
            f"if not homes or homes[-1] is not U: put(f, {name!r}, frozenset(homes))",
        ]

    def _built_in(self) -> list[str]:
        values = {
            SUBJECT_TYPE: "KIND",
            ACTION_NAME: "a.name",
            RESOURCE_TYPE: "r.type",
            RESOURCE_ID: "d",
            PRODUCT: "t.product",
            TIME: "around.time",
        }
        return [f"put(f, {attribute(path)!r}, {value})" for path, value in values.items()]


_REST: Final = "{}, assumed, None, (), (), None, end"
"""No evidence; what is assumed; nothing refused, ignored or warned of, no second subject; until when facts hold."""
