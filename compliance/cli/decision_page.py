"""Lay out a decision for a person: the outcome first, then why, who says so, and what to ask or do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from compliance.cli.terminal import say
from compliance.gate.values import instant, spelled
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from compliance.engine.decision import Change, Decision, Ground, LeafFinding, MissingFact, UsedFact
    from compliance.gate.answer import Answer
    from compliance.vocabulary.authority import Authority
    from compliance.vocabulary.values import FactValue

_COLOURS: Final = {"allow": "green", "deny": "red", "refer": "yellow", "incomplete": "blue"}
_NEXT: Final = {
    "allow": "go ahead",
    "deny": "do not go ahead",
    "refer": "a person decides",
    "incomplete": "answer or do what is listed, and ask again",
}
_GROUNDS: Final = {
    "nothing-permits": "nothing permits this",
    "rule-error": "a rule could not be evaluated, so a person decides",
}
_WHY: Final = {
    "not-given": "not given",
    "stale": "too old",
    "expired": "past its valid_until",
    "undated": "given without `observed_at`",
    "too-coarse": "a region is needed",
    "not-on-file": "not on file inside the record",
}


def print_decision(answer: Answer, out: Console, *, full: bool) -> None:
    """Print what was decided; with `full`, everything it rests on."""
    request, decision = answer.request, answer.decision
    outcome = decision.outcome.value
    homes = ", ".join(str(home) for home in request.homes if home is not UNKNOWN)
    who = f"{request.kind} at home in {homes}" if homes else request.kind
    out.print(Text.assemble((outcome.upper(), f"bold {_COLOURS[outcome]}"), f": {_NEXT[outcome]}", style="", end="\n"))
    say(out, f"{request.action} {request.resource_id}, {who}, as of {instant(decision.as_of)}", "dim")
    _Page(out, full=full).decision(decision)
    out.print()
    say(out, f"a what-if: not recorded, binds nobody; rules {decision.ruleset_digest[:19]}", "dim")


class _Page:
    """Writes the parts of a decision, each only if there is something in it."""

    def __init__(self, out: Console, *, full: bool) -> None:
        self.out = out
        self.full = full

    def decision(self, decision: Decision) -> None:
        """Write one subject's decision, and the second one's behind it."""
        self._because(decision)
        self._missing(decision.missing)
        self._requirements(decision)
        self._obligations(decision)
        self._nearest(decision)
        self._changes(decision.changes)
        self._assumed(decision)
        for failure in decision.errors:
            self._head("a rule that failed")
            self._say(f"{failure.rule}: {failure.message}", indent=2)
        for warning in decision.warnings:
            self._say(f"warning: {warning}", "yellow")
        if decision.counterparty is not None:
            name, second = decision.counterparty
            self._head(f"the {name}: {second.outcome.value}")
            self.decision(second)

    def _say(self, text: str, style: str = "", *, indent: int = 0) -> None:
        say(self.out, text, style, indent=indent)

    def _head(self, text: str) -> None:
        self.out.print()
        self._say(text, "bold")

    def _because(self, decision: Decision) -> None:
        # What blocks an incomplete is said by what is missing and required; only `explain` lists the rules too.
        if decision.outcome.value == "incomplete" and not self.full:
            return
        if decision.ground is None and not decision.grounds:
            return
        self._head("because" if decision.outcome.value != "incomplete" else "what blocks")
        if decision.ground is not None:
            self._say(_GROUNDS.get(decision.ground, decision.ground.replace("-", " ")), indent=2)
            self._say(decision.ground, "dim", indent=4)
        for ground in decision.grounds:
            self._ground(ground)

    def _ground(self, ground: Ground) -> None:
        self._say(ground.says, indent=2)
        parts = [ground.rule, ground.effect]
        if ground.layer:
            parts.append(ground.layer)
        if ground.homes:
            parts.append(f"home {', '.join(ground.homes)}")
        self._say(" · ".join(parts), "dim", indent=4)
        self._leaves(ground.leaves)
        self._sources(ground.authority)
        if self.full:
            for note in ground.notes:
                self._say(f"note: {note}", "dim", indent=4)

    def _leaves(self, leaves: tuple[LeafFinding, ...]) -> None:
        """Write the terms of a condition and the facts they rest on: each fact once, unless all is asked for."""
        told: dict[str, UsedFact] = {}
        for leaf in leaves:
            if self.full:
                came_to = {True: "true", False: "false", None: "unknown"}[leaf.value]
                self._say(f"{leaf.says or leaf.source or 'its condition'}: {came_to}", indent=4)
                if leaf.says and leaf.source:
                    self._say(leaf.source, "dim", indent=6)
                for used in leaf.facts:
                    self._fact(used, indent=6)
            else:
                told |= {used.path: used for used in leaf.facts if used.value is not UNKNOWN}
                if leaf.says:
                    self._say(leaf.says, indent=4)
        for used in told.values():
            self._fact(used, indent=4)

    def _fact(self, used: UsedFact, *, indent: int) -> None:
        self._say(f"{used.path} = {shown(used.value)}", "cyan", indent=indent)

    def _sources(self, authority: Iterable[Authority]) -> None:
        for source in authority:
            article = f", {source.article}" if source.article else ""
            self._say(f"{source.title}{article} ({source.standing}, read {source.reviewed_on})", indent=4)
            if source.href and self.full:
                self._say(source.href, "dim", indent=6)

    def _missing(self, missing: tuple[MissingFact, ...]) -> None:
        if not missing:
            return
        self._head("to ask")
        for fact in missing:
            self._say(fact.ask or f"{fact.fact} comes from the {', '.join(fact.origins)}", indent=2)
            why = _WHY.get(fact.why, fact.why)
            rules = f"{len(fact.blocks)} rule{'s wait' if len(fact.blocks) != 1 else ' waits'} for it"
            self._say(f"{fact.fact} · {why} · {rules}", "dim", indent=4)
            if fact.choices:
                self._say(f"one of {', '.join(fact.choices)}, or another region", "dim", indent=4)
            if self.full:
                self._say(f"waiting: {', '.join(fact.blocks)}", "dim", indent=4)

    def _requirements(self, decision: Decision) -> None:
        if not decision.requirements:
            return
        self._head("required")
        for found in decision.requirements:
            state = "not met" if found.met is False else "not known to be met"
            self._say(f"{found.says}: {state}", indent=2)
            self._say(found.rule, "dim", indent=4)
            if found.remedy:
                self._say(f"next: {found.remedy}", indent=4)
            self._sources(found.authority)

    def _obligations(self, decision: Decision) -> None:
        if decision.obligations:
            self._head("to do with it")
        for found in decision.obligations:
            self._say(found.says, indent=2)
            self._say(f"{found.type} · {found.rule}", "dim", indent=4)
            self._sources(found.authority)

    def _nearest(self, decision: Decision) -> None:
        if decision.nearest:
            self._head("what came nearest to a permit")
        for found in decision.nearest:
            lapsed = f", which lapsed on {found.lapsed_on:%Y-%m-%d}" if found.lapsed_on is not None else ""
            self._say(f"{found.home}: {found.says}{lapsed}", indent=2)
            self._say(found.rule, "dim", indent=4)
            self._leaves(found.failing)

    def _changes(self, changes: tuple[Change, ...] | None) -> None:
        if changes is None:
            return
        if changes:
            self._head("it would be different with")
            for change in changes:
                self._say(f"{change.fact} = {shown(change.value)}", indent=2)
        elif self.full:
            self._head("nothing that the customer can change would change this")

    def _assumed(self, decision: Decision) -> None:
        if decision.assumed and self.full:
            self._head("assumed, since nobody feeds it")
            for found in decision.assumed:
                self._say(f"{found.fact} = {shown(found.value)}", "cyan", indent=2)
                self._sources(found.authority)


def shown(value: FactValue) -> str:
    """Return a fact's value as a person writes it."""
    if value is UNKNOWN:
        return "unknown"
    if value is None:
        return "absent"
    read = spelled(value)
    if isinstance(read, bool):
        return str(read).lower()
    if isinstance(read, dict):
        return str(value) if set(read) == {"amount", "currency"} else ", ".join(f"{k} {v}" for k, v in read.items())
    if isinstance(read, list):
        return (
            "; ".join(map(str, read))
            if any(isinstance(item, dict) for item in read)
            else ", ".join(map(str, read)) or "none"
        )
    return str(read)
