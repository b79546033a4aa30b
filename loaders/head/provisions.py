"""The numbered points of the order that approves a document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from loaders.extraction import Provision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loaders.head.statement import Statement

_POINT = re.compile(r"\s*(?P<number>\d{1,2}(?:\.\d{1,2})*\.?)\s+(?P<text>\S.*)", re.DOTALL)
_SUBPOINT = re.compile(r"\s*(?:\d{1,2}\)|[а-я]\)|[-–—•])\s*\S")
_ORDERS = re.compile(
    r"\b(?:утвердить|назначить|обеспечить|контроль|считать|рекомендовать|довести|разместить)\b", re.IGNORECASE
)


def find_provisions(statements: Sequence[Statement], *, after: int | None, until: int | None) -> list[Provision]:
    """
    The points between the letterhead at line `after` and the title at line `until`, sub-points joined to their point.

    Empty when no order stands before the title, or its numbered lines order nothing.
    """
    if after is None or until is None:
        return []
    provisions: list[Provision] = []
    for statement in statements:
        if not statement.prose or statement.line is None or not after < statement.line < until:
            continue
        point = _POINT.fullmatch(statement.text)
        if point is not None and not _SUBPOINT.match(statement.text):
            provisions.append(
                Provision(point["number"], " ".join(point["text"].split()), statement.lines, statement.place)
            )
        elif provisions and _SUBPOINT.match(statement.text):
            last = provisions[-1]
            last.text += "\n" + " ".join(statement.text.split())
            last.lines = [*last.lines, *statement.lines]
        elif provisions:
            break  # the signature
    return provisions if any(_ORDERS.search(provision.text) for provision in provisions) else []
