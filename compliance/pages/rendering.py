"""Turn a template and what it shows into HTML, with the words and addresses that templates ask for.

Everything is escaped: what stands in a rule file comes out as text, whatever it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from compliance.engine.ruleset import STALE_SOURCE
from compliance.engine.shown import shown
from compliance.engine.wording import Named
from compliance.language.starts import last_read
from compliance.pages import addresses
from compliance.pages.survey import Status
from compliance.pages.world import SMALLEST, start_of, world
from compliance.vocabulary import territory
from compliance.vocabulary.authority import Authority, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from compliance.engine.ruleset import Ruleset
    from compliance.language.rulebook import ParameterValue
    from compliance.pages.history import Spell
    from compliance.pages.statements import Statement, Statements
    from compliance.pages.survey import Finding

_MENU = (
    (addresses.INDEX, "Map"),
    (addresses.RULES, "Rules"),
    (addresses.TERMS, "Terms"),
    (addresses.SOURCES, "Sources"),
    (addresses.DOUBTS, "What rests on little"),
)

_LAST = 999_999
"""Microseconds of the last moment of a day, with which periods are shown that end at midnight."""


@dataclass(frozen=True, slots=True)
class Page:
    """One file of the site: where it lies and what it holds."""

    address: str
    text: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an answer is what it is: a statement, and what of it counts."""

    statement: Statement
    says: str
    does: str
    dated: bool = True
    """Whether the statement's own dates say since when."""


