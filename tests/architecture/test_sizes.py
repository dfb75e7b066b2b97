"""A file that wants more than 400 lines, or a function that wants more than 60, has two subjects."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.repository import GENERATED, relative, shipped_files

FILE_LIMIT = 400
FUNCTION_LIMIT = 60

# "path.py" or "path.py:function": why it is one subject all the same.
EXCEPTIONS: dict[str, str] = {}


def sources() -> Iterator[tuple[Path, str]]:
    for path in shipped_files():
        if path.suffix == ".py" and GENERATED not in path.parents:
            yield path, path.read_text(encoding="utf-8")


def functions(source: str) -> Iterator[tuple[str, int]]:
    """Each function with its length in lines, from `def` to its last line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def oversized() -> dict[str, int]:
    found = {}
    for path, source in sources():
        name = relative(path)
        if (lines := source.count("\n")) > FILE_LIMIT:
            found[name] = lines
        for function, length in functions(source):
            if length > FUNCTION_LIMIT:
                found[f"{name}:{function}"] = length
    return found


def test_files_and_functions_have_one_subject():
    too_long = {name: lines for name, lines in oversized().items() if name not in EXCEPTIONS}
    assert not too_long, "\n".join(
        [f"longer than {FILE_LIMIT} lines a file or {FUNCTION_LIMIT} a function:"]
        + [f"{name} has {lines} lines" for name, lines in sorted(too_long.items())]
    )


def test_every_exception_is_still_one():
    stale = EXCEPTIONS.keys() - oversized().keys()
    assert not stale, f"no longer exceptions: {sorted(stale)}"


def test_a_function_is_measured_from_its_def_to_its_last_line():
    assert list(functions("@decorated\ndef f():\n    '''Says.'''\n    return 1\n\n\n")) == [("f", 3)]
