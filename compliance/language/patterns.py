"""Say whether a regular expression is one that every engine reads alike and none takes long for.

A pattern meets texts that strangers send, in Python (which backtracks), in SQL engines and in a solver. Allowed is what
RE2 and Python agree on: letters, classes, `.`, `^`, `$`, groups, alternatives, `? * + {m,n}`. Refused are look-around
and back-references, and what makes a backtracking engine try the same characters in many ways: a repeated group that
repeats or chooses inside, and two neighbouring repeats of overlapping characters.

Reference: CEL specification, "Regular expressions" (RE2 syntax); J. Kirrage, A. Rathnayake, H. Thielecke, *Static
Analysis for Regular Expression Denial-of-Service Attacks* (2013).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

LONGEST: Final = 500
MOST_TIMES: Final = 1000
_ALL: Final = frozenset(map(chr, range(128))) | {"other"}
"""Characters as far as overlaps are concerned: ASCII one by one, and the rest as one."""
_DIGITS: Final = frozenset("0123456789")
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_CLASSES: Final = {
    "d": _DIGITS,
    "D": _ALL - _DIGITS,
    "w": _DIGITS | _LETTERS | {"_"},
    "W": _ALL - _DIGITS - _LETTERS - {"_"},
    "s": frozenset(" \t\n\f\r\v"),
    "S": _ALL - frozenset(" \t\n\f\r\v"),
}
_CONTROLS: Final = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v"}
_MEANING: Final = frozenset("\\.^$*+?()[]{}|/-\"' ,:;=!<>&%#@~_")
_MARKS: Final = frozenset("^$")


class UnsafePattern(ValueError):  # noqa: N818 - says what the text is
    """The pattern is not in the subset; `start` and `end` are offsets into it."""

    def __init__(self, message: str, start: int, end: int, help: str = "") -> None:
        """Take one lower-case sentence, the part it is about, and the cure."""
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.help = help


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return `pattern` for Python's engine with RE2's meaning: classes are ASCII, `$` is only the very end."""
    return re.compile(re.sub(r"(\\.|\[(?:\\.|[^\]\\])+\])|\$", lambda found: found[1] or r"\Z", pattern), re.ASCII)


def check_pattern(pattern: str) -> None:
    """Read `pattern` once and return if it is in the subset.

    Raises:
        UnsafePattern: if it is not.
    """
    if len(pattern) > LONGEST:
        raise UnsafePattern(f"the pattern has more than {LONGEST} characters", 0, len(pattern))
    reader = _Reader(pattern)
    reader.alternatives(0)
    if reader.at < len(pattern):
        raise UnsafePattern("`)` closes nothing", reader.at, reader.at + 1)


