"""
Decisions on which entry of a register a thing is: the graph `links`, part of the current data, kept across all loads.

A decision is never deleted: one that was undone or replaced stays with when and by whom.  One that links says so in a
triple of SKOS beside it, never `owl:sameAs`: a school, its legal entity and its licence are three things.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from pyoxigraph import Literal as Term
from pyoxigraph import NamedNode, Triple

from graph.changes import Commit
from graph.results import Table
from ontology.registers import Status
from ontology.vocabulary import FOAF, PROV, RDF, RDFS, SKOS, VEKHA, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graph.snapshots import Snapshot
    from graph.store import Store
    from ontology.iris import Iris

State = Literal["exactMatch", "closeMatch", "broadMatch", "refused", "not-in-register", "not-an-entity", "deferred"]
STATES: Final = get_args(State)
LINKING: Final[Mapping[str, NamedNode]] = {
    "exactMatch": SKOS.exactMatch,
    "closeMatch": SKOS.closeMatch,
    "broadMatch": SKOS.broadMatch,
}
# States that speak of one entry; the others speak of the thing alone.
OF_A_RECORD: Final = frozenset({*LINKING, "refused"})
_STATUS: Final = re.compile(rf"; (?:{'|'.join(get_args(Status))})(?:; |$)")
_SOFTWARE: Final = NamedNode(f"{PROV.NAMESPACE}SoftwareAgent")


class DecisionError(Exception):
    """A decision that cannot be made; `template` and `values` (one can be another such error) for translators."""

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template.format(**values))
        self.template, self.values = template, values


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """
    One decision.

    `record` is the entry, for the states of `OF_A_RECORD` only; `seen` is what it was like then, `edition` the graph of
    the register's edition in which it stood.  `author` is a name, `by_software` says that it is that of a program, and
    `rule` by which of its rules it decided; `made` and `undone` are moments as xsd:dateTime.
    """

    thing: NamedNode
    state: State
    author: str
    made: str
    record: NamedNode | None = None
    seen: str | None = None
    confidence: float | None = None
    reason: str | None = None
    by_software: bool = False
    rule: str | None = None
    edition: NamedNode | None = None
    undone: str | None = None
    undone_by: str | None = None

    def __post_init__(self) -> None:
        if self.state not in STATES:
            raise DecisionError("«{state}» is none of {states}", state=self.state, states=", ".join(STATES))
        if (self.record is None) == (self.state in OF_A_RECORD):
            raise DecisionError("A decision «{state}» with an entry or without: that cannot be", state=self.state)

    @property
    def key(self) -> str:
        """Sixteen hexadecimal digits of what was decided, by whom and when."""
        said = (self.thing.value, self.state, self.record.value if self.record else "", self.author, self.made)
        return sha256("\n".join(said).encode()).hexdigest()[:16]

    @property
    def active(self) -> bool:
        return self.undone is None

    @property
    def called(self) -> str:
        """What the entry was called when it was decided on, without its state; empty if nobody put that down."""
        return _STATUS.split(self.seen or "", maxsplit=1)[0]

    def repeats(self, other: Decision) -> bool:
        """
        Whether it adds nothing to another that was made before.

        It says the same of the same thing, and either the other holds, or both are of one author and day: files tell
        the day only, and what was undone since is not said anew.  A person's word adds to that of a program.
        """
        if (self.thing, self.state, self.record) != (other.thing, other.state, other.record):
            return False
        is_stronger = other.by_software and not self.by_software
        return (other.active and not is_stronger) or (self.author, self.made[:10]) == (other.author, other.made[:10])


class Decisions:
    """All decisions of a data version by their key."""

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self._all = {one.key: one for one in decisions}
        self._of: dict[NamedNode, list[Decision]] = defaultdict(list)
        for one in self._all.values():
            self._of[one.thing].append(one)

    @classmethod
    def read(cls, snapshot: Snapshot | None) -> Decisions:
        """What stands in a data version; nothing if there is none yet."""
        if snapshot is None:
            return cls()
        answer = snapshot.query((files("loaders") / "linking" / "decisions.rq").read_text("utf-8"))
        assert isinstance(answer, Table)
        return cls(map(_decision, answer.records()))

    def all(self) -> list[Decision]:
        """The oldest first."""
        return sorted(self._all.values(), key=lambda one: (one.made, one.key))

    def of(self, thing: NamedNode) -> list[Decision]:
        """Those on a thing that hold, the oldest first."""
        return sorted((one for one in self._of.get(thing, ()) if one.active), key=lambda one: (one.made, one.key))

    def get(self, key: str) -> Decision:
        """
        The decision of this key.

        Raises:
            DecisionError: There is none.
        """
        if key not in self._all:
            raise DecisionError("There is no decision {key}", key=key)
        return self._all[key]

    def spoken_of(self, thing: NamedNode, record: NamedNode) -> bool:
        """Whether anybody ever decided on the thing and this entry, also if that no longer holds."""
        return any(one.record == record for one in self._of.get(thing, ()))

    def settled(self, thing: NamedNode) -> Decision | None:
        """The decision that takes a thing out of the queue: any but a refusal of one entry."""
        return next((one for one in reversed(self.of(thing)) if one.state != "refused"), None)

    def unknown(self, decisions: Iterable[Decision]) -> list[Decision]:
        """Those that repeat neither one of these nor one another, in their order."""
        found: list[Decision] = []
        said: defaultdict[NamedNode, list[Decision]] = defaultdict(list)
        for one in decisions:
            if not any(one.repeats(other) for other in (*self._of.get(one.thing, ()), *said[one.thing])):
                found.append(one)
                said[one.thing].append(one)
        return found

    def replaced_by(self, new: Decision) -> list[Decision]:
        """Those that cannot stand beside `new`: on the same entry, or what settled the thing before."""
        return [
            one
            for one in self.of(new.thing)
            if one.key != new.key
            and (
                (one.record is not None and one.record == new.record)
                or (new.state != "refused" and one.state not in {"refused", *LINKING})
                or (new.state not in {"refused", *LINKING} and one.state in LINKING)
                or (new.state == one.state == "exactMatch" and _register(one.record) == _register(new.record))
            )
        ]


def decide(store: Store, iris: Iris, new: Sequence[Decision]) -> int:
    """
    The data version in which the decisions stand, all or none; what they replace is undone by who decides.

    A thing has at most one exact match in a register.

    Raises:
        DecisionError: Two of them contradict each other.
        GraphError: The store cannot be written.
    """
    from loaders.loaded_versions import newest  # noqa: PLC0415  (loads the readers of documents)

    known, together = Decisions.read(newest(store)), Decisions(new)
    changed: dict[str, Decision] = {}
    before: list[Decision] = []
    for one in new:
        if together.replaced_by(one):
            raise DecisionError("Two decisions on {thing} at once", thing=one.thing.value)
        for other in known.replaced_by(one):
            before.append(other)
            changed[other.key] = replace(other, undone=one.made, undone_by=one.author)
        changed[one.key] = one
    return _write(store, iris, before, list(changed.values()))


def undo(store: Store, iris: Iris, key: str, *, author: str, at: str) -> int:
    """
    The data version in which the decision no longer holds.

    Raises:
        DecisionError: There is none of this key, or it is undone already.
        GraphError: The store cannot be written.
    """
    from loaders.loaded_versions import newest  # noqa: PLC0415  (loads the readers of documents)

    found = Decisions.read(newest(store)).get(key)
    if not found.active:
        raise DecisionError("The decision {key} is undone already", key=key)
    return _write(store, iris, [found], [replace(found, undone=at, undone_by=author)])


def decision_triples(decision: Decision, iris: Iris) -> list[Triple]:
    """What the graph `links` says of a decision, of who made and undid it, and the link itself while it holds."""
    subject = iris.link_decision(decision.key)
    said: dict[NamedNode, NamedNode | Term | None] = {
        RDF.type: VEKHA.LinkDecision,
        VEKHA.linkedThing: decision.thing,
        VEKHA.linkedRecord: decision.record,
        VEKHA.linkDecision: Term(decision.state),
        VEKHA.recordSeen: Term(decision.seen) if decision.seen else None,
        VEKHA.confidence: Term(f"{decision.confidence:.3f}", datatype=XSD.decimal) if decision.confidence else None,
        VEKHA.justification: Term(decision.reason) if decision.reason else None,
        VEKHA.linkRule: Term(decision.rule) if decision.rule else None,
        VEKHA.editionSeen: decision.edition,
        PROV.wasAttributedTo: iris.author(decision.author),
        PROV.generatedAtTime: Term(decision.made, datatype=XSD.dateTime),
        PROV.invalidatedAtTime: Term(decision.undone, datatype=XSD.dateTime) if decision.undone else None,
        VEKHA.undoneBy: iris.author(decision.undone_by) if decision.undone_by else None,
    }
    triples = [Triple(subject, predicate, value) for predicate, value in said.items() if value is not None]
    for name in {decision.author, decision.undone_by} - {None}:
        agent = iris.author(name or "")
        triples += [
            Triple(agent, RDF.type, PROV.Agent),
            Triple(agent, FOAF.name, Term(name or "")),
            Triple(agent, RDFS.label, Term(name or "", language="ru")),
        ]
        if decision.by_software and name == decision.author:
            triples.append(Triple(agent, RDF.type, _SOFTWARE))
    if decision.active and decision.state in LINKING and decision.record is not None:
        triples.append(Triple(decision.thing, LINKING[decision.state], decision.record))
    return triples


def _write(store: Store, iris: Iris, before: Iterable[Decision], after: Sequence[Decision]) -> int:
    graph = iris.graph("links")
    gone = [triple for one in before for triple in decision_triples(one, iris)]
    came = [triple for one in after for triple in decision_triples(one, iris)]
    # Who decided stays known by other decisions too.
    kept = {triple for triple in gone if triple.predicate in {FOAF.name, RDFS.label} or triple.object == PROV.Agent}
    lost = [triple for triple in gone if triple not in kept]
    store.commit(Commit(edit={graph: (lost, came)}, current=frozenset({graph})))
    return store.version


def _register(record: NamedNode | None) -> str:
    """What the IRI of an entry says of its register."""
    return record.value.rpartition("/")[0] if record else ""


def _decision(record: Mapping[str, object]) -> Decision:
    def text(name: str) -> str | None:
        value = record[name]
        return value.value if isinstance(value, Term | NamedNode) else None

    thing, entry, edition, confidence = record["thing"], record["record"], record["edition"], text("confidence")
    assert isinstance(thing, NamedNode)
    return Decision(
        thing=thing,
        record=entry if isinstance(entry, NamedNode) else None,
        state=cast("State", text("state")),
        seen=text("seen"),
        confidence=float(confidence) if confidence else None,
        reason=text("reason"),
        author=text("author") or "",
        by_software=text("software") == "true",
        rule=text("rule"),
        edition=edition if isinstance(edition, NamedNode) else None,
        made=text("made") or "",
        undone=text("undone"),
        undone_by=text("undoneBy"),
    )
