"""What is drawn anew near a change is what drawing everything anew gives."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Triple, parse
from pyoxigraph import Store as Engine

from graph.changes import Commit
from graph.derivation import Derivation
from graph.inference import CLOSURE, closure_text, infer
from graph.similarity import relate_activities
from graph.standalone import FOLLOWED, standalone
from graph.store import Store
from ontology import ontology_files
from ontology.vocabulary import DKIND, LEVEL, ORG, RDF, RDFS, SKOS, THEME, VEKHA
from tests.graph.quads import BASE, assert_default_graph_is_the_merge, graph, graphs_of, node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from graph.rules import LateRule, LocalRule
    from graph.snapshots import Snapshot
    from graph.standalone import Standalone
    from graph.stated import Change, StatedView
    from graph.updates import UpdateLimits

SEEDS, STEPS = 12, 12

SCHEMA = {
    quad.triple
    for path in ontology_files()
    for quad in parse(path=path)
    if quad.predicate in {RDFS.subPropertyOf, RDFS.subClassOf, SKOS.broader} and isinstance(quad.object, NamedNode)
}


def things(kind: str, count: int) -> list[NamedNode]:
    return [NamedNode(f"{BASE}id/{kind}/{number}") for number in range(count)]


ACTIVITIES, DEADLINES, INDICATORS, TARGETS = (
    things("activity", 4),
    things("deadline", 2),
    things("indicator", 2),
    things("target", 2),
)
BODIES, GROUPS, TERRITORIES, SYSTEMS = (
    things("body", 4),
    things("group", 3),
    things("territory", 4),
    things("system", 2),
)
KINDS, RECORDS = things("kind", 2), things("record", 6)
TEXTS: list[NamedNode | Literal] = [Literal("Семинар", language="ru"), Literal("Конкурс", language="ru")]
ACTORS = [*BODIES, *GROUPS]

# Everything that a rule looks at: who says it of what, as often as it is wanted among the others.
PATTERNS: list[tuple[list[NamedNode], NamedNode, Sequence[NamedNode | Literal]]] = [
    (ACTIVITIES, RDF.type, [VEKHA.Activity, VEKHA.MentoringActivity]),
    (ACTIVITIES, RDF.type, [VEKHA.Activity]),
    (ACTIVITIES, RDFS.label, TEXTS),
    (ACTIVITIES, SKOS.prefLabel, TEXTS),
    (ACTIVITIES, VEKHA.deadlineText, TEXTS),
    (ACTIVITIES, VEKHA.theme, [THEME.mentoring, THEME.mentor_training, THEME.mentoring_web_page]),
    (ACTIVITIES, VEKHA.deadline, DEADLINES),
    (ACTIVITIES, VEKHA.indicator, INDICATORS),
    (ACTIVITIES, VEKHA.actor, ACTORS),
    (ACTIVITIES, VEKHA.responsible, ACTORS),
    (ACTIVITIES, VEKHA.involves, BODIES),
    (ACTIVITIES, VEKHA.refersTo, SYSTEMS),
    (ACTIVITIES, VEKHA.cites, SYSTEMS),
    (ACTIVITIES, VEKHA.identicalTo, ACTIVITIES),
    (DEADLINES, VEKHA.deadlineKind, [DKIND.recurrence, DKIND.window]),
    (INDICATORS, RDF.type, [VEKHA.Indicator]),
    (INDICATORS, VEKHA.target, TARGETS),
    (TARGETS, VEKHA.indicatorOf, INDICATORS),
    (TARGETS, RDF.type, [VEKHA.DatedTarget]),
    (BODIES, RDF.type, [VEKHA.Body, VEKHA.Hub, VEKHA.ProvisionalBody]),
    (BODIES, ORG.classification, KINDS),
    (BODIES, VEKHA.level, [LEVEL.region, LEVEL.municipality]),
    (BODIES, VEKHA.territory, TERRITORIES),
    (GROUPS, RDF.type, [VEKHA.BodyGroup, VEKHA.PostGroup]),
    (GROUPS, VEKHA.memberKind, KINDS),
    (GROUPS, VEKHA.memberTerritory, TERRITORIES),
    (GROUPS, VEKHA.memberLevel, [LEVEL.region]),
    (GROUPS, VEKHA.extensionKnown, [Literal(False)]),
    (GROUPS, VEKHA.member, ACTORS),
    (GROUPS, VEKHA.actsFor, ACTORS),
    (TERRITORIES, VEKHA.within, TERRITORIES),
    (TERRITORIES, VEKHA.municipalityOf, TERRITORIES),
    (RECORDS[3:], VEKHA.replacedBy, RECORDS[3:]),
    (RECORDS, RDF.type, [VEKHA.BranchRecord, VEKHA.OrganisationRecord, VEKHA.TerritoryVersion]),
    (RECORDS[:2], RDF.type, [VEKHA.RegisterRecord, VEKHA.Body, VEKHA.Activity]),
    (RECORDS, SKOS.prefLabel, TEXTS),
    (RECORDS, VEKHA.territory, TERRITORIES),
    (RECORDS, VEKHA.parentRecord, RECORDS),
    (ACTIVITIES, VEKHA.actor, RECORDS[:1]),
    (SYSTEMS, RDF.type, [VEKHA.InformationSystem]),
    (SYSTEMS, VEKHA.level, [LEVEL.federal]),
]


# No rule reads this, unless it is made narrower than something that one reads.
NOTE = NamedNode("urn:note")
NOTES: list[tuple[list[NamedNode], NamedNode, Sequence[NamedNode | Literal]]] = [
    (ACTIVITIES, NOTE, [*ACTORS, *TEXTS]),
    (ACTIVITIES, NOTE, ACTORS),
    ([NOTE], RDFS.subPropertyOf, [VEKHA.actor, NamedNode("urn:wider")]),
]

# Seeds take these in turn, so that what belongs together meets often.
IDENTITY = {RDF.type, RDFS.label, SKOS.prefLabel, VEKHA.deadlineText, VEKHA.actor, VEKHA.identicalTo}
MEMBERS = {RDF.type, ORG.classification, VEKHA.level, VEKHA.territory, VEKHA.memberKind, VEKHA.memberTerritory}
MEMBERS |= {VEKHA.within, VEKHA.municipalityOf, VEKHA.member, VEKHA.actsFor, VEKHA.responsible, VEKHA.extensionKnown}
FOLLOWING = {RDF.type, VEKHA.actor, VEKHA.responsible, VEKHA.involves, VEKHA.target, VEKHA.indicatorOf, VEKHA.within}
FOLLOWING |= {VEKHA.municipalityOf, VEKHA.replacedBy}
ENTRIES = {RDF.type, RDFS.label, SKOS.prefLabel, VEKHA.territory, VEKHA.parentRecord, VEKHA.replacedBy, VEKHA.actor}
NOTED = {RDF.type, RDFS.subPropertyOf, VEKHA.actor, VEKHA.member, VEKHA.involves, NOTE}
FOCUS = [set[NamedNode](), IDENTITY, MEMBERS, FOLLOWING, ENTRIES]


def some_triples(source: random.Random, count: int, focus: set[NamedNode] = FOCUS[0]) -> set[Triple]:
    patterns = [pattern for pattern in (*PATTERNS, *NOTES) if pattern[1] in focus] if focus else PATTERNS
    found = set()
    for _ in range(count):
        subjects, predicate, values = source.choice(patterns)
        found.add(Triple(source.choice(subjects), predicate, source.choice(values)))
    return found


def closure(stated: Iterable[Triple]) -> set[Triple]:
    """What follows from everything stated, drawn from all of it at once."""
    stated = set(stated)
    engine = Engine()
    engine.extend(Quad(triple.subject, triple.predicate, triple.object) for triple in stated)
    infer(engine)
    return {quad.triple for quad in engine} - stated


@pytest.fixture
def near(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every store is a big one, and no change a big one; how many changes were drawn near."""
    drawn: list[int] = []
    derive_near = Derivation._derive_near

    def count(self: Derivation, view: StatedView, rule: LocalRule) -> Change | None:
        found = derive_near(self, view, rule)
        drawn.extend([] if found is None else [view.change.size])
        return found

    monkeypatch.setattr("graph.derivation.SMALL", -1)
    monkeypatch.setattr("graph.derivation.MOST_OF_IT", 0)
    monkeypatch.setattr(Derivation, "_derive_near", count)
    return drawn


