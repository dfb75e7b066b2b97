"""The newest signed checkpoint, kept in a file outside the database, and a copy of it that survives a power cut.

`checkpoint` is written over after every commit and may be torn by a power cut, since not every writing waits for the
disk; `checkpoint.synced` is the last one that did, at most a second or so older. Invariant: `newest` returns a note
that was once written as a whole, or None where none ever was.
"""

from __future__ import annotations

from pathlib import Path

from compliance.ledger.files import overwrite, replace
from compliance.ledger.note import Note, NoteError


def keep(path: Path, note: str, *, durable: bool) -> None:
    """Put a signed checkpoint in the place of the one before it; `durable` waits for the disk."""
    if durable:
        replace(_synced(path), note, durable=True)
        replace(path, note, durable=True)
    else:
        overwrite(path, note)


def newest(path: Path) -> str | None:
    """Return the newest checkpoint that is whole; None where no file is. Where none is whole, return the torn one."""
    found = [_read(place) for place in (path, _synced(path))]
    whole = [note for note in found if note is not None and _is_whole(note)]
    return next(iter([*whole, *(note for note in found if note is not None)]), None)


def place(path: Path) -> Path:
    """Return which file `newest` reads: the one in `path`, or the synced one where that is torn or gone."""
    return path if _read(path) == newest(path) else _synced(path)


def _synced(path: Path) -> Path:
    return path.with_name(f"{path.name}.synced")


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode(errors="replace")
    except FileNotFoundError:
        return None


def _is_whole(note: str) -> bool:
    try:
        Note.of_text(note)
    except NoteError:
        return False
    return True
