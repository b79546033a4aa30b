"""The filters of the list pages on pages that show the same activities otherwise: timeline and comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from api.lists.facets import NOT, Chosen, select
from api.lists.facts import lists_of
from api.lists.selection import ACTIVITY_FACETS, Asked, chosen_of, value_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from starlette.requests import Request

    from api.knowledge import Knowledge
    from api.language import Language
    from api.lists.facts import ListedFacts


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What an address asks of the activities by the facets of their list; `chosen` are the values by facet."""

    request: Request
    knowledge: Knowledge
    language: Language
    asked: Asked
    chosen: Mapping[str, Chosen]

    @classmethod
    def of(cls, request: Request, knowledge: Knowledge, language: Language) -> Narrowing:
        asked = Asked.read("activities", request)
        chosen = {name: chosen_of(knowledge, ACTIVITY_FACETS[name], asked) for name in asked.values}
        return cls(request, knowledge, language, asked, chosen)

    @property
    def facts(self) -> ListedFacts:
        return lists_of(self.request).facts(self.knowledge)

    @property
    def labels(self) -> Mapping[str, str]:
        return lists_of(self.request).labels(self.knowledge, self.language.code)

    def activities(self) -> list[str]:
        """The IRIs of the activities that fit, in the order of the list."""
        units = self.facts.units["activities"]
        return list(select(units, [], self.chosen).things) if self.chosen else [unit.thing for unit in units]

    def chips_of(self, facets: Collection[str]) -> list[tuple[str, str]]:
        """
        Chosen values in words, each with the address of the page without it.

        They are those of these facets, and of others those that a form cannot show: several, or one to leave out.
        """
        return [
            self._chip(name, text)
            for name, texts in self.asked.values.items()
            for text in texts
            if name in facets or len(texts) > 1 or text.startswith(NOT)
        ]

    def _chip(self, name: str, text: str) -> tuple[str, str]:
        facet = ACTIVITY_FACETS[name]
        value = value_of(self.knowledge, facet, text.lstrip(NOT))
        words = self.labels.get(value, text.lstrip(NOT))
        if text.startswith(NOT):
            words = self.language.text("not {name}", name=words)
        left = [
            (key, other)
            for key, other in self.request.query_params.multi_items()
            if (key, other) != (name, text) and key != "page"
        ]
        return f"{self.language.text(facet.title)}: {words}", f"{self.request.url.path}?{urlencode(left)}"
