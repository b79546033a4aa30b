from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QueryBoolean, QuerySolution, QuerySolutions, RdfFormat, Store, parse

from graph.inference import CLOSURE, closure_text, infer
from ontology import FOLDER, ontology_files
from ontology.iris import Iris
from ontology.vocabulary import RDF, RDFS, VEKHA

SLICE = Path(__file__).with_name("slice.ttl")
IRIS = Iris()
DATA = f"{IRIS.base}id/"
PREFIX = re.compile(r"^@prefix (\w+): +<([^>]+)> \.$", re.MULTILINE)


def prefixes() -> dict[str, str]:
    return dict(PREFIX.findall(SLICE.read_text(encoding="utf-8")))


def closed(turtle: str = "") -> Store:
    store = Store()
    for path in (*ontology_files(), SLICE):
        store.load(path=path, format=RdfFormat.TURTLE)
    head = "".join(f"@prefix {name}: <{namespace}> .\n" for name, namespace in prefixes().items())
    store.load((head + turtle).encode(), RdfFormat.TURTLE)
    infer(store)
    return store


def ask(store: Store, pattern: str) -> bool:
    found = store.query(f"ASK {{ {pattern} }}", prefixes=prefixes())
    assert isinstance(found, QueryBoolean)
    return bool(found)


def values(store: Store, subject: str, predicate: NamedNode) -> set[str]:
    found = store.quads_for_pattern(NamedNode(DATA + subject), predicate, None, None)
    return {str(quad.object).removeprefix(f"<{DATA}").rstrip(">") for quad in found}


@pytest.fixture(scope="module")
def store() -> Store:
    return closed()


def test_every_update_of_the_folder_is_run() -> None:
    assert sorted(path.stem for path in (FOLDER.parent / "graph" / "closure").glob("*.ru")) == sorted(CLOSURE)
    assert all(closure_text(name).startswith("# ") for name in CLOSURE)


def test_a_second_run_adds_nothing(store: Store) -> None:
    before = len(store)
    infer(store)
    assert len(store) == before


def test_names_of_reference_things_and_concepts_become_labels(store: Store) -> None:
    assert ask(store, 'body:tomsk-city_do rdfs:label "департамент образования администрации Города Томска"@ru')
    assert ask(store, 'theme:mentoring rdfs:label "наставничество"@ru , "mentoring"@en')


def test_a_narrow_theme_brings_the_broad_one(store: Store) -> None:
    assert ask(store, "activity:tomsk-obl-nastav_3_4 vekha:theme theme:mentoring")
    assert not ask(store, "activity:tomsk-obl-nastav_2_1 vekha:theme theme:mentor-contests")


def test_a_group_with_a_criterion_gets_its_members(store: Store) -> None:
    assert values(store, "group/tomsk-obl_mouo", VEKHA.member) == {"body/tomsk-city_do"}


def test_a_group_whose_extension_is_not_settled_gets_none(store: Store) -> None:
    assert ask(store, "body:tambov-obl_toipkro org:classification bkind:training-institute")
    assert values(store, "group/tambov-obl_nms-subjects", VEKHA.member) == set()


@pytest.mark.parametrize(
    ("kind", "level", "territory"),
    [
        ("school", "municipality", "tomsk-city"),
        ("education-authority", "region", "tomsk-obl"),
        ("education-authority", "municipality", "tambov-obl"),
    ],
)
def test_a_body_that_fails_the_criterion_is_no_member(kind: str, level: str, territory: str) -> None:
    store = closed(
        f"body:other a vekha:Body ; org:classification bkind:{kind} ; vekha:level level:{level} ; "
        f"vekha:territory territory:{territory} ."
    )
    assert "body/other" not in values(store, "group/tomsk-obl_mouo", VEKHA.member)


def test_stated_members_stay_beside_those_of_the_criterion() -> None:
    store = closed("group:tomsk-obl_mouo vekha:member body:stated . body:stated a vekha:Body .")
    assert values(store, "group/tomsk-obl_mouo", VEKHA.member) == {"body/tomsk-city_do", "body/stated"}


def test_a_group_without_a_level_takes_bodies_of_any() -> None:
    store = closed(
        "group:all a vekha:BodyGroup ; vekha:memberKind bkind:training-institute ; vekha:memberTerritory territory:ru ."
    )
    assert values(store, "group/all", VEKHA.member) == {"body/tomsk-obl_toipkro", "body/tambov-obl_toipkro"}