class Renderer:
    """Renders the pages of one rulebook as it stands at one instant."""

    def __init__(
        self, ruleset: Ruleset, statements: Statements, at: datetime, policies: AbstractSet[str] = frozenset()
    ) -> None:
        """Take what pages refer to; `policies` are the paths of those decisions of the house that have a page."""
        rulebook = self.rulebook = ruleset.rulebook
        self._rules = {rule.id: rule for rule in ruleset.rules}
        self.statements = statements
        self.at = at
        self.policies = policies
        self._templates = Environment(
            loader=PackageLoader("compliance.pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(self._filters())
        self._templates.globals.update(
            at=at,
            digest=rulebook.digest,
            menu=_MENU,
            map=world(),
            smallest=SMALLEST,
            statuses=tuple(Status),
            standings_all=tuple(Standing),
        )

    def page(self, address: str, template: str, **shows: Any) -> Page:
        """Return the page at `address`."""
        made = self._templates.get_template(template)
        return Page(address, made.render(here=address, root=addresses.root(address), **shows))

    def _filters(self) -> dict[str, Any]:
        return {
            "iso": lambda moment: f"{moment:%Y-%m-%d}",
            "day": shown_day,
            "last_read": last_read,
            "last_day": _before_midnight,
            "just_before": lambda moment: moment - timedelta(microseconds=1),
            "shown": shown,
            "words": lambda name: str(name).replace("-", " ").replace("_", " "),
            "spoken": lambda path: path.split(".", 1)[1].replace("_", " "),
            "capitalize_first": lambda text: type(text)(text[:1].upper() + text[1:]),
            "place_name": territory.name,
            "place_address": addresses.place,
            "group_address": addresses.group,
            "group_name": self.where_name,
            "where_address": self.where_address,
            "where_name": self.where_name,
            "sort_places": lambda codes: sorted(codes, key=self.where_name),
            "product_address": addresses.product,
            "product_name": self._product_name,
            "statement_address": addresses.statement,
            "statements_of": self._statements_of,
            "reasons": self._reasons,
            "says_at": lambda id_, moment: self.statements.by_id[id_].nearest(moment).says,
            "source_address": self._source_address,
            "fact_address": lambda path: addresses.term("fact", path),
            "definition_address": lambda name: addresses.term("definition", name),
            "missing_address": lambda path: addresses.term("fact", ".".join(path.split("[")[0].split(".")[:2])),
            "parameter_address": lambda value: addresses.term("parameter", parameter_name(value)),
            "run_address": self._run_address,
            "customer": lambda persona: persona.means or f"the customer `{persona.name}`",
            "together": self._together,
            "homes": lambda codes: (
                shown(tuple(territory.name(code) for code in codes)) if codes else "an unknown place"
            ),
            "in_force": lambda spells: in_force(spells, self.at),
            "first_x": lambda path: start_of(path)[0],
            "first_y": lambda path: start_of(path)[1],
        }

    def where_name(self, name: str) -> str:
        """Return how a territory or group is called."""
        page = self.rulebook.jurisdictions.get(name)
        if page is not None:
            return page.name
        return name if name in self.rulebook.places.groups else territory.name(name)

    def where_address(self, name: str) -> str:
        """Return the page of a territory or group; of a region, that of its country."""
        if name in self.rulebook.places.groups:
            return addresses.group(name)
        return addresses.place(territory.country_of(name))

    def _product_name(self, id_: str) -> str:
        product = self.rulebook.products.get(id_)
        return id_ if product is None else product.name

    def _statements_of(self, rules: Iterable[str]) -> list[Statement]:
        found = {one.id: one for one in map(self.statements.of_rule, rules)}
        return list(found.values())

    def _reasons(self, rules: Iterable[str]) -> list[Reason]:
        """Return the reasons behind an answer, each once; that a source is past its review is one of its own."""
        found: dict[tuple[str, str], Reason] = {}
        for rule in rules:
            statement = self.statements.of_rule(rule)
            version = statement.nearest(self.at)
            says, does, stale = version.says, version.does, rule.startswith(f"{STALE_SOURCE}/")
            if stale:
                says, does = self._rules[rule].says.replace("`", ""), self._rules[rule].effect.value
            found.setdefault((statement.id, says), Reason(statement, says, does, dated=not stale))
        return list(found.values())

    def _together(self, found: Iterable[Finding]) -> list[tuple[list[str], Finding]]:
        """Return findings with the actions of one class that are answered alike, for the same reasons, as one."""
        made: dict[object, tuple[list[str], Finding]] = {}
        for one in found:
            reasons = (one.grounds, one.conditions, one.obligations)
            named = tuple(tuple(statement.id for statement in self._statements_of(rules)) for rules in reasons)
            key = (self.rulebook.vocabulary.class_of(one.action), one.status, named)
            made.setdefault(key, ([], one))[0].append(one.action)
        return list(made.values())

    def _source_address(self, source: Authority) -> str | None:
        if source.href is None or "://" in source.href:
            return source.href
        return addresses.policy(source.href) if source.href in self.policies else None

    def _run_address(self, run: Named) -> str | None:
        match run.kind:
            case "place":
                return self.where_address(run.name)
            case "parameter":
                name = run.name if run.jurisdiction is None else f"{run.jurisdiction}/{run.name}"
                return addresses.term("parameter", name)
            case "fact" if run.name not in self.rulebook.vocabulary.facts:
                return None
            case kind:
                return addresses.term(kind, run.name)


def shown_day(moment: date) -> str:
    """Return a day, or an instant that neither begins nor ends one, as a person reads it."""
    ends = isinstance(moment, datetime) and moment.microsecond == _LAST
    return shown(moment.date() if isinstance(moment, datetime) and ends else moment)


def _before_midnight(moment: datetime) -> datetime:
    """Return the last moment before `moment`, if that is midnight, so that the day before is shown."""
    midnight = not (moment.hour or moment.minute or moment.second)
    return moment - timedelta(microseconds=1) if midnight else moment


def parameter_name(value: ParameterValue) -> str:
    """Return the name of a parameter, with the jurisdiction whose file gives it."""
    return value.name if value.jurisdiction is None else f"{value.jurisdiction}/{value.name}"


def in_force(spells: Iterable[Spell], at: datetime) -> bool:
    """Say whether one of `spells` holds at `at`."""
    return any(at in spell.period for spell in spells)
