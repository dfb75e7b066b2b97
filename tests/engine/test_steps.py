"""The lines of a slice: nothing in them that cannot matter, and nothing left out that can."""

from __future__ import annotations

from compliance.engine.steps import Place, Steps, Written
from compliance.language.rulebook import Effect, Rule
from compliance.language.span import NOWHERE

HERE = Place(sure=0b1, possible=0, known=True)


def written(effect: Effect, condition: str) -> tuple[Written, str]:
    """A rule with a condition on one fact, in three ways as `engine.generator` and `engine.plain` write it."""
    rule = Rule("r", effect, "r", frozenset({"buy"}), (), NOWHERE)
    if condition == "True":
        return Written(rule, "True", "True", "True", "False"), "True"
    return Written(
        rule, f"{condition} is not False", f"{condition} is True", condition, "False"
    ), f"{condition} is True"


def steps(*rules: tuple[Written, str], places: tuple[Place, ...] | None = (HERE,), plain: bool = True) -> list[str]:
    kept = {effect: [each for each in rules if each[0].rule.effect is effect] for effect in Effect}
    return Steps(kept, places, plain=plain).lines()


def test_a_permit_without_a_condition_leaves_nothing_to_ask() -> None:
    assert steps(written(Effect.PERMIT, "True")) == ["p = 0", "p |= 1", "return PERMITS[p]"]


def test_a_permit_with_a_condition_denies_where_it_is_not_true() -> None:
    assert steps(written(Effect.PERMIT, "F_a")) == [
        "p = 0",
        "if F_a: p |= 1",
        "if not p & 1: return DENIED[0]",
        "return PERMITS[p]",
    ]


def test_without_a_permit_everything_is_denied() -> None:
    assert "if not 0 & 0: return DENIED[0]" in steps(places=(Place(0, 0, known=True),))
    assert steps(places=None)[0] == "return DENIED[0]"


def test_a_permit_that_perhaps_covers_a_home_or_a_home_that_is_unknown_leaves_permission_open() -> None:
    permit = written(Effect.PERMIT, "True")
    perhaps = steps(permit, places=(Place(0, 0b1, known=True),))
    assert perhaps[:2] == ["n = p = 0", "open_ = False"]
    assert "if open_: return BLOCKED[0, n, 0, 0]" in perhaps
    nowhere = steps(permit, places=(Place(0b1, 0, known=False),))
    assert "open_ = True" in nowhere
    assert "if open_: return BLOCKED[0, n, 0, 0]" in nowhere


def test_with_two_bounds_what_is_unknown_has_bits_of_its_own() -> None:
    rules = [written(effect, "F_a") for effect in Effect]
    text = "\n".join(steps(*rules, plain=False))
    for name in "uqsyz":
        assert f"else:\n        {name} |= 1" in text
    assert "if u or r or s or open_: return BLOCKED[u, n, r, s]" in text
    assert "return ALLOWED[p, o | z]" in text


def test_an_answer_is_given_as_one_asks() -> None:
    rules = [written(effect, "F_a") for effect in Effect]
    for plain in (False, True):
        kept = {effect: [each for each in rules if each[0].rule.effect is effect] for effect in Effect}
        lines = Steps(kept, (HERE,), plain=plain).lines()
        told = Steps(kept, (HERE,), plain=plain, answer="tell({})").lines()
        assert not any("return" in line for line in told)
        assert [line.replace("return ", "tell(") for line in lines] == [line.replace("])", "]") for line in told]


def test_rules_with_one_condition_share_a_line() -> None:
    lines = steps(written(Effect.PERMIT, "True"), *[written(Effect.FORBID, "F_a")] * 3)
    assert lines[1:3] == ["if F_a: t |= 7", "if t: return DENIED[t]"]


def test_an_unknown_value_that_may_come_with_an_error_is_left_to_the_evaluator() -> None:
    forbid, must = written(Effect.FORBID, "F_a")
    lines = steps(written(Effect.PERMIT, "True"), (forbid._replace(failing="F_b is not U"), must), plain=False)
    assert "        if F_b is not U: raise Unsettled" in lines
