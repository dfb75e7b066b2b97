"""Decode a request as JSON carries it into facts: strictly, all problems at once, by the vocabulary that decides it.

Invariant: nothing is guessed. A value outside its type is refused; a fact too old to count, or whose age cannot be
told, is unknown; a fact that only the house knows is never taken from a client.

Reference: DESIGN sections 4.1 and 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec

from compliance.engine.catalogue import find_resource
from compliance.engine.computed import computed_value
from compliance.engine.envelope import Envelope, Problem, RequestRefused, escaped, near, read_envelope, shown
from compliance.engine.facts import ACTION_NAME, PRODUCT, RESOURCE_ID, RESOURCE_TYPE, SUBJECT_TYPE, TIME
from compliance.engine.request import Request
from compliance.engine.zones import make_facts
from compliance.vocabulary.facts import FX, HOMES, Origin, Zone, distinct_homes
from compliance.vocabulary.ownership import OwnershipError
from compliance.vocabulary.reading import Refused, read_value
from compliance.vocabulary.types import TIMESTAMP
from compliance.vocabulary.unknown import UNKNOWN
from compliance.vocabulary.values import Evidence, Record

if TYPE_CHECKING:
    from compliance.engine.ruleset import Ruleset
    from compliance.language.rulebook import CatalogueEntry
    from compliance.vocabulary.facts import Computed, Counterparty, Fact
    from compliance.vocabulary.values import FactValue, Value

_EVIDENCE: Final = frozenset({"value", "attested_by", "observed_at", "valid_until"})
STALE, EXPIRED, UNDATED = "stale", "expired", "undated"


@dataclass(frozen=True, slots=True)
class FedValue:
    """A value that a feed set, and until when it counts."""

    value: FactValue
    valid_until: datetime


# A Struct, since one is made for each request; gc=False: it holds nothing that holds it.
class Surroundings(msgspec.Struct, frozen=True, gc=False):
    """What the gate adds to a request: the instant, what feeds set (path, resource id), what the gate knows (path)."""

    time: datetime
    fed: Mapping[tuple[str, str], FedValue] = msgspec.field(default_factory=dict)
    gate: Mapping[str, FactValue] = msgspec.field(default_factory=dict)


class House:
    """What feeds and the gate say of one request's facts, gathered fact by fact, in the vocabulary's order."""

    def __init__(self, around: Surroundings, resource_id: str) -> None:
        """Take what feeds and the gate say, and which resource is asked about."""
        self.around = around
        self.resource_id = resource_id
        self.values: dict[str, FactValue] = {}
        self.why: dict[str, str] = {}
        self.assumed: list[str] = []
        self.ends: list[datetime] = []

    def say(self, fact: Fact, *, given: bool) -> None:
        """Add what is said of `fact`; a feed says nothing of one that is `given` already."""
        if Origin.FEED in fact.origins and not given:
            self._feed(fact)
        elif Origin.GATE in fact.origins and fact.path in self.around.gate:
            self._said(fact, self._fresh(fact, self.around.gate[fact.path]))

    def _said(self, fact: Fact, value: FactValue) -> None:
        """Add what the house says of a fact; nothing, where it says absent of a fact that cannot be."""
        if value is not None or fact.optional:
            self.values[fact.path] = value

    def _fresh(self, fact: Fact, value: FactValue) -> FactValue:
        """Return `value`; of exchange rates those too old to count, or of no known age, without what they say."""
        if fact.path != FX or fact.stale_after is None or not isinstance(value, tuple):
            return value
        kept: list[Value] = []
        for rate in value:
            if not isinstance(rate, Record):
                continue
            observed = rate["observed_at"]
            if isinstance(observed, datetime) and observed <= self.around.time < observed + fact.stale_after:
                self.ends.append(observed + fact.stale_after)
                kept.append(rate)
            else:
                kept.append(Record(rate.name, {**rate.fields, "rate": UNKNOWN}))
        return tuple(kept)

    def _feed(self, fact: Fact) -> None:
        fed = self.around.fed.get((fact.path, self.resource_id)) or self.around.fed.get((fact.path, "*"))
        if fed is not None and fed.valid_until > self.around.time:
            self._said(fact, fed.value)
            self.ends.append(fed.valid_until)
        elif fed is not None:
            self.why[fact.path] = STALE
        elif fact.without_feed is not None:
            self.values[fact.path] = fact.without_feed.value
            self.assumed.append(fact.path)


def decode(ruleset: Ruleset, body: object, surroundings: Surroundings, *, strict: bool = True) -> Request:
    """Return the request that `body` (parsed JSON; decimals as texts) carries, for `ruleset`.

    With `strict` (`/v1`) unknown names are problems; without (AuthZEN) they are ignored and listed, and an unknown
    action, type or id makes a request that is refused with a ground.

    Raises:
        RequestRefused: with every problem found, each with a JSON pointer.
    """
    return _Decoding(ruleset, surroundings, strict=strict).request(body)


class _Decoding:
    """The decoding of one request."""

    def __init__(self, ruleset: Ruleset, surroundings: Surroundings, *, strict: bool, prefix: str = "") -> None:
        self.ruleset = ruleset
        self.vocabulary = ruleset.vocabulary
        self.around = surroundings
        self.strict = strict
        self.prefix = prefix
        self.values: dict[str, FactValue] = {}
        self.why: dict[str, str] = {}
        self.evidence: dict[str, Evidence] = {}
        self.problems: list[Problem] = []
        self.ignored: list[str] = []
        self.warnings: list[str] = []
        self.assumed: list[str] = []
        self.ends: list[datetime] = []

    def request(self, body: object) -> Request:
        """Return the whole request; raise with every problem of it."""
        envelope = read_envelope(body, self.vocabulary, strict=self.strict)
        self.problems += [
            Problem(self.prefix + found.pointer, found.message, found.help) for found in envelope.problems
        ]
        self.ignored += [self.prefix + found for found in envelope.ignored]
        entry, second = None, None
        if not envelope.problems and envelope.refused is None:
            entry, second = self._contents(envelope)
        if self.problems:
            raise RequestRefused(self.problems)
        return self._made(envelope, entry, second)

    def _contents(self, envelope: Envelope) -> tuple[CatalogueEntry | None, tuple[str, Request] | None]:
        party = next((found for found in self.vocabulary.counterparties if envelope.action in found.actions), None)
        properties = dict(envelope.action_properties)
        named = properties.pop(party.name, None) if party is not None else None
        self._zone(Zone.SUBJECT, envelope.subject, "/subject/properties", envelope.kind)
        self._zone(Zone.ACTION, properties, "/action/properties", envelope.kind)
        self._zone(Zone.RESOURCE, envelope.resource, "/resource/properties", envelope.kind)
        self._zone(Zone.CONTEXT, envelope.context, "/context", envelope.kind)
        entry, envelope.refused = find_resource(
            self.ruleset, envelope.action, envelope.resource_type, envelope.resource_id, self.values
        )
        if party is not None and f"action.{party.name}_named" in self.vocabulary.facts:
            self.values[f"action.{party.name}_named"] = named is not None
        if party is None or named is None:
            return entry, None
        return entry, self._second(party, named, envelope, properties)

    def _second(
        self, party: Counterparty, subject: object, envelope: Envelope, properties: Mapping[str, object]
    ) -> tuple[str, Request] | None:
        """Decode the second subject as a request of its own, without what only the first action says."""
        body = {
            "subject": subject,
            "action": {"name": party.decided_as, "properties": dict(properties)},
            "resource": {
                "type": envelope.resource_type,
                "id": envelope.resource_id,
                "properties": dict(envelope.resource),
            },
            "context": dict(envelope.context),
        }
        prefix = f"/action/properties/{party.name}"
        decoding = _Decoding(self.ruleset, self.around, strict=self.strict, prefix=prefix)
        # The second body repeats the first one's other parts: only what is said about its subject is new.
        start = f"{prefix}/subject"
        try:
            second = decoding.request(body)
        except RequestRefused as refused:
            fresh = [
                Problem(prefix + found.pointer.removeprefix(start), found.message, found.help)
                for found in refused.problems
                if found.pointer.startswith(start)
            ]
            # Invariant: a second subject that cannot be read is never left out.
            self.problems += fresh if fresh or self.problems else refused.problems
            return None
        ignored = tuple(prefix + found.removeprefix(start) for found in second.ignored if found.startswith(start))
        self.ignored += ignored
        return party.name, msgspec.structs.replace(second, ignored=ignored)

    def _zone(self, zone: Zone, given: Mapping[str, object], pointer: str, kind: str) -> None:
        facts = self.ruleset.facts_by_zone[zone]
        for name, value in given.items():
            where = f"{self.prefix}{pointer}/{escaped(name)}"
            fact = facts.get(name)
            refusal = self._not_taken(fact, zone, name, kind)
            if refusal is None and fact is not None:
                self._fact(fact, value, where)
            elif self.strict and refusal is not None and not (self.prefix and zone is not Zone.SUBJECT):
                self.problems.append(Problem(where, *refusal))
            else:
                self.ignored.append(where)

    def _not_taken(self, fact: Fact | None, zone: Zone, name: str, kind: str) -> tuple[str, str] | None:
        """Return why a name is not taken from a client (message and help), or `None` if it is."""
        if fact is None:
            if f"{zone}.{name}" == TIME:
                return "`context.time` comes from the gate", "leave it out; ask a what-if with `as_of`"
            asked = (
                other.name for other in self.ruleset.facts_by_zone[zone].values() if Origin.REQUEST in other.origins
            )
            return f"`{shown(name)}` is not in the vocabulary", near(name, asked)
        if Origin.REQUEST not in fact.origins:
            return f"`{fact.path}` comes from the {fact.origins[0]}, not from a request", "leave it out"
        if fact.kinds is not None and kind not in fact.kinds:
            return f"a {kind} has no `{fact.name}`", f"it belongs to: {', '.join(sorted(fact.kinds))}"
        return None

    def _fact(self, fact: Fact, given: object, pointer: str) -> None:
        if fact.retired is not None:
            self.warnings.append(f"{fact.path} is retired: {fact.retired}")
            return
        try:
            value, evidence = self._read(fact, given)
        except Refused as refused:
            self.problems.append(Problem(pointer + refused.pointer, refused.message, refused.help))
            return
        if evidence is not None:
            self.evidence[fact.path] = evidence
        reason = self._too_old(fact, evidence)
        if reason is None:
            self.values[fact.path] = value
        else:
            self.why[fact.path] = reason

    def _read(self, fact: Fact, given: object) -> tuple[FactValue, Evidence | None]:
        evidence = None
        if isinstance(given, dict) and "value" in given:
            unknown = sorted(set(given) - _EVIDENCE)
            if unknown:
                raise Refused(
                    f"/{escaped(unknown[0])}",
                    f"`{shown(unknown[0])}` is no part of evidence",
                    near(unknown[0], _EVIDENCE),
                )
            evidence = Evidence(
                self._attester(given), self._instant(given, "observed_at"), self._instant(given, "valid_until")
            )
            inner = given["value"]
            if inner is not None:
                try:
                    return self._typed(fact, inner), evidence
                except Refused as refused:
                    raise Refused("/value" + refused.pointer, refused.message, refused.help) from None
            given = None
        if given is None:
            if fact.optional:
                return None, evidence
            raise Refused("", f"`{fact.path}` cannot be absent", "leave it out if it is not known")
        return self._typed(fact, given), evidence

    def _typed(self, fact: Fact, given: object) -> FactValue:
        return read_value(fact.type, given, records=self.vocabulary.records, at_least=fact.at_least)

    def _attester(self, given: Mapping[str, object]) -> str | None:
        name = given.get("attested_by")
        if name is None or (isinstance(name, str) and 0 < len(name) <= 200 and name.isprintable()):
            return name
        raise Refused("/attested_by", "`attested_by` is a text of 1 to 200 printable characters", "")

    def _instant(self, given: Mapping[str, object], key: str) -> datetime | None:
        if given.get(key) is None:
            return None
        try:
            instant = read_value(TIMESTAMP, given[key], records={})
        except Refused as refused:
            raise Refused(f"/{key}", refused.message, refused.help) from None
        return instant  # type: ignore[return-value]  # a timestamp is read as a datetime

    def _too_old(self, fact: Fact, evidence: Evidence | None) -> str | None:
        """Return why a fact does not count, or `None`; note when it will stop to count."""
        if evidence is not None and evidence.valid_until is not None:
            if evidence.valid_until <= self.around.time:
                return EXPIRED
            self.ends.append(evidence.valid_until)
        if fact.stale_after is None:
            return None
        if evidence is None or evidence.observed_at is None or evidence.observed_at > self.around.time:
            return UNDATED
        end = evidence.observed_at + fact.stale_after
        if end <= self.around.time:
            return STALE
        self.ends.append(end)
        return None

    def _fill(self, envelope: Envelope, entry: CatalogueEntry | None) -> None:
        """Add what the catalogue, feeds, the gate and computation say."""
        person = self.ruleset.rulebook.catalogue.get(envelope.kind, {}).get(envelope.subject_id or "")
        for known in (entry, person):
            for path, value in (known.facts if known is not None else {}).items():
                if path not in self.why:
                    self.values.setdefault(path, value)
        house = House(self.around, entry.id if entry is not None else envelope.resource_id)
        for fact in self.ruleset.house_facts:
            house.say(fact, given=fact.path in self.values)
        self.values |= house.values
        self.why |= house.why
        self.assumed += house.assumed
        self.ends += house.ends
        for fact in self.vocabulary.facts.values():
            if fact.computed is not None and (fact.kinds is None or envelope.kind in fact.kinds):
                self._compute(fact, fact.computed)

    def _compute(self, fact: Fact, computed: Computed) -> None:
        try:
            self.values[fact.path] = computed_value(computed, self.values)
        except OwnershipError as error:
            zone, name = computed.over.split(".", 1)
            pointer = f"{self.prefix}/{zone}/properties/{name}"
            raise RequestRefused([Problem(pointer, str(error), "check the shares and the chain of owners")]) from None

    def _made(self, envelope: Envelope, entry: CatalogueEntry | None, second: tuple[str, Request] | None) -> Request:
        kind = self.vocabulary.kinds.get(envelope.kind)
        homes: tuple[object, ...] = ()
        product = entry.product if entry is not None else None
        if kind is not None and envelope.refused is None:
            self._fill(envelope, entry)
            homes = distinct_homes(kind, self.values)
            self.values |= {
                SUBJECT_TYPE: envelope.kind,
                HOMES: UNKNOWN if any(code is UNKNOWN for code in homes) else frozenset(str(code) for code in homes),
                ACTION_NAME: envelope.action,
                RESOURCE_TYPE: envelope.resource_type,
                RESOURCE_ID: entry.id if entry is not None else envelope.resource_id,
                PRODUCT: product,
                TIME: self.around.time,
            }
        return Request(
            action=envelope.action,
            kind=envelope.kind,
            resource_type=envelope.resource_type,
            resource_id=entry.id if entry is not None else envelope.resource_id,
            product=product,
            time=self.around.time,
            facts=make_facts(self.vocabulary, self.values, envelope.kind if kind is not None else None),
            homes=homes,
            subject_id=envelope.subject_id,
            why=self.why,
            evidence=self.evidence,
            assumed=tuple(self.assumed),
            refused=envelope.refused,
            ignored=tuple(self.ignored),
            warnings=tuple(self.warnings),
            counterparty=second,
            holds_until=min(self.ends, default=None),
        )
