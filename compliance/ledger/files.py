"""Small files that must be whole or absent: secrets, and the newest checkpoint.

Invariant: a reader never sees half a file, but where `overwrite` says so. A file is written beside its place and
renamed into it; what must survive a power cut is synced before and after.
"""

from __future__ import annotations

import os
import secrets
import threading
from pathlib import Path

SECRET_BYTES = 32


def read_secret(path: Path, *, make: bool = True) -> bytes:
    """Return the 32 bytes that a file holds as hexadecimal text; where there is none, make one, mode 0600.

    Raises `ValueError` when the file holds anything else, `FileNotFoundError` when there is none and none may be made.
    Two processes that start at once get the same secret.
    """
    if make and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        _write(draft, secrets.token_hex(SECRET_BYTES) + "\n", durable=True)
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        _sync_folder(path.parent)
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (ValueError, UnicodeDecodeError):
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise ValueError(f"`{path.name}` does not hold a secret of 64 hexadecimal digits")
    return secret


def replace(path: Path, text: str, *, durable: bool) -> None:
    """Put `text` in the place of a file in one step; `durable` waits until it would survive a power cut."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        _write(draft, text, durable=durable)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    if durable:
        _sync_folder(path.parent)


def overwrite(path: Path, text: str) -> None:
    """Write `text` over what a file holds, waiting for nothing: where it grows or stays as long, without a rename.

    To rename costs more than a small transaction. A process that dies leaves the old text or the new one, since it is
    written by one call of the operating system; a power cut, or a reader at that very moment, may find a mixture.
    """
    data = text.encode()
    try:
        descriptor = os.open(path, os.O_WRONLY)
    except FileNotFoundError:
        replace(path, text, durable=False)
        return
    try:
        done = os.fstat(descriptor).st_size <= len(data) and os.pwrite(descriptor, data, 0) == len(data)
    finally:
        os.close(descriptor)
    if not done:
        replace(path, text, durable=False)


def _write(path: Path, text: str, *, durable: bool) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        left = text.encode()
        while left:  # where the disk fills up, a part may be written first: the next attempt says that there is no room
            left = left[os.write(descriptor, left) :]
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
