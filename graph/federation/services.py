"""Which services queries may ask, what that may cost, and what it did cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


# Media types of answers that are read.
RESULTS: Final = ("application/sparql-results+json", "application/sparql-results+xml")


@dataclass(frozen=True, slots=True)
class Service:
    """A SPARQL endpoint; `local`: it may stand on this machine or in a private network."""

    name: str
    address: str
    local: bool = False


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """
    What one call of a service may cost, and all calls of one query; what is kept of answers.

    Bytes are those of the unpacked answer.  `values`: how many rows of values go along with one call.
    """

    seconds: float = 5.0
    rows: int = 20_000
    bytes: int = 8 * 1024**2
    calls: int = 50
    query_seconds: float = 20.0
    query_rows: int = 100_000
    query_bytes: int = 32 * 1024**2
    values: int = 200
    cache_seconds: float = 3600.0
    cache_bytes: int = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service sent, unpacked; `media_type` is one of `RESULTS`."""

    media_type: str
    body: bytes


NO_LIMITS_CHANGED: Final = ServiceLimits()


@dataclass(slots=True)
class ServiceUse:
    """
    What one service did for one query.

    `cached` of the `calls` were answered from earlier ones, at most `age` seconds old; `failed` ones gave nothing.
    """

    name: str
    calls: int = 0
    cached: int = 0
    failed: int = 0
    rows: int = 0
    bytes: int = 0
    seconds: float = 0.0
    age: int = 0

    def figures(self) -> Mapping[str, float]:
        """The figures by name; seconds and bytes are those of new answers and of all."""
        return {
            "calls": self.calls,
            "cached": self.cached,
            "failed": self.failed,
            "rows": self.rows,
            "bytes": self.bytes,
            "seconds": round(self.seconds, 4),
            "age": self.age,
        }
