"""Turn an offset in a YAML scalar's value into the line and column where it stands in the file.

The value of a scalar is not what the file holds: indentation is gone, lines are folded, quotes and escapes are
resolved. So the raw text of the node is read once more, and this time every character remembers where it came from.

Invariant: `Positions.text` is the value that a YAML 1.1 reader gives the same node.
Reference: YAML 1.1, sections 9.1 (flow scalar styles) and 9.2 (block scalar styles).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

Place = tuple[int, int]
"""Line and column, both from 1."""
_Cell = tuple[str, Place]

_BREAK: Final = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_ESCAPES: Final = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "/": "/",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
_HEX: Final = {"x": 2, "u": 4, "U": 8}


@dataclass(frozen=True, slots=True)
class Positions:
    """Where each character of a scalar's value stands; call it with an offset."""

    text: str
    """The value of the scalar."""
    places: tuple[Place, ...]
    """For each character its place, and at the end the place behind the last one."""

    def __call__(self, offset: int) -> Place:
        """Return line and column of the character at `offset`; an offset outside the value is the nearest end."""
        return self.places[max(0, min(offset, len(self.places) - 1))]

    @classmethod
    def of(cls, node_start_line: int, node_start_column: int, style: str | None, source_text: str) -> Positions:
        """Read a scalar node again.

        Args:
            node_start_line: line on which the node starts, from 1 (PyYAML's `start_mark.line + 1`).
            node_start_column: column in which it starts, from 1.
            style: PyYAML's `node.style`: `None` or `""` (plain), `'`, `"`, `|` or `>`.
            source_text: the raw text from the node's start mark to its end mark, quotes and header included.
        """
        lines = _lines(node_start_line, node_start_column, source_text)
        if style in {"|", ">"}:
            cells, end = _block(lines, folded=style == ">")
        elif style in {"'", '"'}:
            cells, end = _quoted(lines, style)
        else:
            cells, end = _plain(lines)
        return cls("".join(char for char, _ in cells), (*(place for _, place in cells), end))


def _lines(line: int, column: int, source: str) -> list[list[_Cell]]:
    """Split raw text into lines of characters that know their places."""
    rows = []
    for number, text in enumerate(_BREAK.split(source)):
        first = column if number == 0 else 1
        rows.append([(char, (line + number, first + index)) for index, char in enumerate(text)])
    if rows and not rows[0]:
        rows[0] = [("", (line, column))]
    return rows


def _strip(cells: list[_Cell], *, left: bool, right: bool) -> list[_Cell]:
    start, end = 0, len(cells)
    while left and start < end and cells[start][0] in {" ", "\t"}:
        start += 1
    while right and end > start and cells[end - 1][0] in {" ", "\t"}:
        end -= 1
    return cells[start:end]


def _after(cells: list[_Cell], otherwise: Place) -> Place:
    if not cells:
        return otherwise
    line, column = cells[-1][1]
    return line, column + 1


def _folded(rows: list[list[_Cell]], start: Place) -> tuple[list[_Cell], Place]:
    """Join the lines of a flow scalar: one break is a space, each further one a line feed."""
    found: list[_Cell] = []
    end = start
    blanks = 0
    for number, row in enumerate(rows):
        cells = _strip(row, left=number > 0, right=number < len(rows) - 1)
        if number == 0:
            found.extend(cells)
            end = _after(cells, end)
            continue
        if not cells and number < len(rows) - 1:
            blanks += 1
            continue
        joint = "\n" * blanks if blanks else " "
        found.extend((char, end) for char in joint)
        found.extend(cells)
        end = _after(cells, (row[-1][1][0], row[-1][1][1] + 1) if row else end)
        blanks = 0
    return found, end


def _plain(rows: list[list[_Cell]]) -> tuple[list[_Cell], Place]:
    rows = [[cell for cell in row if cell[0]] for row in rows]
    while len(rows) > 1 and not _strip(rows[-1], left=True, right=True):
        rows.pop()
    rows[-1] = _strip(rows[-1], left=False, right=True)
    start = rows[0][0][1] if rows[0] else (1, 1)
    return _folded(rows, start)


