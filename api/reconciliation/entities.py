"""What names can be matched with: actors, territories, themes and records of registers of one data version."""

from __future__ import annotations

import re
from bisect import bisect_left
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice, takewhile
from threading import BoundedSemaphore, Lock, Thread
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from api.questions.answers import plain_value
from graph.errors import PoolBusyError
from graph.matching.asked import Mention
from graph.matching.matcher import Matcher
from loaders.registries.editions import loaded_editions
from ontology.identifiers import CHECK_DIGIT, Identifier, read_identifier
from ontology.language import spelling_key
from ontology.registers import RegisterRecord
from ontology.vocabulary import SKOS, VEKHA

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from api.knowledge import Knowledge
    from api.questions.answers import Value
    from graph.matching.matcher import Candidate
    from ontology.identifiers import Scheme
    from ontology.registers import RecordKind, Status

# The types that are offered: their classes, and their names in Russian and English.
TYPES: Final[Mapping[str, tuple[NamedNode, str, str]]] = {
    "body": (VEKHA.Body, "Организация", "Body"),
    "group": (VEKHA.Group, "Группа исполнителей", "Group of actors"),
    "territory": (VEKHA.Territory, "Территория", "Territory"),
    "theme": (SKOS.Concept, "Тема", "Theme"),
    "organisation-record": (VEKHA.OrganisationRecord, "Организация в реестре", "Organisation record"),
    "territory-version": (VEKHA.TerritoryVersion, "Редакция территории", "Territory version"),
    "address-record": (VEKHA.AddressRecord, "Адресный объект в реестре", "Address record"),
}
# Fewer entities are waited for, rather than answered from an earlier data version.
MANY: Final = 5_000
PATIENCE: Final = 30.0
# Of more records of registers the entities, which take a gigabyte and more then, are read when they are asked for.
MOST_AHEAD: Final = 100_000
# Versions that are read at the same time: each takes memory for all registers.
_AT_ONCE: Final = 2
# What the types are called in `queries/pages/reconcilable.rq`, if not as here.
_TYPE_OF: Final = {"version": "territory-version", "organisation": "organisation-record", "address": "address-record"}
_KINDS: Final[Mapping[str, RecordKind]] = {
    "territory": "territory",
    "territory-version": "territory",
    "address-record": "address",
    "group": "concept",
    "theme": "concept",
}
_TERRITORIES: Final = frozenset({"territory", "territory-version", "address-record"})
RECORDS: Final = frozenset({"organisation-record", "territory-version", "address-record"})
# Numbers of organisations and territories that can stand in the place of a name; those of persons are none of them.
_NUMBERS: Final[tuple[Scheme, ...]] = ("ogrn", "inn", "oktmo")
_BEFORE_A_NUMBER: Final = re.compile(r"\A\s*(?:огрн|инн|октмо)\b[\s:№]*", re.IGNORECASE)


@dataclass(slots=True)
class Entity:
    """One thing: its type of `TYPES`, all its names, what it is `called` by language, and its values by their role."""

    iri: NamedNode
    type: str
    names: list[str] = field(default_factory=list)
    called: dict[str, str] = field(default_factory=dict)
    values: dict[str, list[Value]] = field(default_factory=dict)

    def name(self, language: str = "ru") -> str:
        return self.called.get(language) or self.called.get("ru") or next(iter(self.names), self.iri.value)


