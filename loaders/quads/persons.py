"""Where a text of a document names a person."""

from __future__ import annotations

import re
from collections.abc import Iterable

from loaders.extraction import Extraction

STRUCK = "[имя]"

_SURNAME = r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?"
_INITIALS = r"[А-ЯЁ]\.\s?[А-ЯЁ]\."
_NAME = re.compile(
    # A school «имени А.С. Пушкина» is named after a person, and is none.
    r"(?<!им\. )(?<!им\.)(?<!имени )"
    rf"(?:\b{_INITIALS}\s?{_SURNAME}\b"
    rf"|\b{_SURNAME}\s+{_INITIALS}"
    rf"|\b{_SURNAME}\s+[А-ЯЁ][а-яё]+\s+[А-ЯЁ][а-яё]+(?:вич|вн|инич|иничн)(?:а|у|ем|е|ой|ы)?\b)"
)


class PersonNames:
    """The names that one document prints: those read as actors, and every surname with initials or patronymic."""

    def __init__(self, printed: Iterable[str] = ()) -> None:
        names = sorted({name.strip() for name in printed if name.strip()}, key=lambda name: (-len(name), name))
        self._printed = re.compile("|".join(map(re.escape, names))) if names else None

    @classmethod
    def of(cls, extraction: Extraction) -> PersonNames:
        actors = [actor for row in extraction.rows for actor in row.responsible]
        actors += [actor for level in extraction.levels for actor in level.actors]
        return cls(name for actor in actors if actor.kind == "person" for name in (actor.raw, actor.label))

    def strike_out(self, text: str) -> str:
        """`text` with each name replaced; equal to `text` if it names nobody."""
        if self._printed is not None:
            text = self._printed.sub(STRUCK, text)
        return _NAME.sub(STRUCK, text)