def assert_each_step_is_as_from_scratch(store: Store, seed: int, focus: set[NamedNode]) -> None:
    """A store that holds the schema has after each of some random commits what follows from everything stated."""
    source = random.Random(seed)
    names = [graph(f"g{number}") for number in range(4)]
    world: dict[NamedNode, set[Triple]] = {graph("schema"): SCHEMA}
    current = set(world)
    for _ in range(STEPS):
        commit = some_commit(source, names, world, current, focus)
        store.commit(commit)
        for name, triples in commit.replace.items():
            world[name] = set(triples)  # type: ignore[arg-type]
        for name, (gone, new) in commit.edit.items():
            world[name] = (world.get(name, set()) - set(gone)) | set(new)
        current = (current | commit.current) - commit.past
        stated = set().union(*(world.get(name, set()) for name in current))
        graphs = graphs_of(store.snapshot())
        assert graphs.get("inferred", set()) == closure(stated), commit
        assert graphs[""] == stated | graphs.get("inferred", set())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """One that holds the schema."""
    with Store.open(tmp_path, rules=[infer], keep=1) as opened:
        opened.commit(Commit(replace={graph("schema"): SCHEMA}, current=frozenset({graph("schema")})))
        yield opened


@pytest.mark.parametrize("seed", range(SEEDS))
def test_near_a_change_as_from_scratch(store: Store, near: list[int], seed: int) -> None:
    assert_each_step_is_as_from_scratch(store, seed, FOCUS[seed % len(FOCUS)])
    # Commits that change nothing from which anything follows are not among them.
    assert len(near) >= STEPS // 4


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("size", ["big", "small"])
def test_what_rules_begin_to_read_as_from_scratch(
    store: Store, request: pytest.FixtureRequest, size: str, seed: int
) -> None:
    if size == "big":
        request.getfixturevalue("near")
    assert_each_step_is_as_from_scratch(store, seed, NOTED)


