"""Count what the service does, for Prometheus.

Invariant: a label is a word of ours (a route, a status, an outcome, an action of the vocabulary), never a client's text
and never a fact about a person.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client.core import Metric

    from compliance.gate.answer import Tally
    from compliance.gate.feeding import Feeding
    from compliance.gate.shelf import Shelved
    from compliance.ledger.ledger import Ledger
    from compliance.vocabulary.facts import Vocabulary

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)


class LedgerFigures(Collector):
    """What a ledger has done so far."""

    def __init__(self, find: Callable[[], Ledger | None]) -> None:
        """Take what gives the ledger, `None` while it is not open."""
        self._find = find

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they are now."""
        ledger = self._find()
        says = "1 while the log is open: 0 where it cannot be opened, or is not the one that was signed"
        yield GaugeMetricFamily("compliance_ledger_open", says, value=float(ledger is not None))
        if ledger is None:
            return
        done = ledger.figures
        counters = {
            "groups": (done.groups, "transactions that made records durable"),
            "records": (done.records, "records made durable"),
            "failures": (done.failures, "groups that could not be made durable, and were not answered"),
        }
        for name, (value, says) in counters.items():
            yield CounterMetricFamily(f"compliance_ledger_{name}", says, value=value)
        gauges = {
            "waiting": (ledger.waiting, "records that wait to be written"),
            "largest_group": (done.largest_group, "most records in one transaction"),
            "stopped": (ledger.stopped is not None, "1 once the log is not the one that was signed"),
        }
        for name, (number, says) in gauges.items():
            yield GaugeMetricFamily(f"compliance_ledger_{name}", says, value=float(number))


class FeedFigures(Collector):
    """Until when what feeds state counts."""

    def __init__(self, feeding: Feeding) -> None:
        """Take what follows the feeds."""
        self._feeding = feeding

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they are now."""
        says = "until when what a feed states counts, in seconds of Unix time"
        until = GaugeMetricFamily("compliance_feed_valid_until_seconds", says, labels=("feed",))
        for feed in self._feeding.known:
            if feed.valid_until is not None:
                until.add_metric((feed.name,), feed.valid_until.timestamp())
        yield until


class Tallies(Collector):
    """What the service has done so far, in plain numbers: a counter of the library takes a lock for each step.

    Invariant: one thread counts, the one with the event loop.
    """

    def __init__(self) -> None:
        """Start at zero."""
        self.requests: dict[tuple[str, int], int] = {}
        """By route and status."""
        self.seconds: dict[str, list[float]] = {}
        """By route: answers in each of the buckets, then those slower than all of them, then the sum of seconds."""
        self.decisions: dict[Tally, int] = {}
        """By action, outcome and binding."""

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they are now."""
        requests = CounterMetricFamily(
            "compliance_requests", "requests answered, by route and status", labels=("route", "status")
        )
        for (path, status), count in self.requests.items():
            requests.add_metric((path, str(status)), count)
        yield requests
        seconds = HistogramMetricFamily("compliance_request_seconds", "time to answer", labels=("route",))
        for route, (*counts, total) in self.seconds.items():
            upto = accumulate(counts)
            buckets = [(_edge(edge), count) for edge, count in zip((*_SECONDS, inf), upto, strict=True)]
            seconds.add_metric((route,), buckets, sum_value=total)
        yield seconds
        decisions = CounterMetricFamily(
            "compliance_decisions", "decisions taken", labels=("action", "outcome", "binding")
        )
        for (action, outcome, binding), count in self.decisions.items():
            decisions.add_metric((action, outcome.value, "true" if binding else "false"), count)
        yield decisions


def _edge(seconds: float) -> str:
    return "+Inf" if seconds == inf else str(seconds)


class Metrics:
    """The counters of one app."""

    def __init__(self) -> None:
        """Start at zero."""
        self.registry = CollectorRegistry()
        self._tallies = Tallies()
        self.registry.register(self._tallies)
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

    def watch(self, find: Callable[[], Ledger | None], feeding: Feeding) -> None:
        """Count what a ledger does, too, and its feeds; the figures are read when they are asked for."""
        self.registry.register(LedgerFigures(find))
        self.registry.register(FeedFigures(feeding))

    def request(self, route: str, status: int, seconds: float) -> None:
        """Count one request to a route of ours."""
        tallies, key = self._tallies, (route, status)
        tallies.requests[key] = tallies.requests.get(key, 0) + 1
        counts = tallies.seconds.get(route)
        if counts is None:
            counts = tallies.seconds[route] = [0.0] * (len(_SECONDS) + 2)
        counts[bisect_left(_SECONDS, seconds)] += 1
        counts[-1] += seconds

    def decided(self, taken: Tally, vocabulary: Vocabulary, count: int = 1) -> None:
        """Count decisions that are counted alike; an action that the vocabulary lacks is counted as `unknown`."""
        decisions = self._tallies.decisions
        if taken not in decisions and taken[0] not in vocabulary.all_actions():
            taken = ("unknown", *taken[1:])
        decisions[taken] = decisions.get(taken, 0) + count

    def exposition(self, shelved: Shelved) -> bytes:
        """Return all counters in Prometheus's text format."""
        self._loaded.set(shelved.loaded_at.timestamp())
        self._trouble.set(0 if shelved.trouble is None else 1)
        return generate_latest(self.registry)
