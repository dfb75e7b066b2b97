"""Show on standard error how far a command is that takes a while."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from compliance.cli.terminal import console

Item = TypeVar("Item")
_EVERY = 500
"""Items between two looks at the terminal: telling it of each would take longer than most items."""


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told how many are done, of how many; the bar is gone when the block ends."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def watched(items: Iterable[Item], total: int, label: str) -> Iterator[Item]:
    """Yield `items`, of which there are `total`, behind a progress bar."""
    with progress(label) as told:
        told(0, total)
        for done, item in enumerate(items, 1):
            yield item
            if done % _EVERY == 0 or done == total:
                told(done, total)
