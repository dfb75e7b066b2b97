"""Everything that is stored -> a report of whatever is not as the log committed to it.

The tree is grown again from the stored entries, as if they were appended for the first time; tiles,
checkpoints, head and
columns are compared with what comes out. Invariant: nothing stored is trusted; only the log's keys are,
and those are stated
by its first entry, which is under the signed root.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from sqlalchemy import Connection, func, select

from compliance.ledger import store
from compliance.ledger.checkpoint import Checkpoint, verified
from compliance.ledger.entry import opened, stamped
from compliance.ledger.errors import ErasedError, LedgerError
from compliance.ledger.merkle import leaf_hash
from compliance.ledger.note import NoteError, Verifier, decode_base64
from compliance.ledger.opening import log_verifiers
from compliance.ledger.store import Stored
from compliance.ledger.subjects import Subjects
from compliance.ledger.tree import Edge, FullTile
from compliance.storage.database import Database

BATCH = 2000
MAX_PROBLEMS = 100

Progress = Callable[[int, int], None]
"""Called with how many entries were checked, of how many."""


RULESET_KIND = "ruleset"
"""The kind of the entry that commits to the stored source of a ruleset."""


def source_digest(source: bytes) -> str:
    """Return the digest of the stored source of a ruleset, as the log states it."""
    return f"sha256:{sha256(source).hexdigest()}"


@dataclass(slots=True)
class Report:
    """What was checked, and what is wrong: nothing, when `problems` is empty."""

    origin: str = ""
    size: int = 0
    root: bytes = b""
    checkpoints: int = 0
    tiles: int = 0
    rulesets: int = 0
    opened: int = 0
    erased: int = 0
    newest_checkpoint: Checkpoint | None = None
    problems: list[str] = field(default_factory=list)

    def problem(self, text: str) -> None:
        """Note a problem; after a hundred the rest is left out."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(text)


@dataclass(slots=True)
class _Walk:
    """Where the check stands between two entries."""

    edge: Edge
    expected: int = 0
    time: str = ""
    roots: dict[int, tuple[bytes, str]] = field(default_factory=dict)
    """Size -> root, and the time of the last entry, at each size that a checkpoint states."""
    tiles: int = 0