def test_nothing_is_drawn_anew_where_no_rule_reads_what_changed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    activity, notes = ACTIVITIES[0], graph("notes")
    store.commit(Commit(replace={notes: {Triple(activity, RDF.type, VEKHA.Activity)}}, current=frozenset({notes})))
    before = graphs_of(store.snapshot())["inferred"]
    monkeypatch.delattr(Derivation, "_derive_together")
    note = Triple(activity, NOTE, BODIES[0])
    store.commit(Commit(edit={notes: ((), [note])}))
    after = graphs_of(store.snapshot())
    assert note in after[""]
    assert before == after["inferred"] != set()


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.usefixtures("near")
def test_things_that_stand_alone_as_from_scratch(store: Store, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Every change is looked through for entries of registers about which nothing follows from elsewhere."""
    told: list[int] = []

    def count(engine: Engine, change: Change) -> Standalone | None:
        found = standalone(engine, change)
        told.extend([found.change.size] if found else [])
        return found

    monkeypatch.setattr("graph.standalone.MANY", 0)
    monkeypatch.setattr("graph.derivation.standalone", count)
    assert_each_step_is_as_from_scratch(store, seed, ENTRIES if seed % 2 else FOCUS[0])
    # Among all patterns there may be no entry without ties.
    assert any(told) or seed % 2 == 0


def test_every_property_that_the_closure_follows_is_known_to_lead_on() -> None:
    """What an update of the closure reads of things that are no entries of a register need not be told apart."""
    read = {
        NamedNode(VEKHA.NAMESPACE + found)
        for name in CLOSURE
        for found in re.findall(r"vekha:([a-z]\w+)", closure_text(name))
    }
    of_a_body_or_an_activity_only = {
        VEKHA.level, VEKHA.territory, VEKHA.extensionKnown, VEKHA.deadlineText, VEKHA.resultText, VEKHA.indicatorText,
        VEKHA.assessmentText, VEKHA.actorText, VEKHA.statedIn,
    }  # fmt: skip
    assert read - of_a_body_or_an_activity_only <= FOLLOWED


def some_commit(
    source: random.Random,
    names: list[NamedNode],
    world: dict[NamedNode, set[Triple]],
    current: set[NamedNode],
    focus: set[NamedNode],
) -> Commit:
    """A new version of a graph, some statements more or less, or a graph that comes or goes."""
    name = source.choice(names)
    match source.randrange(4):
        case 0:
            return Commit(replace={name: some_triples(source, source.randrange(60), focus)}, current=frozenset({name}))
        case 1 if name in current:
            return Commit(past=frozenset({name}))
        case 2:
            return Commit(current=frozenset({name}))
        case _:
            held = sorted(world.get(name, set()), key=str)
            gone = set(source.sample(held, min(len(held), source.randrange(4))))
            new = some_triples(source, source.randrange(4), focus) - gone
            return Commit(edit={name: (gone, new)}, current=frozenset({name}))


def test_a_change_of_the_class_hierarchy_draws_everything_anew(tmp_path: Path, near: list[int]) -> None:
    schema, data = graph("schema"), graph("data")
    contents = {schema: SCHEMA, data: some_triples(random.Random(1), 200)}
    with Store.open(tmp_path, rules=[infer]) as store:
        store.commit(Commit(replace=contents, current=frozenset(contents)))
        near.clear()
        less = {triple for triple in SCHEMA if triple.object != VEKHA.actor}
        store.commit(Commit(replace={schema: less}))
        assert near == []
        assert graphs_of(store.snapshot())["inferred"] == closure(less | contents[data])


def test_roadmaps_that_come_and_go_leave_what_loading_them_together_gives(
    tmp_path: Path, five_roadmaps: Snapshot, near: list[int]
) -> None:
    """The five real documents, one by one, with and without, in another order than they were loaded."""
    named = {name: set(five_roadmaps.triples(name)) for name in five_roadmaps.graphs()}
    own = {graph(name) for name in ("inferred", "current", "catalog")}
    shared = {graph("ontology"), graph("reference")}
    documents = sorted(named.keys() - own - shared, key=str)
    source = random.Random(5)
    with Store.open(tmp_path, rules=[infer], keep=1) as store:
        store.commit(Commit(replace={name: named[name] for name in shared}, current=frozenset(shared)))
        near.clear()
        for name in source.sample(documents, len(documents)):
            store.commit(Commit(replace={name: named[name]}, current=frozenset({name})))
        for name in source.sample(documents, 3):
            store.commit(Commit(past=frozenset({name})))
            store.commit(Commit(current=frozenset({name})))
        assert len(near) > len(documents)
        found, expected = graphs_of(store.snapshot()), graphs_of(five_roadmaps)
    similar = {triple for triple in expected["inferred"] if triple.predicate == VEKHA.similarTo}
    assert found["inferred"] == expected["inferred"] - similar
    assert found[""] == expected[""] - similar


def activities(slug: str, *texts: str) -> set[Triple]:
    found = set()
    for number, text in enumerate(texts):
        activity = node(f"id/activity/{slug}_{number}")
        found |= {
            Triple(activity, RDF.type, VEKHA.Activity),
            Triple(activity, VEKHA.roadmap, node(f"id/roadmap/{slug}")),
            Triple(activity, RDFS.label, Literal(text, language="ru")),
        }
    return found


MONITORING = "Проведение мониторинга эффективности системы наставничества"


def test_what_lags_behind_in_a_big_store_says_of_which_version_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def similar(store: Store) -> set[tuple[str, str]]:
        return {
            (str(triple.subject)[-3:-1], str(triple.object)[-3:-1])
            for triple in store.snapshot().triples(graph("inferred"))
            if triple.predicate == VEKHA.similarTo
        }

    one, two, three = graph("one"), graph("two"), graph("three")
    words = ("Создание клуба", "Конкурс учителей", "Диагностика дефицитов", "Семинар для школ")
    contents = {one: activities("a", MONITORING, *words), two: activities("b", f"{MONITORING} школ")}
    with Store.open(tmp_path, rules=[infer, relate_activities]) as store:
        store.commit(Commit(replace=contents, current=frozenset(contents)))
        assert similar(store) == {("_0", "_0")}
        assert store.late() == {}
        monkeypatch.setattr(relate_activities, "most", 3)
        monkeypatch.setattr("graph.derivation.SMALL", -1)
        monkeypatch.setattr("graph.derivation.MOST_OF_IT", 0)
        store.commit(Commit(replace={three: activities("c", MONITORING)}, current=frozenset({three})))
        assert len(set(store.snapshot().triples(graph("inferred")))) > 1
        assert store.late() == {VEKHA.similarTo: 1}
        pair = Triple(node("id/activity/a_0"), VEKHA.similarTo, node("id/activity/b_0"))
        store.commit(Commit(replace={graph("hand"): [pair]}, current=frozenset({graph("hand")})))
        assert_default_graph_is_the_merge(store.snapshot())
        store.commit(Commit(past=frozenset({two, graph("hand")})))
        assert similar(store) == set()
        assert store.late() == {VEKHA.similarTo: 1}
        assert_default_graph_is_the_merge(store.snapshot())
    with Store.open(tmp_path, rules=[infer, relate_activities]) as store:
        assert store.late() == {VEKHA.similarTo: 1}
        monkeypatch.setattr("graph.derivation.SMALL", 100_000)
        store.commit(Commit(replace={two: []}))
        monkeypatch.setattr(relate_activities, "most", 100)
        store.commit(Commit(replace={graph("four"): activities("d", "Иное")}, current=frozenset({graph("four")})))
        assert store.late() == {}


def test_late_conclusions_are_drawn_beside_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [graph(name) for name in ("one", "two", "three")]
    words = ("Создание клуба", "Конкурс учителей", "Диагностика дефицитов", "Семинар для школ")
    texts = [activities("a", MONITORING, *words), activities("b", f"{MONITORING} школ"), activities("c", MONITORING)]
    contents = dict(zip(names, texts, strict=True))
    with Store.open(tmp_path / "at-once", rules=[infer, relate_activities]) as store:
        store.commit(Commit(replace=contents, current=frozenset(contents)))
        expected = graphs_of(store.snapshot())["inferred"]
    monkeypatch.setattr(relate_activities, "most", 0)
    with Store.open(tmp_path / "late", rules=[infer, relate_activities]) as store:
        store.commit(Commit(replace=contents, current=frozenset(contents)))
        assert store.late() == {VEKHA.similarTo: 0}
        assert graphs_of(store.snapshot())["inferred"] < expected
        assert store.derive_late() == 2
        assert graphs_of(store.snapshot())["inferred"] == expected
        assert store.late() == {}
        assert_default_graph_is_the_merge(store.snapshot())
        assert store.derive_late() == 2
        conclusions = Store._conclusions

        def meanwhile(self: Store, rule: LateRule, version: int, limits: UpdateLimits) -> set[Triple]:
            drawn = conclusions(self, rule, version, limits)
            self.commit(Commit(past=frozenset({names[1]})))
            return drawn

        store.commit(Commit(replace={graph("four"): activities("d", "Иное")}, current=frozenset({graph("four")})))
        monkeypatch.setattr(Store, "_conclusions", meanwhile)
        assert store.derive_late() == 5
        assert store.late() == {VEKHA.similarTo: 3}
        assert not [triple for triple in store.snapshot().triples() if triple.subject == node("id/activity/b_0")]
        monkeypatch.setattr(relate_activities, "most_late", 0)
        assert store.derive_late() == 5
