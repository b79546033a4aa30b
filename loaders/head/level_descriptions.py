"""What a document says of each level of its model: a list with one item a level."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from loaders.extraction import LevelDescription
from loaders.layout.sections import level_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loaders.head.statement import Statement

_ITEM = re.compile(r"\s*(?:[-–—•]|\d{1,2}[.)])\s*(?P<level>[^-–—:\n]{2,60}?)\s*[-–—:]\s+(?P<text>\S.*)", re.DOTALL)
_FEWEST = 3


def find_level_descriptions(statements: Sequence[Statement]) -> list[LevelDescription]:
    """
    The first list that speaks of levels («включает пять уровней …») and has an item for at least three of them.

    Items come in document order, their texts whole; the bodies that they name are still to be found.
    """
    for at, statement in enumerate(statements):
        if (
            not statement.prose
            or not re.search(r"\bуровн\w+", statement.text)
            or not statement.text.rstrip().endswith(":")
        ):
            continue
        found: list[LevelDescription] = []
        for item in statements[at + 1 :]:
            match = _ITEM.fullmatch(item.text) if item.prose else None
            level = level_of(match["level"]) if match else None
            if match is None or level is None:
                break
            found.append(
                LevelDescription(level, " ".join(match["text"].split()).rstrip(",;"), [], item.lines, item.place)
            )
        if len({description.level for description in found}) >= _FEWEST:
            return found
    return []
