"""Figures for Prometheus, one registry for each application; `/metrics` shows them (`api.operation.monitoring`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

if TYPE_CHECKING:
    from api.operation.query_log import QueryRecord

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_MEGABYTE = 1024**2
_MEMORY = tuple(size * _MEGABYTE for size in (32, 64, 128, 256, 512, 1024, 2048, 4096))


class Metrics:
    """Counters of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        own = self.registry
        ProcessCollector(registry=own)
        self.requests = Counter("vekha_requests", "Requests answered", ("method", "route", "status"), registry=own)
        self.request_seconds = Histogram(
            "vekha_request_seconds", "Time until the last byte", ("route",), buckets=_SECONDS, registry=own
        )
        self.queries = Counter(
            "vekha_queries", "Queries by what became of them", ("kind", "role", "status"), registry=own
        )
        self.query_seconds = Histogram(
            "vekha_query_seconds", "Time of a query", ("kind",), buckets=_SECONDS, registry=own
        )
        self.query_memory = Histogram(
            "vekha_query_peak_memory_bytes", "Peak memory of a query's process", buckets=_MEMORY, registry=own
        )
        self.query_rows = Counter("vekha_query_rows", "Rows of answers", registry=own)
        self.query_bytes = Counter("vekha_query_bytes", "Bytes of answers", registry=own)
        asked: tuple[str, ...] = ("service",)
        self.service_calls = Counter("vekha_service_calls", "Calls of other services", asked, registry=own)
        self.service_hits = Counter("vekha_service_cache_hits", "Calls answered from the cache", asked, registry=own)
        self.service_failures = Counter("vekha_service_failures", "Calls without an answer", asked, registry=own)
        self.service_seconds = Counter("vekha_service_seconds", "Time that services took", asked, registry=own)
        self.service_rows = Counter("vekha_service_rows", "Rows that services gave", asked, registry=own)
        self.service_bytes = Counter("vekha_service_bytes", "Bytes that services sent", asked, registry=own)
        self.over_budget = Counter("vekha_over_budget", "Requests refused because a budget was used up", registry=own)
        self.running = Gauge("vekha_running_queries", "Queries that run or wait", registry=own)
        self.version = Gauge("vekha_data_version", "Newest data version", registry=own)
        self.cache_hits = Gauge("vekha_cache_hits", "Answers found in the cache since the start", registry=own)
        self.cache_misses = Gauge("vekha_cache_misses", "Answers not found in the cache since the start", registry=own)
        self.cache_bytes = Gauge("vekha_cache_bytes", "Bytes taken by the cache of answers", registry=own)
        self.workers = Gauge("vekha_query_processes", "Living processes for queries", registry=own)

    def count(self, record: QueryRecord) -> None:
        """A query has ended."""
        self.queries.labels(record.kind, record.role, record.status).inc()
        self.query_seconds.labels(record.kind).observe(record.seconds)
        self.query_rows.inc(record.rows or 0)
        self.query_bytes.inc(record.bytes or 0)
        if record.peak_memory is not None:
            self.query_memory.observe(record.peak_memory)
        counters = {
            "calls": self.service_calls,
            "cached": self.service_hits,
            "failed": self.service_failures,
            "seconds": self.service_seconds,
            "rows": self.service_rows,
            "bytes": self.service_bytes,
        }
        for name, figures in (record.services or {}).items():
            for figure, counter in counters.items():
                counter.labels(name).inc(figures[figure])

    def text(self) -> bytes:
        """All figures in the text format of Prometheus."""
        return generate_latest(self.registry)
