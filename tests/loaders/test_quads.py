from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from loaders.extraction import Actor, Extraction, SectionStep, Target, Territory
from loaders.quads import DocumentQuads, build_quads, n_quads
from loaders.quads.persons import STRUCK, PersonNames
from loaders.reference_quads import ontology_quads, reference_quads
from ontology import ontology_files
from ontology.iris import Iris, concept
from ontology.reference import Reference
from ontology.vocabulary import BASIS, DCAT, ELI, RDF, RDFS, ROLE, THEME, UNIT, VEKHA
from tests.loaders.small_plan import row, small_plan

EXPECTED = Path(__file__).parent / "expected"
IRIS = Iris()


def small_quads(reference: Reference, extraction: Extraction | None = None, iris: Iris = IRIS) -> DocumentQuads:
    return build_quads(extraction or small_plan(), iris=iris, reference=reference)


def values(quads: Iterable[Quad], subject: NamedNode, predicate: NamedNode) -> list[str]:
    return sorted(
        quad.object.value
        for quad in quads
        if quad.subject == subject and quad.predicate == predicate and isinstance(quad.object, NamedNode | Literal)
    )


def subjects(quads: Iterable[Quad], cls: NamedNode) -> list[NamedNode]:
    found = [quad.subject for quad in quads if quad.predicate == RDF.type and quad.object == cls]
    return [subject for subject in found if isinstance(subject, NamedNode)]


def activity(key: str) -> NamedNode:
    return IRIS.thing("activity", key)


def merged(quads: DocumentQuads) -> list[Quad]:
    return [*quads.document, *quads.persons]


# A small plan made by hand


def test_small_plan_gives_the_golden_quads(reference: Reference, golden: Callable[[Path, str], None]) -> None:
    golden(EXPECTED / "small-plan.nq", n_quads(merged(small_quads(reference))))


def test_n_quads_are_read_back_as_they_were(reference: Reference) -> None:
    extraction = small_plan()
    extraction.rows[0].cells[1].text = "две\nстроки, «кавычки» и \\"
    quads = merged(small_quads(reference, extraction))
    assert set(parse(n_quads(quads), format=RdfFormat.N_QUADS)) == set(quads)


def test_equal_extractions_give_equal_bytes(reference: Reference) -> None:
    assert [str(q) for q in merged(small_quads(reference))] == [str(q) for q in merged(small_quads(reference))]


def test_each_quad_names_the_graph_of_the_version_or_that_of_persons(reference: Reference) -> None:
    quads = small_quads(reference)
    assert {quad.graph_name for quad in quads.document} == {quads.graph}
    assert {quad.graph_name for quad in quads.persons} == {IRIS.graph("persons")}
    assert quads.graph.value == "https://w3id.org/vekha/graph/small_0123456789ab"


def test_repeated_number_gets_a_letter(reference: Reference) -> None:
    assert {iri.value.rpartition("/")[2] for iri in subjects(small_quads(reference).document, VEKHA.Activity)} == {
        "small_1_1",
        "small_1_1_b",
    }


def test_form_item_is_named_by_table_block_and_ordinal(reference: Reference) -> None:
    assert subjects(small_quads(reference).document, VEKHA.FormItem) == [IRIS.form_item("small", 2, 1, 1)]


def test_assignment_keeps_role_while_property_follows_the_heading(reference: Reference) -> None:
    document = small_quads(reference).document
    person = next(iter(subjects(document, VEKHA.Person)))
    assert person.value in values(document, activity("small_1_1"), VEKHA.responsible)
    second = IRIS.part_of(activity("small_1_1"), "assignment", 2)
    assert values(document, second, VEKHA.role) == [ROLE.by_agreement.value]


