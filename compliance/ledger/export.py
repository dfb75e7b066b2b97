"""The stored log -> JSON Lines or Parquet for other tools, such that an outsider can prove what is in them.

An export holds each entry's own bytes, and a manifest with what leads from them to a root that the log signed; whoever
has the log's public key checks it with `docs/verify/verify_export.py`, which uses nothing of ours. Invariant: personal
parts leave only when asked for by name, into a file of their own, and never once erased.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, select

from compliance.ledger import merkle, store
from compliance.ledger.archive import Archive
from compliance.ledger.checkpoint import Checkpoint, verified
from compliance.ledger.entry import DECISION
from compliance.ledger.errors import ErasedError, TamperedError
from compliance.ledger.keyring import LogKey, log_keys, verifiers_at
from compliance.ledger.merkle import leaf_hash
from compliance.ledger.note import Note, NoteError, encode_base64
from compliance.ledger.reading import Entry, Reader

FORMAT = "compliance-export/1"
_ROW_GROUP = 5000


@dataclass(frozen=True, slots=True)
class Part:
    """The entries [start, end) of one epoch, and the signed checkpoint that they are proved against, if any."""

    epoch: int
    origin: str
    start: int
    end: int
    checkpoint: str | None
    path: Sequence[bytes] = ()
    keys: Sequence[str] = ()
    earlier: Sequence[tuple[str, Sequence[bytes]]] = ()
    """Earlier checkpoints that this one continues, each with the RFC 6962 proof of that."""
    handovers: Sequence[str] = ()
    """Receipts that lead from each key of the log to the next."""

    def document(self) -> dict[str, Any]:
        """Return it as it stands in the manifest."""
        return {
            "epoch": self.epoch,
            "origin": self.origin,
            "start": self.start,
            "end": self.end,
            "checkpoint": self.checkpoint,
            "path": [encode_base64(value) for value in self.path],
            "keys": list(self.keys),
            "handovers": list(self.handovers),
            "earlier": [
                {"checkpoint": note, "path": [encode_base64(value) for value in path]} for note, path in self.earlier
            ],
        }


@dataclass(slots=True)
class Exported:
    """What was written: file names with the number of rows in each, and what they are proved against."""

    parts: list[Part] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)


def parts(
    archive: Archive, since: datetime | None = None, until: datetime | None = None, kept: Sequence[str] = ()
) -> list[Part]:
    """Return what an export of a span of time consists of.

    Entries that no kept checkpoint covers yet are left out; where an epoch has none at all, its entries are taken
    without a proof. `kept` are earlier checkpoints that the export is to be shown to continue; without them, it is
    shown for the one before the span. Raises `TamperedError` where the stored tree does not give a root that was
    signed, `NoteError` when one of `kept` is not signed by a log that is stored here.
    """
    found: list[Part] = []
    for note in kept:
        if Checkpoint.of_text(Note.of_text(note).text).origin not in archive.origins.values():
            raise NoteError("a checkpoint is of a log that is not stored here")
    for epoch in sorted(archive.origins):
        span = archive.reader(epoch).span(since, until)
        with archive.database.read() as connection:
            part = _part(connection, archive, epoch, span, kept)
        if part is not None:
            found.append(part)
    return found


def _part(connection: Connection, archive: Archive, epoch: int, span: range, kept: Sequence[str]) -> Part | None:
    origin, keys = archive.origins[epoch], log_keys(connection, epoch)
    note = _newest(connection, archive, epoch, keys)
    vkeys = [key.verifier.vkey() for key in keys]
    signed = None if note is None else _signed(note, keys)
    end = span.stop if signed is None else min(span.stop, signed.size)
    if span.start >= end:
        return None
    if signed is None:
        return Part(epoch, origin, span.start, end, None, (), vkeys)
    node = store.nodes(connection, epoch)
    if merkle.root(signed.size, node) != signed.root:
        raise TamperedError("the stored tree does not give the root that was signed: run `compliance ledger verify`")
    path = merkle.span_path(span.start, end, signed.size, node)
    before = [each for each in kept if Checkpoint.of_text(Note.of_text(each).text).origin == origin]
    before += [] if before else _before(connection, epoch, span.start, signed.size)
    earlier = [(each, _continued(_signed(each, keys), signed, node)) for each in before]
    stated = archive.reader(epoch).keys()
    handovers = [str(receipt) for _, receipt in stated if receipt is not None]
    return Part(epoch, origin, span.start, end, note, path, vkeys, earlier, handovers)


def _before(connection: Connection, epoch: int, start: int, size: int) -> list[str]:
    """Return the newest kept checkpoint that the span begins after, else the oldest there is, as a list."""
    columns = store.CHECKPOINT.c
    rows = select(columns.note).where(columns.epoch == epoch, columns.size < size).limit(1)
    newest = connection.execute(rows.where(columns.size <= start).order_by(columns.size.desc())).scalars().all()
    return list(newest or connection.execute(rows.order_by(columns.size)).scalars().all())


def _continued(old: Checkpoint, new: Checkpoint, node: merkle.NodeReader) -> list[bytes]:
    """Return the proof that one signed tree continues another; raises `TamperedError` where it does not."""
    try:
        path = merkle.consistency_path(old.size, new.size, node)
        merkle.verify_consistency(old.size, new.size, path, old.root, new.root)
    except merkle.ProofError as error:
        raise TamperedError(f"the log does not continue the checkpoint over {old.size} entries: {error}") from error
    return path


def entries(archive: Archive, wanted: Iterable[Part]) -> Iterator[Entry]:
    """Yield the entries of the parts, in order."""
    for part in wanted:
        yield from archive.reader(part.epoch).entries(part.start, part.end)


def write_lines(found: Iterable[Entry], to: IO[bytes]) -> int:
    """Write JSON Lines, one object an entry, which ends with the entry's own bytes; returns how many."""
    count = 0
    for entry in found:
        head = {"epoch": entry.epoch, "index": entry.index, "hash": encode_base64(leaf_hash(entry.body))}
        to.write(json.dumps(head, separators=(",", ":"))[:-1].encode() + b',"entry":' + entry.body + b"}\n")
        count += 1
    return count


