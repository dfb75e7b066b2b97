"""Find the line on which YAML and an expression want the same sign, and say how the line should read.

Invariant: a line is only called a trap when something is wrong with it; this module never decides that by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from compliance.language.diagnostic import Diagnostic
from compliance.language.span import Span

# Indentation and dashes, an optional key, the value.
_LINE: Final = re.compile(r"^(\s*(?:- +)*)([\w.-]+: +)?(\S.*?)\s*$")
_OPERATOR: Final = re.compile(r"&&|\|\||==|!=|[<>]=?|\b(?:subject|action|resource|context)\.|[a-z_]\(")
_QUOTED: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")


@dataclass(frozen=True, slots=True)
class Trap:
    """What YAML misreads on one line."""

    slug: str
    message: str
    column: int
    width: int
    starts: int
    """Column (from 0) at which the misread value starts; of a tab, where it stands."""
    belongs_to: int
    """Column (from 0) of what the value belongs to: lines indented further continue the value."""
    fixed_line: str
    """The line as it should be."""
    help: str

    def diagnostic(self, path: str, line: int) -> Diagnostic:
        """Return the diagnostic for this trap on `line` (from 1) of the file at `path`."""
        span = Span(path, line, self.column, line, self.column + self.width)
        return Diagnostic(self.slug, self.message, span, help=self.help)


TAB: Final = "tab-indentation"
_STARTS: Final = {
    "!": ("unquoted-not", "YAML takes the `!` at the beginning for a tag"),
    "*": ("unquoted-star", "YAML takes the `*` at the beginning for an alias"),
    "&": ("unquoted-ampersand", "YAML takes the `&` at the beginning for an anchor"),
    "@": ("unquoted-sign", "YAML keeps the `@` at the beginning for itself"),
    "`": ("unquoted-sign", "YAML keeps the backtick at the beginning for itself"),
    "%": ("unquoted-sign", "YAML keeps the `%` at the beginning for itself"),
    "[": ("unquoted-bracket", "YAML takes the `[` at the beginning for a list"),
    "{": ("unquoted-brace", "YAML takes the `{` at the beginning for a mapping"),
    '"': ("unquoted-quote", "YAML takes the quotes at the beginning for its own"),
    "'": ("unquoted-quote", "YAML takes the quotes at the beginning for its own"),
}


def find_trap(line: str, at: int | None = None) -> Trap | None:
    """Return the trap on `line`, if there is one.

    Args:
        line: a line of a file that YAML cannot read, or reads as something that no rule file may hold.
        at: the column (from 0) at which YAML found it; the value must start there.
    """
    stripped = line.lstrip(" ")
    if stripped.startswith("\t"):
        return _tab(line)
    parts = _LINE.match(line)
    if parts is None:
        return None
    begin = parts[1] + (parts[2] or "")
    if at is not None and len(begin) != at:
        return None
    value = _without_comment(parts[3])
    start = _STARTS.get(value[0])
    if start is not None and _is_expression(value):
        slug, message = start
        return _trap(slug, message, parts, value, len(begin) + 1)
    if start is not None or value[0] in "|>#":
        return None
    # What stands in quotes counts from here on: YAML does not know that the quotes are the condition's own.
    colon = re.search(r":(?: |$)", value) if parts[2] else None
    if colon is not None and not _closes_more(value):
        message = "YAML takes the `:` for the end of a key"
        return _trap("unquoted-colon", message, parts, value, len(begin) + colon.start() + 1)
    comment = re.search(r"\s+#", parts[3])
    if comment is not None and cut_by_comment(parts[3][: comment.start()], parts[3][comment.start() :]):
        message = "YAML takes the `#` for the beginning of a comment"
        return _trap("unquoted-hash", message, parts, parts[3], len(begin) + comment.end())
    return None


def _closes_more(value: str) -> bool:
    """Say whether a value is the end of a list or mapping in brackets that began on another line."""
    return any(value.count(closing) > value.count(opening) for opening, closing in ("[]", "{}"))


def cut_by_comment(value: str, behind: str) -> bool:
    """Say whether a plain scalar ends inside quotes, at a `#` that YAML takes for a comment.

    `value` is the scalar; `behind` is what follows it on its line.
    """
    if not behind.lstrip(" ").startswith("#"):
        return False
    rest = _QUOTED.sub("", value)
    return '"' in rest and _OPERATOR.search(rest) is not None


def quoted(value: str) -> str:
    """Return `value` in single quotes, as YAML wants them."""
    return "'" + value.replace("'", "''") + "'"


def _trap(slug: str, message: str, parts: re.Match[str], value: str, column: int) -> Trap:
    begin = parts[1] + (parts[2] or "")
    # `'it's'` is a text whose own quotes are wrong; `'a' == 'b'` is an expression that has none of its own yet.
    bare = len(value) > 2 and value[0] == value[-1] == "'" and _OPERATOR.search(value) is None
    fixed = begin + quoted(value[1:-1] if bare else value)
    belongs_to = len(parts[1]) if parts[2] else len(parts[1].rstrip()) - 1
    cure = f"put it in single quotes: `{fixed.strip()}`"
    return Trap(slug, message, column, 1, len(begin), belongs_to, fixed, cure)


def _tab(line: str) -> Trap:
    spaces = len(line) - len(line.lstrip(" "))
    tabs = len(line) - spaces - len(line.lstrip(" \t"))
    fixed = line[:spaces] + "  " * tabs + line[spaces + tabs :]
    message = "the line is indented with a tab"
    cure = "indent with spaces, two for each level"
    return Trap(TAB, message, spaces + 1, tabs, spaces, len(line), fixed, cure)


def _without_comment(value: str) -> str:
    """Return `value` up to a `#` behind a space that stands in no quotes."""
    blank = _QUOTED.sub(lambda found: "_" * len(found[0]), value)
    comment = re.search(r"\s+#", blank)
    return value if comment is None else value[: comment.start()]


def _is_expression(value: str) -> bool:
    """Say whether a value that starts with one of YAML's signs is meant as an expression."""
    if value[0] in "!*&@`%":
        return len(value) > 1 and (value[1] in "( " or _OPERATOR.search(value) is not None)
    if value[0] in "\"'":
        closed = _QUOTED.match(value)
        return closed is not None and closed.end() < len(value)
    depth = 0
    for position, sign in enumerate(value):
        depth += (sign in "[{(") - (sign in "]})")
        if depth == 0:
            return position < len(value) - 1
    return False
