from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, RdfFormat, Store
from rdflib import OWL, RDF, Graph, URIRef

from graph.inference import CLOSURE, closure_text
from graph.reasoning import Consequences, InconsistentOntologyError, read_graph, reason
from ontology import DEFINITIONS_FILE, ONTOLOGY_FILE, scheme_files
from ontology.iris import NAMESPACE, Iris

SLICE = Path(__file__).with_name("slice.ttl")
DATA = f"{Iris().base}id/"

pytestmark = pytest.mark.java


@pytest.fixture(scope="module")
def described() -> Graph:
    return read_graph([ONTOLOGY_FILE, DEFINITIONS_FILE, *scheme_files(), SLICE])


@pytest.fixture(scope="module")
def closed() -> Store:
    store = Store()
    for path in (ONTOLOGY_FILE, DEFINITIONS_FILE, *scheme_files(), SLICE):
        store.load(path=path, format=RdfFormat.TURTLE)
    for name in CLOSURE:
        store.update(closure_text(name))
    return store


@pytest.fixture(scope="module")
def consequences(described: Graph, closed: Store) -> Consequences:
    # Membership by criterion is more than OWL can say, so HermiT is told its outcome.
    told = Graph() + described
    for quad in closed.quads_for_pattern(None, None, None, DefaultGraph()):
        if quad.predicate.value == f"{NAMESPACE}member":
            told.add((URIRef(str(quad.subject)[1:-1]), URIRef(quad.predicate.value), URIRef(str(quad.object)[1:-1])))
    return reason(told)


def with_triple(graph: Graph, subject: str, predicate: URIRef, value: URIRef | str) -> Graph:
    changed = Graph() + graph
    changed.add((URIRef(DATA + subject), predicate, value if isinstance(value, URIRef) else URIRef(DATA + value)))
    return changed


def classes(consequences: Consequences, thing: str) -> set[str]:
    return {
        class_.removeprefix(NAMESPACE)
        for subject, class_ in consequences.types
        if subject == DATA + thing and class_.startswith(NAMESPACE)
    }


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        ("activity/tomsk-obl-nastav_3_4", {"Entry", "Activity", "MentoringActivity", "RecurringActivity"}),
        ("activity/tomsk-obl-nastav_2_1", {"Entry", "Activity", "MentoringActivity"}),
        ("activity/tambov-obl-nms_1_9", {"Entry", "Activity", "FederallyLinkedActivity"}),
        ("activity/tomsk-city-model_7", {"Entry", "Activity"}),
        ("indicator/activity_tomsk-obl-nastav_3_4_1", {"Indicator", "MentoringIndicator"}),
        ("body/tomsk-obl_toipkro", {"Actor", "Body", "RegionalBody"}),
        ("body/tomsk-city_do", {"Actor", "Body", "MunicipalBody"}),
        ("body/tomsk-obl_hub-tomsk", {"Actor", "Body", "Hub"}),
        ("system/ru_dpo-register", {"InformationSystem", "FederalSystem"}),
    ],
)
def test_hermit_finds_the_defined_classes(consequences: Consequences, thing: str, expected: set[str]) -> None:
    assert classes(consequences, thing) == expected


def test_hermit_follows_groups_and_posts(consequences: Consequences) -> None:
    involved = {
        value.removeprefix(DATA)
        for subject, predicate, value in consequences.values
        if subject == f"{DATA}activity/tomsk-city-model_7" and predicate == f"{NAMESPACE}involves"
    }
    assert involved == {
        "post/tomsk-city_do-head",
        "group/tomsk-obl_mouo-heads",
        "group/tomsk-obl_mouo",
        "body/tomsk-city_do",
    }


def test_the_updates_say_what_hermit_says(consequences: Consequences, closed: Store) -> None:
    ours_types, ours_values = set(), set()
    for subject, predicate, value, _ in closed.quads_for_pattern(None, None, None, DefaultGraph()):
        if not str(subject).startswith(f"<{DATA}"):
            continue
        thing, term = str(subject)[1:-1], str(value)[1:-1]
        if predicate.value == str(RDF.type):
            ours_types.add((thing, term))
        elif predicate.value.startswith(NAMESPACE) and str(value).startswith("<"):
            ours_values.add((thing, predicate.value, term))
    hermit_types = {pair for pair in consequences.types if pair[0].startswith(DATA) and pair[1] != str(OWL.Thing)}
    hermit_values = {
        triple for triple in consequences.values if triple[0].startswith(DATA) and triple[1].startswith(NAMESPACE)
    }
    assert ours_types == hermit_types
    assert ours_values == hermit_values


@pytest.mark.parametrize(
    ("subject", "predicate", "value"),
    [
        pytest.param("body/tomsk-obl_toipkro", OWL.sameAs, "body/tambov-obl_toipkro", id="two institutes are one"),
        pytest.param(
            "body/tomsk-city_do", RDF.type, URIRef(f"{NAMESPACE}PersonGroup"), id="a body is a group of persons"
        ),
        pytest.param(
            "group/tomsk-obl_mouo", RDF.type, URIRef(f"{NAMESPACE}PostGroup"), id="a group of bodies and of posts"
        ),
        pytest.param(
            "activity/tomsk-obl-nastav_2_1",
            URIRef(f"{NAMESPACE}actor"),
            "territory/tomsk-obl",
            id="a territory is answerable",
        ),
        pytest.param(
            "activity/tomsk-obl-nastav_2_1",
            RDF.type,
            URIRef(f"{NAMESPACE}FormItem"),
            id="an activity is a form item",
        ),
    ],
)
def test_a_wrong_statement_is_a_contradiction(
    described: Graph, subject: str, predicate: URIRef, value: URIRef | str
) -> None:
    with pytest.raises(InconsistentOntologyError):
        reason(with_triple(described, subject, predicate, value))


def test_one_node_for_both_institutes_is_a_contradiction(described: Graph) -> None:
    tomsk, tambov = (URIRef(f"{DATA}body/{key}_toipkro") for key in ("tomsk-obl", "tambov-obl"))
    merged = Graph()
    for subject, predicate, value in described:
        merged.add((tomsk if subject == tambov else subject, predicate, tomsk if value == tambov else value))
    with pytest.raises(InconsistentOntologyError):
        reason(merged)
