"""Actors named in running text: known names only, for prose has no cells that promise one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from loaders.extraction import Actor
from ontology.reference import Body, Hub

if TYPE_CHECKING:
    from loaders.values.actors import ActorContext

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*\.?")
_MOST_WORDS = 12


def named_actors(text: str, *, context: ActorContext) -> list[Actor]:
    """
    Bodies and hubs whose names stand in the text, each once, in the order of the text.

    The longest name at a place wins.  Groups and posts are left out: in prose «педагоги» names nobody.
    """
    words = list(_WORD.finditer(text))
    found: dict[str, Actor] = {}
    at = 0
    while at < len(words):
        step = 1
        if words[at][0][0].isupper():
            for count in range(min(_MOST_WORDS, len(words) - at), 0, -1):
                start, end = words[at].start(), words[at + count - 1].end()
                match = context.reference.find_actor(text[start:end].rstrip("."), context.territory)
                if match is not None and isinstance(match.entity, Body | Hub):
                    iri = context.iris.thing(match.entity.iri_kind, match.entity.key).value
                    found.setdefault(
                        iri,
                        Actor(
                            raw=text[start:end].rstrip("."),
                            kind="body",
                            label=match.entity.label_ru,
                            role="responsible",
                            confidence=0.9,
                            iri=iri,
                            start=start,
                            end=end,
                            justification=f"reference data: {match.how}",
                        ),
                    )
                    step = count
                    break
        at += step
    return list(found.values())
