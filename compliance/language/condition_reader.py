"""Turn the node behind `when:`, `needs:`, `is:` or `holds:` into a condition that can be checked.

Invariant: what CEL sees is what stands in the file: styles in which YAML changes the text are complained about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast

from compliance.language.condition import Condition, Said, Text, Tree
from compliance.language.diagnostic import Diagnostic
from compliance.language.fields import SENTENCE, TEXT, Found, clipped
from compliance.language.nodes import Broken, Node, Scalar, Sequence, Style, Table, first_line, places
from compliance.vocabulary.suggestions import did_you_mean

_Group: TypeAlias = Literal["all", "any", "none"]
_GROUPS: Final = ("all", "any", "none")


@dataclass(frozen=True, slots=True)
class ConditionShape:
    """An expression, or a tree of expressions."""

    expected: str = "an expression, or a tree with `all:`, `any:` or `none:`"

    def take(self, node: Node, name: str, found: Found) -> Condition | None:
        """Return the condition; `None` if a part of it cannot be taken as it stands."""
        match node:
            case Scalar():
                return _text(node, name, found)
            case Sequence():
                message = f"`{name}` is {self.expected}, not a list"
                cure = "write `all:` or `any:` before the list; put an expression that starts with `[` in single quotes"
                found.append(Diagnostic("condition-is-a-list", message, first_line(node.span), help=cure))
                return None
            case Table():
                return self._tree(node, found)
            case Broken():
                return None

    def _tree(self, node: Table, found: Found) -> Tree | None:
        kinds = [key for key in node.entries if key in _GROUPS]
        sound = len(kinds) == 1
        for key, _ in node.pairs():
            if key.value not in _GROUPS:
                message = f"a tree of conditions has no key `{clipped(key.value)}`"
                found.append(Diagnostic("unknown-key", message, key.span, help=did_you_mean(key.value, _GROUPS)))
                sound = False
        if len(kinds) > 1:
            message = f"`{kinds[0]}` and `{kinds[1]}` stand side by side"
            cure = "write the one as an item of the other, so that it is said how they belong together"
            found.append(Diagnostic("two-groups", message, node.entries[kinds[1]].key.span, help=cure))
        if not kinds and not node.entries:
            found.append(Diagnostic("empty-value", "this tree of conditions is empty", first_line(node.span)))
        if len(kinds) != 1:
            return None
        entry = node.entries[kinds[0]]
        items = self._items(entry.value, kinds[0], found)
        if items is None or not sound:
            return None
        return Tree(cast("_Group", kinds[0]), items, entry.key.span)

    def _items(self, node: Node, name: str, found: Found) -> tuple[Condition | Said, ...] | None:
        if isinstance(node, Broken):
            return None
        if not isinstance(node, Sequence):
            span = node.span if isinstance(node, Scalar) and not node.is_empty else first_line(node.span)
            message = f"`{name}` is a list of conditions"
            found.append(Diagnostic("wrong-shape", message, span, help="write each on a line of its own, with `- `"))
            return None
        if not node.items:
            found.append(Diagnostic("empty-value", f"the list `{name}` is empty", node.span))
            return None
        items = [self._item(item, name, found) for item in node.items]
        whole = tuple(item for item in items if item is not None)
        return whole if len(whole) == len(items) else None

    def _item(self, node: Node, name: str, found: Found) -> Condition | Said | None:
        if not isinstance(node, Table) or not node.entries.keys() & {"is", "says"}:
            return self.take(node, name, found)
        sound = True
        for key, _ in node.pairs():
            if key.value not in {"is", "says"}:
                message = f"a condition with its sentence has no key `{clipped(key.value)}`"
                found.append(Diagnostic("unknown-key", message, key.span, help="it has `is` and `says`"))
                sound = False
        for needed in ("is", "says"):
            if needed not in node.entries:
                message = f"a condition with its sentence lacks `{needed}`"
                found.append(Diagnostic("missing-field", message, first_line(node.span), help=f"add `{needed}:`"))
                sound = False
        condition = self.take(node.entries["is"].value, "is", found) if "is" in node.entries else None
        says = SENTENCE.take(node.entries["says"].value, "says", found) if "says" in node.entries else None
        if condition is None or says is None or not sound:
            return None
        return Said(condition, says.value, first_line(node.span))


def _text(node: Scalar, name: str, found: Found) -> Text | None:
    if TEXT.take(node, name, found) is None:
        return None
    if node.style is Style.FOLDED:
        message = "YAML changes the lines of a folded text, and a condition is taken as it stands"
        cure = "write `|` for `>`"
        found.append(Diagnostic("folded-condition", message, first_line(node.span), help=cure))
        return None
    if node.style is Style.DOUBLE:
        message = "YAML resolves backslashes in double quotes, and a condition is taken as it stands"
        cure = f"put it in single quotes: `{_single(node.value)}`" if "\n" not in node.value else "write a `|` block"
        found.append(Diagnostic("double-quoted-condition", message, node.span, help=cure))
        return None
    return Text(node.value, node.span, places(node))


def _single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


CONDITION: Final = ConditionShape()