def _quoted(rows: list[list[_Cell]], quote: str) -> tuple[list[_Cell], Place]:
    start = rows[0][0][1]
    rows[0] = rows[0][1:]
    last = rows[-1]
    closing = len(last) - 1
    while closing >= 0 and last[closing][0] != quote:
        closing -= 1
    end = last[closing][1] if closing >= 0 else _after(last, start)
    rows[-1] = last[: max(closing, 0)]
    resolved: list[_Cell] = []
    if quote == "'":
        found, _ = _folded(rows, (start[0], start[1] + 1))
        skip = False
        for index, (char, place) in enumerate(found):
            if skip:
                skip = False
                continue
            skip = char == "'" and index + 1 < len(found) and found[index + 1][0] == "'"
            resolved.append((char, place))
        return resolved, end
    return _escaped(rows, (start[0], start[1] + 1)), end


def _escaped(rows: list[list[_Cell]], start: Place) -> list[_Cell]:
    """Resolve the escapes of a double-quoted scalar and fold its lines; an escaped character is never folded away."""
    found: list[_Cell] = []
    blanks = 0
    joined = True
    end = start
    for number, row in enumerate(rows):
        is_last = number == len(rows) - 1
        cells, continues = _unescape(row, left=number > 0, right=not is_last)
        if number > 0:
            if not cells and not is_last and not continues:
                blanks += 1
                continue
            joint = "\n" * blanks if blanks else ("" if joined else " ")
            found.extend((char, end) for char in joint)
        found.extend(cells)
        end = _after(_strip(row, left=False, right=True), end)
        blanks = 0
        joined = continues
    return found


def _unescape(row: list[_Cell], *, left: bool, right: bool) -> tuple[list[_Cell], bool]:
    """Return the characters of one line and whether a backslash joins it to the next without a space."""
    cells = _strip(row, left=left, right=False)
    found: list[_Cell] = []
    kept = 0
    index = 0
    while index < len(cells):
        char, place = cells[index]
        if char != "\\":
            found.append((char, place))
            kept = kept if char in {" ", "\t"} else len(found)
            index += 1
            continue
        if index + 1 == len(cells):
            return found, True
        code = cells[index + 1][0]
        width = _HEX.get(code, 0)
        digits = "".join(cell[0] for cell in cells[index + 2 : index + 2 + width])
        found.append((chr(int(digits, 16)) if width else _ESCAPES.get(code, code), place))
        kept = len(found)
        index += 2 + width
    return (found[:kept] if right else found), False


def _block(rows: list[list[_Cell]], *, folded: bool) -> tuple[list[_Cell], Place]:
    header = "".join(char for char, _ in rows[0])
    body = rows[1:]
    start = (rows[0][0][1][0] + 1, 1) if rows[0] else (1, 1)
    filled = [row for row in body if any(char != " " for char, _ in row)]
    explicit = re.match(r"[|>][+-]?([1-9])", header)
    leading = [_indent(row) for row in filled]
    indent = min(leading, default=0) if explicit else (leading[0] if leading else 0)
    if not filled:
        return [], start
    last = max(number for number, row in enumerate(body) if row[indent:])
    found: list[_Cell] = []
    end = start
    previous: list[_Cell] | None = None
    blanks = 0
    for row in body[: last + 1]:
        cells = row[indent:]
        if not cells:
            blanks += 1
            continue
        found.extend((char, end) for char in _joint(previous, cells, blanks, folded=folded))
        found.extend(cells)
        end = _after(cells, end)
        previous, blanks = cells, 0
    clip = re.match(r"[|>][1-9]?([+-])", header)
    tail = "" if clip and clip[1] == "-" else "\n"
    if clip and clip[1] == "+":
        tail = "\n" * max(1, len(body) - last - 1)
    found.extend((char, end) for char in tail)
    return found, end


def _indent(row: list[_Cell]) -> int:
    return next((index for index, (char, _) in enumerate(row) if char != " "), len(row))


def _joint(previous: list[_Cell] | None, cells: list[_Cell], blanks: int, *, folded: bool) -> str:
    """Return what stands between two lines of a block scalar."""
    if previous is None:
        return "\n" * blanks
    spaced = previous[0][0] in {" ", "\t"} or cells[0][0] in {" ", "\t"}
    if not folded or spaced:
        return "\n" * (blanks + 1)
    return "\n" * blanks if blanks else " "
