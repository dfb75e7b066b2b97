# ruff: noqa: INP001, D103, T201 - one file for people who have nothing else of ours
"""Verify an export of a log: python verify_export.py FOLDER LOG-KEY ... [--keys KEYS-FILE] [--checkpoint FILE ...].

Needs Python 3.9 or later, the package `cryptography` (for Parquet also `pyarrow`), `verify.py` and
`verify_consistency.py` beside it; nothing of the software that made the export. Takes each entry's own bytes, grows the
tree of RFC 6962 over them with the hashes in `manifest.json`, and compares its root with the one in the signed
checkpoint. Any key of the log that you trust will do: a change of key is an entry in a tree that both keys signed, and
the export brings the proof (KEYS-FILE, what the service answers to GET /v1/ledger/key, brings others). FILE is a
checkpoint that you kept: the export must continue it. Prints `valid` and what is proved, or the first reason
why not (exit code 1), or why nothing can be verified (2).
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from verify import handovers_in, need, read, read_key, stop, trusted_keys, unbase64
from verify_consistency import prove, signed, taken

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


def trusted(keys: list[str], handovers: list[str]) -> dict[str, list[int]]:
    """Return every key that the trusted ones lead to, with the first and last size of tree that it signs for."""
    spans: dict[str, list[int]] = {}
    for key in keys:
        for found, (low, high) in trusted_keys(key.strip(), handovers).items():
            known = spans.setdefault(found, [low, high])
            known[:] = [max(known[0], low), min(known[1], high)]
    return spans


def manifest_in(folder: Path) -> dict:
    try:
        manifest = json.loads(read(folder / "manifest.json"))
        need(manifest["format"] == "compliance-export/1", "another format")
    except (ValueError, KeyError, TypeError):
        stop(f"`{folder}` is not an export: its `manifest.json` is of another form")
    return manifest


def verify(folder: Path, *keys: str, listed: list[str] | None = None, kept: list[str] | None = None) -> list[str]:
    manifest = manifest_in(folder)
    for name, stated in manifest["files"].items():
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        need(digest == stated["sha256"], f"`{name}` is not the file that the manifest names")
    lined = (folder / "entries.jsonl").exists()
    rows = lines(folder / "entries.jsonl") if lined else columns(folder / "entries.parquet")
    found, waiting = [], list(kept or [])
    for part in manifest["parts"]:
        leaves = []
        for index in range(part["start"], part["end"]):
            row = next(rows, None)
            need(row is not None and row[:2] == (part["epoch"], index), f"entry {index} is missing or out of order")
            leaves.append(hashlib.sha256(b"\x00" + row[2]).digest())
        where = f"entries {part['start']} to {part['end'] - 1} of {part['origin']}"
        own = [key for key in keys if read_key(key)[0] == part["origin"]]
        if not own:
            found.append(f"not checked: {where}, which is another log than that of the key")
            continue
        need(part["checkpoint"] is not None, "no signed checkpoint covers the export")
        spans = trusted(own, [*part.get("handovers", ()), *(listed or ())])
        origin, size, top = signed(part["checkpoint"], spans)
        need(origin == part["origin"], "the checkpoint is of another log")
        value = root(part["start"], size, leaves, [unbase64(text) for text in part["path"]])
        need(value == top, f"{where} do not lead to the root that was signed")
        found.append(f"valid: {where}, in a tree of {size}")
        for each in part.get("earlier", ()):
            _, old, old_root = signed(each["checkpoint"], spans)
            prove(old, size, old_root, top, [unbase64(text) for text in each["path"]])
            found.append(f"valid: that tree continues the one of {old} that was signed before")
        mine = [note for note in waiting if note.split("\n", 1)[0] == part["origin"]]
        waiting = [note for note in waiting if note not in mine]
        found += [continued(note, part, leaves, spans) for note in mine]
    need(next(rows, None) is None, "there are more entries than the manifest names")
    need(any(line.startswith("valid") for line in found), "nothing in the export is of the key's log")
    need(not waiting, "a checkpoint that you kept is of a log that is not in the export, or whose key you do not name")
    return found


def continued(note: str, part: dict, leaves: list[bytes], spans: dict[str, list[int]]) -> str:
    """Say that the export continues a checkpoint of the reader's; raise `ValueError` where that is not proved."""
    _, old, old_root = signed(note, spans)
    proved = [
        signed(each, spans)[1:] for each in (part["checkpoint"], *(e["checkpoint"] for e in part.get("earlier", ())))
    ]
    if (old, old_root) not in proved:
        need(all(size != old for size, _ in proved), f"two different trees of {old} entries were signed")
        need(
            part["start"] == 0 and old <= part["end"],
            f"the export does not say how it continues your checkpoint over {old}: ask for it with that checkpoint",
        )
        need(root(0, old, leaves[:old], []) == old_root, f"the first {old} entries are not those of your checkpoint")
    return f"valid: your checkpoint over {old} is continued"


def main(arguments: list[str]) -> str:
    listed, kept = taken(arguments, "--keys"), []
    while path := taken(arguments, "--checkpoint"):
        kept.append(read(path))
    if len(arguments) < 2:
        stop(__doc__)
    handovers = handovers_in(listed) if listed else []
    return "\n".join(verify(Path(arguments[0]), *arguments[1:], listed=handovers, kept=kept))


if __name__ == "__main__":
    try:
        print(main(sys.argv[1:]), flush=True)
    except BrokenPipeError:  # who reads one line only (`| head -1`) has read the verdict: Python says nothing
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except ValueError as reason:
        sys.exit(f"not valid: {reason}")
    except (OSError, ImportError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        stop(f"the export, or the file of keys, cannot be read ({type(error).__name__}: {error})")
