"""Sentences for people: an English template with named values, which `api` translates as it does the graph's errors."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TypeAlias

Value: TypeAlias = str | int | float


@dataclass(frozen=True, slots=True)
class Message:
    """
    `str(message)` is the English sentence; `template` is the id of its translation.

    `translations` are ready sentences by language, where the source of the message brings them itself.
    """

    template: str
    values: dict[str, Value] = field(default_factory=dict)
    translations: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values) if self.values else self.template


class DocumentError(Exception):
    """A document that cannot be loaded; the message says what, where and what to do, in one sentence."""

    def __init__(self, template: str, /, **values: Value) -> None:
        self.message = Message(template, values)
        super().__init__(str(self.message))


def fault_message(file: str, what: str) -> Message:
    """What a person is told of a fault of ours; `what` is for the one who mends it."""
    return Message(
        "{file}: was not read because of a fault of this program ({what}); report it with the file.",
        {"file": file, "what": what},
    )


def place_of(error: BaseException) -> str:
    """An error in our sources and where it was raised; of the document no more than the error itself says."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {str(error)[:200]}{place}"
