"""Choosing the part of a rulebook that a request needs, for adapters that keep one unit for each part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from benchmarks.model import Rule, Rulebook

Unit = TypeVar("Unit")


def chooser(rulebook: Rulebook, form: str, build: Callable[[tuple[Rule, ...], bool], Unit]) -> Callable[[Any], Unit]:
    """Build one unit for the whole rulebook or one for each slice; return what finds the unit of flat facts.

    `build` gets the rules and whether it must write their scope.
    """
    if form == "whole":
        whole = build(rulebook.rules, True)
        return lambda _: whole
    units = {key: build(rules, False) for key, rules in rulebook.slices().items()}
    elsewhere = {action: unit for (action, home), unit in units.items() if not home}

    def choose(facts: Any) -> Unit:
        unit = units.get((facts["action"], facts["residence"]))
        return elsewhere[facts["action"]] if unit is None else unit

    return choose


def shared(compile_one: Callable[[str], Unit]) -> Callable[[str], Unit]:
    """Compile every distinct text once, however many slices hold it."""
    seen: dict[str, Unit] = {}

    def compile_once(text: str) -> Unit:
        if text not in seen:
            seen[text] = compile_one(text)
        return seen[text]

    return compile_once
