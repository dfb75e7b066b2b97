"""A group of drafts -> one durable transaction -> one outcome per draft.

The order is the promise: seal; lock the log; resolve idempotency keys; append; commit; and only then sign, publish the
checkpoint, and return. Whatever fails before the commit leaves nothing; whatever fails after it answers nobody, and a
retry under the same idempotency key finds the record.
Invariant: only one thread at a time calls `commit`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import Connection

from compliance.ledger import feed_rows, kept, merkle, store
from compliance.ledger.canonical import CanonicalError
from compliance.ledger.checkpoint import Checkpoint
from compliance.ledger.entry import (
    DecisionRecord,
    SealedEntry,
    frame_of,
    open_personal,
    seal,
    seal_frame,
    stamped,
)
from compliance.ledger.errors import (
    EntryTooLargeError,
    IdempotencyConflictError,
    LedgerError,
    LedgerForkedError,
    OvertakenError,
)
from compliance.ledger.keyring import KEY_KIND, Keyring, log_keys
from compliance.ledger.proof import proofs, receipt_json, receipt_text, rest_json
from compliance.ledger.queue import Draft
from compliance.ledger.settings import LedgerSettings
from compliance.ledger.store import Claim, EntryRow, Head
from compliance.ledger.subjects import SubjectKey, Subjects
from compliance.ledger.tree import Edge, Growth
from compliance.storage.database import Database
from compliance.storage.held import Held

_KEEP_EVERY = timedelta(seconds=1)
_SYNC_EVERY = 1.0
"""Seconds, of a clock that nobody sets back: log time may stand still for long."""
_PURGE_EVERY = timedelta(minutes=1)
_PATIENCE = 5


class Recorded(msgspec.Struct, frozen=True, gc=False):
    """What is answered: the response that is on record, where it is recorded, and the proof of that."""

    response: bytes
    epoch: int
    index: int
    entry: bytes
    own: Sequence[bytes]
    """The beginning of the path to the root."""
    above: Sequence[bytes]
    """The rest of it, which neighbours of one group share."""
    checkpoint: str
    rest: bytes
    """The JSON of what they share of their receipts."""
    replayed: bool = False
    """Whether the idempotency key had been answered before, with these same bytes."""

    @property
    def path(self) -> Sequence[bytes]:
        """The inclusion path of the entry."""
        return [*self.own, *self.above]

    @property
    def receipt(self) -> str:
        """The `tlog-proof` of the entry against the log's own checkpoint."""
        return receipt_text(self.entry, self.index, self.path, self.checkpoint)

    @property
    def receipt_json(self) -> bytes:
        """The same as a JSON text."""
        return receipt_json(self.entry, self.index, self.own, self.rest)


@dataclass(slots=True)
class _Work:
    """One draft inside a group: sealed, refused, or answered by an earlier record."""

    draft: Draft[Recorded]
    frame: bytes = b""
    sealed: SealedEntry | None = None
    second: SealedEntry | None = None
    claim: bytes | None = None
    request: bytes = b""
    outcome: Recorded | Exception | None = None
    same_as: _Work | None = None
    index: int = -1
    entry: bytes = b""


