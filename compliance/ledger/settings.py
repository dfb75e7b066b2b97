"""What a ledger needs to know before it opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from compliance.ledger.subjects import KeyWrapper


def utc_now() -> datetime:
    """Return the present instant by the machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """Where a ledger is, what it is called, and its limits.

    `folder` holds what must not be in the database: the signing key, the master key, the newest checkpoint and (for
    SQLite) the key store. Every node of one log needs the same signing key, master key and origin.
    """

    database_url: str
    folder: Path
    origin: str = "localhost/compliance"
    signing_key: Path | None = None
    """A file with the seed of the Ed25519 key; by default `<folder>/signing.key`, made on first start."""
    wrapper: KeyWrapper | None = None
    """What wraps subject keys; by default the master key in `<folder>/master.key`, made on first start."""
    keystore_url: str | None = None
    """Where subject keys live; by default `<folder>/subject-keys.db`, or a schema of the same PostgreSQL."""
    group_limit: int = 512
    """How many records may share a transaction."""
    group_delay: float = 0.0
    """How long, in seconds, a group waits for company. 0 batches naturally: whatever came during the last commit."""
    queue_limit: int = 10_000
    """How many records may wait; the next is refused."""
    queue_bytes: int = 256 * 2**20
    """How many bytes may wait; the next is refused."""
    idempotency: timedelta = timedelta(hours=24)
    cache_limit: int = 20_000
    """How many unwrapped subject keys are kept in memory."""
    clock: Callable[[], datetime] = utc_now

    @property
    def signing_path(self) -> Path:
        """The file of the signing key."""
        return self.signing_key or self.folder / "signing.key"

    @property
    def checkpoint_path(self) -> Path:
        """The file of the newest signed checkpoint."""
        return self.folder / "checkpoint"

    @property
    def keystore(self) -> str:
        """The URL of the store of subject keys."""
        if self.keystore_url is not None:
            return self.keystore_url
        if self.database_url.startswith("postgresql"):
            return self.database_url
        return f"sqlite:///{self.folder / 'subject-keys.db'}"
