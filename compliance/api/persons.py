"""Say who asks: the person whom a proxy that authenticates names in a header, where one is trusted.

The service itself knows nobody. Invariant: where a header is trusted, nobody acts under another name than the one in
it, and nobody without one: whoever reaches the service past the proxy acts as nobody.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from compliance.api.parameters import parameters
from compliance.api.problems import Fault, Stopped
from compliance.api.replies import body_of
from compliance.vocabulary.refusal import escaped, shown
from compliance.vocabulary.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.requests import Request

LONGEST: Final = 500
"""Characters of a name: it is public for ever."""
_HELP: Final = {"by": "say who you are", "reason": "it is public for ever: name nobody in a reason"}
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


async def said(request: Request, header: str | None, *names: str) -> list[str]:
    """Return the texts that a body says under `names`, and nothing else; raise `Stopped` with all that is wrong."""
    body, faults = await signed(request, header, names)
    faults += unsaid(body, names)
    if faults:
        raise Stopped("invalid-request", *faults)
    return [str(body[name]) for name in names]


async def signed(request: Request, header: str | None, names: Iterable[str]) -> tuple[dict[str, Any], list[Fault]]:
    """Return a body with who sends it under `by`, and what is wrong with its names; raise `Stopped` for no object.

    Where a header names who asks, `by` may be left out, and may be nobody else.
    """
    parameters(request)
    person = person_in(request, header)
    body = await body_of(request)
    if not isinstance(body, dict):
        example = ", ".join(f'"{name}": "..."' for name in names)
        raise Stopped("invalid-request", Fault("the body is an object", f"send {{{example}}}", ""))
    faults = [
        Fault(f"{shown(name)} is not a name here", did_you_mean(name, names), f"/{escaped(name)}")
        for name in body
        if name not in names
    ]
    if person is not None:
        if "by" in body and body["by"] != person:
            faults.append(Fault("`by` is not who asks", "leave it out", "/by"))
        body = {**body, "by": person}
    return body, faults


def unsaid(body: Mapping[str, Any], names: Iterable[str]) -> list[Fault]:
    """Return what is wrong with the texts that a body has to say for ever."""
    return [
        Fault(f"`{name}` is a text of 1 to {LONGEST} printable characters", _HELP[name], f"/{name}")
        for name in names
        if not is_name(body.get(name))
    ]
