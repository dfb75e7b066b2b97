"""A stored log with everything in it, copies of it, and edits that its triggers would refuse."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs

from compliance.ledger import erasure, feeds
from compliance.ledger.archive import open_archive
from compliance.ledger.checkpoint import Checkpoint
from compliance.ledger.entry import IdempotencyKey
from compliance.ledger.ledger import Ledger
from compliance.ledger.note import Note, SignatureType, Signer
from compliance.ledger.verify import verify
from compliance.ledger.witness import Witness
from tests.ledger.support import Clock, record, samples, settings

WITNESS = Signer("w.example", Ed25519PrivateKey.from_private_bytes(b"\x09" * 32), SignatureType.COSIGNATURE_V1)
SOURCE = b"the rules"
SIZE = 310
"""The first entry, 300 decisions, two on a pair, request and erasure, the ruleset, a feed, one more decision, a
dictionary, a decision packed with it."""


def whole(folder, url=None):
    """Return a closed ledger's settings: a full tile and more, checkpoints, claims, an index, an erased person."""
    clock = Clock()
    made = settings(folder, url, clock=clock)
    ledger = Ledger.open(made)
    for start in range(0, 300, 50):
        clock.move(seconds=2)
        drafts = [
            (record(n, f"s{n % 5}", territories=["CH"]), IdempotencyKey("o", str(n))) for n in range(start, start + 50)
        ]
        for future in [ledger.append(draft, key if n % 10 == 0 else None) for n, (draft, key) in enumerate(drafts)]:
            future.result(10)
    ledger.append(structs.replace(record(400, "s0"), second=record(401, "s2"))).result(10)
    asked = erasure.request(ledger, "s1", "asked to go", "ann")
    erasure.approve(ledger, asked, "ben")
    ledger.keep_ruleset("sha256:of-the-ruleset", SOURCE)
    feeds.put(ledger, "halts", "poller", {"resource.halted": {"*": False}}, clock(), clock() + timedelta(hours=1))
    ledger.reader.index()
    clock.move(seconds=5)
    ledger.cosign(_witness(clock))
    ledger.append(record(500)).result(10)
    ledger.pack_by("sha256:of-the-ruleset", samples)
    ledger.append(record(501)).result(10)
    ledger.close()
    return made


def _witness(clock):
    def send(_, body):
        text = Note.of_text(body.decode().split("\n\n", 1)[1]).text
        assert Checkpoint.of_text(text).size
        return 200, WITNESS.sign(text, seconds=int(clock().timestamp())).line()

    return Witness("https://w.example", WITNESS.verifier, send=send)


def copied(original, folder):
    """Return the settings of a copy whose rows may be edited."""
    shutil.copytree(original.folder.parent, folder, dirs_exist_ok=True)
    with edit(folder / "log.db") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name.decode()}")
    return replace(original, database_url=f"sqlite:///{folder}/log.db", folder=folder / "keys")


@contextmanager
def edit(path: Path):
    """Yield a bare connection, text as bytes, and commit."""
    connection = sqlite3.connect(path)
    connection.text_factory = bytes
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()


def verified(made, *given, **options):
    """Return the report on a stored log."""
    archive = open_archive(made)
    try:
        return verify(archive, *given, **options)
    finally:
        archive.close()


def places(report):
    """Return where the problems are."""
    return [problem.place for problem in report.problems]
