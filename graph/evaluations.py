"""What a running query looks like, whoever evaluates it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterator
    from types import TracebackType

    from graph.query_traps import Message
    from graph.results import Cut, Kind


class Evaluation(Protocol):
    """
    One query in a worker (`graph.workers`) or at a remote engine (`graph.remote.pool`).

    `kind`, `columns` and `version` are known at once, `rows`, `bytes` and `cut` at the end.
    """

    kind: Kind
    columns: tuple[str, ...]
    version: int
    media_type: str
    rows: int | None
    bytes: int
    cut: Cut | None
    warnings: tuple[Message, ...]

    def chunks(self, *, cut_is_error: bool = True) -> Iterator[builtins.bytes]: ...

    def cancel(self) -> None: ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
