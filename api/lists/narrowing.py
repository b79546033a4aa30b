"""The filters of the list pages on pages that show the same activities otherwise: timeline and comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from api.lists.facets import NOT, Chosen, select
from api.lists.facts import ListedFactsCache
from api.lists.selection import FACETS, Asked, chosen_of, value_of
from api.site import held

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from starlette.requests import Request

    from api.knowledge import Knowledge
    from api.language import Language
    from api.lists.facts import ListedFacts
    from api.lists.selection import Facet

ACTIVITY_FACETS: Final[Mapping[str, Facet]] = {facet.name: facet for facet in FACETS["activities"]}


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
        return self._lists.facts(self.knowledge)

    @property
    def labels(self) -> Mapping[str, str]:
        return self._lists.labels(self.knowledge, self.language.code)

    def activities(self) -> list[str]:
        """The IRIs of the activities that fit, in the order of the list."""
        units = self.facts.units["activities"]
        return list(select(units, [], self.chosen).things) if self.chosen else [unit.thing for unit in units]

    def chips(self) -> list[tuple[str, str]]:
        """Each chosen value in words, and the address of the page without it."""
        return [self._chip(name, text) for name, texts in self.asked.values.items() for text in texts]

    def chips_of(self, facets: Collection[str]) -> list[tuple[str, str]]:
        """The same, for values of these facets and for those of others that a form cannot show."""
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

    @property
    def _lists(self) -> ListedFactsCache:
        return held(self.request, "lists", ListedFactsCache)
