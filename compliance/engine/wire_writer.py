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
    facts_class,
    facts_paths,
)
from compliance.engine.request import Request
from compliance.engine.wire_types import BESIDE, commas_in, printable, sendable, spelling
from compliance.vocabulary.facts import HOMES, Zone, distinct_homes
from compliance.vocabulary.types import TerritoryType
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from compliance.engine.ruleset import Ruleset
    from compliance.vocabulary.facts import Fact

_SOURCES: Final = {Zone.SUBJECT: "f", Zone.ACTION: "p", Zone.RESOURCE: "q", Zone.CONTEXT: "c"}
_BUILT_IN: Final = {
    SUBJECT_TYPE: "KIND",
    HOMES: "code_set",
    ACTION_NAME: "a.name",
    RESOURCE_TYPE: "r.type",
    RESOURCE_ID: "d",
    PRODUCT: "t.product",
    TIME: "around.time",
}
_MOST_TOGETHER: Final = 30
_REST: Final = "{}, assumed, None, (), (), None, end"
"""No evidence; what is assumed; nothing refused, ignored or warned of, no second subject; until when facts hold."""


class KindWriter:
    """Writes the functions of one kind of subject."""

    def __init__(self, ruleset: Ruleset, kind: str, nothing: Mapping[str, Any], filled: tuple[str, ...]) -> None:
        """Take what stands where a body gives no properties, and the paths that a template of `engine.wire` fills."""
        self.ruleset = ruleset
        self.vocabulary = ruleset.vocabulary
        self.kind = kind
        self.filled = filled
        self.people = ruleset.rulebook.catalogue.get(kind, {})
        self.paths = facts_paths(self.vocabulary, kind)
        self.held: dict[str, Any] = {
            "U": UNKNOWN,
            "UNSET": UNSET,
            "KIND": kind,
            "PEOPLE": self.people,
            "NO_f": nothing[kind],
            **{f"NO_{name}": nothing[zone] for zone, name in _SOURCES.items() if zone is not Zone.SUBJECT},
            "Facts": facts_class(self.vocabulary, kind),
            "Request": Request,
            "put": force_setattr,
            "printable": printable,
            "commas_in": commas_in,
            "from_iso": datetime.fromisoformat,
            "computed_value": computed_value,
            "homes_of": distinct_homes,
            "NOWHERE": (UNKNOWN,),
            "SUBJECT_KIND": self.vocabulary.kinds[kind],
        }

    def function(self, *, counted: bool, **held: Any) -> Callable[..., Request | None]:
        """Return the function `(body, given, around, strict)`; `given` is the number of commas, or the parsed JSON.

        `held` is what it calls and looks up: `templates`, `template` and `house` of `engine.wire`.
        """
        values = {path: f"{_SOURCES[fact.zone]}.{attribute(path)}" for path, fact in self._taken().items()}
        values |= {path: f"r{number}" for number, path in enumerate(self.filled)}
        names = "".join(f"r{number}, " for number in range(len(self.filled)))
        lines = [
            "s = b.subject; a = b.action; r = b.resource; c = b.context",
            "i = s.id; f = s.properties; p = a.properties; q = r.properties; d = r.id",
            "t = templates[a.name][r.type].get(d) or template(a.name, r.type, d)",
            "if t is None: return None",
            *(self._counted_envelope() if counted else self._plain_envelope()),
            *([f"({names}) = t.values"] if names else []),
            *(line for zone in _SOURCES for line in self._zone(zone, values, counted=counted)),
            *(["if n != given: return None"] if counted else []),
            "if t.id is not None: d = t.id",
            *self._made(values),
            f"return Request(a.name, KIND, r.type, d, t.product, around.time, w, homes, i, why, {_REST}, key)",
        ]
        text = "\n    ".join(["def made(b, given, around, strict):", *lines]) + "\n"
        known = {**self.held, **held}
        # The program is made here, from declared names only: nothing a client sends is ever in it.
        exec(compile(text, "<wire>", "exec"), known)  # noqa: S102
        made: Callable[..., Request | None] = known["made"]
        return made

    # ---- the envelope

    def _counted_envelope(self) -> list[str]:
        return [
            # One comma each: after the subject, after the action, and between type and id of the resource.
            "n = 3 + d.count(',')",
            *self._subject_id("n += 1 + i.count(',')"),
            *(f"if {name} is not NO_{name}: n += 1" for name in _SOURCES.values()),
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
            f"if c.{BESIDE} is not UNSET: return None",
        ]

    def _subject_id(self, given: str) -> list[str]:
        lines = ["if i is UNSET:", "    if not strict: return None", "    i = None", f"else: {given}"]
        return [*lines, "if i in PEOPLE: return None"] if self.people else lines

    # ---- facts

    def _taken(self) -> dict[str, Fact]:
        """Return the facts that this kind's requests may give, by path."""
        facts = (fact for zone in _SOURCES for fact in sendable(self.vocabulary, zone))
        return {fact.path: fact for fact in facts if fact.kinds is None or self.kind in fact.kinds}

    def _zone(self, zone: Zone, values: dict[str, str], *, counted: bool) -> list[str]:
        """Return the lines that look at a zone's facts; where each value is afterwards is put into `values`."""
        source, taken = _SOURCES[zone], self._taken()
        own = [fact for fact in sendable(self.vocabulary, zone) if fact.path in taken]
        lines: list[str] = []
        for fact in sendable(self.vocabulary, zone):
            given = f"{source}.{attribute(fact.path)}"
            if fact not in own:
                lines += [f"if {given} is not U: return None"] if zone is not Zone.SUBJECT else []
            elif self._is_simple(fact):
                lines += [f"if {given} is U: k -= 1"] if counted else []
            else:
                values[fact.path] = name = f"x_{attribute(fact.path)}"
                lines += self._fact(fact, source, name, counted=counted)
        if counted and zone is Zone.CONTEXT:
            lines += [
                f"v = c.{BESIDE}",
                "if v is not UNSET: k += 1; n += (len(v) or 1) - 1 + sum([one.count(',') for one in v])",
            ]
        if counted:
            # Most facts that could be given are, or as many as are not: those are counted that are not.
            lines = [f"k = {len(own)}", *lines, "if k: n += k - 1"]
        return lines

    def _is_simple(self, fact: Fact) -> bool:
        """Say whether what msgspec made is the value, with no commas in it, and nothing else says what it is."""
        found = spelling(fact, self.vocabulary)
        return found.read is None and not found.commas and fact.path not in self.filled and not self._identifies(fact)

    def _identifies(self, fact: Fact) -> bool:
        return any(fact.path in found.identified_by for found in self.vocabulary.resource_types.values())

    def _fact(self, fact: Fact, source: str, name: str, *, counted: bool) -> list[str]:
        """Return the lines that leave the value of a fact in the local `name`."""
        other = f"r{self.filled.index(fact.path)}" if fact.path in self.filled else "U"
        lines = [f"{name} = v = {source}.{attribute(fact.path)}"]
        missing = ([f"{name} = {other}"] if other != "U" else []) + (["k -= 1"] if counted else [])
        lines += [f"if v is U: {'; '.join(missing)}", "else:"] if missing else ["if v is not U:"]
        inner: list[str] = []
        work = self._work(fact, source, name, counted=counted)
        if not fact.optional and spelling(fact, self.vocabulary).type is Any:
            inner.append("if v is None: return None")
        elif fact.optional and work:
            work = ["if v is not None:", *("    " + line for line in work)]
        inner += work
        if self._identifies(fact):
            inner.append(f"if {fact.path!r} in t.identified and {name} != t.identified[{fact.path!r}]: return None")
        return [*lines, *("    " + line for line in inner or ["pass"])]

    def _work(self, fact: Fact, source: str, name: str, *, counted: bool) -> list[str]:
        found = spelling(fact, self.vocabulary)
        lines: list[str] = []
        if counted and found.commas:
            lines.append(f"n += {found.commas}")
        if not counted and found.is_set:
            lines += [f"w = of_{source}[{fact.name!r}]", "if type(w) is not list or len(w) != len(v): return None"]
        if not counted and found.text:
            lines.append("for w in v: printable(w)" if found.is_set else "printable(v)")
        if found.read is not None:
            self.held[f"read_{name}"] = found.read
            lines.append(f"{name} = {(found.quick or 'read(v)').replace('read(', f'read_{name}(')}")
        return lines

    # ---- what the request does not say, and the facts as a whole

    def _made(self, values: dict[str, str]) -> list[str]:
        """Return the lines that make the facts `w`, and find `homes`, `key`, `assumed`, `why` and `end`."""
        computed = {path: f"x_{attribute(path)}" for path in self._computed()}
        whole = {**values, **computed, **_BUILT_IN}
        housed = {path: value for path, value in whole.items() if path not in computed and path != HOMES}
        inside = {path: f"w.{attribute(path)}" for path in self.paths}
        puts = [f"put(w, {attribute(path)!r}, {name})" for path, name in {**computed, HOMES: "code_set"}.items()]
        return [
            "if around.fed or around.gate:",
            f"    w = Facts({self._arguments(housed)})",
            "    assumed, why, end = house(w, t, around, d)",
            *("    " + line for line in (*self._compute(inside), *self._homes(inside), *puts)),
            "else:",
            "    assumed = t.assumed; why = {}; end = None",
            *("    " + line for line in (*self._compute(values), *self._homes(values))),
            f"    w = Facts({self._arguments(whole)})",
        ]

    def _arguments(self, values: Mapping[str, str]) -> str:
        """Return the arguments of `Facts`; it needs none for the last facts, which nobody can say."""
        given = [values.get(path, "U") for path in self.paths]
        while given and given[-1] == "U":
            del given[-1]
        return arguments(given)

    def _computed(self) -> list[str]:
        return [
            fact.path
            for fact in self.vocabulary.facts.values()
            if fact.computed is not None and (fact.kinds is None or self.kind in fact.kinds)
        ]

    def _compute(self, values: Mapping[str, str]) -> list[str]:
        lines = []
        for path in self._computed():
            computed = self.vocabulary.facts[path].computed
            assert computed is not None  # noqa: S101 - it is one of them
            self.held[f"computed_{attribute(path)}"] = computed
            given = f"{{{computed.over!r}: {values.get(computed.over, 'U')}}}"
            lines.append(f"x_{attribute(path)} = computed_value(computed_{attribute(path)}, {given})")
        return lines

    def _homes(self, values: Mapping[str, str]) -> list[str]:
        paths = self.vocabulary.kinds[self.kind].homes
        fact = self.vocabulary.facts.get(paths[0]) if len(paths) == 1 else None
        if fact is not None and isinstance(fact.type, TerritoryType) and not fact.optional:
            return [
                f"home = {values.get(fact.path, 'U')}",
                "if home is U: homes = NOWHERE; code_set = U; key = ()",
                "else: homes, code_set, key = t.places[KIND][home]",
            ]
        given = ", ".join(f"{path!r}: {values.get(path, 'U')}" for path in paths)
        return [
            f"homes = homes_of(SUBJECT_KIND, {{{given}}}); key = ()",
            "code_set = frozenset(homes) if not homes or homes[-1] is not U else U",
        ]


def arguments(given: Sequence[str]) -> str:
    """Return expressions as the arguments of a call.

    Of more than 30 CPython makes a list, one by one, and then a tuple; so they are tuples of at most 30 each.
    """
    if len(given) <= _MOST_TOGETHER:
        return ", ".join(given)
    parts = [given[start : start + _MOST_TOGETHER] for start in range(0, len(given), _MOST_TOGETHER)]
    return "*(" + " + ".join("(" + ", ".join(part) + ",)" for part in parts) + ")"
