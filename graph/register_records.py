"""Records of registers as the store holds them, read back one by one."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Final, cast

from pyoxigraph import Literal, NamedNode

from ontology.identifiers import CHECK_DIGIT, Identifier, read_identifier
from ontology.registers import CLASSES, NUMBERS, RegisterRecord
from ontology.vocabulary import RDF, RDFS, VEKHA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.snapshots import Snapshot
    from graph.terms import Subject, Term
    from ontology.identifiers import Scheme
    from ontology.iris import Iris
    from ontology.registers import RecordKind, Status

_KINDS: Final = {cls: kind for kind, cls in CLASSES.items()}
_SCHEMES: Final = {predicate: scheme for scheme, predicate in NUMBERS.items()}


def read_records(snapshot: Snapshot, iris: Iris, edition: NamedNode) -> Iterator[RegisterRecord]:
    """Every record of one edition, in no order."""
    found: defaultdict[Subject, list[tuple[NamedNode, Term]]] = defaultdict(list)
    for triple in snapshot.triples(edition):
        found[triple.subject].append((triple.predicate, triple.object))
    for subject, statements in found.items():
        record = _record(subject, statements, iris)
        if record is not None:
            yield record


def read_record(snapshot: Snapshot, iris: Iris, record: NamedNode) -> RegisterRecord | None:
    """The record as the current data have it; None if they have none of this name."""
    return _record(record, snapshot.properties(record), iris)


def _record(subject: Subject, statements: Iterable[tuple[NamedNode, Term]], iris: Iris) -> RegisterRecord | None:
    if not isinstance(subject, NamedNode):
        return None
    place = iris.register_and_key(subject)
    if place is None:
        return None
    texts: defaultdict[NamedNode, list[str]] = defaultdict(list)
    things: defaultdict[NamedNode, list[NamedNode]] = defaultdict(list)
    for predicate, value in statements:
        if isinstance(value, NamedNode):
            things[predicate].append(value)
        elif isinstance(value, Literal):
            texts[predicate].append(value.value)
    kinds = {_KINDS[cls] for cls in things[RDF.type] if cls in _KINDS}
    name = min(texts[RDFS.label], default=None)
    if name is None or not kinds:
        return None
    # A branch is an organisation, and each of them a record.
    kind: RecordKind = next(
        one for one in ("branch", "organisation", "territory", "address", "concept") if one in kinds
    )

    def text(predicate: NamedNode) -> str:
        return min(texts[predicate], default="")

    def thing(predicate: NamedNode) -> NamedNode | None:
        return min(things[predicate], key=lambda node: node.value, default=None)

    def day(predicate: NamedNode) -> date | None:
        return date.fromisoformat(text(predicate)) if texts[predicate] else None

    register, key = place
    return RegisterRecord(
        iri=subject,
        register=register,
        key=key,
        kind=kind,
        name=name,
        short_names=tuple(sorted(texts[VEKHA.shortName])),
        former_names=tuple(sorted(texts[VEKHA.formerName])),
        identifiers=tuple(_identifiers(texts)),
        kind_text=text(VEKHA.recordKind),
        territory=thing(VEKHA.versionOf if kind == "territory" else VEKHA.territory),
        region=thing(VEKHA.recordRegion),
        parent=thing(VEKHA.parentRecord),
        replaced_by=tuple(sorted(things[VEKHA.replacedBy], key=lambda node: node.value)),
        present=thing(VEKHA.presentVersion),
        founders=tuple(sorted(texts[VEKHA.founder])),
        address=text(VEKHA.seat if kind == "territory" else VEKHA.postalAddress),
        status=cast("Status", text(VEKHA.recordStatus) or "in-force"),
        status_text=text(VEKHA.statusText),
        valid_from=day(VEKHA.validFrom),
        valid_to=day(VEKHA.validTo),
        persons=tuple(sorted(texts[VEKHA.personNamed])),
    )


def _identifiers(texts: dict[NamedNode, list[str]]) -> Iterator[Identifier]:
    wrong = set(texts.get(VEKHA.invalidIdentifier, ()))
    for predicate, values in texts.items():
        pairs = [(_SCHEMES[predicate], value) for value in sorted(values)] if predicate in _SCHEMES else []
        if predicate == VEKHA.otherIdentifier:
            pairs = [(cast("Scheme", scheme), value) for scheme, _, value in (told.partition(": ") for told in values)]
        for scheme, value in pairs:
            is_wrong = f"{scheme}: {value}" in wrong
            yield Identifier(
                scheme, value, (read_identifier(scheme, value).problem or CHECK_DIGIT) if is_wrong else None
            )
