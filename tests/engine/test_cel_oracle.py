"""Conditions mean what Google's CEL runtime says, wherever both give a result.

Differences by design are listed in docs/decisions/0005-differences-from-cel.md.
"""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.engine.evaluator import Setting
from compliance.language.condition import Scope, Text, check_expression
from compliance.language.span import Span
from compliance.vocabulary.types import BOOL
from compliance.vocabulary.unknown import UNKNOWN
from tests.engine.random_rulebooks import NOW, PLACES, VOCABULARY, Maker, request_of, ruleset_of

cel = pytest.importorskip("cel_expr_python.cel", reason="Google's runtime has wheels for Linux on x86-64 only")

SCOPE = Scope(vocabulary=VOCABULARY, is_place=PLACES.at(NOW).is_place)
FLAGS = ("subject.a", "subject.b", "subject.c")
NUMBERS = ("subject.n", "subject.m", "subject.k")
WORDS = ("red", "green", "blue")


class Writer:
    """Writes random conditions as CEL text that both runtimes accept."""

    def __init__(self, random: Random) -> None:
        """Take the source of randomness."""
        self.random = random

    def condition(self, depth: int) -> str:
        """Return a random condition."""
        if depth == 0:
            return f"({self.atom()})"
        inner = [self.condition(depth - 1) for _ in range(3)]
        return self.random.choice(
            (
                f"({inner[0]} && {inner[1]})",
                f"({inner[0]} || {inner[1]})",
                f"!({inner[0]})",
                f"({inner[0]} ? {inner[1]} : {inner[2]})",
                f"({inner[0]} == {inner[1]})",
            )
        )

    def atom(self) -> str:
        """Return a random condition without smaller ones."""
        pick = self.random.choice
        comparison = pick(("==", "!=", "<", "<=", ">", ">="))
        return pick(
            (
                pick(FLAGS),
                f"{self.number(1)} {comparison} {self.number(1)}",
                f'subject.e == "{pick(WORDS)}"',
                f'subject.e in ["{pick(WORDS)}", "{pick(WORDS)}"]',
                f'"{pick(WORDS)}" in subject.tags',
                f'subject.tags.{pick(("exists", "all", "exists_one"))}(t, t.startsWith("{pick(("r", "b", "x"))}"))',
                f'subject.e.{pick(("startsWith", "endsWith", "contains"))}("{pick(("e", "re", "n", ""))}")',
                f'subject.e.matches("{pick(("^r", "e+", "^(red|blue)$", "x"))}")',
                f"size(subject.tags) {comparison} {self.random.randint(0, 3)}",
                f'subject.tags.filter(t, t == "{pick(WORDS)}").size() > 0',
                f"{self.number(0)} in [{self.number(0)}, {self.number(0)}]",
                pick(("true", "false")),
            )
        )

    def number(self, depth: int) -> str:
        """Return a random integer."""
        pick = self.random.choice
        if depth == 0:
            return pick((pick(NUMBERS), str(self.random.randint(0, 5))))
        left, right = self.number(depth - 1), self.number(depth - 1)
        return pick(
            (left, f"({left} {pick('+-*/%')} {right})", f"-{pick(NUMBERS)}", f"({pick(FLAGS)} ? {left} : {right})")
        )


@pytest.fixture(scope="module")
def environment() -> Any:
    kinds = dict.fromkeys(FLAGS, cel.Type.BOOL) | dict.fromkeys(NUMBERS, cel.Type.INT)
    kinds |= {"subject.e": cel.Type.STRING, "subject.tags": cel.Type.List(cel.Type.STRING)}
    return cel.NewEnv(variables={path.replace(".", "_"): kind for path, kind in kinds.items()})


def _theirs(environment: Any, text: str, facts: dict[str, Any]) -> object:
    data = {path.replace(".", "_"): sorted(v) if isinstance(v, frozenset) else v for path, v in facts.items()}
    found = environment.compile(text.replace("subject.", "subject_")).eval(data=data)
    return UNKNOWN if found.type() == cel.Type.ERROR else found.value()


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_conditions_on_known_facts_mean_what_googles_runtime_says(environment: Any, seed: int) -> None:
    random = Random(seed)
    maker, writer = Maker(random), Writer(random)
    ruleset = ruleset_of(maker.rulebook())
    for _ in range(8):
        text = writer.condition(random.randint(0, 3))
        checked, found = check_expression(Text(text, Span("oracle", 1, 1, 1, 1 + len(text))), SCOPE, BOOL)
        if checked is None:
            # Ours refuses at once what can only fail; Google's says so when it is asked.
            assert {one.slug for one in found if one.severity == "error"} == {"division-by-zero"}, text
            continue
        facts = {path: maker.value(path) for path in (*FLAGS, *NUMBERS, "subject.e", "subject.tags")}
        request = request_of(facts, "buy", "robot", None)
        ours = Setting(ruleset, request.facts, "robot").truth(checked)
        theirs = _theirs(environment, text, facts)
        # Where theirs fails ours may still know: `c ? a : b` has a value for a failing `c` if both arms agree.
        assert theirs is UNKNOWN or ours is theirs, (text, facts)
