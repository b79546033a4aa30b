"""Territories that share their name with others are called with what they lie in: «Заречный округ (Пермский край)»."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def told_apart(labels: Mapping[str, str], above: Mapping[str, Mapping[str, tuple[str, ...]]]) -> dict[str, str]:
    """
    The labels, those of namesakes among territories longer by the narrowest territory around.

    `above` names under «within» all territories around each, as `ListedFacts.above`.  Those with nothing around keep
    their label.
    """
    called: defaultdict[str, list[str]] = defaultdict(list)
    for thing, traits in above.items():
        if "within" in traits and thing in labels:
            called[labels[thing]].append(thing)

    def depth(territory: str) -> int:
        return len(above.get(territory, {}).get("within", ()))

    found = dict(labels)
    for label, things in called.items():
        for thing in things if len(things) > 1 else ():
            around = max(above[thing]["within"], key=lambda one: (depth(one), one))
            if around in labels:
                found[thing] = f"{label} ({labels[around]})"
    return found
