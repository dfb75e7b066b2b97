"""The HTTP service: `create_app` makes it, `compliance.api.serve` runs it."""

from compliance.api.app import create_app

__all__ = ["create_app"]
