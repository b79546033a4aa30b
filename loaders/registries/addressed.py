"""
The municipality of each organisation of a register: by the code of ОКТМО of its entry, else by words of its address.

A code of a settlement lies in that of its municipality, of which it has the first five digits.  An address tells a
municipality by «район», «округ» or «г.» with a name beside it, within the region that the address names, else that of
the entry, among the municipalities in force on the day of the edition.  Where several fit, or town and district do not
agree («г. Томск, Кожевниковский район»), it tells none.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Triple

from graph.register_records import read_records
from loaders.registries.registers import REGISTERS
from ontology.language import spelling_key
from ontology.vocabulary import RDF, VEKHA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from graph.snapshots import Snapshot
    from loaders.registries.editions import Edition
    from loaders.registries.places import Places
    from ontology.iris import Iris
    from ontology.registers import RegisterRecord

_ORGANISATIONS: Final = frozenset({VEKHA.OrganisationRecord, VEKHA.BranchRecord})
# Of a code of eight digits or more, those of the upper tier.
_UPPER: Final = 5
_MOST_ADDRESS: Final = 1000
_MOST_WORDS: Final = 3
_SHORTENED: Final[dict[tuple[str, ...], tuple[str, ...]]] = {
    ("м", "р", "н"): ("муниципальный", "район"), ("р", "н"): ("район",), ("м", "о"): ("муниципальный", "округ"),
    ("г", "о"): ("городской", "округ"), ("гор",): ("город",), ("г",): ("город",), ("обл",): ("область",),
}  # fmt: skip
_DIVISIONS: Final = frozenset({"район", "округ", "улус", "кожуун"})
_ATTRIBUTES: Final = frozenset(
    {"муниципальный", "городской", "национальный", "внутригородская", "территория", "города", "федерального"}
    | {"значения", "зато", "город", "курорт", "поселок", "рабочий", "образование", *_DIVISIONS}
)
_REGIONS: Final = frozenset({"область", "край", "республика", "респ", "автономный", "автономная", "ао", "город"})


@dataclass(slots=True)
class Placed:
    """
    How many organisations have a municipality, and how many have none.

    Of these `early` are told by their addresses to be in municipalities that are known from a later day on than that
    of their edition, the first of all from `known_from` on; `editions` are the names of such editions.
    """

    found: int = 0
    left: int = 0
    early: int = 0
    known_from: date | None = None
    editions: dict[str, None] = field(default_factory=dict)

    def count(self, territory: NamedNode | None, begin: Callable[[], date | None], edition: str) -> None:
        """One organisation of the edition more; `begin` says since when the municipality of its address is known."""
        if territory is not None:
            self.found += 1
            return
        self.left += 1
        day = begin()
        if day is not None:
            self.early += 1
            self.known_from = min(filter(None, (self.known_from, day)))
            self.editions[edition] = None


@dataclass(frozen=True, slots=True)
class _Said:
    """One part of an address: names beside the words for a district and for a town, the likelier first."""

    districts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    towns: tuple[tuple[str, ...], ...] = ()
    is_region: bool = False


@dataclass(eq=False)
class _Names:
    """Municipalities of some time by the words with which an address tells them."""

    places: Places
    _districts: defaultdict[tuple[NamedNode, str], set[NamedNode]] = field(default_factory=lambda: defaultdict(set))
    _named: defaultdict[tuple[NamedNode, str], set[NamedNode]] = field(default_factory=lambda: defaultdict(set))
    _centres: defaultdict[tuple[NamedNode, str], set[NamedNode]] = field(default_factory=lambda: defaultdict(set))
    _kinds: dict[NamedNode, str] = field(default_factory=dict)
    _towns: set[NamedNode] = field(default_factory=set)

    def add(self, one: RegisterRecord, territory: NamedNode) -> None:
        assert one.region is not None
        words = _words(one.name)
        seat = _words(one.address)
        town = " ".join(seat[1:]) if seat[:1] == ("город",) else ""
        is_urban = one.kind_text.startswith("городской округ") or "город" in words
        self._kinds[territory] = "округ" if "округ" in one.kind_text else "район"
        for name in {_own(words), *(_own(_words(short)) for short in one.short_names)} - {""}:
            self._districts[one.region, name].add(territory)
            if is_urban:
                self._named[one.region, name].add(territory)
                if name == town:
                    self._towns.add(territory)
        if town:
            self._centres[one.region, town].add(territory)

    def told_by(self, address: str, region: NamedNode | None) -> set[NamedNode]:
        """Every municipality that some part of the address tells."""
        parts = address[:_MOST_ADDRESS].split(",")
        said = [_said(part) for part in parts]
        for part, one in zip(parts, said, strict=True):
            if one.is_region:
                region = self.places.subject_named(_name_only(part)) or region
        found: set[NamedNode] = set()
        if region is None:
            return found
        for one in said:
            for kind, names in one.districts:
                found |= self._district(kind, names, region)
            for names in one.towns:
                found |= self._town(names, region)
        return found

    def _district(self, kind: str, names: Sequence[str], region: NamedNode) -> set[NamedNode]:
        for name in names:
            fits = self._districts.get((region, name), set())
            if kind != "округ":
                # A town is no district: «Октябрьский район» is not the town of that name.
                fits = fits - self._towns
            if len(fits) > 1:
                fits = {one for one in fits if self._kinds[one] == kind} or fits
            if fits:
                return fits
        return set()

    def _town(self, names: Sequence[str], region: NamedNode) -> set[NamedNode]:
        for name in names:
            # Who governs the land around a town often sits in it, too.
            fits = self._named.get((region, name)) or self._centres.get((region, name))
            if fits:
                return fits
        return set()


@dataclass(eq=False)
class Municipalities:
    """
    The municipalities that registers of territories describe; `versions` are their entries, of all times.

    Of them those of the upper tier count.  Names and towns are those of `day`, codes those of any time.
    """

    versions: Sequence[RegisterRecord]
    places: Places
    day: date
    _codes: dict[str, NamedNode] = field(init=False, default_factory=dict)
    _begins: dict[NamedNode, date] = field(init=False, default_factory=dict)
    _now: _Names = field(init=False)
    _later: _Names = field(init=False)

    def __post_init__(self) -> None:
        self._now, self._later = _Names(self.places), _Names(self.places)
        newest_first = sorted(self.versions, key=lambda one: one.valid_from.toordinal() if one.valid_from else 0)[::-1]
        for one in sorted(newest_first, key=lambda one: not one.holds_on(self.day)):
            code = one.identifier("oktmo") or ""
            if one.territory is None or one.region in {None, one.territory} or code[_UPPER:] != "000":
                continue
            self._codes.setdefault(code, one.territory)
            if one.holds_on(self.day):
                self._now.add(one, one.territory)
            elif one.valid_from is not None and one.valid_from > self.day:
                self._later.add(one, one.territory)
                self._begins[one.territory] = min(one.valid_from, self._begins.get(one.territory, one.valid_from))

    def of(self, codes: Iterable[str], address: str, region: NamedNode | None) -> NamedNode | None:
        """The one municipality that a code of ОКТМО or the address tells; else the territory that has a code."""
        codes = tuple(codes)
        for code in codes:
            found = self._codes.get(code[:8]) or self._codes.get(f"{code[:_UPPER]}000")
            if found is not None:
                return found
        told = self._now.told_by(address, region) if self._codes else set()
        if len(told) == 1:
            return told.pop()
        return next(filter(None, (self.places.territory_of_code(code[:8]) for code in codes)), None)

    def begin_of(self, address: str, region: NamedNode | None) -> date | None:
        """Since when what the address tells is known, if that is only after `day`."""
        if not self._begins or self._now.told_by(address, region):
            return None
        return min((self._begins[one] for one in self._later.told_by(address, region)), default=None)


def municipality_versions(
    snapshot: Snapshot | None, iris: Iris, editions: Iterable[Edition], *, without: str = ""
) -> list[RegisterRecord]:
    """What the current editions of registers of territories hold, the register `without` left out."""
    if snapshot is None:
        return []
    return [
        record
        for one in editions
        if one.current and one.register != without and lists_territories(one.register)
        for record in read_records(snapshot, iris, one.graph)
    ]


def lists_territories(register: str) -> bool:
    """Whether the register of this name says which municipalities there are."""
    return register in REGISTERS and REGISTERS[register].lists_territories


def with_municipalities(
    records: list[RegisterRecord], municipalities: Municipalities, placed: Placed, edition: str
) -> list[RegisterRecord]:
    """The records of an edition, organisations with the municipality in which they are."""
    for number, record in enumerate(records):
        if record.kind in {"organisation", "branch"}:
            codes = (one.value for one in record.identifiers if one.scheme == "oktmo" and one.problem is None)
            territory = municipalities.of(codes, record.address, record.region)
            if territory != record.territory:
                records[number] = replace(record, territory=territory)
            placed.count(territory, partial(municipalities.begin_of, record.address, record.region), edition)
    return records


def placed_anew(
    snapshot: Snapshot | None,
    editions: Iterable[Edition],
    versions: Sequence[RegisterRecord],
    places: Places,
    placed: Placed,
) -> dict[NamedNode, tuple[list[Triple], list[Triple]]]:
    """
    By the graph of an edition that is loaded, what it loses and gains when the municipalities are those of `versions`.

    What comes out is the same as if the register were loaded after them.
    """
    edits: dict[NamedNode, tuple[list[Triple], list[Triple]]] = {}
    for edition in editions if snapshot is not None else ():
        if lists_territories(edition.register):
            continue
        assert snapshot is not None
        municipalities = Municipalities(versions, places, edition.day)
        gone: list[Triple] = []
        new: list[Triple] = []
        for entry, told in _organisations(snapshot.triples(edition.graph)):
            territory = municipalities.of(told.codes - told.wrong, told.address, told.region)
            if territory != told.territory:
                gone += [Triple(entry, VEKHA.territory, told.territory)] if told.territory else []
                new += [Triple(entry, VEKHA.territory, territory)] if territory else []
            begin = partial(municipalities.begin_of, told.address, told.region)
            placed.count(territory, begin, f"{edition.register} {edition.edition}")
        if gone or new:
            edits[edition.graph] = gone, new
    return edits


@dataclass(slots=True)
class _Told:
    is_organisation: bool = False
    codes: set[str] = field(default_factory=set)
    wrong: set[str] = field(default_factory=set)
    address: str = ""
    region: NamedNode | None = None
    territory: NamedNode | None = None


def _organisations(triples: Iterable[Triple]) -> Iterator[tuple[NamedNode, _Told]]:
    """Of each entry of an organisation only what tells where it is."""
    found: defaultdict[NamedNode, _Told] = defaultdict(_Told)
    for triple in triples:
        entry, predicate, value = triple.subject, triple.predicate, triple.object
        if not isinstance(entry, NamedNode):
            continue
        if isinstance(value, NamedNode):
            if predicate == RDF.type:
                found[entry].is_organisation |= value in _ORGANISATIONS
            elif predicate == VEKHA.recordRegion:
                found[entry].region = value
            elif predicate == VEKHA.territory:
                found[entry].territory = value
        elif isinstance(value, Literal):
            if predicate == VEKHA.oktmo:
                found[entry].codes.add(value.value)
            elif predicate == VEKHA.postalAddress:
                found[entry].address = value.value
            elif predicate == VEKHA.invalidIdentifier:
                found[entry].wrong.add(value.value.removeprefix("oktmo: "))
    return ((entry, told) for entry, told in found.items() if told.is_organisation)


# Regions and districts recur in the addresses of a register.
@lru_cache(maxsize=16_384)
def _said(part: str) -> _Said:
    words = _words(part)
    if not (_DIVISIONS | _REGIONS) & set(words):
        return _Said()
    districts, towns = [], []
    for at, word in enumerate(words):
        before, after = _near(words[:at][::-1])[::-1], _near(words[at + 1 :])
        if word in _DIVISIONS and words[at - 1 : at] != ("автономный",):
            districts.append((word, (*_runs(before, from_end=True), *_runs(after))))
        elif word == "город":
            towns.append((*_runs(after), *_runs(before, from_end=True)))
    return _Said(tuple(districts), tuple(towns), bool(_REGIONS & set(words)))


def _near(words: Sequence[str]) -> tuple[str, ...]:
    """The words that follow, without kinds of municipalities, up to a number."""
    found: list[str] = []
    for word in words:
        if word[0].isdecimal() or len(found) == _MOST_WORDS:
            break
        if word not in _ATTRIBUTES:
            found.append(word)
    return tuple(found)


def _runs(words: Sequence[str], *, from_end: bool = False) -> Iterator[str]:
    for count in range(len(words), 0, -1):
        yield " ".join(words[-count:] if from_end else words[:count])


def _words(text: str) -> tuple[str, ...]:
    """The words in normal spelling, kinds of places spelt out."""
    words = spelling_key(text).split()
    found: list[str] = []
    at = 0
    while at < len(words):
        for length in (3, 2, 1):
            key = tuple(words[at : at + length])
            if len(key) == length and key in _SHORTENED:
                found += _SHORTENED[key]
                break
        else:
            length = 1
            found.append(words[at])
        at += length
    return tuple(found)


def _own(words: Sequence[str]) -> str:
    return " ".join(word for word in words if word not in _ATTRIBUTES)


def _name_only(part: str) -> str:
    return " ".join(word for word in part.split() if not any(letter.isdecimal() for letter in word))
