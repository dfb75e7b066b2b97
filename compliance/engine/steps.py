"""Write the five steps from the rules of one slice to its verdict as lines of Python, and nothing that cannot matter.

Rules are bits. A name is set only where some line sets it: what no line sets is nought, and is left out of the tests.

Reference: DESIGN section 5; docs/decisions/0004.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from compliance.language.rulebook import Effect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from compliance.language.rulebook import Rule

RETURN: Final = "return {}"
"""How a function of one request gives its answer."""
_NAMES: Final = {
    Effect.FORBID: ("t", "u"),
    Effect.PERMIT: ("p", "q"),
    Effect.REQUIRE: ("r", "s"),
    Effect.REFER: ("x", "y"),
    Effect.OBLIGE: ("o", "z"),
}
"""Names of the bits that are true, and of those that are unknown. In `n` are the permits that leave permission open."""


class Written(NamedTuple):
    """One rule of a group, its condition written as Python in three ways."""

    rule: Rule
    may: str
    must: str
    plain: str | None
    """For known facts; `None` where only the two bounds can say it."""
    failing: str
    """Where its value, if it is unknown, may come with an error that only the evaluator words."""


class Place(NamedTuple):
    """A home, and for which permits it is covered: bits of those that cover it, and of those that perhaps do."""

    sure: int
    possible: int
    known: bool
    """Whether it is known where the home is."""


class Steps:
    """The steps of one slice, plain or with two bounds."""

    def __init__(
        self,
        kept: Mapping[Effect, Sequence[tuple[Written, str]]],
        places: Sequence[Place] | None,
        *,
        plain: bool,
        answer: str = RETURN,
    ) -> None:
        """Take the rules by effect, each with when it must hold, and the homes; `None` where the subject has none.

        `answer` is the statement that gives an answer, and after which nothing more is done.
        """
        self.kept = kept
        self.places = places
        self.plain = plain
        self.answer = answer
        self.set: set[str] = set()
        """The names that some line sets."""
        self.gathered = {effect: self._gathering(effect) for effect in Effect}
        self.always = sum(1 << number for number, (_, must) in enumerate(kept[Effect.PERMIT]) if must == "True")
        """Permits that hold whatever the facts are."""
        self.permission = self._permission()
        self.opens = any("open_" in line for line in self.permission)
        """Whether permission may be unknown."""

    def lines(self) -> list[str]:
        """Return the lines, from the facts `F_...` to a verdict."""
        body = [
            *self.gathered[Effect.FORBID],
            *([f"if t: {self._says('DENIED[t]')}"] if "t" in self.set else []),
            *self.gathered[Effect.PERMIT],
            *self.permission,
            *self.gathered[Effect.REQUIRE],
            *self._blocked(),
            *self.gathered[Effect.REFER],
            *self._referred(),
            *self.gathered[Effect.OBLIGE],
            self._allowed(),
        ]
        names = sorted(self.set | ({"n"} if self.opens else set()))
        start = [f"{' = '.join(names)} = 0"] if names else []
        return [*start, *(["open_ = False"] if self.opens else []), *body]

    def _gathering(self, effect: Effect) -> list[str]:
        """Return the lines that set a bit for each rule that may hold; rules with the same condition share a line."""
        true, unknown = _NAMES[effect]
        masks: dict[tuple[str, ...], int] = {}
        for number, (written, must) in enumerate(self.kept[effect]):
            open_ = [f"{unknown} |= {{}}"]
            if written.failing != "False":
                open_.insert(0, f"if {written.failing}: raise Unsettled")
            direct = written.plain if self.plain and must not in {"False", "True"} else None
            lines: tuple[str, ...]
            if written.may == "False":
                continue
            if direct is not None:
                lines, sets = (f"if {direct}: {true} |= {{}}",), true
            elif must == "True":
                lines, sets = (f"{true} |= {{}}",), true
            elif must == "False":
                lines, sets = (f"if {written.may}:", *(f"    {line}" for line in open_)), unknown
            elif written.may == must:
                lines, sets = (f"if {must}: {true} |= {{}}",), true
            else:
                unsure = (f"        {line}" for line in open_)
                lines = (f"if {written.may}:", f"    if {must}: {true} |= {{}}", "    else:", *unsure)
                sets = true + unknown
            self.set.update(sets)
            masks[lines] = masks.get(lines, 0) | (1 << number)
        return [line.replace("{}", str(mask)) for lines, mask in masks.items() for line in lines]

    def _permission(self) -> list[str]:
        """Return the lines that set `open_` (permission unknown) and `n` (permits that leave it so), or that deny.

        In `p` and `q` a permit's bit says that its condition is true or unknown; `places` say where it holds.
        """
        if self.places is None:
            return [self._says("DENIED[0]")]
        lines: list[str] = []
        denied = self._says("DENIED[0]")
        either = " | ".join(name for name in "pq" if name in self.set) or "0"
        for sure, possible, known in self.places:
            waiting = [f"n |= (({either}) & {possible}) | ({self._bits('q')} & {sure})", "open_ = True"]
            if not known:
                lines += waiting
            elif self.always & sure:
                continue
            elif possible or "q" in self.set:
                lines.append(f"if not {self._bits('p')} & {sure}:")
                lines.append(f"    if not ({either}) & {sure | possible}: {denied}")
                lines += ["    " + line for line in waiting]
            else:
                lines.append(f"if not {self._bits('p')} & {sure}: {denied}")
        return lines

    def _bits(self, *names: str) -> str:
        return " | ".join(name for name in names if name in self.set) or "0"

    def _blocked(self) -> list[str]:
        tests = [name for name in "urs" if name in self.set] + (["open_"] if self.opens else [])
        if not tests:
            return []
        if tests == ["r"]:
            return [f"if r: {self._says('UNMET[r]')}"]
        key = ", ".join((self._bits("u"), "n" if self.opens else "0", self._bits("r"), self._bits("s")))
        return [f"if {' or '.join(tests)}: {self._says(f'BLOCKED[{key}]')}"]

    def _referred(self) -> list[str]:
        tests = [name for name in "xy" if name in self.set]
        if not tests:
            return []
        ending = "REFERS[x]" if tests == ["x"] else f"REFERRED[{self._bits('x')}, {self._bits('y')}]"
        return [f"if {' or '.join(tests)}: {self._says(ending)}"]

    def _allowed(self) -> str:
        if self.set & {"o", "z"}:
            return self._says(f"ALLOWED[{self._bits('p')}, {self._bits('o', 'z')}]")
        return self._says(f"PERMITS[{self._bits('p')}]")

    def _says(self, verdict: str) -> str:
        return self.answer.format(verdict)
