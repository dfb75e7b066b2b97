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
from compliance.engine.facts import Facts, Fixed, attribute
from compliance.engine.request import Request
from compliance.engine.wire_types import BESIDE, commas_in, printable, sendable, spelling
from compliance.vocabulary.facts import Zone, distinct_homes
from compliance.vocabulary.types import TerritoryType
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from compliance.engine.ruleset import Ruleset
    from compliance.vocabulary.facts import Fact

_SOURCES: Final = {Zone.SUBJECT: "f", Zone.ACTION: "p", Zone.RESOURCE: "q", Zone.CONTEXT: "c"}
_COPY: Final = "{}.__copy__()"
_REST: Final = "{}, assumed, None, (), (), None, end"
"""No evidence; what is assumed; nothing refused, ignored or warned of, no second subject; until when facts hold."""
_REQUEST: Final = f"Request(a.name, KIND, r.type, d, t.product, around.time, w, homes, i, why, {_REST}, key)"
_JUDGED: Final = (
    "decide = compiler.slices.get(key)",
    f"return compiler.verdict({_REQUEST}) if decide is None else decide(w)",
)
"""An unknown or second home has the key `()`, which no slice has."""


class KindWriter:
    """Writes the functions of one kind of subject."""

    def __init__(self, ruleset: Ruleset, kind: str, nothing: Mapping[Zone, Any], filled: tuple[str, ...]) -> None:
        """Take what stands where a body gives no properties, and the paths that a template fills."""
        self.ruleset = ruleset
        self.vocabulary = ruleset.vocabulary
        self.kind = kind
        self.filled = filled
        self.people = ruleset.rulebook.catalogue.get(kind, {})
        self.held: dict[str, Any] = {
            "UNKNOWN": UNKNOWN,
            "UNSET": UNSET,
            "KIND": kind,
            "PEOPLE": self.people,
            **{f"NO_{name}": nothing[zone] for zone, name in _SOURCES.items()},
            "Facts": Facts,
            "Fixed": Fixed,
            "Request": Request,
            "put": force_setattr,
            "get": dict.get,
            "printable": printable,
            "commas_in": commas_in,
            "from_iso": datetime.fromisoformat,
            "computed_value": computed_value,
            "homes_of": distinct_homes,
            "SUBJECT_KIND": self.vocabulary.kinds[kind],
        }

    def function(
        self, *, counted: bool, judging: bool = False, noting: bool = False, **held: Any
    ) -> Callable[..., Any]:
        """Return the function `(body, given, around, strict)`; `given` is the number of commas, or the parsed JSON.

        `noting`, it is a list, to which the number of commas that there should be is added. `judging`, the function
        takes the compiler as well, and returns a verdict: it makes no request where a slice was compiled before. `held`
        is what it calls and looks up: the templates that are `kept`, what can `find` one, and `house` of `engine.wire`.
        """
        lines = [
            # A local is found faster than a global, and this one is asked for once for each fact.
            "U = UNKNOWN",
            "s = b.subject; a = b.action; r = b.resource; c = b.context",
            "i = s.id; f = s.properties; p = a.properties; q = r.properties; d = r.id",
            "t = kept[a.name][r.type].get(d) or find(a.name, r.type, d)",
            "if t is None: return None",
            *(self._counted_envelope() if counted else self._plain_envelope()),
            *(line for zone in _SOURCES for line in self._zone(zone, counted=counted)),
            *(["given.append(n)" if noting else "if n != given: return None"] if counted else []),
            "if t.id is not None: d = t.id",
            *(line for zone in _SOURCES for line in self._filling(zone)),
            *self._house(),
            *self._computed(),
            *self._homes(),
            "w = Facts(f, p, q, c, fixed, d, around.time)",
            *(_JUDGED if judging else [f"return {_REQUEST}"]),
        ]
        text = "\n    ".join([f"def made(b, given, around, strict{', compiler' * judging}):", *lines]) + "\n"
        known = {**self.held, **held}
        # The program is made here, from declared names only: nothing a client sends is ever in it.
        exec(compile(text, "<wire>", "exec"), known)  # noqa: S102
        made: Callable[..., Any] = known["made"]
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
            # msgspec takes any mapping. `get` is that of a dictionary, so that each object shows that it is one.
            "s = get(given, 'subject'); g = get(given, 'action'); h = get(given, 'resource')",
            "of_f = get(s, 'properties', s); of_p = get(g, 'properties', g); of_q = get(h, 'properties', h)",
            "of_c = s if c is NO_c else given['context']",
            "if not (type(of_f) is type(of_p) is type(of_q) is type(of_c) is dict): return None",
            *self._subject_id("if not i.isprintable(): return None"),
            f"if c.{BESIDE} is not UNSET or not d.isprintable(): return None",
        ]

    def _subject_id(self, given: str) -> list[str]:
        lines = ["if i is UNSET:", "    if not strict: return None", "    i = None", "else:", f"    {given}"]
        return [*lines, "if i in PEOPLE: return None"] if self.people else lines

    # ---- facts

    def _own(self, zone: Zone) -> list[Fact]:
        """Return the facts of a zone that this kind's requests may give."""
        facts = sendable(self.vocabulary, zone)
        return [fact for fact in facts if fact.kinds is None or self.kind in fact.kinds]

    def _zone(self, zone: Zone, *, counted: bool) -> list[str]:
        """Return the lines that look at what is given of a zone's facts."""
        source, own = _SOURCES[zone], self._own(zone)
        lines: list[str] = []
        for fact in sendable(self.vocabulary, zone):
            given = f"{source}.{attribute(fact.path)}"
            if fact not in own:
                # A body cannot hold the facts of other kinds of subject, but it can those of other zones.
                lines += [f"if {given} is not U: return None"] if zone is not Zone.SUBJECT else []
            elif self._is_simple(fact):
                lines += [f"if {given} is U: k -= 1"] if counted else []
            else:
                lines += self._fact(fact, source, counted=counted)
        if counted and zone is Zone.CONTEXT:
            lines += [
                f"v = c.{BESIDE}",
                "if v is not UNSET: k += 1; n += (len(v) or 1) - 1 + sum([one.count(',') for one in v])",
            ]
        if counted:
            # Most facts that could be given are, or as many as are not: those are counted that are not.
            lines = [f"k = {len(own)}", *lines, "if k: n += k - 1"]
        if zone in {Zone.ACTION, Zone.RESOURCE} and lines:
            # Most orders say nothing of these.
            lines = [f"if {source} is not NO_{source}:", *("    " + line for line in lines)]
        return lines

    def _is_simple(self, fact: Fact) -> bool:
        """Say whether what msgspec made is the value, with no commas in it."""
        found = spelling(fact, self.vocabulary)
        return found.read is None and not found.commas and not self._identifies(fact)

    def _identifies(self, fact: Fact) -> bool:
        return any(fact.path in found.identified_by for found in self.vocabulary.resource_types.values())

    def _fact(self, fact: Fact, source: str, *, counted: bool) -> list[str]:
        """Return the lines that look at a fact, and put its value in the place of what was given."""
        name = attribute(fact.path)
        lines = [f"v = {source}.{name}", *(["if v is U: k -= 1", "else:"] if counted else ["if v is not U:"])]
        work = self._work(fact, source, counted=counted)
        inner: list[str] = []
        if not fact.optional and spelling(fact, self.vocabulary).type is Any:
            inner.append("if v is None: return None")
        elif fact.optional and work:
            work = ["if v is not None:", *("    " + line for line in work)]
        inner += work
        if self._identifies(fact):
            other = f"t.identified[{fact.path!r}]"
            inner.append(f"if {fact.path!r} in t.identified and {source}.{name} != {other}: return None")
        return [*lines, *("    " + line for line in inner or ["pass"])]

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
            lines.append(f"put({source}, {name!r}, {value})")
        return lines

    # ---- what the request does not say

    def _filling(self, zone: Zone) -> list[str]:
        """Return the lines that add what a template says; where the body gives nothing, the template's zone stands."""
        source = _SOURCES[zone]
        own = {fact.path for fact in self._own(zone)}
        puts = []
        for path in self.filled:
            if path.startswith(f"{zone}."):
                name = attribute(path)
                put = f"put({source}, {name!r}, t.known[{path!r}])"
                puts.append(f"if {source}.{name} is U: {put}" if path in own else put)
        if not puts:
            return []
        if zone is Zone.SUBJECT:
            return [f"if f is NO_f: f = {_COPY.format('f')}", *puts]
        return [f"if {source} is NO_{source}: {source} = t.{zone}", "else:", *("    " + line for line in puts)]

    def _house(self) -> list[str]:
        zones = ", ".join(f"{str(zone)!r}: {source}" for zone, source in _SOURCES.items())
        said = {fact.zone for fact in self.ruleset.house_facts}
        return [
            "if around.fed or around.gate:",
            # What stands in place of what a body does not give is shared by all requests.
            *(f"    {source} = {_COPY.format(source)}" for zone, source in _SOURCES.items() if zone in said),
            f"    assumed, why, end = house({{{zones}}}, t, around, d)",
            "else: assumed = t.assumed; why = {}; end = None",
        ]

    def _computed(self) -> list[str]:
        facts = [fact for fact in self.vocabulary.facts_of(self.kind) if fact.computed is not None]
        lines = [f"{source} = {_COPY.format(source)}" for source in {_SOURCES[fact.zone]: None for fact in facts}]
        for fact in facts:
            assert fact.computed is not None  # noqa: S101 - it is one of them
            over, name = fact.computed.over, attribute(fact.path)
            self.held[f"computed_{name}"] = fact.computed
            value = f"computed_value(computed_{name}, {{{over!r}: {self._read(over)}}})"
            lines.append(f"put({_SOURCES[fact.zone]}, {name!r}, {value})")
        return lines

    def _homes(self) -> list[str]:
        """Return the lines that find `homes`, what the request's slice has in common, and its `key`."""
        paths = self.vocabulary.kinds[self.kind].homes
        fact = self.vocabulary.facts.get(paths[0]) if len(paths) == 1 else None
        if fact is not None and isinstance(fact.type, TerritoryType) and not fact.optional:
            return [
                f"home = {self._read(fact.path)}",
                "homes, fixed, key = t.places[KIND].nowhere if home is U else t.places[KIND][home]",
            ]
        given = ", ".join(f"{path!r}: {self._read(path)}" for path in paths)
        return [
            f"homes = homes_of(SUBJECT_KIND, {{{given}}}); key = ()",
            "code_set = frozenset(homes) if not homes or homes[-1] is not U else U",
            "fixed = Fixed(KIND, code_set, a.name, r.type, t.product)",
        ]

    def _read(self, path: str) -> str:
        """Return Python that reads a fact of the request."""
        if path not in self.vocabulary.facts:
            return "U"
        return f"{_SOURCES[self.vocabulary.facts[path].zone]}.{attribute(path)}"
