"""Read the `Idempotency-Key` of a request: under the same key the same request gets the same bytes, for a day.

Reference: draft-ietf-httpapi-idempotency-key-header (a structured-field text; the bare form that many clients send is
taken too).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance.api.problems import Fault, Stopped
from compliance.ledger.entry import IdempotencyKey

if TYPE_CHECKING:
    from starlette.requests import Request

HEADER: Final = "Idempotency-Key"
LONGEST: Final = 255
_BARE: Final = re.compile(r"[!#-\[\]-~](?:[ !#-\[\]-~]*[!#-\[\]-~])?").fullmatch
_ANYBODY: Final = "anybody"
"""Owner of every key while the service does not know who asks."""


def key_of(request: Request, raw: bytes) -> IdempotencyKey | None:
    """Return the idempotency key of a request with the body `raw`, or `None`; raise `Stopped` for one that is none."""
    given = request.headers.getlist(HEADER)
    if not given:
        return None
    text = given[0].strip()
    bare = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    if len(given) > 1 or not _BARE(bare) or len(bare) > LONGEST:
        help_ = f"send one text of 1 to {LONGEST} printable ASCII characters without quotes inside, for instance a UUID"
        raise Stopped("invalid-parameter", Fault("the idempotency key cannot be read", help_, parameter=HEADER))
    return IdempotencyKey(_ANYBODY, bare, raw)


def item_key(key: IdempotencyKey | None, index: int) -> IdempotencyKey | None:
    """Return the key of one request in a batch that came under `key`."""
    return None if key is None else IdempotencyKey(key.owner, f"{key.key}\x00{index}", key.request)
