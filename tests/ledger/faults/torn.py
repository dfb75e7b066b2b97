"""What a power cut may leave of SQLite's write-ahead log: the frames behind the last one that was synced, torn.

Reference: https://www.sqlite.org/fileformat2.html#the_write_ahead_log. A header of 32 bytes, then frames: 24 bytes (page
number; size of the database in pages, not zero in the last frame of a transaction; the salts of the header; checksums)
and a page.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
import tempfile
from pathlib import Path

from compliance.ledger.checkpoint import Checkpoint
from compliance.ledger.note import Note

HEADER, FRAME = 32, 24
TEARS = ("cut in its last page", "garbled in its last page", "without its last page", "without its first page")


def commits(log):
    """Return where each transaction of a write-ahead log ends, and how long a frame is."""
    page = struct.unpack(">I", log[8:12])[0]
    salts, length = log[16:24], FRAME + page
    ends, place = [], HEADER
    while place + length <= len(log) and log[place + 8 : place + 16] == salts:
        if struct.unpack(">I", log[place + 4 : place + 8])[0]:
            ends.append(place + length)
        place += length
    return ends, length


def synced(folder):
    """Return where that transaction ends which the newest checkpoint was signed after: it had been synced."""
    signed = Checkpoint.of_text(Note.of_text((folder / "checkpoint").read_text()).text).size
    log = (folder / "ledger.db-wal").read_bytes()
    ends, _ = commits(log)
    for end in reversed(ends):
        if size_with(folder, log[:end]) == signed:
            return end
    raise AssertionError(f"no transaction leads to the {signed} entries that were signed")


def size_with(folder, log):
    """Return how many entries a database has under a write-ahead log."""
    with tempfile.TemporaryDirectory() as scratch:
        place = copied(folder, Path(scratch), log)
        connection = sqlite3.connect(place)
        try:
            return connection.execute("SELECT size FROM ledger_head").fetchone()[0]
        finally:
            connection.close()


def copied(folder, scratch, log):
    shutil.copy(folder / "ledger.db", scratch / "ledger.db")
    (scratch / "ledger.db-wal").write_bytes(log)
    return scratch / "ledger.db"


def one_more(folder, log):
    """Return a write-ahead log with one transaction more, as it is just before it is synced."""
    with tempfile.TemporaryDirectory() as scratch:
        place = copied(folder, Path(scratch), log)
        connection = sqlite3.connect(place, isolation_level=None)
        try:
            connection.execute("PRAGMA wal_autocheckpoint=0")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("CREATE TABLE torn (page BLOB)")
            connection.execute("INSERT INTO torn VALUES (randomblob(20000))")
            connection.execute("UPDATE ledger_head SET size = size + 1")
            connection.execute("COMMIT")
            return (place.parent / "ledger.db-wal").read_bytes()
        finally:
            connection.close()


def tear(folder, how):
    """Tear, of a stopped ledger, a transaction that nobody was answered for; returns how many bytes were still good."""
    path = folder / "ledger.db-wal"
    end = synced(folder)
    log = one_more(folder, path.read_bytes()[:end])
    assert log[HEADER:end] == path.read_bytes()[HEADER:end]
    ends, length = commits(log)
    assert len(ends) >= 2
    last = ends[-1]
    rest = {
        "cut in its last page": log[end : last - 1000],
        "garbled in its last page": log[end : last - 2000] + os.urandom(2000),
        "without its last page": log[end : last - length + FRAME] + bytes(length - FRAME),
        "without its first page": bytes(length) + log[end + length : last],
    }[how]
    path.write_bytes(log[:end] + rest)
    (folder / "ledger.db-shm").unlink(missing_ok=True)  # memory: nothing of it is left after a power cut
    return end
