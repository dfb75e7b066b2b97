"""Bodies for the wire: random valid ones for any vocabulary, and many ways to spoil them, as text."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from compliance.engine.facts import Facts
from compliance.engine.request import Request
from compliance.engine.wire_types import BESIDE
from compliance.vocabulary.facts import Fact, Origin, Vocabulary, Zone
from compliance.vocabulary.types import (
    BoolType,
    CurrencyType,
    DateType,
    DecimalType,
    DurationType,
    FactType,
    IntType,
    ListType,
    MoneyType,
    OneOfType,
    RecordType,
    SetType,
    StringType,
    TerritoryType,
    TimestampType,
)
from compliance.vocabulary.unknown import UNKNOWN

TERRITORIES = ("BR", "DE", "US", "XK", "UA-43", "US-NY", "CH", "PR")
FORMATS = {
    "caip10": "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:7S3P4HxJpyyigGzodYwHtCxZyUQe9JiBMHyRWXArAaKv",
    "isin": "US0378331005",
    "solana-address": "XsbEhLAtcf6HdfpFZ5xEMdqW8nfAvcsP5bdudRLJzJp",
}
NASTY: tuple[str, ...] = (
    *(
        "null",
        "true",
        "false",
        "0",
        "-0",
        "1",
        "-1",
        "1.0",
        "1e2",
        "-0.0",
        "1e400",
        "NaN",
        "Infinity",
        "-Infinity",
        "01",
    ),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775809", "1" * 400, "1" * 5000, "3.14159", "+1"),
    *(
        '""',
        '" "',
        '"BR"',
        '"br"',
        '"USA"',
        '"UK"',
        '"US-PR"',
        '"CN-HK"',
        '"840"',
        '"clear"',
        '"Clear"',
        '"true"',
        '"1"',
    ),
    *('"NaN"', '"1e400"', '"-0.00"', '"0.0"', '"007"', '"12"', '"1.50"', '"+1"', '"1."', '"' + "9" * 31 + '"', '"1_0"'),
    *('"2026-10-05T06:00:00Z"', '"2026-10-05T06:00:00"', '"2026-10-05 06:00:00Z"', '"2026-10-05T06:00:00.1234567Z"'),
    *(
        '"2026-10-05T06:00:00.9999999Z"',
        '"2026-10-05T06:00:00+0100"',
        '"2026-10-05T06:00:00+01:00"',
        '"2026-W41-1T06:00:00Z"',
    ),
    *('"2026-10-05T06:00:60Z"', '"2026-10-05T24:00:00Z"', '"2026-02-30T06:00:00Z"', '"0000-01-01T00:00:00Z"'),
    *(
        '"2026-10-05t06:00:00z"',
        '"9999-12-31T23:59:59-01:00"',
        '"2026-10-05T06:00:00ZZZ"',
        '"2026-10-05"',
        '"20261005"',
    ),
    *(
        '"90s"',
        '"24h"',
        '"1d12h"',
        '"9999999999d"',
        '"a,b"',
        '"a:b"',
        '"a\\u002cb"',
        '"\\u0042R"',
        '"\\ud800"',
        '"\\"',
        '"\x7f"',
    ),
    *(
        '"\t"',
        '"é"',
        '"\u202e"',
        '"\ufeff"',
        '"😀"',
        '"' + "x" * 1001 + '"',
        '"' + "x" * 1000 + '"',
        "'BR'",
        "undefined",
    ),
    *(
        "[]",
        "{}",
        "[[]]",
        "[null]",
        '["BR"]',
        '["BR","BR"]',
        '["BR","DE"]',
        '["US-PR","PR"]',
        '["a,b","c"]',
        '["BR",]',
        "[1,1]",
    ),
    *('{"value":true}', '{"value":"BR"}', '{"value":null}', '{"value":"BR","valid_until":"2020-01-01T00:00:00Z"}'),
    *('{"value":true,"observed_at":"2026-10-05T00:00:00Z"}', '{"value":"clear","attested_by":"kyc, inc"}'),
    *(
        '{"value":1,"value":2}',
        '{"amount":"1","currency":"EUR"}',
        '{"amount":"1","currency":"eur"}',
        '{"amount":1,"currency":"EUR"}',
    ),
    *(
        '{"amount":"1","amount":"2","currency":"EUR"}',
        '{"amount":"-1","currency":"EUR"}',
        '{"amount":1.5,"currency":"EUR"}',
    ),
    *(
        '{"amount":"1","currency":"EUR","fee":"1"}',
        '{"amount":"1","currency":"XXX"}',
        '{"amount":["1","2"],"currency":"EUR"}',
    ),
    *(
        '{"amount":"NaN","currency":"USD"}',
        '{"amount":"1","currency":7}',
        '{"amount":"1","currency":["EUR"]}',
        '{"amount":"1"}',
        '{"type":"company"}',
        "[" * 100 + "]" * 100,
        "[" * 5000 + "]" * 5000,
        '{"a":' * 70 + "1" + "}" * 70,
    ),
)
NAMES = (
    "residence",
    "type",
    "id",
    "properties",
    "context",
    "obligations",
    "value",
    "recipient",
    "time",
    "hobby",
    "isin",
    "",
    "a,b",
    "résidence",
)
Pairs = list[tuple[str, Any]]
"""An object whose names may stand twice."""


class Raw(str):
    """A piece of text that stands in a body as it is."""

    __slots__ = ()


def written(node: Any, random: Random | None = None) -> str:
    """Return a tree of `dict`, `Pairs`, lists, scalars and `Raw` as text, with blanks here and there."""
    blank = (lambda: random.choice(("", "", "", " ", "\n", "\t ", "\r\n"))) if random else (lambda: "")
    if isinstance(node, dict):
        node = list(node.items()) or Raw("{}")
    if isinstance(node, Raw):
        return str(node)
    if isinstance(node, list) and all(isinstance(each, tuple) for each in node) and node:
        inside = ",".join(
            f"{blank()}{json.dumps(name, ensure_ascii=False)}{blank()}:{written(value, random)}" for name, value in node
        )
        return f"{{{inside}{blank()}}}"
    if isinstance(node, list):
        return "[" + ",".join(blank() + written(each, random) + blank() for each in node) + "]"
    return json.dumps(node, ensure_ascii=False)


class Bodies:
    """Makes bodies for one vocabulary and its catalogue."""

    def __init__(self, vocabulary: Vocabulary, resources: dict[str, tuple[str, ...]], random: Random) -> None:
        """Take which ids a type of resource has."""
        self.vocabulary = vocabulary
        self.resources = resources
        self.random = random

    def value(self, type_: FactType) -> Any:
        """Return a valid value as JSON carries it."""
        random = self.random
        match type_:
            case BoolType():
                return random.random() < 0.5
            case IntType(minimum, maximum):
                return random.choice((max(minimum, 0), maximum, max(minimum, min(maximum, 7))))
            case DecimalType(minimum, maximum):
                return str(
                    random.choice([bound for bound in (minimum, maximum) if bound is not None] or ["0.5", "-2", 3])
                )
            case StringType(format_):
                return FORMATS.get(format_, "x") if format_ else random.choice(("x", "a,b", "a: b", "plain text"))
            case OneOfType(values):
                return random.choice(values)
            case TerritoryType():
                return random.choice(TERRITORIES)
            case CurrencyType():
                return random.choice(("EUR", "USD"))
            case MoneyType():
                return {"amount": random.choice(("0", "12.50", "100000")), "currency": random.choice(("EUR", "USD"))}
            case DateType():
                return "2026-01-31"
            case TimestampType():
                return random.choice(("2026-09-01T09:00:00Z", "2026-09-01T09:00:00.25Z", "2026-09-01T09:00:00+02:00"))
            case DurationType():
                return "24h"
            case SetType(element):
                made = [self.value(element) for _ in range(random.randint(1, 3))]
                return [each for index, each in enumerate(made) if each not in made[:index]]
            case ListType(element):
                return [self.value(element) for _ in range(random.randint(1, 2))]
            case RecordType(name):
                fields = self.vocabulary.records[name].values()
                return {
                    each.name: self.value(each.type) for each in fields if each.depth is None and random.random() < 0.8
                }

    def facts(self, zone: Zone, kind: str, known: float) -> dict[str, Any]:
        """Return some of the facts that a client may send."""
        return {
            fact.name: self.value(fact.type)
            for fact in self.vocabulary.facts.values()
            if fact.zone is zone and self.sent(fact, kind) and self.random.random() < known
        }

    def sent(self, fact: Fact, kind: str) -> bool:
        """Say whether a client usually sends a fact."""
        usual = Origin.REQUEST in fact.origins and fact.retired is None and Origin.CATALOGUE not in fact.origins
        return usual and (fact.kinds is None or kind in fact.kinds)

    def body(self) -> dict[str, Any]:
        """Return a valid body."""
        random = self.random
        kind = random.choice(list(self.vocabulary.kinds))
        types = [name for name in self.vocabulary.resource_types if self.resources.get(name)]
        resource_type = random.choice(types)
        taken = self.vocabulary.resource_types[resource_type].actions or self.vocabulary.all_actions()
        known = random.choice((1.0, 0.8, 0.3, 0.0))
        made: dict[str, Any] = {
            "subject": {
                "type": kind,
                "id": random.choice(("c-1", "a, b")),
                "properties": self.facts(Zone.SUBJECT, kind, known),
            },
            "action": {"name": random.choice(sorted(taken)), "properties": self.facts(Zone.ACTION, kind, known)},
            "resource": {"type": resource_type, "id": random.choice(self.resources[resource_type]), "properties": {}},
            "context": self.facts(Zone.CONTEXT, kind, known),
        }
        for part in ("subject", "action", "resource"):
            if not made[part]["properties"] and random.random() < 0.5:
                del made[part]["properties"]
        if not made["context"] and random.random() < 0.5:
            del made["context"]
        return made

    def shuffled(self, node: Any) -> Any:
        """Return the tree with objects as pairs, in any order."""
        if isinstance(node, dict):
            pairs = [(name, self.shuffled(value)) for name, value in node.items()]
            self.random.shuffle(pairs)
            return pairs or Raw("{}")
        return [self.shuffled(each) for each in node] if isinstance(node, list) else node

    def spoilt(self, body: dict[str, Any]) -> bytes:
        """Return a body that is spoilt somewhere, or somewhere odd, or only written otherwise."""
        tree = self.shuffled(body)
        for _ in range(self.random.choice((0, 1, 1, 1, 2, 3))):
            self.spoil(tree)
        text = written(tree, self.random)
        return self.random.choice(BYTES)(text) if self.random.random() < 0.15 else text.encode("utf-8", "surrogatepass")

    def spoil(self, tree: Pairs) -> None:
        """Change one place of a tree."""
        random = self.random
        objects = list(_objects(tree))
        pairs = random.choice(objects)
        place = random.randrange(len(pairs)) if pairs else 0
        name, value = pairs[place] if pairs else ("residence", "BR")
        match random.randrange(8):
            case 0:
                pairs.insert(random.randint(0, len(pairs)), (name, value))
            case 1:
                pairs.insert(random.randint(0, len(pairs)), (name, Raw(random.choice(NASTY))))
            case 2 | 3 | 4 if pairs:
                pairs[place] = (name, Raw(random.choice(NASTY)))
            case 5 if pairs:
                pairs[place] = (random.choice((*NAMES, name.upper(), name + " ")), value)
            case 6 if pairs:
                del pairs[place]
            case _:
                pairs.append((random.choice(NAMES), Raw(random.choice(NASTY))))


def _objects(node: Any) -> Any:
    if isinstance(node, list) and node and all(isinstance(each, tuple) for each in node):
        yield node
        for _, value in node:
            yield from _objects(value)


BYTES: tuple[Any, ...] = (
    lambda text: b"\xef\xbb\xbf" + text.encode("utf-8", "surrogatepass"),
    lambda text: text.encode("utf-16", "surrogatepass"),
    lambda text: text.encode("utf-16-le", "surrogatepass"),
    lambda text: text.encode("utf-8", "surrogatepass") + b"x",
    lambda text: text.encode("utf-8", "surrogatepass") + b"\x00",
    lambda text: text.encode("utf-8", "surrogatepass") * 2,
    lambda text: b" \r\n\t" + text.encode("utf-8", "surrogatepass") + b"\n",
    lambda text: text.encode("utf-8", "surrogatepass")[: len(text) // 2],
    lambda text: text.replace('"', "'").encode("utf-8", "surrogatepass"),
    lambda text: text.replace(",", ",,").encode("utf-8", "surrogatepass"),
    lambda text: text.replace("}", ",}").encode("utf-8", "surrogatepass"),
    lambda text: text.encode("latin-1", "replace"),
    lambda text: text.encode("utf-8", "surrogatepass").replace(b"BR", b"\xff\xfe"),
    lambda text: b"",
    lambda text: b"[" + text.encode("utf-8", "surrogatepass") + b"]",
)


def differences(one: Request, other: Request) -> list[str]:
    """Return how two requests differ: any value, any type, any zone of an instant; none if they are the same."""
    found = [
        f"{name}: {getattr(one, name)!r}, {getattr(other, name)!r}"
        for name in Request.__struct_fields__
        if name not in {"facts", "counterparty"} and not same(getattr(one, name), getattr(other, name))
    ]
    for name in paths_of(one.facts) | paths_of(other.facts):
        mine, theirs = one.facts[name], other.facts[name]
        if not same(mine, theirs):
            found.append(f"{name}: {mine!r}, {theirs!r}")
    if (one.counterparty is None) != (other.counterparty is None):
        found.append("counterparty")
    elif one.counterparty is not None and other.counterparty is not None:
        found += differences(one.counterparty[1], other.counterparty[1])
    return found


def paths_of(facts: Facts) -> set[str]:
    """Return the paths of all facts, whoever may have them."""
    zones = [getattr(facts, zone) for zone in Zone]
    names = [name for part in (*zones, facts.fixed) for name in part.__struct_fields__ if name != BESIDE]
    return {name.replace("_", ".", 1) for name in (*names, "resource_id", "context_time")}


def same(one: object, other: object) -> bool:
    if one is UNKNOWN or other is UNKNOWN:
        return one is other
    if type(one) is not type(other):
        return False
    return repr(one) == repr(other) or (isinstance(one, frozenset) and one == other)
