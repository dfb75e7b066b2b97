"""Turn the request of a case, as an officer writes it, into the JSON that a client would send.

In a case the facts of a part stand beside its `type`, `id` and `name`; in JSON they are its `properties`.

Invariant: every value has been read by the vocabulary, so a request that comes out can be decoded.

Reference: AuthZEN Authorization API 1.0, section 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from compliance.language.diagnostic import Diagnostic
from compliance.language.fields import TEXT, Found, clipped
from compliance.language.known import Known, is_known
from compliance.language.node_values import json_of_node, value_of
from compliance.language.nodes import Broken, Entry, Node, Scalar, Table, first_line
from compliance.language.span import Span
from compliance.vocabulary.facts import Counterparty, Fact, Origin, Zone
from compliance.vocabulary.suggestions import did_you_mean
from compliance.vocabulary.types import STRING, TIMESTAMP, FactType, RecordType

_WORDS: Final[Mapping[Zone, tuple[str, ...]]] = {
    Zone.SUBJECT: ("type", "id"),
    Zone.ACTION: ("name",),
    Zone.RESOURCE: ("type", "id"),
    Zone.CONTEXT: (),
}
"""What a part of a request has besides facts."""
_EVIDENCE: Final[Mapping[str, FactType]] = {
    "attested_by": STRING,
    "observed_at": TIMESTAMP,
    "valid_until": TIMESTAMP,
}

Parts = Mapping[Zone, Mapping[str, Entry]]
"""Part of the request -> word -> where the word and its value stand."""


@dataclass(slots=True)
class RequestReader:
    """Reads the request of one case; `found` is where it puts what is wrong."""

    known: Known
    found: Found
    span: Span
    """Where the case is named."""

    def read(self, parts: Parts) -> Mapping[str, object]:
        """Return the request as JSON; what is wrong with it is in `found`."""
        vocabulary = self.known.vocabulary
        kind = self._word(parts, Zone.SUBJECT, "type", vocabulary.kinds, ("unknown-kind", "kind of subject"))
        action = self._word(parts, Zone.ACTION, "name", vocabulary.all_actions(), ("unknown-action", "action"))
        types = vocabulary.resource_types
        resource = self._word(parts, Zone.RESOURCE, "type", types, ("unknown-resource-type", "type of resource"))
        party = next((each for each in vocabulary.counterparties if action in each.actions), None)
        request: dict[str, object] = {
            "subject": {"type": kind or "", **self._id(parts[Zone.SUBJECT])},
            "action": {"name": action or ""},
            "resource": {"type": resource or "", **self._id(parts[Zone.RESOURCE])},
        }
        if "id" not in parts[Zone.RESOURCE]:
            self._lacks("resource", "id")
        for zone in Zone:
            facts = self._facts(zone, parts[zone], kind, party if zone is Zone.ACTION else None)
            if zone is Zone.CONTEXT:
                request[zone.value] = facts
            else:
                part = request[zone.value]
                if facts and isinstance(part, dict):
                    part["properties"] = facts
        return request

    def _word(self, parts: Parts, zone: Zone, name: str, options: Iterable[str], called: tuple[str, str]) -> str | None:
        """Return the word that says which kind, action or type a case is about."""
        entry = parts[zone].get(name)
        if entry is None:
            self._lacks(zone.value, name)
            return None
        word = TEXT.take(entry.value, name, self.found)
        slug, what = called
        if word is None or not is_known(word, options, slug, what, self.found):
            return None
        return word.value

    def _lacks(self, part: str, name: str) -> None:
        message = f"the case does not say the `{name}` of its {part}"
        cure = f"add `{part}: {{{name}: ...}}`, or begin with a persona that has it"
        self.found.append(Diagnostic("missing-field", message, self.span, help=cure))

    def _id(self, part: Mapping[str, Entry]) -> dict[str, object]:
        entry = part.get("id")
        word = None if entry is None else TEXT.take(entry.value, "id", self.found)
        return {} if word is None else {"id": word.value}

    def _facts(
        self, zone: Zone, part: Mapping[str, Entry], kind: str | None, party: Counterparty | None
    ) -> dict[str, object]:
        """Return the facts of one part, by name, as JSON."""
        facts: dict[str, object] = {}
        for name, entry in part.items():
            if name in _WORDS[zone]:
                continue
            if party is not None and name == party.name:
                facts[name] = self._party(entry)
                continue
            fact = self._fact(zone, entry.key, kind)
            if fact is not None:
                facts[name] = self._value(fact, entry.value)
        return facts

    def _party(self, entry: Entry) -> object:
        """Return the second subject that an action names."""
        if not isinstance(entry.value, Table):
            if not isinstance(entry.value, Broken):
                message = f"`{entry.key.value}` is a subject: `{{type: ..., ...}}`"
                self.found.append(Diagnostic("wrong-shape", message, first_line(entry.value.span)))
            return {}
        part = entry.value.entries
        parts = {zone: part if zone is Zone.SUBJECT else {} for zone in Zone}
        kinds = self.known.vocabulary.kinds
        kind = self._word(parts, Zone.SUBJECT, "type", kinds, ("unknown-kind", "kind of subject"))
        subject: dict[str, object] = {"type": kind or "", **self._id(part)}
        facts = self._facts(Zone.SUBJECT, part, kind, None)
        return {**subject, "properties": facts} if facts else subject

    def _fact(self, zone: Zone, key: Scalar, kind: str | None) -> Fact | None:
        """Return the fact that a key names, if a case about a subject of `kind` may state it."""
        path = f"{zone}.{key.value}"
        if path == "context.time":
            message = "the time of a case is its `as_of`"
            self.found.append(Diagnostic("misplaced-key", message, key.span, help="write `as_of:` in the case"))
            return None
        facts = self.known.vocabulary.facts
        fact = facts.get(path)
        if fact is None:
            if path not in self.known.broken:
                names = [*_WORDS[zone], *(each.name for each in facts.values() if each.zone is zone)]
                message = f"there is no fact `{clipped(path)}`"
                cure = did_you_mean(key.value, names)
                self.found.append(Diagnostic("unknown-fact", message, key.span, help=cure))
            return None
        if kind is not None and fact.kinds is not None and kind not in fact.kinds:
            message = f"a `{kind}` has no `{path}`"
            cure = "it is a fact of " + ", ".join(f"`{each}`" for each in sorted(fact.kinds))
            self.found.append(Diagnostic("fact-of-other-kind", message, key.span, help=cure))
            return None
        if set(fact.origins) <= {Origin.CATALOGUE, Origin.COMPUTED}:
            origin = "the catalogue says" if Origin.CATALOGUE in fact.origins else "it is computed from other facts"
            message = f"a case cannot give `{path}`: {origin}"
            self.found.append(Diagnostic("fact-not-given", message, key.span, help="take it out"))
            return None
        return fact

    def _value(self, fact: Fact, node: Node) -> object:
        """Return the value of a fact as JSON: bare, or with who attested it and until when it holds."""
        if self._is_evidence(fact, node) and isinstance(node, Table):
            envelope: dict[str, object] = {"value": self._bare(fact, node.entries["value"].value)}
            for key, value in node.pairs():
                type_ = _EVIDENCE.get(key.value)
                if type_ is not None:
                    value_of(value, type_, {}, self.found)
                    envelope[key.value] = json_of_node(value, type_, {})
                elif key.value != "value":
                    message = f"evidence has no `{clipped(key.value)}`"
                    cure = did_you_mean(key.value, ("value", *_EVIDENCE))
                    self.found.append(Diagnostic("unknown-key", message, key.span, help=cure))
            return envelope
        return self._bare(fact, node)

    def _is_evidence(self, fact: Fact, node: Node) -> bool:
        is_mapping = isinstance(fact.type, RecordType)
        return isinstance(node, Table) and "value" in node.entries and not is_mapping

    def _bare(self, fact: Fact, node: Node) -> object:
        records = self.known.vocabulary.records
        if not (isinstance(node, Scalar) and node.is_null and fact.optional):
            value_of(node, fact.type, records, self.found, at_least=fact.at_least)
        return json_of_node(node, fact.type, records)
