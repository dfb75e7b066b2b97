"""Count what the service does, for Prometheus.

Invariant: a label is a word of ours (a route, a status, an outcome, an action of the vocabulary), never a client's text
and never a fact about a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.core import Metric

    from compliance.engine.decision import Outcome
    from compliance.gate.answer import Answer
    from compliance.gate.shelf import Shelved
    from compliance.ledger.ledger import Ledger

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)


class LedgerFigures(Collector):
    """What a ledger has done so far."""

    def __init__(self, ledger: Ledger) -> None:
        """Take an open ledger."""
        self._ledger = ledger

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they are now."""
        done = self._ledger.figures
        counters = {
            "groups": (done.groups, "transactions that made records durable"),
            "records": (done.records, "records made durable"),
            "failures": (done.failures, "groups that could not be made durable, and were not answered"),
        }
        for name, (value, says) in counters.items():
            yield CounterMetricFamily(f"compliance_ledger_{name}", says, value=value)
        gauges = {
            "waiting": (self._ledger.waiting, "records that wait to be written"),
            "largest_group": (done.largest_group, "most records in one transaction"),
            "stopped": (self._ledger.stopped is not None, "1 once the log is not the one that was signed"),
        }
        for name, (number, says) in gauges.items():
            yield GaugeMetricFamily(f"compliance_ledger_{name}", says, value=float(number))


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
        # Finding a counter by its labels costs more than counting.
        self._by_route: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self._by_decision: dict[tuple[str, Outcome, bool], Counter] = {}
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

    def watch(self, ledger: Ledger) -> None:
        """Count what a ledger does, too; its figures are read when they are asked for."""
        self.registry.register(LedgerFigures(ledger))

    def request(self, route: str, status: int, seconds: float) -> None:
        """Count one request to a route of ours."""
        counters = self._by_route.get((route, status))
        if counters is None:
            counters = self._by_route[route, status] = (
                self._requests.labels(route, str(status)),
                self._seconds.labels(route),
            )
        counters[0].inc()
        counters[1].observe(seconds)

    def decided(self, answers: Iterable[Answer], actions: frozenset[str]) -> None:
        """Count decisions; an action that the vocabulary lacks is counted as `unknown`."""
        for answer in answers:
            key = (answer.request.action, answer.decision.outcome, answer.binding)
            counter = self._by_decision.get(key)
            if counter is None:
                action = key[0] if key[0] in actions else "unknown"
                counter = self._decisions.labels(action, answer.decision.outcome.value, str(answer.binding).lower())
                if action != "unknown":
                    self._by_decision[key] = counter
            counter.inc()

    def exposition(self, shelved: Shelved) -> bytes:
        """Return all counters in Prometheus's text format."""
        self._loaded.set(shelved.loaded_at.timestamp())
        self._trouble.set(0 if shelved.trouble is None else 1)
        return generate_latest(self.registry)