def test_mention_offsets_cut_the_surface_form_from_the_cell(reference: Reference) -> None:
    quads = merged(small_quads(reference))
    mention = subjects(quads, VEKHA.Mention)[0]
    (cell,) = values(quads, mention, VEKHA.statedIn)
    (text,) = values(quads, NamedNode(cell), VEKHA.rawText)
    start, end = (int(values(quads, mention, p)[0]) for p in (VEKHA.startOffset, VEKHA.endOffset))
    assert values(quads, mention, VEKHA.surfaceForm) == [text[start:end]]


def test_weak_bases_give_no_direct_theme(reference: Reference) -> None:
    document = small_quads(reference).document
    assert values(document, activity("small_1_1"), VEKHA.theme) == sorted(
        [THEME.mentoring.value, THEME.regulation.value]
    )
    weak = IRIS.part_of(activity("small_1_1"), "theme-assignment", "monitoring", "context")
    assert values(document, weak, VEKHA.basis) == [BASIS.context.value]


def test_theme_of_a_section_stands_on_the_section_too(reference: Reference) -> None:
    document = small_quads(reference).document
    assert values(document, IRIS.section("small", ("1",)), VEKHA.theme) == [THEME.regulation.value]


def test_monthly_recurrence_is_due_at_the_end_of_each_month_in_the_period(reference: Reference) -> None:
    document = small_quads(reference).document
    assert values(document, activity("small_1_1"), VEKHA.dueDate) == ["2021-06-30", "2022-06-30"]
    assert values(document, activity("small_1_1"), VEKHA.deadlineEnd) == []


def test_due_date_is_also_the_printed_end(reference: Reference) -> None:
    document = small_quads(reference).document
    assert values(document, activity("small_1_1_b"), VEKHA.deadlineEnd) == ["2021-09-01"]
    assert values(document, activity("small_1_1_b"), VEKHA.deadlineStart) == []


def test_time_of_another_column_is_only_mentioned(reference: Reference) -> None:
    document = small_quads(reference).document
    (mentioned,) = values(document, activity("small_1_1"), VEKHA.mentionedDeadline)
    assert mentioned not in values(document, activity("small_1_1"), VEKHA.deadline)
    assert values(document, NamedNode(mentioned), VEKHA.statedIn) == [
        IRIS.cell("small", small_plan().source.sha256, 1, 1, 6).value
    ]


def test_series_of_years_is_one_indicator_and_keeps_its_decimals(reference: Reference) -> None:
    document = small_quads(reference).document
    (indicator,) = values(document, activity("small_1_1"), VEKHA.indicator)
    targets = [NamedNode(iri) for iri in values(document, NamedNode(indicator), VEKHA.target)]
    assert [values(document, target, VEKHA.value) for target in targets] == [["10"], ["20.5"]]
    assert set(targets) == set(subjects(document, VEKHA.DatedTarget))


def test_indicator_without_words_is_named_by_its_activity(reference: Reference) -> None:
    document = small_quads(reference).document
    indicator = IRIS.part_of(activity("small_1_1"), "indicator", 1)
    assert values(document, indicator, RDFS.label) == ["Мониторинг программ наставничества"]


@pytest.mark.parametrize(
    ("printed", "unit"),
    [
        ("%", UNIT.percent),
        ("баллов", UNIT.score),
        ("Мб/сек", UNIT.megabit_per_second),
        ("тыс. руб.", UNIT.other),
        ("слушателей", UNIT.count),
        (None, UNIT.count),
    ],
)
def test_printed_unit_is_a_concept(reference: Reference, printed: str | None, unit: NamedNode) -> None:
    extraction = small_plan()
    extraction.rows[1].targets[0].unit = printed
    target = IRIS.part_of(activity("small_1_1_b"), "target", 1, "v1")
    document = small_quads(reference, extraction).document
    assert values(document, target, VEKHA.unit) == [unit.value]
    assert values(document, target, VEKHA.unitText) == ([printed] if printed else [])


def test_repeated_year_starts_another_indicator(reference: Reference) -> None:
    extraction = small_plan()
    extraction.rows[0].targets += [Target(2021, 5.0, "%", "=", None, "10 %", "indicator")]
    assert len(values(small_quads(reference, extraction).document, activity("small_1_1"), VEKHA.indicator)) == 2


