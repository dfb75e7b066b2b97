"""Count what the service does, for Prometheus.

Invariant: a label is a word of ours (a route, a status, an outcome, an action of the vocabulary), never a client's text
and never a fact about a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.gate.answer import Answer
    from compliance.gate.shelf import Shelved

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)


class Metrics:
    """The counters of one app."""

    def __init__(self) -> None:
        """Start at zero."""
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "compliance_requests", "requests answered, by route and status", ("route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "compliance_request_seconds", "time to answer", ("route",), buckets=_SECONDS, registry=self.registry
        )
        self._decisions = Counter(
            "compliance_decisions", "decisions taken", ("action", "outcome", "binding"), registry=self.registry
        )
        self._loaded = Gauge(
            "compliance_rulebook_loaded_timestamp_seconds",
            "since when the rulebook in force is in force",
            registry=self.registry,
        )
        self._trouble = Gauge(
            "compliance_rulebook_edit_refused",
            "1 while an edit on disk is not taken and an older rulebook answers",
            registry=self.registry,
        )

    def request(self, route: str, status: int, seconds: float) -> None:
        """Count one request to a route of ours."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def decided(self, answers: Iterable[Answer], actions: frozenset[str]) -> None:
        """Count decisions; an action that the vocabulary lacks is counted as `unknown`."""
        for answer in answers:
            action = answer.request.action if answer.request.action in actions else "unknown"
            self._decisions.labels(action, answer.decision.outcome.value, str(answer.binding).lower()).inc()

    def exposition(self, shelved: Shelved) -> bytes:
        """Return all counters in Prometheus's text format."""
        self._loaded.set(shelved.loaded_at.timestamp())
        self._trouble.set(0 if shelved.trouble is None else 1)
        return generate_latest(self.registry)
