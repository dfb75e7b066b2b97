"""The roots that were signed -> RFC 6962 consistency proofs from each to the next, out of the stored tiles.

That each signed root is the root over the first entries is shown by growing the tree again; this shows it a second time
and another way: with the proofs that an outsider is given, who sees tiles and never all entries. Invariant: proofs are
made of stored tiles only and verified against signed roots only.

Reference: RFC 6962 2.1.2; verification as in RFC 9162 2.1.4.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from sqlalchemy import Connection

from compliance.ledger import merkle, store
from compliance.ledger.report import LogReport, Report
from compliance.ledger.verify_notes import Stated

_RENEWED = 256
"""Proofs after which tiles are forgotten: neighbours share most of theirs, and a log has any number of tiles."""
_NODES = 2**16


def check_consistency(connection: Connection, log: LogReport, stated: Iterable[Stated], report: Report) -> None:
    """Prove each of the stated roots, all of which lie within the stored tree, to be continued by the next.

    What fails is a problem where nothing else was found; else a note, since a wrong tile or entry makes proofs fail.
    """
    by_size = {each.size: each for each in stated if each.size}
    steps = list(pairwise(by_size[size] for size in sorted(by_size)))
    failed: list[str] = []
    for start in range(0, len(steps), _RENEWED):
        node = lru_cache(_NODES)(store.nodes(connection, log.epoch))
        for old, new in steps[start : start + _RENEWED]:
            if _proved(old, new, node):
                log.proofs += 1
            else:
                failed.append(f"{old.place} to {new.place}")
    if not failed:
        return
    more = f", nor do {len(failed) - 1} others" if len(failed) > 1 else ""
    text = f"the stored tiles do not give the proof of consistency from {failed[0]}{more}"
    if report.problems:
        report.notes.append(f"log {log.epoch}: {text}")
    else:
        report.problem(f"log {log.epoch}", text)


def _proved(old: Stated, new: Stated, node: merkle.NodeReader) -> bool:
    try:
        path = merkle.consistency_path(old.size, new.size, node)
        merkle.verify_consistency(old.size, new.size, path, old.root, new.root)
    except (merkle.ProofError, LookupError, ValueError):  # a tile that is missing, too short, or not as it was
        return False
    return True
