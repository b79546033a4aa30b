"""Networks as they are asked for, kept by data version, and as files."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Final, Generic, Literal, TypeAlias, TypeVar

from api.networks.selection import Asked
from graph.networks.drawing import draw_svg
from graph.networks.facts import read_facts
from graph.networks.formats import WRITERS
from graph.networks.layout import place
from graph.networks.measures import Measures
from graph.networks.projections import PROJECTIONS, Selection, bridged_levels, load_by_year
from graph.networks.views import around, close_communities, left_out, most_connected, part_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from api.knowledge import Knowledge
    from api.language import Language
    from graph.networks.facts import Facts, Iri
    from graph.networks.layout import Positions
    from graph.networks.projections import Network

Purpose: TypeAlias = Literal["page", "picture", "file"]
Key = TypeVar("Key")
Kept = TypeVar("Kept")

# A drawing of more is a grey disc; who wants all asks for `top=0`.
SHOWN: Final = 100
# Of more nodes than these a picture begins with communities.
CLOSED_FROM: Final = 3000
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
    _maps: dict[str, bytes] = field(default_factory=dict, compare=False)

    def map_in(self, language: str, write: Callable[[], bytes]) -> bytes:
        """What `<network-map>` draws, in a language; written when it is first asked for."""
        if language not in self._maps:
            self._maps[language] = write()
        return self._maps[language]

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

    @cached_property
    def positions(self) -> Positions:
        return place(self.part, self.measures.community, self.network if self.closed else None)

    @cached_property
    def left_out(self) -> dict[Iri, dict[str, int]]:
        """How many neighbours of each node are not in the picture, by class or kind."""
        return left_out(self.whole.network, self.part)


class _Newest(Generic[Key, Kept]):
    """The last few things that were made; one thread makes at a time, the others wait for it."""

    def __init__(self, size: int) -> None:
        self._size, self._lock, self._making = size, Lock(), Lock()
        self._kept: OrderedDict[Key, Kept] = OrderedDict()

    def get(self, key: Key, make: Callable[[], Kept]) -> Kept:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        with self._making:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            made = make()
            with self._lock:
                self._kept[key] = made
                while len(self._kept) > self._size:
                    self._kept.popitem(last=False)
            return made


class Networks:
    """Drawn networks by data version; the newest facts and the last few drawings are kept.  Safe in threads."""

    def __init__(self) -> None:
        self._facts: _Newest[int, Facts] = _Newest(1)
        self._whole: _Newest[tuple[int, str, Selection], WholeNetwork] = _Newest(_KEPT_WHOLE)
        self._drawn: _Newest[tuple[int, Asked, bool], DrawnNetwork] = _Newest(_KEPT_DRAWN)

    def facts(self, knowledge: Knowledge) -> Facts:
        return self._facts.get(knowledge.version, lambda: read_facts(knowledge.snapshot))

    def whole(self, knowledge: Knowledge, asked: Asked) -> WholeNetwork:
        facts = self.facts(knowledge)
        key = (facts.version, asked.projection, asked.selection)
        return self._whole.get(key, lambda: WholeNetwork(facts, asked.projection, asked.selection))

    def draw(self, knowledge: Knowledge, asked: Asked, purpose: Purpose) -> DrawnNetwork:
        """What is asked for; how much of it a page or a picture shows at first is told in `SHOWN` and `CLOSED_FROM`."""
        whole = self.whole(knowledge, asked)
        asked = _settle_top(asked, len(whole.network), purpose)
        key = (whole.facts.version, asked, purpose == "file")
        return self._drawn.get(key, lambda: draw_part(whole, asked, purpose))

    def first_page(self, knowledge: Knowledge) -> DrawnNetwork:
        """What the page of networks shows who chose nothing, with all that its drawing and its table need."""
        drawn = self.draw(knowledge, Asked("bodies-by-activity", Selection()), "page")
        _ = drawn.positions, drawn.left_out, drawn.whole.load, drawn.whole.bridged, drawn.measures.nodes
        return drawn


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
