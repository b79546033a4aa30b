"""Changes of a text by places: how search clauses give way to what they found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Edit(NamedTuple):
    """From character `start` to `end` the text is replaced by `text`."""

    start: int
    end: int
    text: str


def edited(text: str, edits: Sequence[Sequence[int | str]]) -> str:
    """`text` with all edits made."""
    pieces: list[str] = []
    end = 0
    for start, stop, new in sorted((Edit(*edit) for edit in edits), key=lambda edit: (edit.start, edit.end)):  # type: ignore[arg-type]
        pieces += [text[end:start], new]
        end = stop
    return "".join([*pieces, text[end:]])
