"""Say who asks: the person whom a proxy that authenticates names in a header, where one is trusted.

The service itself knows nobody. Invariant: where a header is trusted, nobody acts under another name than the one in
it, and nobody without one: whoever reaches the service past the proxy acts as nobody.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance.api.problems import Fault, Stopped

if TYPE_CHECKING:
    from starlette.requests import Request

LONGEST: Final = 500
"""Characters of a name: it is public for ever."""
HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
"""What can name a header (RFC 9110, section 5.1)."""


def is_name(value: object) -> bool:
    """Say whether `value` can stand in the log for who did something."""
    return isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST and value.isprintable()


def person_in(request: Request, header: str | None) -> str | None:
    """Return the person whom the trusted `header` names, `None` where none is trusted; raise `Stopped` without one."""
    if header is None:
        return None
    values = request.headers.getlist(header)
    if len(values) != 1:
        what = "is missing" if not values else "is given twice: the proxy has to overwrite what a client sends"
        raise Stopped("nobody-named", Fault(f"the header `{header}` {what}"))
    try:
        # The framework reads headers as Latin-1; proxies write names in UTF-8.
        name = values[0].encode("latin-1").decode("utf-8").strip()
    except UnicodeDecodeError:
        name = ""
    if not is_name(name):
        raise Stopped("nobody-named", Fault(f"the header `{header}` names nobody"))
    return name
