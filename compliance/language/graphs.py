"""Find the circles in what names what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

N = TypeVar("N")


def in_order_of_need(edges: Mapping[N, Iterable[N]]) -> tuple[list[N], list[tuple[N, ...]]]:
    """Return the nodes so that each comes after all that it needs, and the circles among them.

    Args:
        edges: node -> nodes that it needs; those that are no key are ignored.

    Returns:
        Every node once, in the order of `edges` where needs allow; and each circle once, as its nodes from one to the
        next, starting with the node that comes first in `edges`. Nodes of a circle are in the order too.
    """
    order: list[N] = []
    circles: list[tuple[N, ...]] = []
    done: set[N] = set()
    for start in edges:
        if start in done:
            continue
        # Iterative, since definitions may be named in chains longer than Python likes to recurse.
        path: list[N] = [start]
        waiting = [iter(edges[start])]
        while path:
            step = next((node for node in waiting[-1] if node in edges and node not in done), None)
            if step is None:
                waiting.pop()
                node = path.pop()
                done.add(node)
                order.append(node)
            elif step in path:
                circles.append(tuple(path[path.index(step) :]))
            else:
                path.append(step)
                waiting.append(iter(edges[step]))
    return order, circles
