"""The ledger as the rest of the house sees it: open, record, close.

`record` is for event loops and `append` for threads; both return once the record is durable, signed and provable, and
raise a `LedgerError` otherwise. Nothing else in this module has a meaning of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import UTC, datetime

from sqlalchemy import insert, select

from compliance.ledger import store, troubles
from compliance.ledger.archive import open_archive
from compliance.ledger.checkpoint import Checkpoint, verified
from compliance.ledger.committer import Committer, Recorded
from compliance.ledger.entry import DecisionRecord, IdempotencyKey
from compliance.ledger.errors import LedgerError, NotRecordedError
from compliance.ledger.feed_rows import Move, Place, pointed
from compliance.ledger.note import Note, Verifier
from compliance.ledger.opening import Opened, open_log
from compliance.ledger.packing import learned, name_of
from compliance.ledger.proof import Receipt
from compliance.ledger.queue import Draft, Waiting
from compliance.ledger.readiness import Readiness
from compliance.ledger.reading import Entry, Reader
from compliance.ledger.report import Report
from compliance.ledger.settings import LedgerSettings
from compliance.ledger.verify import Progress, verify
from compliance.ledger.verify_dictionaries import DICTIONARY_KIND
from compliance.ledger.verify_rows import RULESET_KIND, source_digest
from compliance.ledger.witness import Witness
from compliance.ledger.writer import Figures, Writer


class Ledger:
    """An open log; made by `open`, ended by `close`."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._committer = Committer(
            opened.database, opened.subjects, opened.keyring, opened.epoch, opened.settings, opened.trusted
        )
        self._committer.publish()
        self._writer = Writer(self._committer, opened.settings)
        self.readiness = Readiness(opened, self._writer, lambda: self.checkpoint)
        """Whether a record could be made durable now."""
        self._rulesets: set[str] = set()
        self._turn: asyncio.AbstractEventLoop | None = None
        """The loop at the end of whose turn the writer will be woken."""
        self.readers = [Reader(opened.database, opened.subjects, epoch) for epoch in range(opened.epoch, 0, -1)]
        """Readers of the log and, after it, of those of earlier epochs."""
        self.reader = self.readers[0]

    @classmethod
    def open(cls, settings: LedgerSettings) -> Ledger:
        """Open the log that the settings name, starting it in an empty database.

        Raises `LedgerForkedError` when the database is not the continuation of what was signed,
        `LedgerUnavailableError` when the database or the folder cannot be read or written, `LedgerError` when it
        is another log or another key.
        """
        with troubles.said():
            opened = open_log(settings)
            try:
                return cls(opened)
            except BaseException:
                opened.close()
                raise

    def record(self, record: DecisionRecord, idempotency: IdempotencyKey | None = None) -> Awaitable[Recorded]:
        """Record a decision; to be awaited in the running event loop. Raises as `append`, or when awaited."""
        waiting: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
        self.enqueue(record, idempotency, waiting)
        return waiting

    def enqueue(self, record: DecisionRecord, idempotency: IdempotencyKey | None, waiting: Waiting[Recorded]) -> None:
        """Record a decision; `waiting` is told on the running event loop. Raises as `append`.

        The writer is woken at the end of the turn, so that what one turn of the loop brings shares a transaction, and
        the two threads do not take the interpreter from each other for every record.
        """
        loop = asyncio.get_running_loop()
        self._writer.queue.put(Draft(record, idempotency, waiting, loop), wake=False)
        if self._turn is not loop:
            self._turn = loop
            loop.call_soon(self._end_turn, loop)

    def _end_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._turn is loop:
            self._turn = None
        self._writer.queue.wake()

    def append(
        self,
        record: DecisionRecord,
        idempotency: IdempotencyKey | None = None,
        *,
        erases: str | None = None,
        feed: Move | None = None,
    ) -> Future[Recorded]:
        """Record a decision from a thread; the future holds what is answered, or why nothing is.

        Raises `LedgerBusyError` at once when the queue is full, `LedgerForkedError` or `LedgerClosedError` when nothing
        is appended any more. `erases` names a pseudonym whose key is destroyed together with this entry, `feed` the one
        that this entry states from now on; the future then holds `OvertakenError` where another feed was moved first.
        """
        waiting: Future[Recorded] = Future()
        self._writer.queue.put(Draft(record, idempotency, waiting, erases=erases, feed=feed))
        return waiting

    def keep_ruleset(self, digest: str, source: bytes) -> None:
        """Store the source of a ruleset, once, and have the log commit to it; replay reads it back by its digest.

        Waits for the log, so not to be called on an event loop. Raises `LedgerError` when another source is stored
        under the digest.
        """
        if digest in self._rulesets:
            return
        with self._opened.database.write() as connection:
            store.lock(connection)  # two nodes that start at once keep the same source
            known = select(store.RULESET.c.source).where(store.RULESET.c.digest == digest)
            row = connection.execute(known).first()
            if row is None:
                stored = {"digest": digest, "source": source}
                connection.execute(insert(store.RULESET), [stored])
            elif bytes(row.source) != source:
                raise LedgerError(f"another source is stored under the ruleset digest `{digest}`")
        known_digests = {entry.public.get("digest") for entry in self.reader.events([RULESET_KIND])}
        if digest not in known_digests:
            public = {"digest": digest, "source": source_digest(source)}
            self.append(DecisionRecord(public, {}, None, digest, b"", b"", RULESET_KIND)).result()
        self._rulesets.add(digest)

    def pack_by(self, ruleset: str, samples: Callable[[], Sequence[bytes]]) -> None:
        """Pack personal parts from now on by what frames like the `samples`, made under a ruleset, have in common.

        They are asked for once in the life of a log. What is learned from them is kept for ever, so they must be about
        nobody; where they are too few, nothing is packed. Waits for the log, as `keep_ruleset` does.
        """
        database = self._opened.database
        with database.read() as connection:
            known = store.dictionary_of(connection, ruleset)
        if known is None:
            made = learned(samples())
            if made is None:
                return
            with database.write() as connection:
                store.lock(connection)  # of two nodes that start at once, both use what the first one learned
                known = store.dictionary_of(connection, ruleset)
                if known is None:
                    known = made
                    store.add_dictionary(connection, name_of(made), ruleset, made)
        public = {"name": name_of(known).hex(), "ruleset": ruleset, "content": source_digest(known)}
        if public["name"] not in {entry.public.get("name") for entry in self.reader.events([DICTIONARY_KIND])}:
            self.append(DecisionRecord(public, {}, None, ruleset, b"", b"", DICTIONARY_KIND)).result()
        self._opened.subjects.packing.use(known)

    def ruleset(self, digest: str) -> bytes:
        """Return the source of a ruleset; raises `NotRecordedError` when it was never stored."""
        with self._opened.database.read() as connection:
            return store.ruleset(connection, digest)

    def feeds(self) -> dict[str, Place]:
        """Return the entry (epoch, index) that states each feed now."""
        with self._opened.database.read() as connection:
            return pointed(connection)

    def cosign(self, witness: Witness) -> str:
        """Have the newest checkpoint cosigned by a witness and keep it; returns it with the cosignature.

        Raises `WitnessError`. To be called now and then, by a thread that may wait for the network.
        """
        known = [key.verifier for key in self._opened.keyring.keys]
        note = witness.cosign(self.reader, self.checkpoint, known)
        seen = verified(note, known, [witness.verifier])
        at = datetime.fromtimestamp(seen.witnesses[-1][1], UTC)
        size = seen.checkpoint.size
        with self._opened.database.write() as connection:
            store.lock(connection)
            store.add_checkpoint(connection, self._opened.epoch, size, note, at, witnessed=True)
        return note

    def receipt(self, index: int) -> Receipt:
        """Return the proof of an entry against the newest witnessed checkpoint that covers it, else against our own.

        Raises `NotRecordedError` when the log has no such entry.
        """
        witnessed = self.reader.witnessed_checkpoint()
        if witnessed is not None and index < Checkpoint.of_text(Note.of_text(witnessed).text).size:
            return self.reader.receipt(index, witnessed)
        return self.reader.receipt(index, self.checkpoint)

    def decision(self, decision_id: str) -> tuple[Reader, Entry]:
        """Return the entry of a decision, of whatever epoch, and the reader of its log; raises `NotRecordedError`."""
        for reader in self.readers[:-1]:
            with suppress(NotRecordedError):
                return reader, reader.decision(decision_id)
        return self.readers[-1], self.readers[-1].decision(decision_id)

    def receipt_of(self, entry: Entry) -> Receipt:
        """Return the proof of an entry of whatever epoch, as `receipt` does.

        Of an earlier one only what was signed then counts: raises `NotRecordedError` when no such checkpoint was kept.
        """
        if entry.epoch == self._opened.epoch:
            return self.receipt(entry.index)
        reader = self.readers[self._opened.epoch - entry.epoch]
        note = reader.covering_checkpoint(entry.index)
        if note is None:
            raise NotRecordedError("no checkpoint of that epoch was kept that covers it: its answer carried the proof")
        return reader.receipt(entry.index, note)

    def verify(self, progress: Progress | None = None) -> Report:
        """Check everything that is stored, of every epoch; see `compliance.ledger.verify`."""
        archive = open_archive(self._opened.settings)
        try:
            return verify(archive, progress=progress)
        finally:
            archive.close()

    @property
    def settings(self) -> LedgerSettings:
        """What it was opened with."""
        return self._opened.settings

    @property
    def verifier(self) -> Verifier:
        """The public key of the log in use, which outsiders verify receipts with."""
        return self._opened.keyring.newest.verifier

    @property
    def checkpoint(self) -> str:
        """The newest checkpoint that this node signed."""
        return self._committer.checkpoint or ""

    @property
    def stopped(self) -> LedgerError | None:
        """Why nothing is appended any more; None while all is well."""
        return self._writer.stopped

    @property
    def waiting(self) -> int:
        """How many records wait to be written."""
        return len(self._writer.queue)

    @property
    def figures(self) -> Figures:
        """What the writer has done so far."""
        return self._writer.figures

    def pseudonym(self, subject_id: str) -> str:
        """Return what stands for a person in the log."""
        return self._opened.subjects.pseudonym(subject_id)

    def close(self) -> None:
        """Write what waits, keep the last checkpoint, and close the databases."""
        self._writer.close()
        self._opened.close()