def test_footnotes_give_tolerance_and_programme(reference: Reference) -> None:
    document = small_quads(reference).document
    indicator = IRIS.part_of(activity("small_1_1"), "indicator", 1)
    assert values(document, indicator, VEKHA.tolerance) == ["1.5"]
    measured = IRIS.part_of(IRIS.form_item("small", 2, 1, 1), "indicator", 1)
    assert values(document, measured, VEKHA.tolerance) == []
    assert values(document, measured, VEKHA.basedOn) == [
        IRIS.thing("programme", "tomsk-city_municipal-assignment").value
    ]


def test_known_act_is_that_of_the_reference_data_however_its_number_is_spelt(reference: Reference) -> None:
    document = small_quads(reference).document
    assert values(document, IRIS.roadmap("small"), VEKHA.approvedBy) == [
        IRIS.thing("act", "tomsk-city_420r-2021-05-14").value
    ]


def test_unknown_act_is_described_with_its_issuer(reference: Reference) -> None:
    document = small_quads(reference).document
    (act,) = values(document, IRIS.roadmap("small"), VEKHA.cites)
    assert values(document, NamedNode(act), ELI.number) == ["7"]
    assert values(document, NamedNode(act), ELI.passed_by) == [IRIS.thing("body", "tomsk-city_do").value]


def test_table_left_out_is_a_source_table_all_the_same(reference: Reference) -> None:
    assert len(subjects(small_quads(reference).document, VEKHA.SourceTable)) == 3


def test_codes_outside_the_scheme_are_no_anomalies(reference: Reference) -> None:
    document = small_quads(reference).document
    assert values(document, activity("small_1_1_b"), VEKHA.anomaly) == [concept("anomaly", "duplicate-number").value]


def test_unknown_actor_is_described_as_provisional(reference: Reference) -> None:
    extraction = small_plan()
    iri = IRIS.provisional("tomsk-city", "novyy-tsentr").value
    extraction.rows[0].responsible[0] = Actor("ТОИПКРО", "body", "Новый центр", "responsible", 0.4, iri, 0, 7)
    document = small_quads(reference, extraction).document
    assert subjects(document, VEKHA.ProvisionalBody) == [NamedNode(iri)]
    assert values(document, NamedNode(iri), RDFS.label) == ["Новый центр"]


def test_unknown_municipality_is_described_within_its_region(reference: Reference) -> None:
    extraction = small_plan()
    extraction.territory = Territory("Томская область", "Новый округ")
    document = small_quads(reference, extraction).document
    (territory,) = values(document, IRIS.roadmap("small"), VEKHA.territory)
    assert territory.startswith(IRIS.thing("territory", "tomsk-obl").value + "_")
    assert values(document, NamedNode(territory), VEKHA.within) == [IRIS.thing("territory", "tomsk-obl").value]


def test_another_base_leaves_no_iri_of_ours_behind(reference: Reference) -> None:
    quads = merged(small_quads(reference, iris=Iris("https://example.org/plans/")))
    terms = {str(term) for quad in quads for term in (quad.subject, quad.object)}
    assert not [term for term in terms if term.startswith("<https://w3id.org/vekha/id/")]


def test_sections_that_print_one_number_stay_apart(reference: Reference) -> None:
    extraction = small_plan()
    extraction.rows[1].section_path = [SectionStep("1", "Другой раздел")]
    document = small_quads(reference, extraction).document
    assert len(subjects(document, VEKHA.Section)) == 3
    assert len(subjects(document, VEKHA.Activity)) == 2