class Entities:
    """The entities of one data version, ready to be matched; what the version before had is not read anew."""

    def __init__(self, knowledge: Knowledge, *, before: Entities | None = None) -> None:
        self.version = knowledge.version
        # The files of the editions whose entries are among them.
        self.editions = editions_read(knowledge)
        self.entities: dict[str, Entity] = {}
        # Rows as they come: of a register of the country there are a million.
        for thing, kind, role, value in knowledge.rows("reconcilable", "ru"):
            iri, said, plain = str(plain_value(thing)), plain_value(role), plain_value(value)
            entity = self.entities.get(iri)
            if entity is None:
                called = str(plain_value(kind))
                entity = self.entities[iri] = Entity(NamedNode(iri), _TYPE_OF.get(called, called))
            if said in {"name", "other"}:
                text = str(plain)
                if said == "name":
                    entity.called[(value.language if isinstance(value, Literal) else None) or "ru"] = text
                if text not in entity.names:
                    entity.names.append(text)
            elif plain not in entity.values.setdefault(str(said), []):
                entity.values[str(said)].append(plain)
        self._by_name: dict[str, list[str]] = {}
        self._keys: dict[str, list[str]] = {}
        self.matcher: Matcher
        if before is not None and list(self.entities) == list(before.entities) and self.entities == before.entities:
            # As after a decision or a document: nothing is called otherwise.
            self.entities, self.matcher = before.entities, before.matcher
            self._by_name, self._keys = before._by_name, before._keys  # noqa: SLF001  (its own class)
        else:
            self._make_ready(before)

    def _make_ready(self, before: Entities | None) -> None:
        places = {entity.iri: entity.name() for entity in self.entities.values() if entity.type in _TERRITORIES}
        records = {iri: self._record(entity) for iri, entity in self.entities.items() if entity.names}
        self.matcher = Matcher(list(records.values()), places, before=before.matcher if before else None)
        keys: dict[str, set[str]] = {}
        for iri, entity in self.entities.items():
            for name in entity.names:
                key = spelling_key(name)
                self._by_name.setdefault(key, []).append(iri)
                keys.setdefault(entity.type, set()).add(key)
        self._keys = {kind: sorted(found) for kind, found in keys.items()}

    def find(self, mention: Mention, *, types: Sequence[str], limit: int) -> list[Candidate]:
        """Candidates of these types, of all if none is given; an IRI or a number in place of the name decides alone."""
        exact, numbers = self.get(mention.text), mention.numbers
        if exact is not None:
            numbers = (exact.iri.value,)
        elif number := number_of(mention.text):
            numbers = (*numbers, number)
        return self.matcher.match(replace(mention, registers=frozenset(types), numbers=numbers), limit=limit)

    def has(self, types: Sequence[str]) -> bool:
        """Whether there is an entity of one of these types that has a name."""
        return any(kind in self._keys for kind in types)

    def beginning(self, prefix: str, types: Sequence[str], limit: int) -> list[Entity]:
        """
        Entities of these types, of all if none is given, of which a name begins so.

        What is called just so comes first, records of registers come last; else as in a dictionary.
        """
        key = spelling_key(prefix)
        if not key:
            return []
        names = sorted(
            (name != key, kind in RECORDS, name, kind)
            for kind in types or self._keys
            for name in self._begun(key, kind, limit)
        )
        iris = (iri for *_, name, kind in names for iri in self._by_name[name] if self.entities[iri].type == kind)
        return [self.entities[iri] for iri in islice(dict.fromkeys(iris), limit)]

    def _begun(self, key: str, kind: str, limit: int) -> Iterator[str]:
        """Of the names of a type, as they are compared, the first that begin so."""
        keys = self._keys.get(kind, [])
        start = bisect_left(keys, key)
        return takewhile(lambda name: name.startswith(key), keys[start : start + limit])

    def get(self, identifier: str) -> Entity | None:
        """The entity with this IRI."""
        return self.entities.get(identifier.strip())

    def place(self, text: str) -> NamedNode | None:
        """The one territory that is called so or has this IRI; None for none and for several."""
        entity = self.get(text)
        if entity is not None:
            return entity.iri
        found = {iri for iri in self._by_name.get(spelling_key(text), ()) if self.entities[iri].type == "territory"}
        return NamedNode(found.pop()) if len(found) == 1 else None

    def region_of(self, territory: NamedNode) -> NamedNode | None:
        """The federal subject that a territory of ours is or lies in."""
        found = self._region(territory.value)
        return NamedNode(found) if found else None

    def _record(self, entity: Entity) -> RegisterRecord:
        """The entity as matching sees it; its type stands in the place of the register."""
        values = entity.values
        territory = next((str(each) for each in values.get("territory", ())), None)
        if entity.type == "territory":
            territory = entity.iri.value
        region = next((str(each) for each in values.get("region", ())), None) or self._region(territory)
        return RegisterRecord(
            iri=entity.iri,
            register=entity.type,
            key=entity.iri.value,
            kind=_KINDS.get(entity.type, "organisation"),
            name=entity.name(),
            short_names=tuple(name for name in entity.names if name != entity.name()),
            identifiers=(
                Identifier("register-number", entity.iri.value),
                *(Identifier("register-number", str(number)) for number in values.get("number", ())),
            ),
            territory=NamedNode(territory) if territory else None,
            region=NamedNode(region) if region else None,
            address=str(next(iter(values.get("address", ())), "")),
            status=_status(values.get("status")),
            valid_from=_day(values.get("from")),
            valid_to=_day(values.get("to")),
        )

    def _region(self, territory: str | None) -> str | None:
        """The federal subject of a territory: itself or what it lies within."""
        if territory is None or territory not in self.entities:
            return None
        around = [territory, *map(str, self.entities[territory].values.get("within", ()))]
        return next(filter(self._is_region, around), None)

    def _is_region(self, territory: str) -> bool:
        """Whether a territory lies within the country and nothing else."""
        entity = self.entities.get(territory)
        within = entity.values.get("within", ()) if entity else ()
        country = self.entities.get(str(within[0])) if len(within) == 1 else None
        return country is not None and "within" not in country.values


