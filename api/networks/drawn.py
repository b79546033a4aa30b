"""Networks as they are asked for, kept by data version, and as files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from api.networks.selection import Asked
from api.operation.computing import Results
from graph.networks.drawing import draw_svg
from graph.networks.facts import read_facts
from graph.networks.formats import WRITERS
from graph.networks.layout import place
from graph.networks.measures import Measures
from graph.networks.projections import PROJECTIONS, Selection, bridged_levels, load_by_year
from graph.networks.views import around, close_communities, left_out, most_connected, part_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.knowledge import Knowledge
    from api.language import Language
    from api.operation.computing import Computations
    from graph.networks.facts import Facts, Iri
    from graph.networks.layout import Positions
    from graph.networks.projections import Network

Purpose: TypeAlias = Literal["page", "picture", "file"]

# A drawing of more is a grey disc; who wants all asks for `top=0`.
SHOWN: Final = 100
# Of more nodes than these a picture begins with communities.
CLOSED_FROM: Final = 3000
# What the page shows who chose nothing.
FIRST: Final = Asked("bodies-by-activity", Selection())
_KEPT_WHOLE: Final = 16
_KEPT_DRAWN: Final = 32


class WholeNetwork:
    """Everything that a selection gives: the network that measures are of, whatever part of it is looked at."""

    def __init__(self, facts: Facts, projection: str, selection: Selection) -> None:
        self.facts, self.selection = facts, selection
        self.network: Network = PROJECTIONS[projection](facts, selection)
        self.measures = Measures(self.network)

    @cached_property
    def load(self) -> Mapping[Iri, Mapping[int, int]]:
        """The number of activities of each actor in each year."""
        return load_by_year(self.facts, self.selection)

    @cached_property
    def bridged(self) -> Mapping[Iri, frozenset[Iri]]:
        """The other levels of those that each actor is tied to."""
        return bridged_levels(self.facts, self.network)


@dataclass(frozen=True)
class DrawnNetwork:
    """The part of a network that is looked at; `asked` is settled: it says what `top` and `communities` came to."""

    whole: WholeNetwork
    asked: Asked
    part: Network
    network: Network

    @property
    def facts(self) -> Facts:
        return self.whole.facts

    @property
    def measures(self) -> Measures:
        """Of the whole selection, so that leaving nodes out of the picture changes no figure."""
        return self.whole.measures

    @property
    def closed(self) -> bool:
        """Whether there are nodes that stand for communities."""
        return self.network is not self.part

    @property
    def tells_of_years(self) -> bool:
        """Whether the page says when each node has its activities, and to which other levels it is tied."""
        return self.asked.projection == "bodies-by-activity" and not self.closed

    @cached_property
    def positions(self) -> Positions:
        return place(self.part, self.measures.community, self.network if self.closed else None)

    @cached_property
    def left_out(self) -> dict[Iri, dict[str, int]]:
        """How many neighbours of each node are not in the picture, by class or kind."""
        return left_out(self.whole.network, self.part)


class Networks:
    """
    Networks by data version: the newest facts, and the last few that were asked for.  Safe in threads.

    `read`, `pages` and `maps` hold what requests share (`api.operation.computing.shared`): facts, drawn networks with
    all that a page tells of them, and what `<network-map>` draws, by language.
    """

    def __init__(self) -> None:
        self.read: Results[int, Facts] = Results(1)
        self.pages: Results[tuple[int, Asked], DrawnNetwork] = Results(_KEPT_DRAWN)
        self.maps: Results[tuple[int, Asked, str], bytes] = Results(_KEPT_DRAWN)
        self._whole: Results[tuple[int, str, Selection], WholeNetwork] = Results(_KEPT_WHOLE)
        self._drawn: Results[tuple[int, Asked, bool], DrawnNetwork] = Results(_KEPT_DRAWN)

    def facts(self, knowledge: Knowledge) -> Facts:
        return self.read.get(knowledge.version, lambda: read_facts(knowledge.snapshot))

    def whole(self, knowledge: Knowledge, asked: Asked) -> WholeNetwork:
        facts = self.facts(knowledge)
        key = (facts.version, asked.projection, asked.selection)
        return self._whole.get(key, lambda: WholeNetwork(facts, asked.projection, asked.selection))

    def draw(self, knowledge: Knowledge, asked: Asked, purpose: Purpose) -> DrawnNetwork:
        """What is asked for; how much of it a page or a picture shows at first is told in `SHOWN` and `CLOSED_FROM`."""
        whole = self.whole(knowledge, asked)
        version, is_file = whole.facts.version, purpose == "file"
        asked = _settle_top(asked, len(whole.network), purpose)
        drawn = self._drawn.get((version, asked, is_file), lambda: draw_part(whole, asked, purpose))
        # The picture of a page is asked for by what the page settled.
        return self._drawn.keep((version, drawn.asked, is_file), drawn)

    def draw_page(self, knowledge: Knowledge, asked: Asked) -> DrawnNetwork:
        """What a page shows, all that it tells of it worked out."""
        drawn = self.draw(knowledge, asked, "page")
        measures = drawn.measures
        _ = measures.parts, measures.cut_off, measures.community, drawn.left_out
        _ = measures.degree, measures.weighted_degree
        if not drawn.closed:
            _ = measures.betweenness, measures.pagerank
        if drawn.tells_of_years:
            _ = drawn.whole.load, drawn.whole.bridged
        return drawn

    def first_page(self, knowledge: Knowledge) -> DrawnNetwork:
        """What the page of networks shows who chose nothing, with all that its drawing and its table need."""
        drawn = self.pages.get((knowledge.version, FIRST), lambda: self.draw_page(knowledge, FIRST))
        _ = drawn.positions
        return drawn

    def read_ahead(self, computations: Computations, knowledge: Knowledge) -> None:
        """The facts of a version and the first page of each projection, computed for the requests that share them."""
        computations.get(self.read, knowledge.version, lambda: read_facts(knowledge.snapshot), is_patient=True)
        key = (knowledge.version, FIRST)
        computations.get(self.pages, key, lambda: self.first_page(knowledge), is_patient=True)
        for asked in (Asked(name, Selection()) for name in PROJECTIONS):
            make = partial(self.draw_page, knowledge, asked)
            computations.get(self.pages, (knowledge.version, asked), make, is_patient=True)


def _settle_top(asked: Asked, size: int, purpose: Purpose) -> Asked:
    """A page begins with the most connected, if the person chose no other part and not all communities are shown."""
    if asked.top is not None:
        return asked
    chosen = asked.focus or asked.communities is not None or purpose != "page"
    return replace(asked, top=SHOWN if not chosen and SHOWN < size <= CLOSED_FROM else 0)


def draw_part(whole: WholeNetwork, asked: Asked, purpose: Purpose) -> DrawnNetwork:
    """The part of a network that is asked for; a large picture gets its communities closed."""
    network = whole.network
    part = around(network, asked.focus, asked.steps) if asked.focus else network
    part = most_connected(part, asked.top) if asked.top else part
    further = [node for node in asked.expand if node in network]
    if further:
        part = part_of(network, {*part, *further, *(other for node in further for other in network[node])})
    if asked.communities is None:
        asked = replace(asked, communities="closed" if purpose != "file" and len(part) > CLOSED_FROM else "open")
    if asked.communities == "open":
        return DrawnNetwork(whole, asked, part, part)
    opened = asked.communities if isinstance(asked.communities, frozenset) else ()
    return DrawnNetwork(whole, asked, part, close_communities(part, whole.measures, opened))


def write_network(drawn: DrawnNetwork, form: str, language: Language) -> bytes:
    """The network as a file of one of the forms of `WRITERS`, or as `svg`."""
    if form == "svg":
        title = title_of(drawn.asked.projection, language)
        return draw_svg(drawn.network, drawn.measures, drawn.positions, language=language.code, title=title)
    if form in {"json", "graphml", "gexf"}:
        return WRITERS[form](drawn.network, drawn.measures, language=language.code, positions=drawn.positions)
    return WRITERS[form](drawn.network, drawn.measures, language=language.code)


def title_of(projection: str, language: Language) -> str:
    _ = language.text
    return {
        "bodies-by-activity": _("Who works with whom"),
        "bodies-and-activities": _("Who does what"),
        "territories-by-theme": _("Territories with common themes"),
        "levels": _("How levels are tied"),
    }[projection]