def test_section_printed_again_is_the_same(reference: Reference) -> None:
    extraction = small_plan()
    other = row("2.1", {"activity": "Иное"}, 9, section="Второй")
    other.section_path = [SectionStep("2", "Второй")]
    extraction.rows[1:1] = [other]
    document = small_quads(reference, extraction).document
    assert {iri.value.rpartition("/")[2] for iri in subjects(document, VEKHA.Section)} == {
        "small_1",
        "small_2",
        "small_t2_1",
    }


def test_sub_row_names_its_parent(reference: Reference) -> None:
    extraction = small_plan()
    extraction.rows[:2] = [
        row("14.", {"activity": "Целое"}, 1, section=None),
        row("14.1", {"activity": "Часть"}, 2, section=None),
    ]
    document = small_quads(reference, extraction).document
    assert values(document, activity("small_14_1"), VEKHA.parentActivity) == [activity("small_14").value]


def test_rows_without_numbers_are_named_by_their_ordinal(reference: Reference) -> None:
    extraction = small_plan()
    extraction.rows[:2] = [row(None, {"activity": text}, 1) for text in ("Первое", "Второе")]
    found = subjects(small_quads(reference, extraction).document, VEKHA.Activity)
    assert {iri.value.rpartition("/")[2] for iri in found} == {"small_1_1", "small_1_2"}


# Names of persons


@pytest.mark.parametrize(
    "text",
    ["Шешерина Г.А.", "В.В. Пустовалова", "В.В.Пустовалова", "Петров-Водкин К. С.", "Иванова Анна Петровна"],
)
def test_names_are_struck_out(text: str) -> None:
    assert PersonNames().strike_out(f"Ответственный: {text}") == f"Ответственный: {STRUCK}"


@pytest.mark.parametrize(
    "text",
    ["МКОУ СОШ с.Благодатное", "школа имени А.С. Пушкина", "МБОУ СОШ пгт Ярославский", "г. Томск, Томский район"],
)
def test_what_is_no_name_stays(text: str) -> None:
    assert PersonNames().strike_out(text) == text


def test_names_without_initials_are_struck_out_where_they_were_read_as_persons() -> None:
    assert PersonNames(["Шешерина"]).strike_out("Шешерина и другие") == f"{STRUCK} и другие"


def test_no_name_is_left_in_the_document_graph(example_quads: dict[str, DocumentQuads]) -> None:
    surnames = re.compile(
        "Шешерин|Полунин|Афонин|Мексичев|Ермаков|Кирсанов|Солопов|Мирзаев|Примаков|Кожевников|"
        "Пустовалов|Швайко|Васильев"
    )
    for quads in example_quads.values():
        assert surnames.findall(n_quads(quads.document)) == []


def test_names_of_the_examples_stand_in_the_graph_of_persons(example_quads: dict[str, DocumentQuads]) -> None:
    persons = example_quads["tambov-obl-nms"].persons
    labels = {
        quad.object.value for quad in persons if quad.predicate == RDFS.label and isinstance(quad.object, Literal)
    }
    assert labels == {
        "Шешерина Г.А.",
        "Полунина Н.Л.",
        "Полунина Н.А.",
        "Афонина Е.В.",
        "Мексичев О.А.",
        "Ермакова О.А.",
        "Кирсанов И.Н.",
        "Солопова Н.К.",
        "Мирзаева Т.В.",
        "Примакова Е.А.",
        "Кожевникова И.В.",
    }


def test_cell_with_names_says_so_without_them(example_quads: dict[str, DocumentQuads]) -> None:
    document = example_quads["tambov-obl-nms"].document
    cell = IRIS.cell("tambov-obl-nms", _sha256(example_quads, "tambov-obl-nms"), 1, 1, 3)
    assert values(document, cell, VEKHA.rawText) == []
    assert STRUCK in values(document, cell, VEKHA.redactedText)[0]


def _sha256(quads: dict[str, DocumentQuads], roadmap: str) -> str:
    return values(quads[roadmap].document, quads[roadmap].version, VEKHA.sha256)[0]


# The five examples


