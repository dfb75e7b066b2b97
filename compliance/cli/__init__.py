"""The command line: check, ask, draw, serve and keep a rulebook."""

from compliance.cli.app import main

__all__ = ["main"]