def write_personal(archive: Archive, found: Iterable[Entry], to: IO[str]) -> int:
    """Write JSON Lines with the personal parts of decisions that were not erased; returns how many."""
    readers: dict[int, Reader] = {}
    count = 0
    for entry in found:
        if entry.kind != DECISION:
            continue
        reader = readers.setdefault(entry.epoch, archive.reader(entry.epoch))
        try:
            part = reader.personal(entry)
        except ErasedError:
            continue
        row = {
            "epoch": entry.epoch,
            "index": entry.index,
            "id": entry.public.get("id"),
            "facts": part.facts,
            "request": part.request.decode(errors="replace"),
            "response": part.response.decode(errors="replace"),
        }
        to.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
        count += 1
    return count


def write_parquet(found: Iterable[Entry], path: Path) -> int:
    """Write Parquet (extra `bulk`): a row an entry, its own bytes in the last column; returns how many.

    Raises `ImportError` without the extra.
    """
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra, and slow to import
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415

    texts, lists = pa.string(), pa.list_(pa.string())
    columns: list[tuple[str, Any]] = [("epoch", pa.int32()), ("index", pa.int64()), ("hash", pa.binary(32))]
    columns += [("recorded_at", pa.timestamp("us", "UTC")), ("kind", texts), ("id", texts), ("outcome", texts)]
    columns += [("action", texts), ("instrument", texts), ("ground", texts), ("rules", lists), ("territories", lists)]
    columns += [("binding", pa.bool_()), ("subject", texts), ("ruleset", texts), ("entry", pa.binary())]
    schema = pa.schema(columns)
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        batch: list[dict[str, Any]] = []
        for entry in found:
            batch.append(_row(entry))
            count += 1
            if len(batch) == _ROW_GROUP:
                writer.write_table(pa.Table.from_pylist(batch, schema))
                batch = []
        if batch:
            writer.write_table(pa.Table.from_pylist(batch, schema))
    return count


def manifest(exported: Exported, folder: Path) -> dict[str, Any]:
    """Return what says how an export is proved, with the digest of each file."""
    digests: dict[str, Any] = {}
    for name, rows in exported.files.items():
        with (folder / name).open("rb") as file:
            digest = sha256()
            while chunk := file.read(2**20):
                digest.update(chunk)
        digests[name] = {"rows": rows, "sha256": digest.hexdigest()}
    return {"format": FORMAT, "files": digests, "parts": [part.document() for part in exported.parts]}


def _newest(connection: Connection, archive: Archive, epoch: int, keys: Sequence[LogKey]) -> str | None:
    """Return the largest checkpoint of an epoch that is kept, does not reach beyond what is stored, and is signed."""
    columns = store.CHECKPOINT.c
    rows = select(columns.note).where(columns.epoch == epoch).order_by(columns.size.desc()).limit(1)
    notes = [*connection.execute(rows).scalars(), *([archive.checkpoint] if archive.checkpoint is not None else [])]
    size = store.read_head(connection, epoch).size
    best: tuple[int, str] | None = None
    for note in notes:
        try:
            stated = _signed(note, keys)
        except NoteError:
            continue
        if stated.size <= size and (best is None or stated.size > best[0]):
            best = (stated.size, note)
    return None if best is None else best[1]


def _signed(note: str, keys: Sequence[LogKey]) -> Checkpoint:
    """Return what a checkpoint states, signed with a key that was the log's at its size; raises `NoteError`."""
    size = Checkpoint.of_text(Note.of_text(note).text).size
    return verified(note, verifiers_at(keys, size)).checkpoint


def _row(entry: Entry) -> dict[str, Any]:
    public = entry.public
    resource, grounds = public.get("resource"), public.get("grounds")
    rules = [ground["rule"] for ground in grounds if "rule" in ground] if isinstance(grounds, list) else None
    return {
        "epoch": entry.epoch,
        "index": entry.index,
        "hash": leaf_hash(entry.body),
        "recorded_at": entry.recorded_at,
        "kind": entry.kind,
        **{name: public.get(name) for name in ("id", "outcome", "action", "ground", "territories", "binding")},
        "instrument": resource.get("id") if isinstance(resource, dict) else None,
        "rules": rules,
        "subject": entry.document["subject"],
        "ruleset": entry.ruleset_digest,
        "entry": entry.body,
    }