def test_examples_have_149_activities_6_results_and_72_form_items(example_quads: dict[str, DocumentQuads]) -> None:
    counts = Counter(
        {
            cls: sum(len(subjects(quads.document, cls)) for quads in example_quads.values())
            for cls in (VEKHA.Activity, VEKHA.PlannedResult, VEKHA.FormItem)
        }
    )
    assert counts == {VEKHA.Activity: 149, VEKHA.PlannedResult: 6, VEKHA.FormItem: 72}


@pytest.mark.parametrize(
    ("roadmap", "key", "start"),
    [
        ("tomsk-obl-nastav", "tomsk-obl-nastav_2_3", "Вовлечение опытных наставников"),
        ("khorol-mo-nms", "khorol-mo-nms_5_15", "Реализация программ наставничества"),
        ("tambov-obl-nms", "tambov-obl-nms_1_4_b", "Заключение договоров"),
        ("tomsk-obl-mr", "tomsk-obl-mr_14_1", "Повышение профессионального мастерства"),
        ("tomsk-city-model", "tomsk-city-model_12", "Провести мониторинг"),
    ],
)
def test_activities_have_the_agreed_names(
    example_quads: dict[str, DocumentQuads], roadmap: str, key: str, start: str
) -> None:
    (label,) = values(example_quads[roadmap].document, activity(key), RDFS.label)
    assert label.startswith(start)


def test_row_1_3_of_the_mentoring_roadmap_is_modelled_whole(example_quads: dict[str, DocumentQuads]) -> None:
    document = example_quads["tomsk-obl-nastav"].document
    entry = activity("tomsk-obl-nastav_1_3")
    keys = [
        ("body", "tomsk-obl_doo"),
        ("body", "tomsk-obl_toipkro"),
        ("group", "tomsk-obl_mouo"),
        ("group", "tomsk-obl_doo-subordinate-heads"),
        ("group", "tomsk-obl_oo-heads"),
    ]
    assigned = [
        values(document, IRIS.part_of(entry, "assignment", order), VEKHA.assignedActor) for order in range(1, 6)
    ]
    assert assigned == [[f"https://w3id.org/vekha/id/{kind}/{key}"] for kind, key in keys]
    targets = [
        (year, values(document, IRIS.part_of(entry, "target", 1, year), VEKHA.value)) for year in range(2020, 2025)
    ]
    assert targets == [(2020, ["21"]), *((year, ["335"]) for year in range(2021, 2025))]
    assert len(values(document, entry, VEKHA.deadline)) == 2
    cell = values(document, entry, VEKHA.statedIn)[0]
    assert values(document, NamedNode(cell), VEKHA.place) == ["001_86a2010b6c35da95.txt, строка 10, столбец 2"]


def test_levels_listed_in_a_title_are_those_of_the_section(example_quads: dict[str, DocumentQuads]) -> None:
    document = example_quads["tomsk-obl-nastav"].document
    assert values(document, IRIS.section("tomsk-obl-nastav", ("1",)), VEKHA.level) == sorted(
        concept("level", level).value for level in ("region", "municipality", "school")
    )
    assert values(document, IRIS.section("tomsk-obl-nastav", ("2",)), VEKHA.level) == []


def test_a_section_says_where_its_title_stands(example_quads: dict[str, DocumentQuads]) -> None:
    for roadmap, quads in example_quads.items():
        for section in subjects(quads.document, VEKHA.Section):
            assert len(values(quads.document, section, VEKHA.place)) == 1, (roadmap, section)
    document, section = example_quads["tomsk-obl-nastav"].document, IRIS.section("tomsk-obl-nastav", ("1",))
    assert values(document, section, VEKHA.place) == ["001_86a2010b6c35da95.txt, строка 7, столбец 1"]


def test_blocks_of_the_self_assessment_have_their_levels(example_quads: dict[str, DocumentQuads]) -> None:
    document = example_quads["tomsk-city-model"].document
    items = Counter(
        level.rpartition("/")[2]
        for item in subjects(document, VEKHA.FormItem)
        if "model_3_" in item.value
        for level in values(document, item, VEKHA.level)
    )
    assert items == {"school": 3, "municipality": 19, "hub": 1, "region": 6}