@dataclass(frozen=True, slots=True)
class _Part:
    """What one piece of a pattern can match, as far as its neighbours are concerned."""

    characters: frozenset[str]
    """Every character that may occur in it."""
    can_be_empty: bool = False
    repeats: bool = False
    """How much of a text it matches varies."""
    is_simple: bool = True
    """It neither chooses nor repeats a varying number of times."""
    length: int = 1
    """Characters it takes where counts are at their highest."""


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def alternatives(self, depth: int) -> _Part:
        if depth > 20:
            raise UnsafePattern("the groups are nested too deep", self.at, self.at + 1)
        parts = [self._sequence(depth)]
        while self.peek() == "|":
            self.at += 1
            parts.append(self._sequence(depth))
        return _Part(
            frozenset().union(*(part.characters for part in parts)),
            any(part.can_be_empty for part in parts),
            any(part.repeats for part in parts),
            len(parts) == 1 and parts[0].is_simple,
            max(part.length for part in parts),
        )

    def _sequence(self, depth: int) -> _Part:
        parts: list[_Part] = []
        open_repeat: frozenset[str] = frozenset()
        while (char := self.peek()) and char not in "|)":
            start = self.at
            part = self._piece(depth)
            if part.repeats and open_repeat & part.characters:
                raise UnsafePattern(
                    f"`{self.pattern[start : self.at]}` can share characters with what varies before it",
                    start,
                    self.at,
                    "put something between them that neither of them matches",
                )
            if part.repeats:
                open_repeat |= part.characters
            elif not part.can_be_empty and not part.characters & open_repeat:
                open_repeat = frozenset()
            parts.append(part)
        return _Part(
            frozenset().union(*(part.characters for part in parts)),
            all(part.can_be_empty for part in parts),
            any(part.repeats for part in parts),
            all(part.is_simple for part in parts),
            sum(part.length for part in parts),
        )

    def _piece(self, depth: int) -> _Part:
        start = self.at
        is_mark = self.peek() in _MARKS
        part = self._atom(depth)
        least, most = self._times()
        if (least, most) == (1, 1):
            return part
        if self.peek() and self.peek() in "*+?{":
            raise UnsafePattern(
                "a repeat is itself repeated", start, self.at + 1, "repeat it once, with `*`, `+` or `{m,n}`"
            )
        if is_mark:
            raise UnsafePattern("`^` and `$` are not repeated", start, self.at)
        if most != 1 and (part.repeats or not part.is_simple):
            raise UnsafePattern(
                f"`{self.pattern[start : self.at]}` repeats a part that repeats or chooses itself",
                start,
                self.at,
                "repeat a single character or class such as `[a-z0-9]`",
            )
        length = part.length * max(least, most or 1)
        if length > MOST_TIMES:
            raise UnsafePattern(f"the counts come to more than {MOST_TIMES} characters", start, self.at)
        varies = part.repeats or least != most
        return _Part(part.characters, part.can_be_empty or least == 0, varies, least == most, length)

    def _times(self) -> tuple[int, int | None]:
        """Read a quantifier; without one, once."""
        char = self.peek()
        if char and char in "*+?":
            self.at += 1
            self._lazy()
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
        found = re.compile(r"\{(\d{1,5})(,(\d{0,5}))?\}").match(self.pattern, self.at)
        if char != "{":
            return 1, 1
        if found is None:
            raise UnsafePattern("`{` starts no count", self.at, self.at + 1, r"write `\{` for the character")
        start, self.at = self.at, found.end()
        self._lazy()
        least = int(found[1])
        most = least if found[2] is None else int(found[3]) if found[3] else None
        if max(least, most or 0) > MOST_TIMES or (most is not None and most < least):
            raise UnsafePattern(f"a count is at most {MOST_TIMES}, the lesser first", start, self.at)
        return least, most

    def _lazy(self) -> None:
        if self.peek() == "+":
            raise UnsafePattern("there is no repeat that keeps what it took", self.at, self.at + 1, "remove the `+`")
        if self.peek() == "?":
            self.at += 1

    def _atom(self, depth: int) -> _Part:
        char = self.peek()
        start = self.at
        self.at += 1
        if char == "(":
            return self._group(start, depth)
        if char == "[":
            return _Part(self._class(start))
        if char == "\\":
            return _Part(self._escape(start))
        if char == ".":
            return _Part(_ALL - {"\n"})
        if char in _MARKS:
            return _Part(frozenset(), can_be_empty=True)
        if char in "*+?{":
            raise UnsafePattern(f"`{char}` repeats nothing", start, self.at, rf"write `\{char}` for the character")
        return _Part(_single(char))

    def _group(self, start: int, depth: int) -> _Part:
        if self.peek() == "?":
            if not self.pattern.startswith("?:", self.at):
                raise UnsafePattern(
                    f"`{self.pattern[start : start + 3]}` starts a look-around, a name or a flag",
                    start,
                    start + 3,
                    "groups are `(...)` or `(?:...)`",
                )
            self.at += 2
        part = self.alternatives(depth + 1)
        if self.peek() != ")":
            raise UnsafePattern("`(` is never closed", start, start + 1)
        self.at += 1
        return part

    def _escape(self, start: int) -> frozenset[str]:
        """Read what follows a backslash."""
        char = self.peek()
        self.at += 1
        if char in _CLASSES:
            return _CLASSES[char]
        if char in _CONTROLS:
            return frozenset(_CONTROLS[char])
        if char and char in _MEANING:
            return frozenset(char)
        if char and char in "123456789":
            raise UnsafePattern(f"`\\{char}` looks back at a group", start, self.at, "write the part out again")
        raise UnsafePattern(f"`\\{char}` means nothing here", start, min(self.at, len(self.pattern)))

    def _class(self, start: int) -> frozenset[str]:
        """Read a class such as `[a-z0-9_]` behind its bracket."""
        negated = self.peek() == "^"
        self.at += negated
        found: frozenset[str] = frozenset()
        first = True
        while (char := self.peek()) != "]" or first:
            if not char:
                raise UnsafePattern("`[` is never closed", start, start + 1)
            if (
                char == "["
                or (char == "]" and first)
                or self.pattern[self.at : self.at + 2] in {"&&", "||", "~~", "--"}
            ):
                raise UnsafePattern(
                    f"`{char}` in a class is read differently by different engines",
                    self.at,
                    self.at + 1,
                    rf"write `\{char}`",
                )
            found |= self._range()
            first = False
        self.at += 1
        return _ALL - found if negated else found

    def _range(self) -> frozenset[str]:
        start = self.at
        low = self._class_character()
        if self.peek() != "-" or self.pattern[self.at + 1 : self.at + 2] in {"]", ""}:
            return low[1]
        self.at += 1
        high = self._class_character()
        if low[0] is None or high[0] is None or low[0] > high[0]:
            raise UnsafePattern(f"`{self.pattern[start : self.at]}` is no range", start, self.at)
        inside = frozenset(chr(code) for code in range(ord(low[0]), min(ord(high[0]), 127) + 1))
        return inside | ({"other"} if ord(high[0]) > 127 else frozenset())

    def _class_character(self) -> tuple[str | None, frozenset[str]]:
        start = self.at
        char = self.peek()
        self.at += 1
        if char != "\\":
            return char, _single(char)
        characters = self._escape(start)
        escaped = self.pattern[start + 1]
        single = None if escaped in _CLASSES else _CONTROLS.get(escaped, escaped)
        return single, characters


def _single(char: str) -> frozenset[str]:
    return frozenset(char if char in _ALL else {"other"})
