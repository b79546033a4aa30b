"""Sentences for people: an English template with named values, which `api` translates as it does the graph's errors."""

from __future__ import annotations

from dataclasses import dataclass, field
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