def test_indicator_of_mentoring_bears_the_theme(reference: Reference) -> None:
    document = small_quads(reference).document
    indicator = IRIS.part_of(activity("small_1_1"), "indicator", 1)
    assert THEME.mentoring.value in values(document, indicator, VEKHA.theme)


def test_all_18_indicators_of_the_mentoring_roadmap_have_its_tolerance(
    example_quads: dict[str, DocumentQuads],
) -> None:
    found = [quad for quad in example_quads["tomsk-obl-nastav"].document if quad.predicate == VEKHA.tolerance]
    activities = {quad.subject.value.rpartition("_")[0] for quad in found if isinstance(quad.subject, NamedNode)}
    assert len(activities) == 18


def test_there_are_102_dated_targets(example_quads: dict[str, DocumentQuads]) -> None:
    assert sum(len(subjects(quads.document, VEKHA.DatedTarget)) for quads in example_quads.values()) == 102


def test_items_from_assignment_and_programme_are_those_of_q34(example_quads: dict[str, DocumentQuads]) -> None:
    document = example_quads["tomsk-city-model"].document
    found = {
        (quad.subject.value.rpartition("form-item_tomsk-city-model_")[2].rpartition("_")[0], quad.object.value)
        for quad in document
        if quad.predicate == VEKHA.basedOn
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, NamedNode)
    }
    assignment = IRIS.thing("programme", "tomsk-city_municipal-assignment").value
    programme = IRIS.thing("programme", "tomsk-city_education").value
    assert found == {
        *((item, assignment) for item in ("3_2_4", "3_2_6", "3_3_6", "3_3_7")),
        *((item, programme) for item in ("3_3_8", "3_3_13")),
    }


@pytest.mark.parametrize(
    ("month", "keys"),
    [
        ("2020-05", "mr_6 nastav_1_1 nastav_1_2 nastav_1_3"),
        ("2020-12", "nastav_2_1 nastav_2_2"),
        ("2021-06", "nms_1_13 nms_1_12 nms_1_13 nms_1_8 nms_2_7 nms_2_7 model_18 model_19"),
        ("2022-11", "nms_1_18 nms_1_23"),
    ],
)
def test_due_dates_answer_the_question_of_a_month(
    example_quads: dict[str, DocumentQuads], month: str, keys: str
) -> None:
    found = [
        quad.subject.value.rpartition("-")[2]
        for quads in example_quads.values()
        for quad in quads.document
        if quad.predicate == VEKHA.dueDate
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, Literal)
        and quad.object.value.startswith(month)
    ]
    assert sorted(found) == sorted(keys.split())


def test_every_mention_is_where_its_offsets_say(example_quads: dict[str, DocumentQuads]) -> None:
    wrong = []
    for quads in example_quads.values():
        found: dict[tuple[str, NamedNode], str] = {}
        for quad in merged(quads):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
                found[quad.subject.value, quad.predicate] = quad.object.value
        for mention in subjects(quads.document, VEKHA.Mention):
            text = found[found[mention.value, VEKHA.statedIn], VEKHA.rawText]
            start, end = (found.get((mention.value, edge)) for edge in (VEKHA.startOffset, VEKHA.endOffset))
            surface = found[mention.value, VEKHA.surfaceForm]
            if start is None or end is None or text[int(start) : int(end)] != surface:
                wrong.append((mention.value, surface, text))
    assert wrong == []


