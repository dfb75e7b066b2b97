"""Turn dotted names into facts, definitions, variables and fields, and say what a wrong name may have meant."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.language.expression import DefinitionRef, Expression, FactRef, Member, Variable
from compliance.language.findings import Findings, listed, meant, shown
from compliance.language.guards import Certain, key
from compliance.language.scope import SUBJECT_TYPE, ZONES, Scope
from compliance.language.signatures import called, type_of
from compliance.language.span import Span
from compliance.language.syntax import Name, Node, Select, dotted
from compliance.language.unparser import unparse
from compliance.vocabulary.types import MoneyType, RecordType


class Naming:
    """Resolves the names of one condition against its scope; complaints go to `findings`."""

    def __init__(self, scope: Scope, findings: Findings) -> None:
        """Take what names can mean and where complaints go."""
        self.scope = scope
        self.findings = findings

    def resolve(
        self, node: Name | Select, variables: Mapping[str, Variable], certain: Certain, *, asked: bool = False
    ) -> Expression | None:
        """Return what a chain of plain names means, or `None` after a complaint.

        Args:
            node: `a` or `a.b.c`.
            variables: those of the comprehensions around it, by the name that was written.
            certain: what stands to the left.
            asked: it is the argument of `has`, so it may itself be absent.
        """
        steps: list[Select] = []
        here: Node = node
        while True:
            final = asked and not steps
            found = self._whole(here, variables, certain, asked=final)
            if found is not None or not isinstance(here, Select):
                break
            steps.append(here)
            here = here.target
        if found is None:
            self._unknown(node, variables)
            return None
        expression = found[0]
        for step in reversed(steps):
            if expression is None:
                return None
            expression = self.field(expression, step, certain, asked=asked and step is node)
        return expression

    def _whole(
        self, node: Node, variables: Mapping[str, Variable], certain: Certain, *, asked: bool
    ) -> tuple[Expression | None] | None:
        """Return what exactly this chain means, `(None,)` after a complaint, or `None` if it means nothing."""
        path = dotted(node)
        if path is None:
            return None
        if path in variables:
            return (variables[path],)
        if path.split(".", 1)[0] in variables:
            return None
        if path in self.scope.extra:
            return (FactRef(path, self.scope.extra[path]),)
        if path in self.scope.definition_names or self.scope.definition(path) is not None:
            return (self._definition(path, node.span, certain),)
        fact = self.scope.vocabulary.facts.get(path)
        if fact is None:
            built_in = self.scope.built_in(path)
            return None if built_in is None else (FactRef(path, built_in),)
        if fact.retired is not None:
            message = f"`{path}` is retired: {fact.retired}"
            self.findings.warning("retired-fact", message, node.span, help="read another fact: this one is ignored")
        if not self._kinds_fit("fact", path, fact.kinds, node.span, certain):
            return (None,)
        if fact.optional and not asked:
            self._guard(path, path, node.span, certain)
        return (FactRef(path, fact.type),)

    def _definition(self, name: str, span: Span, certain: Certain) -> Expression | None:
        found = self.scope.definition(name)
        if found is None:  # its own text is broken, and that has been said
            return None
        kinds = self.scope.definition_kinds(name)
        if not self._kinds_fit("definition", name, kinds, span, certain):
            return None
        return DefinitionRef(name, found[1], found[0])

    def _kinds_fit(self, what: str, name: str, kinds: frozenset[str] | None, span: Span, certain: Certain) -> bool:
        """Complain if the name means nothing for some kind of subject that may be asked about."""
        if kinds is None or certain.lenient or certain.kinds <= kinds:
            return True
        order = list(self.scope.vocabulary.kinds)
        having = sorted(kinds, key=lambda kind: order.index(kind) if kind in order else len(order))
        lacking = [kind for kind in order if kind in certain.kinds - kinds]
        message = f"`{name}` is a {what} of {listed(having)} only"
        test = f'{SUBJECT_TYPE} == "{having[0]}"' if len(having) == 1 else f"{SUBJECT_TYPE} in {_quoted(having)}"
        self.findings.error(
            f"{what}-outside-kinds",
            message,
            span,
            label=f"also read for {listed(lacking, 3)}",
            help=f"write `{test} && ...` to its left, or say `subjects: [{', '.join(having)}]`",
        )
        return False

    def _guard(self, name: str | None, written: str, span: Span, certain: Certain) -> None:
        """Complain about an optional value unless something to its left asks for it."""
        if certain.lenient or (name is not None and name in certain.present):
            return
        self.findings.error(
            "unguarded-optional",
            f"`{written}` may be absent",
            span,
            label="has no value then",
            help=f"write `has({written}) && ...` to its left",
        )

    def field(self, record: Expression, step: Select, certain: Certain, *, asked: bool = False) -> Expression | None:
        """Return `record.field`, or `None` after a complaint; `asked` as for `resolve`."""
        typed = type_of(record)
        fields = self.scope.vocabulary.records.get(typed.name) if isinstance(typed, RecordType) else None
        if fields is None:
            cure = '`amount.to("EUR")` converts it, and `<` compares it' if isinstance(typed, MoneyType) else ""
            message = f"{shown(step.target)} is {called(typed)} and has no fields"
            self.findings.error("unknown-field", message, step.field_span, help=cure)
            return None
        declared = fields.get(step.field)
        if declared is None:
            message = f"{called(typed)} has no field `{step.field}`".removeprefix("a ")
            cure = meant(step.field, fields) or f"its fields are {listed(fields)}"
            self.findings.error("unknown-field", message, step.field_span, help=cure)
            return None
        member = Member(record, step.field, declared.type)
        if declared.optional and not asked:
            self._guard(key(member), unparse(step), step.span, certain)
        return member

    def is_optional(self, target: FactRef | Member) -> bool:
        """Say whether the vocabulary lets a fact or field be absent."""
        if isinstance(target, FactRef):
            fact = self.scope.vocabulary.facts.get(target.path)
            return fact is not None and fact.optional
        owner = type_of(target.record)
        fields = self.scope.vocabulary.records.get(owner.name, {}) if isinstance(owner, RecordType) else {}
        return target.field in fields and fields[target.field].optional

    def _unknown(self, node: Name | Select, variables: Mapping[str, Variable]) -> None:
        """Say that no part of a chain means anything."""
        path = dotted(node) or ""
        first, _, rest = path.partition(".")
        named = ".".join(path.split(".")[:2]) if first in ZONES else first
        span = _span_of(node, named)
        if first in ZONES and not rest:
            message = f"`{first}` alone is no fact"
            self.findings.error("unknown-fact", message, span, help=f"name one, for instance {self._example(first)}")
            return
        cure = meant(named if first in ZONES else path, [*self.scope.known_names(), *variables])
        if first not in ZONES and not cure:
            cure = "names of facts start with `subject`, `action`, `resource` or `context`"
        what = "fact" if first in ZONES else "name"
        self.findings.error("unknown-fact", f"there is no {what} `{named}`", span, help=cure)

    def _example(self, zone: str) -> str:
        return next((f"`{name}`" for name in self.scope.known_names() if name.startswith(f"{zone}.")), f"`{zone}.type`")


def _span_of(node: Node, path: str) -> Span:
    """Return the span of the part of a chain that spells `path`."""
    while isinstance(node, Select) and dotted(node) != path:
        node = node.target
    return node.span


def _quoted(words: list[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"
