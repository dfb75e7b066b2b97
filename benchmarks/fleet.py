"""Engines in processes of their own, asked one at a time; whatever goes wrong with one becomes its result."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.engines import ADAPTERS, Adapter
from benchmarks.worker import serve


@dataclass(slots=True)
class Member:
    """One engine in one form, with its process and what is known of it."""

    adapter: Adapter
    form: str
    found: dict[str, Any] = field(default_factory=dict)
    failure: str | None = None
    _process: Any = None
    _connection: Any = None

    @property
    def title(self) -> str:
        """The name with the form."""
        return f"{self.adapter.name} {self.form}"

    def start(self, path: Path, timeout: float) -> None:
        """Start the process and load the engine; a failure is kept, not raised."""
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, str(path), self.adapter, self.form), daemon=True)
        self._process.start()
        theirs.close()
        self.found |= self.ask("load", timeout=timeout) or {}

    def ask(self, method: str, *arguments: Any, timeout: float) -> Any:
        """Ask for one thing; `None` when the engine has failed, now or before."""
        if self.failure is not None:
            return None
        try:
            self._connection.send((method, arguments))
            if not self._connection.poll(timeout):
                self.fail(f"{method} took longer than {timeout:.0f} s")
                return None
            state, value = self._connection.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            self._process.join(5)
            self.fail(f"its process died in {method}, exit code {self._process.exitcode}")
            return None
        if state == "error":
            self.fail(str(value))
            return None
        return value

    def fail(self, reason: str) -> None:
        """Keep the reason and stop the process."""
        self.failure = reason
        self.stop()

    def stop(self) -> None:
        """End the process."""
        if self._process is not None and self._process.is_alive():
            self._process.kill()
            self._process.join(5)


def members(names: list[str] | None, *, growing: bool = False) -> list[Member]:
    """List the engines in each of their forms; `names` are names or modules, none is all."""
    return [
        Member(adapter, form)
        for adapter in ADAPTERS
        if not names or adapter.name in names or adapter.module in names
        for form in (adapter.growing if growing else adapter.forms)
    ]
