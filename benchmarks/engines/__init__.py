"""One small adapter for each engine: a module with `load(rulebook, form) -> Engine`.

What is known of an engine before it is loaded stands here, so that nothing is imported outside its own process.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Adapter:
    """An engine that can take part: its module here, its distribution, its forms, and how it is used."""

    module: str
    name: str
    package: str | None
    forms: tuple[str, ...]
    note: str
    growing: tuple[str, ...] = ("sliced", "whole")
    unknown_homes: bool = False
    """Whether requests without a home can be put to it."""


ADAPTERS: tuple[Adapter, ...] = (
    Adapter(
        "handwritten",
        "handwritten",
        None,
        ("sliced", "whole"),
        "generated Python on a flat dictionary, two-valued, one function a slice",
    ),
    Adapter(
        "ours_compiled",
        "ours-compiled",
        None,
        ("validated", "dict", "bytes", "explained"),
        "unknown-safe, with grounds; validated: from a decoded request; dict: strict decoding included; "
        "bytes: from the JSON of a request to the JSON of an answer, outcome and rules; "
        "explained: the public call, from plain values to a decision with reasons, authorities and missing facts",
        growing=("validated",),
        unknown_homes=True,
    ),
    Adapter(
        "ours_evaluator",
        "ours-evaluator",
        None,
        ("validated",),
        "the definition: a tree walk, from a decoded request",
        growing=(),
        unknown_homes=True,
    ),
    Adapter(
        "zen_engine",
        "zen-engine",
        "zen-engine",
        ("merged", "sliced", "whole"),
        "sliced and whole: a decision table that collects; merged: one list expression, without a graph",
    ),
    Adapter(
        "cel_cpp",
        "cel-cpp",
        "cel-expr-python",
        ("merged", "sliced", "whole"),
        "typed environment; merged and whole: one list expression with the verdict of every rule",
    ),
    Adapter(
        "cel_rust",
        "cel-rust",
        "common-expression-language",
        ("merged", "sliced", "whole"),
        "facts resolved on demand; merged and whole: one list expression with the verdict of every rule",
    ),
    Adapter(
        "cel_python",
        "cel-python",
        "cel-python",
        ("merged", "sliced", "whole"),
        "its compiled runner; merged and whole: one list expression with the verdict of every rule",
    ),
    Adapter(
        "cedar",
        "cedarpy",
        "cedarpy",
        ("sliced", "whole"),
        "pre-parsed policy set and empty entities, facts as context, fired rules from the diagnostics",
    ),
    Adapter(
        "regorus",
        "regorus",
        "opa-eval",
        ("sliced", "whole"),
        "one evaluator for each module, JSON in, Python out, a partial set of the rules that fired",
    ),
    Adapter(
        "rego_cpp",
        "rego-cpp",
        "regopy",
        ("sliced", "whole"),
        "compiled bundle with one entry point, a partial set of the rules that fired",
    ),
    Adapter(
        "durable_rules",
        "durable-rules",
        "durable-rules",
        ("sliced", "whole"),
        "one rule set for each slice, facts asserted and retracted, in one thread of a process of its own",
    ),
    Adapter(
        "rule_engine",
        "rule-engine",
        "rule-engine",
        ("merged", "sliced", "whole"),
        "rules looked up in a dictionary; merged: one list expression with the verdict of every rule",
    ),
    Adapter(
        "json_logic",
        "json-logic",
        "json-logic-qubit",
        ("sliced", "whole"),
        "one list of rules, one call",
    ),
)
