# ruff: noqa: INP001, D103, T201 - one file for people who have nothing else of ours
"""Verify an export of a log: python verify_export.py FOLDER LOG-KEY.

Needs Python 3.9 or later, the package `cryptography` (for Parquet also `pyarrow`) and `verify.py` beside it; nothing of
the software that made the export. Takes each entry's own bytes, grows the tree of RFC 6962 over them with the hashes in
`manifest.json`, and compares its root with the one in the signed checkpoint. Prints `valid` and what is proved, or the
first reason why not.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from verify import need, number, read_key, signed_by, unbase64

if TYPE_CHECKING:
    from collections.abc import Iterator


def lines(path: Path) -> Iterator[tuple[int, int, bytes]]:
    with path.open("rb") as file:
        for line in file:
            row = json.loads(line)
            # The entry's own bytes are the last member of the line, exactly as they are under the hash.
            yield row["epoch"], row["index"], line[line.index(b',"entry":') + 9 : -2]


def columns(path: Path) -> Iterator[tuple[int, int, bytes]]:
    import pyarrow.parquet as pq  # noqa: PLC0415

    for batch in pq.ParquetFile(path).iter_batches(columns=["epoch", "index", "entry"]):
        for row in batch.to_pylist():
            yield row["epoch"], row["index"], row["entry"]


def root(start: int, size: int, leaves: list[bytes], path: list[bytes]) -> bytes:
    end, rest = start + len(leaves), list(path)

    def over(low: int, high: int) -> bytes:
        if high <= start or end <= low:
            need(rest, "the manifest states too few hashes")
            return rest.pop(0)
        if high - low == 1:
            return leaves[low - start]
        middle = low + (1 << ((high - low - 1).bit_length() - 1))
        return hashlib.sha256(b"\x01" + over(low, middle) + over(middle, high)).digest()

    value = over(0, size)
    need(not rest, "the manifest states too many hashes")
    return value


def verify(folder: Path, key: str) -> list[str]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    need(manifest.get("format") == "compliance-export/1", "this is not an export")
    for name, stated in manifest["files"].items():
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        need(digest == stated["sha256"], f"`{name}` is not the file that the manifest names")
    lined = (folder / "entries.jsonl").exists()
    rows = lines(folder / "entries.jsonl") if lined else columns(folder / "entries.parquet")
    found = []
    for part in manifest["parts"]:
        leaves = []
        for index in range(part["start"], part["end"]):
            row = next(rows, None)
            need(row is not None and row[:2] == (part["epoch"], index), f"entry {index} is missing or out of order")
            leaves.append(hashlib.sha256(b"\x00" + row[2]).digest())
        where = f"entries {part['start']} to {part['end'] - 1} of {part['origin']}"
        if part["origin"] != read_key(key)[0]:
            found.append(f"not checked: {where}, which is another log than that of the key")
            continue
        need(part["checkpoint"] is not None, "no signed checkpoint covers the export")
        text, _, rest = part["checkpoint"].rpartition("\n\n")
        body = text.split("\n")
        need(len(body) >= 3 and body[0] == part["origin"], "the checkpoint is of another log")
        need(signed_by(text + "\n", rest[:-1].split("\n"), key) is not None, "the log has not signed the checkpoint")
        value = root(part["start"], number(body[1]), leaves, [unbase64(text) for text in part["path"]])
        need(value == unbase64(body[2]), f"{where} do not lead to the root that was signed")
        found.append(f"valid: {where}, in a tree of {body[1]}")
    need(next(rows, None) is None, "there are more entries than the manifest names")
    need(any(line.startswith("valid") for line in found), "nothing in the export is of the key's log")
    return found


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        print("\n".join(verify(Path(sys.argv[1]), sys.argv[2])))
    except (ValueError, KeyError, TypeError, OSError) as reason:
        sys.exit(f"not valid: {reason}")