def test_everything_of_the_plan_is_one_step_from_its_cell(example_quads: dict[str, DocumentQuads]) -> None:
    classes = (
        VEKHA.Activity,
        VEKHA.PlannedResult,
        VEKHA.FormItem,
        VEKHA.Indicator,
        VEKHA.Target,
        VEKHA.Deadline,
        VEKHA.Assignment,
        VEKHA.Mention,
    )
    for quads in example_quads.values():
        stated = {quad.subject for quad in quads.document if quad.predicate == VEKHA.statedIn}
        assert [iri for cls in classes for iri in subjects(quads.document, cls) if iri not in stated] == []


def test_place_of_a_cell_split_by_a_page_names_both_parts(example_quads: dict[str, DocumentQuads]) -> None:
    document = example_quads["tomsk-obl-mr"].document
    (cell,) = values(document, activity("tomsk-obl-mr_6"), VEKHA.statedIn)
    (place,) = values(document, NamedNode(cell), VEKHA.place)
    assert place == "000_b14429cc66832627.txt, строка 12, столбец 2; строка 14, столбец 2"


def test_every_cell_and_prose_passage_has_a_readable_place(example_quads: dict[str, DocumentQuads]) -> None:
    for quads in example_quads.values():
        placed = {quad.subject for quad in quads.document if quad.predicate == VEKHA.place}
        classes = (VEKHA.SourceCell, VEKHA.Provision, VEKHA.Passage, VEKHA.LevelDescription, VEKHA.Footnote)
        assert [iri for cls in classes for iri in subjects(quads.document, cls) if iri not in placed] == []


def test_names_used_are_declared_by_the_ontology(example_quads: dict[str, DocumentQuads]) -> None:
    declared = {quad.subject for path in ontology_files() for quad in parse(path=path, format=RdfFormat.TURTLE)}
    used = {
        term
        for quads in example_quads.values()
        for quad in merged(quads)
        for term in (quad.predicate, *((quad.object,) if quad.predicate == RDF.type else ()))
    }
    assert used - declared - {RDF.type, RDFS.label, RDFS.comment} == set()


def test_no_link_of_the_examples_leads_nowhere(example_quads: dict[str, DocumentQuads], reference: Reference) -> None:
    shared = [*reference_quads(reference, IRIS), *ontology_quads(IRIS)]
    known = {quad.subject for quad in shared}
    for quads in example_quads.values():
        everything = merged(quads)
        described = known | {quad.subject for quad in everything}
        dangling = {
            quad.object
            for quad in everything
            if isinstance(quad.object, NamedNode)
            and re.match(r"https://w3id\.org/vekha/(id|scheme)/", quad.object.value)
            and quad.object not in described
            # Described in the graph of corrections, which belongs to no document.
            and quad.predicate != VEKHA.correctedBy
        }
        assert dangling == set()


def test_roadmap_is_described_with_period_territory_and_version(example_quads: dict[str, DocumentQuads]) -> None:
    quads = example_quads["khorol-mo-nms"]
    assert values(quads.document, quads.roadmap, VEKHA.territory) == [IRIS.thing("territory", "khorol-mo").value]
    assert values(quads.document, quads.roadmap, VEKHA.periodEnd) == ["2024-12-31"]
    assert values(quads.document, quads.roadmap, DCAT.hasCurrentVersion) == [quads.version.value]


def test_version_of_a_file_changes_no_name_of_the_plan(
    example_extractions: dict[str, Extraction], example_quads: dict[str, DocumentQuads], reference: Reference
) -> None:
    extraction = example_extractions["tomsk-obl-nastav"]
    changed = replace(extraction, source=replace(extraction.source, sha256="f" * 64))
    plan = (VEKHA.Activity, VEKHA.Indicator, VEKHA.Target, VEKHA.Deadline, VEKHA.Assignment, VEKHA.Section)
    source = (VEKHA.SourceCell, VEKHA.SourceRow, VEKHA.Mention)
    before, after = example_quads["tomsk-obl-nastav"].document, small_quads(reference, changed).document
    for cls in plan:
        assert subjects(before, cls) == subjects(after, cls)
    for cls in source:
        assert not set(subjects(before, cls)) & set(subjects(after, cls))