def test_an_activity_involves_those_whom_its_actors_mean(store: Store) -> None:
    assert values(store, "activity/tomsk-city-model_7", VEKHA.involves) == {
        "post/tomsk-city_do-head",
        "group/tomsk-obl_mouo-heads",
        "group/tomsk-obl_mouo",
        "body/tomsk-city_do",
    }
    assert values(store, "activity/tambov-obl-nms_1_9", VEKHA.involves) == {
        "group/tambov-obl_nms-subjects",
        "group/tambov-obl_toipkro-chairs",
        "body/tambov-obl_toipkro",
    }


def test_a_city_lies_within_its_country(store: Store) -> None:
    assert values(store, "territory/tomsk-city", VEKHA.within) == {"territory/tomsk-obl", "territory/ru"}


def test_the_column_is_an_actor_too() -> None:
    store = closed("activity:a a vekha:Activity ; vekha:coExecutor body:tomsk-city_do .")
    assert values(store, "activity/a", VEKHA.actor) == {"body/tomsk-city_do"}
    assert values(store, "activity/a", VEKHA.involves) == {"body/tomsk-city_do"}


def test_an_observation_knows_its_indicator(store: Store) -> None:
    assert ask(store, "?target a qb:Observation ; vekha:indicatorOf/^vekha:indicator activity:tomsk-obl-nastav_3_4")


def test_a_deadline_outside_its_column_makes_no_recurring_activity() -> None:
    store = closed(
        "activity:a a vekha:Activity ; vekha:mentionedDeadline deadline:a . "
        "deadline:a a vekha:Deadline ; vekha:deadlineKind dkind:recurrence ."
    )
    assert not ask(store, "activity:a a vekha:RecurringActivity")


SAME = 'a vekha:Activity ; rdfs:label "Семинар"@ru ; vekha:deadlineText "2023" ; vekha:resultText "15 %"'


@pytest.mark.parametrize(
    ("other", "identical"),
    [
        (f"{SAME} ; vekha:actor body:tomsk-city_do", True),
        (f"{SAME} ; vekha:actor body:tomsk-obl_toipkro", False),
        (f'{SAME} ; vekha:actor body:tomsk-city_do ; vekha:assessmentText "отчёт"', False),
        (SAME, False),
        (SAME.replace("2023", "2024") + " ; vekha:actor body:tomsk-city_do", False),
        (SAME.replace("Семинар", "Семинары") + " ; vekha:actor body:tomsk-city_do", False),
    ],
)
def test_identical_means_every_cell_and_every_actor(other: str, *, identical: bool) -> None:
    store = closed(f"activity:a {SAME} ; vekha:actor body:tomsk-city_do . activity:b {other} .")
    assert values(store, "activity/a", VEKHA.identicalTo) == ({"activity/b"} if identical else set())
    assert values(store, "activity/b", VEKHA.identicalTo) == ({"activity/a"} if identical else set())


def texts_of(row: QuerySolution) -> list[str]:
    return [value.value if isinstance(value, Literal) else "" for value in row]


def sparql_of_the_page() -> list[str]:
    text = (FOLDER.parent / "docs" / "ontology.md").read_text(encoding="utf-8")
    return re.findall(r"```sparql\n(.*?)```", text, re.DOTALL)


def test_the_queries_of_the_page_answer(store: Store) -> None:
    answers = []
    # Searches are answered from the index before the engine is asked (`graph.search_clauses`).
    for text in (text for text in sparql_of_the_page() if "vekha:search" not in text):
        found = store.query(text, prefixes=prefixes())
        assert isinstance(found, QuerySolutions)
        answers.append([texts_of(row) for row in found])
    mentoring, city = answers
    assert sorted(row[2:] for row in mentoring) == [
        ["Конкурсы наставников", "муниципальные органы управления образованием Томской области"],
        ["Создание базы наставников", "ТОИПКРО (Томск)"],
    ]
    assert sorted(city) == [["Конкурсы наставников", "в составе группы"], ["Семинар", "в составе группы"]]


def test_labels_of_documents_are_not_multiplied(store: Store) -> None:
    labels = list(store.quads_for_pattern(IRIS.roadmap("tomsk-obl-nastav"), RDFS.label, None, None))
    assert labels == [
        Quad(IRIS.roadmap("tomsk-obl-nastav"), RDFS.label, Literal("Дорожная карта наставничества", language="ru"))
    ]


def test_nothing_is_inferred_of_the_words_of_rdf(store: Store) -> None:
    stated = {quad.triple for path in (*ontology_files(), SLICE) for quad in parse(path=path)}
    new = {quad.triple for quad in store} - stated
    assert not {triple for triple in new if str(triple.subject).startswith("<http://www.w3.org/")}
    assert {triple.predicate for triple in new} >= {RDF.type, RDFS.label, VEKHA.involves}
