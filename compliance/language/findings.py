"""Collect what the checker finds, and guess what was meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from compliance.language.diagnostic import Diagnostic, Severity
from compliance.language.expression import Expression
from compliance.language.span import Span
from compliance.language.syntax import Node
from compliance.language.unparser import unparse
from compliance.vocabulary.suggestions import alternatives, near


@dataclass(frozen=True, slots=True)
class Checked:
    """A part of a condition after checking, with what was written for it."""

    expression: Expression
    node: Node

    @property
    def span(self) -> Span:
        """Return where the part stands."""
        return self.node.span

    def __str__(self) -> str:
        """Return the part as it was written, in backticks."""
        return shown(self.node)


@dataclass(frozen=True, slots=True)
class Findings:
    """The diagnostics of one condition."""

    diagnostics: list[Diagnostic] = field(default_factory=list)

    def error(self, slug: str, message: str, span: Span, *, label: str = "", help: str = "") -> None:
        """Add an error; it returns `None`, as does the check that found it."""
        self.diagnostics.append(Diagnostic(slug, message, span, label, help))

    def warning(self, slug: str, message: str, span: Span, *, label: str = "", help: str = "") -> None:
        """Add a warning: the condition has a meaning, but hardly the intended one."""
        self.diagnostics.append(Diagnostic(slug, message, span, label, help, Severity.WARNING))


_SHOWN = 60


def shown(node: Node) -> str:
    """Return what was written for `node`, in backticks, cut where it is long."""
    text = unparse(node)
    return f"`{text}`" if len(text) <= _SHOWN else f"`{text[: _SHOWN - 3]}...`"


def listed(words: Iterable[str], most: int = 6) -> str:
    """Return words in backticks with commas: the first `most`, and how many more there are."""
    quoted = [f"`{word}`" for word in words]
    more = len(quoted) - most
    return ", ".join(quoted[:most]) + (f" and {more} more" if more > 0 else "")


def meant(word: str, options: Iterable[str]) -> str:
    """Return `did you mean ...` for the options nearest to `word`, or nothing.

    An option that is `word` but for case, hyphens or its zone comes before one with similar letters.
    """
    known = list(dict.fromkeys(options))
    plain = _plain(word)
    found = [option for option in known if _plain(option) == plain]
    last = _plain(word.rsplit(".", 1)[-1])
    found += [option for option in known if "." in option and _plain(option.rsplit(".", 1)[-1]) == last]
    zone, dot, rest = word.partition(".")
    if dot:
        fellows = [option.removeprefix(f"{zone}.") for option in known if option.startswith(f"{zone}.")]
        found += [f"{zone}.{name}" for name in near(rest, fellows)]
    best = list(dict.fromkeys(found or near(word, known)))[:2]
    return f"did you mean {alternatives(best)}" if best else ""


def _plain(word: str) -> str:
    return word.lower().replace("-", "_")