class ReconciledVersions:
    """
    The entities of the newest data version asked for; safe in threads, and read once for all that wait.

    Those of a register of the country take a quarter of a minute, so requests use what is `ready`; a version whose
    reading is slow keeps nobody from another one.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._places = BoundedSemaphore(_AT_ONCE)
        self._newest: Entities | None = None
        self._coming: dict[int, Future[Entities]] = {}

    def of(self, knowledge: Knowledge) -> Entities:
        """The entities of just this data version, however long that takes."""
        return self._reading(knowledge).result()

    def read_ahead(self, knowledge: Knowledge) -> None:
        """Begin to read the entities that the first who asks would wait for; few are there when this comes back."""
        records = sum(one.records for one in loaded_editions(knowledge.snapshot) if one.current)
        if records <= MANY:
            self.of(knowledge)
        elif records <= MOST_AHEAD and not self.are_ready(knowledge):
            self._reading(knowledge)

    def ready(self, knowledge: Knowledge, *, patience: float = PATIENCE) -> Entities:
        """
        The entities of this data version; where there are many, those of an earlier one until they are read.

        Raises:
            PoolBusyError: They are not read after `patience` seconds.
        """
        held = self._newest
        if held is not None and held.version == knowledge.version:
            return held
        if held is not None and len(held.entities) > MANY:
            # One after the other: of each version in between there would be a copy in memory.
            if not self._coming:
                self._reading(knowledge)
            return held
        try:
            return self._reading(knowledge).result(timeout=patience)
        except TimeoutError:
            raise PoolBusyError("The names of the registers are being read; try again in a moment") from None

    def are_ready(self, knowledge: Knowledge) -> bool:
        """Whether `ready` answers at once."""
        held = self._newest
        return held is not None and (held.version == knowledge.version or len(held.entities) > MANY)

    def _reading(self, knowledge: Knowledge) -> Future[Entities]:
        """The entities of just this data version, which come; read in a thread of their own."""
        future: Future[Entities] = Future()
        with self._lock:
            if self._newest is not None and self._newest.version == knowledge.version:
                future.set_result(self._newest)
                return future
            if knowledge.version in self._coming:
                return self._coming[knowledge.version]
            self._coming[knowledge.version] = future
        Thread(target=self._read, args=(knowledge, future), name="reconciled-names", daemon=True).start()
        return future

    def _read(self, knowledge: Knowledge, future: Future[Entities]) -> None:
        try:
            with self._places:
                read = Entities(knowledge, before=self._newest)
        except Exception as error:  # noqa: BLE001  (told to who waits, and the next who asks starts again)
            with self._lock:
                del self._coming[knowledge.version]
            future.set_exception(error)
            return
        with self._lock:
            del self._coming[knowledge.version]
            if self._newest is None or self._newest.version < read.version:
                self._newest = read
        future.set_result(read)


def editions_read(knowledge: Knowledge) -> frozenset[str]:
    """What tells the current editions of registers of a data version from those of another."""
    editions = loaded_editions(knowledge.snapshot)
    return frozenset(f"{one.graph.value} {one.sha256}" for one in editions if one.current)


def number_of(text: str) -> str | None:
    """
    The number that a text is, by its form: an ОГРН, the ИНН of an organisation, an ОКТМО, whose name may stand before.

    Its check digit may be wrong: entries have their numbers as printed.
    """
    bare = _BEFORE_A_NUMBER.sub("", text)
    read = (read_identifier(scheme, bare) for scheme in _NUMBERS)
    return next((number.value for number in read if number.problem in {None, CHECK_DIGIT}), None)


def _day(values: Sequence[Value] | None) -> date | None:
    found = next(iter(values or ()), None)
    return date.fromisoformat(found) if isinstance(found, str) else None


def _status(values: Sequence[Value] | None) -> Status:
    found = {str(value) for value in values or ()}
    return "ceased" if "ceased" in found else "suspended" if "suspended" in found else "in-force"
