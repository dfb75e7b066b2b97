"""What may differ from one installation to the next; everything else is the rulebook."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one app."""

    public_url: str | None = None
    """Where clients reach the service, for instance `https://pdp.example.com`; by default, where they asked."""
    person_header: str | None = None
    """A header in which the proxy before the service names who asks, for instance `X-Forwarded-User`.

    Nothing else may be able to reach the service, and the proxy must overwrite what a client sends. By default persons
    are believed when they say who they are.
    """
