"""The stored log -> JSON Lines or Parquet for other tools.

Invariant: personal parts leave only when asked for by name (`personal=True`), and never once erased.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from compliance.ledger.entry import DECISION, stamped
from compliance.ledger.errors import ErasedError
from compliance.ledger.merkle import leaf_hash
from compliance.ledger.note import encode_base64
from compliance.ledger.reading import Entry, Reader

_ROW_GROUP = 5000


def lines(reader: Reader, entries: Iterable[Entry], *, personal: bool = False) -> Iterator[str]:
    """Yield one JSON object per entry: where it is, its hash, the whole entry, and on request the personal part."""
    for entry in entries:
        row: dict[str, Any] = {
            "epoch": entry.epoch,
            "index": entry.index,
            "hash": encode_base64(leaf_hash(entry.body)),
            "entry": entry.document,
        }
        if personal:
            row["personal"] = _personal(reader, entry)
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def write_lines(reader: Reader, entries: Iterable[Entry], to: IO[str], *, personal: bool = False) -> int:
    """Write JSON Lines; returns how many."""
    count = 0
    for line in lines(reader, entries, personal=personal):
        to.write(line + "\n")
        count += 1
    return count


def write_parquet(entries: Iterable[Entry], path: Path) -> int:
    """Write the public parts of decisions as Parquet (extra `bulk`); returns how many rows."""
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra, and slow to import
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415

    columns = ("id", "outcome", "action", "instrument", "subject", "ruleset", "recorded_at", "entry")
    schema = pa.schema([("epoch", pa.int32()), ("index", pa.int64()), *((name, pa.string()) for name in columns)])
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        batch: list[dict[str, Any]] = []
        for entry in entries:
            if entry.kind != DECISION:
                continue
            batch.append(_row(entry))
            if len(batch) == _ROW_GROUP:
                writer.write_table(pa.Table.from_pylist(batch, schema))
                batch = []
            count += 1
        if batch:
            writer.write_table(pa.Table.from_pylist(batch, schema))
    return count


def _row(entry: Entry) -> dict[str, Any]:
    resource = entry.public.get("resource")
    return {
        "epoch": entry.epoch,
        "index": entry.index,
        "id": entry.public.get("id"),
        "outcome": entry.public.get("outcome"),
        "action": entry.public.get("action"),
        "instrument": resource.get("id") if isinstance(resource, Mapping) else None,
        "subject": entry.document["subject"],
        "ruleset": entry.ruleset_digest,
        "recorded_at": stamped(entry.recorded_at),
        "entry": entry.body.decode(),
    }


def _personal(reader: Reader, entry: Entry) -> Mapping[str, Any] | None:
    try:
        part = reader.personal(entry)
    except ErasedError:
        return None
    return {
        "facts": part.facts,
        "request": part.request.decode(errors="replace"),
        "response": part.response.decode(errors="replace"),
    }