class Committer:
    """Appends groups to one log; keeps the tree's right edge in memory between groups.

    `trusted` is the newest checkpoint that is known to have been signed: the stored log must continue it.
    """

    def __init__(
        self,
        database: Database,
        subjects: Subjects,
        keyring: Keyring,
        epoch: int,
        settings: LedgerSettings,
        trusted: Checkpoint | None = None,
    ) -> None:
        self._database, self._subjects, self._keyring = database, subjects, keyring
        self._held = Held(database)
        self._epoch, self._settings = epoch, settings
        self._edge: Edge | None = None
        self._erasures = -1
        self._unkept: tuple[int, str, datetime] | None = None
        self._signed = trusted
        self._kept_at = self._purged_at = datetime.min.replace(tzinfo=UTC)
        self._synced_at = -math.inf
        self.checkpoint: str | None = None
        """The newest checkpoint that this node signed."""

    def commit(self, drafts: Sequence[Draft[Recorded]]) -> list[Recorded | Exception]:
        """Record the drafts in one transaction; returns one outcome for each, in order.

        Raises `LedgerError` or the database's error when nothing can be answered.
        """
        named = [self._named(draft.record) for draft in drafts]
        for left in reversed(range(_PATIENCE)):
            works = self._sealed(drafts, named)
            try:
                if self._recorded(works):
                    return [self._outcome(work) for work in works]
            except self._database.conflicts:
                # Somebody else was first with a row: nothing of the group is recorded, and all is read anew.
                if not left:
                    raise
                self.forget_edge()
        raise LedgerError("persons are being erased faster than records can be sealed")

    def publish(self) -> str:
        """Sign and publish where the log stands now, having appended nothing; returns the note."""
        with self._database.write() as connection:
            store.lock(connection)
            head = store.read_head(connection, self._epoch)
            edge = self._caught_up(connection, head)
        self._edge = edge
        return self._publish(head.size, head.root, head.recorded_at)

    def keep(self) -> None:
        """Keep the newest checkpoint in the database and on the disk."""
        if self._unkept is not None:
            with self._database.write() as connection:
                self._keep(connection, self._unkept[2] + _KEEP_EVERY)
        if self.checkpoint is not None:
            kept.keep(self._settings.checkpoint_path, self.checkpoint, durable=True)

    def close(self) -> None:
        """Give back the connection that groups are written on; to be called where they were."""
        self._held.close()

    # ------------------------------------------------------------------------------------------ before the lock

    def _sealed(self, drafts: Sequence[Draft[Recorded]], named: Sequence[list[str]]) -> list[_Work]:
        keys = self._subjects.keys(name for names in named for name in names)
        works = [_Work(draft) for draft in drafts]
        for work, names in zip(works, named, strict=True):
            try:
                work.frame = frame_of(work.draft.record, keys[names[-1]] if names[-1] != names[0] else None)
            except CanonicalError as error:
                work.outcome = error
        packed = self._subjects.packing.pack([work.frame for work in works])
        for work, names, part in zip(works, named, packed, strict=True):
            if work.outcome is None:
                self._seal(work, names, keys, part)
        return works

    def _seal(self, work: _Work, names: list[str], keys: Mapping[str, SubjectKey], packed: bytes | None) -> None:
        """Seal one, in the name of its person or of both, and blind its idempotency key."""
        record, last = work.draft.record, names[-1]
        try:
            if record.second is not None:
                work.second = seal(record.second, last, keys[last])
            work.sealed = seal_frame(record, names[0], keys[names[0]], work.frame, packed)
        except (CanonicalError, EntryTooLargeError) as error:
            work.outcome = error
            return
        name = work.draft.idempotency
        if name is not None:
            work.claim = self._subjects.blind("idempotency", f"{name.owner}\x00{name.key}".encode())
            asked = record.request if name.request is None else name.request
            work.request = self._subjects.blind("request", asked)

    def _named(self, record: DecisionRecord) -> list[str]:
        """Return the pseudonyms of the one or two persons that a record is about."""
        persons = [record.subject_id] if record.second is None else [record.subject_id, record.second.subject_id]
        return [self._subjects.pseudonym(person) for person in persons]

    # ------------------------------------------------------------------------------------------- under the lock

    def _recorded(self, works: list[_Work]) -> bool:
        """Append what is to be appended and commit; False when keys have changed and all must be sealed again."""
        with self._held.write() as connection:
            head = store.locked_head(connection, self._epoch)
            if head.erasures != self._erasures:
                stale, self._erasures = self._erasures >= 0, head.erasures
                self._subjects.forget()
                if stale:
                    return False
            edge = self._caught_up(connection, head)
            # Invariant: log time never goes backwards, whatever the machine's clock does.
            at = max(self._settings.clock(), head.recorded_at)
            self._resolve(connection, works, at, head)
            _check_feeds(connection, works)
            growth = self._append(connection, works, edge, head, at)
        self._edge = edge
        if growth is not None:
            self._edge = growth.after
            self._erasures += sum(work.draft.erases is not None for work in works if work.index >= 0)
            note = self._publish(growth.size, growth.root, at)
            self._prove([work for work in works if work.index >= 0], growth, note)
        return True

    def _prove(self, works: Sequence[_Work], growth: Growth, note: str) -> None:
        """Give each of what was appended its outcome, with the proof that it is in the tree that was signed."""
        found = proofs(growth, [work.index for work in works], note)
        for work, (own, above, rest) in zip(works, found, strict=True):
            response = work.draft.record.response
            work.outcome = Recorded(response, self._epoch, work.index, work.entry, own, above, note, rest)

    def _caught_up(self, connection: Connection, head: Head) -> Edge:
        """Return the edge of the stored tree, having checked that it continues what this node knows and signed."""
        edge, signed = self._edge, self._signed
        if (edge is None or edge.size < head.size) and self._keyring.since != (
            store.last_of(connection, self._epoch, KEY_KIND) or 0
        ):
            self._keyring.load(log_keys(connection, self._epoch))
        if edge is None:
            if signed is not None:
                check_continues(connection, self._epoch, head, signed)
            edge = store.read_edge(connection, self._epoch, head.size)
        elif edge.size < head.size:
            count = head.size - edge.size
            edge = edge.grow(store.leaf_hashes(connection, self._epoch, edge.size, count)).after
        if edge.size != head.size or (edge is not self._edge and edge.root() != head.root):
            if signed is not None:
                check_continues(connection, self._epoch, head, signed)  # says it in more detail
            raise LedgerForkedError("the stored entries do not give the root that the log states")
        if signed is not None and signed.size == head.size and signed.root != head.root:
            raise LedgerForkedError("the log has another root than the one that was signed")
        return edge

    def _resolve(self, connection: Connection, works: list[_Work], at: datetime, head: Head) -> None:
        """Answer the drafts whose idempotency key is taken: by an earlier record, or earlier in this group."""
        claims = store.read_claims(connection, [work.claim for work in works if work.claim is not None], at)
        first: dict[bytes, _Work] = {}
        for work in works:
            if work.claim is None or work.outcome is not None:
                continue
            taken = claims.get(work.claim)
            if taken is not None:
                work.outcome = self._answered(connection, taken, work.request, head)
            elif (other := first.setdefault(work.claim, work)) is not work:
                if other.request == work.request:
                    work.same_as = other
                else:
                    work.outcome = _conflict()

    def _answered(self, connection: Connection, claim: Claim, request: bytes, head: Head) -> Recorded | Exception:
        """Return the bytes that were answered before, with the receipt that was given then.

        Where the key that signed it is gone since, with a receipt of now.
        """
        if claim.request != request:
            return _conflict()
        if claim.epoch != self._epoch:
            return IdempotencyConflictError("the idempotency key was used before this epoch of the log")
        stored = store.entries(connection, claim.epoch, claim.index, claim.index + 1)[0]
        try:
            personal = open_personal(stored.entry, stored.sealed or b"", self._subjects)
        except LedgerError as error:
            return error
        node = store.nodes(connection, claim.epoch)
        size = claim.size if self._keyring.at(claim.size) is not None else head.size
        path = tuple(merkle.inclusion_path(claim.index, size, node))
        note = self._note(size, merkle.root(size, node))
        rest = rest_json(path, note)
        return Recorded(personal.response, claim.epoch, claim.index, stored.entry, (), path, note, rest, replayed=True)

    def _append(
        self, connection: Connection, works: list[_Work], edge: Edge, head: Head, at: datetime
    ) -> Growth | None:
        winners = [work for work in works if work.outcome is None and work.same_as is None]
        if not winners:
            return None
        stamp = stamped(at)
        rows: list[EntryRow] = []
        for work in winners:
            work.index = edge.size + len(rows)
            for sealed in (work.sealed, work.second):
                if sealed is not None:
                    index = edge.size + len(rows)
                    rows.append((index, sealed.kind, sealed.decision_id, sealed.at(stamp), sealed.sealed))
            work.entry = rows[work.index - edge.size][3]
        growth = edge.grow([merkle.leaf_hash(row[3]) for row in rows])
        store.add_entries(connection, self._epoch, at, rows)
        store.add_tiles(connection, self._epoch, growth.tiles)
        claims = [(work.claim, work.index, work.request) for work in winners if work.claim is not None]
        store.add_claims(connection, at + self._settings.idempotency, self._epoch, growth.size, claims)
        erased = [work.draft.erases for work in winners if work.draft.erases]
        store.write_head(connection, self._epoch, Head(growth.size, growth.root, at, head.erasures + len(erased)))
        feeds = {work.draft.feed.name: work.index for work in winners if work.draft.feed}
        if feeds:
            feed_rows.point(connection, self._epoch, feeds)
        self._keep(connection, at)
        if at - self._purged_at >= _PURGE_EVERY:
            store.purge_claims(connection, at)
            self._purged_at = at
        # Invariant: a key is destroyed under the log's lock, so that no node seals with it afterwards.
        for pseudonym in erased:
            self._subjects.erase(pseudonym)
        return growth

    # ---------------------------------------------------------------------------------------- after the commit

    def _publish(self, size: int, root: bytes, at: datetime) -> str:
        note = self._note(size, root)
        now = time.monotonic()
        durable = now - self._synced_at >= _SYNC_EVERY
        kept.keep(self._settings.checkpoint_path, note, durable=durable)
        if durable:
            self._synced_at = now
        self._signed = Checkpoint(self._keyring.newest.name, size, root)
        self.checkpoint = note
        self._unkept = (size, note, at)
        return note

    def _note(self, size: int, root: bytes) -> str:
        signer = self._keyring.at(size) or self._keyring.newest
        return str(Checkpoint(signer.name, size, root).signed([signer]))

    def _keep(self, connection: Connection, at: datetime) -> None:
        """Keep the last published checkpoint in the database, at most one a second."""
        if self._unkept is not None and at - self._kept_at >= _KEEP_EVERY:
            size, note, made_at = self._unkept
            store.add_checkpoint(connection, self._epoch, size, note, made_at, witnessed=False)
            self._kept_at = at

    def forget_edge(self) -> None:
        """Read everything anew with the next group: the last one failed, and may or may not have been committed."""
        self._edge = None

    def _outcome(self, work: _Work) -> Recorded | Exception:
        if work.same_as is None:
            return work.outcome or LedgerError("the record was not written")
        outcome = work.same_as.outcome
        if isinstance(outcome, Recorded):
            return msgspec.structs.replace(outcome, replayed=True)
        return outcome or LedgerError("the record was not written")


def check_continues(connection: Connection, epoch: int, head: Head, signed: Checkpoint) -> None:
    """Return when the stored log contains the signed tree; else raise `LedgerForkedError`."""
    if signed.size > head.size:
        raise LedgerForkedError(
            f"the database holds {head.size} entries, but a checkpoint over {signed.size} was signed: "
            "it was restored from an older copy"
        )
    if merkle.root(signed.size, store.nodes(connection, epoch)) != signed.root:
        raise LedgerForkedError(
            f"the first {signed.size} entries of the database are not those that were signed: "
            "it is another copy, or was edited"
        )


def _check_feeds(connection: Connection, works: Sequence[_Work]) -> None:
    """Have those look again whose feed was not checked against what feeds state now."""
    asked = [(work, work.draft.feed) for work in works if work.draft.feed is not None and work.outcome is None]
    passed = feed_rows.passing(connection, [move for _, move in asked]) if asked else None
    for number, (work, _) in enumerate(asked):
        if number != passed:
            work.outcome = OvertakenError("another feed was put at the same time")


def _conflict() -> IdempotencyConflictError:
    return IdempotencyConflictError("the idempotency key was used for a different request")