def verify(
    database: Database,
    epoch: int,
    *,
    subjects: Subjects | None = None,
    checkpoint: str | None = None,
    digest_of: Callable[[bytes], str] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check one log, in one view of the database.

    With `subjects`, personal parts that were not erased are opened and compared with their commitments.
    `checkpoint` is
    a signed one from outside the database. `digest_of`, where given, says under which
    digest a ruleset's source must be stored.
    """
    report = Report()
    with database.read() as connection:
        verifiers = _keys(connection, epoch, report)
        head = store.read_head(connection, epoch)
        notes = list(_notes(connection, epoch, checkpoint))
        stated = _stated(notes, verifiers, report)
        walk = _Walk(Edge(0, ()))
        for batch in _batches(connection, epoch, sorted({size for size, _, _ in stated})):
            _check_batch(connection, epoch, batch, walk, report, subjects)
            if progress is not None:
                progress(walk.edge.size, head.size)
        report.size, report.root = walk.edge.size, walk.edge.root()
        if (head.size, head.root) != (report.size, report.root):
            report.problem(f"the head states {head.size} entries with another root than the entries give")
        if report.size and stamped(head.recorded_at) != walk.time:
            report.problem("the head states another time than the last entry")
        _check_checkpoints(stated, walk, report)
        _check_tile_count(connection, epoch, walk, report)
        _check_strays(connection, report)
        _check_rulesets(connection, epoch, digest_of, report)
    return report


def _keys(connection: Connection, epoch: int, report: Report) -> list[Verifier]:
    row = connection.execute(select(store.LOG).where(store.LOG.c.epoch == epoch)).one()
    report.origin = row.origin
    first = store.entries(connection, epoch, 0, 1)
    try:
        document = json.loads(first[0].entry)
        if document["public"]["origin"] != row.origin or document["recorded_at"] != stamped(row.opened_at):
            report.problem("the first entry states another origin or time than the log's own row")
        return log_verifiers(connection, epoch)
    except (IndexError, KeyError, TypeError, ValueError):
        report.problem("the first entry does not state the log's origin and key")
        return []


def _notes(connection: Connection, epoch: int, outside: str | None) -> Iterator[tuple[str, str | None, int | None]]:
    """Yield every checkpoint with the time and the size that its row states."""
    table = store.CHECKPOINT
    for row in connection.execute(select(table).where(table.c.epoch == epoch).order_by(table.c.size)):
        yield row.note, None if row.witnessed else stamped(row.made_at), row.size
    if outside is not None:
        yield outside, None, None


def _stated(
    notes: list[tuple[str, str | None, int | None]], verifiers: list[Verifier], report: Report
) -> list[tuple[int, bytes, str | None]]:
    """Return size, root and (for the log's own) time of every checkpoint that is properly signed."""
    found: list[tuple[int, bytes, str | None]] = []
    for note, made_at, size in notes:
        try:
            seen = verified(note, verifiers)
        except NoteError as error:
            report.problem(f"a stored checkpoint is not valid: {error}")
            continue
        checkpoint = seen.checkpoint
        if made_at is None and size is not None and len(seen.note.signatures) == 1:
            report.problem("a stored checkpoint counts as witnessed, but only the log signed it")
        if checkpoint.origin != report.origin or size not in (None, checkpoint.size):
            report.problem("a stored checkpoint states another origin or size than its row")
        found.append((checkpoint.size, checkpoint.root, made_at))
        if report.newest_checkpoint is None or checkpoint.size >= report.newest_checkpoint.size:
            report.newest_checkpoint = checkpoint
    report.checkpoints = len(found)
    return found


def _batches(connection: Connection, epoch: int, sizes: list[int]) -> Iterator[tuple[list[Stored], bool]]:
    """Yield the entries in batches that end wherever a checkpoint was signed."""
    last = connection.execute(select(func.max(store.ENTRY.c.leaf_index)).where(store.ENTRY.c.epoch == epoch)).scalar()
    ends = sorted({size for size in sizes if size > 0})
    start = 0
    while last is not None and start <= last:
        while ends and ends[0] <= start:
            ends.pop(0)
        end = min(start + BATCH, ends[0] if ends else 2**62)
        yield store.entries(connection, epoch, start, end), bool(ends) and end == ends[0]
        start = end


def _check_batch(
    connection: Connection,
    epoch: int,
    batch: tuple[list[Stored], bool],
    walk: _Walk,
    report: Report,
    subjects: Subjects | None,
) -> None:
    entries, at_checkpoint = batch
    for stored in entries:
        if stored.index != walk.expected:
            report.problem(f"entry {walk.expected} is missing")
        walk.expected = stored.index + 1
        walk.time = _check_entry(stored, walk.time, report)
        if subjects is not None:
            _check_personal(stored, subjects, report)
    growth = walk.edge.grow([leaf_hash(stored.entry) for stored in entries])
    _check_tiles(connection, epoch, growth.tiles, report)
    walk.tiles += len(growth.tiles)
    walk.edge = growth.after
    if at_checkpoint:
        walk.roots[growth.size] = (growth.root, walk.time)


def _check_entry(stored: Stored, before: str, report: Report) -> str:
    """Compare an entry with its columns and its ciphertext; returns its time."""
    try:
        document = json.loads(stored.entry)
        time = str(document["recorded_at"])
        ciphertext = decode_base64(document["personal"]["ciphertext"])
        columns = (document["kind"], document["public"].get("id"), time)
    except (KeyError, TypeError, ValueError, AttributeError):
        report.problem(f"entry {stored.index} is not an entry")
        return before
    if columns != (stored.kind, stored.decision_id, stamped(stored.recorded_at)):
        report.problem(f"entry {stored.index} says something else than its columns")
    if stored.sealed is None or sha256(stored.sealed).digest() != ciphertext:
        report.problem(f"the ciphertext beside entry {stored.index} is not the one that it states")
    if time < before:
        report.problem(f"entry {stored.index} is older than the one before it")
    return time


def _check_personal(stored: Stored, subjects: Subjects, report: Report) -> None:
    sealed = stored.sealed or b""
    try:
        opened(stored.entry, sealed, subjects.open(subjects.pseudonym_of(stored.entry), sealed))
    except ErasedError:
        report.erased += 1
    except (LedgerError, ValueError, KeyError, TypeError) as error:
        report.problem(f"the personal part of entry {stored.index} does not open: {error}")
    else:
        report.opened += 1


def _check_tiles(connection: Connection, epoch: int, full: tuple[FullTile, ...], report: Report) -> None:
    table = store.TILE
    for tile in full:
        wanted = select(table.c.hashes, table.c.root).where(
            table.c.epoch == epoch, table.c.level == tile.level, table.c.tile_index == tile.index
        )
        row = connection.execute(wanted).first()
        if row is None or (bytes(row.hashes), bytes(row.root)) != (tile.hashes, tile.root):
            report.problem(f"tile {tile.index} of level {tile.level} is missing or differs from the entries")


def _check_checkpoints(stated: list[tuple[int, bytes, str | None]], walk: _Walk, report: Report) -> None:
    for size, root, made_at in stated:
        if size not in walk.roots:
            report.problem(f"a checkpoint states {size} entries, but only {walk.edge.size} are stored")
            continue
        known, time = walk.roots[size]
        if root != known:
            report.problem(f"the first {size} entries do not give the root that was signed")
        if made_at is not None and made_at != time:
            report.problem(f"the checkpoint over {size} entries has another time than its last entry")


def _check_tile_count(connection: Connection, epoch: int, walk: _Walk, report: Report) -> None:
    counted = select(func.count()).select_from(store.TILE).where(store.TILE.c.epoch == epoch)
    report.tiles = int(connection.execute(counted).scalar_one())
    if report.tiles != walk.tiles:
        report.problem(f"{report.tiles} tiles are stored where the entries fill {walk.tiles}")


def _check_strays(connection: Connection, report: Report) -> None:
    """Look for rows that belong to no log at all."""
    known = set(store.origins(connection).values())
    for table in (store.ENTRY, store.TILE, store.CHECKPOINT, store.HEAD):
        for epoch in connection.execute(select(table.c.epoch).distinct()).scalars():
            if epoch not in known:
                report.problem(f"{table.name} has rows of epoch {epoch}, which no log has")


def _check_rulesets(
    connection: Connection, epoch: int, digest_of: Callable[[bytes], str] | None, report: Report
) -> None:
    """Compare every stored source with what the log, in any epoch, says of it."""
    stated: dict[str, str] = {}
    for number in range(1, epoch + 1):
        for stored in store.events(connection, number, [RULESET_KIND]):
            with contextlib.suppress(ValueError, KeyError, TypeError):  # reported with the entry itself
                public = json.loads(stored.entry)["public"]
                stated[public["digest"]] = public["source"]
    for row in connection.execute(select(store.RULESET)):
        report.rulesets += 1
        source = bytes(row.source)
        if stated.pop(row.digest, None) != source_digest(source):
            report.problem(f"the source stored for the ruleset `{row.digest}` is not the one that the log states")
        if digest_of is not None and digest_of(source) != row.digest:
            report.problem(f"the source stored for the ruleset `{row.digest}` has another digest")
    for digest in stated:
        report.problem(f"the source of the ruleset `{digest}` is missing")
