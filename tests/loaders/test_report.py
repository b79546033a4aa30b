from __future__ import annotations

import json

from graph.validation import Finding, Report, Severity
from loaders.doubts import warning_about
from loaders.quads import build_quads
from loaders.report import DocumentReport, LoadReport, describe_extraction, describe_findings
from ontology.iris import Iris
from ontology.reference import Reference
from ontology.vocabulary import VEKHA
from tests.loaders.small_plan import small_plan

IRIS = Iris()


def finding(severity: Severity, focus: str) -> Finding:
    messages = (("en", "No actor is named."), ("ru", "Исполнитель не назван."))
    return Finding(severity, focus, "https://w3id.org/vekha/shapes#ActivityShape", None, None, "MinCount", messages)


def test_rows_are_counted_by_kind_and_tables_left_out_say_why() -> None:
    report = DocumentReport("план.txt")
    describe_extraction(report, small_plan(), show_persons=True)
    assert report.rows == {"activity": 2, "form-item": 1}
    assert [(table.table, table.rows, table.code) for table in report.left_out] == [("t3", 4, "table-without-head")]


def test_uncertain_actor_is_a_doubt_with_its_place() -> None:
    extraction = small_plan()
    row = extraction.rows[0]
    row.responsible[0].confidence = 0.6
    for cell in row.cells:
        cell.fragments[0].address = row.place.cells[cell.role] = f"строка 7, столбец {cell.column}"
    report = DocumentReport("план.txt")
    describe_extraction(report, extraction, show_persons=True)
    (doubt,) = report.doubts
    assert (doubt.code, doubt.place) == ("uncertain-actor", "строка 7, столбец 3")
    assert str(doubt.message) == "«ТОИПКРО» was taken for «ТОИПКРО» (60% sure)"


def test_names_of_persons_leave_the_report_where_they_are_withheld() -> None:
    extraction = small_plan()
    extraction.rows[0].responsible[1].confidence = 0.5
    extraction.warnings = [warning_about("stray-text", "Иванова А.Б.", "строка 7")]
    report = DocumentReport("план.txt")
    describe_extraction(report, extraction, show_persons=False)
    assert "Иванова" not in json.dumps(LoadReport([report]).to_json(), ensure_ascii=False)


def test_violation_is_an_error_a_warning_a_warning_and_a_hint_nothing(reference: Reference) -> None:
    quads = build_quads(small_plan(), iris=IRIS, reference=reference)
    focus = IRIS.thing("activity", "small_1_1").value
    report = DocumentReport("план.txt")
    describe_findings(report, Report(tuple(finding(severity, focus) for severity in Severity)), quads)
    assert [note.place for note in report.errors] == ["план.txt, строка 7"]
    assert [(note.code, str(note.message)) for note in report.warnings] == [("ActivityShape", "No actor is named.")]
    assert report.warnings[0].message.translations["ru"] == "Исполнитель не назван."


def test_a_doubt_about_an_actor_tells_place_and_words(reference: Reference) -> None:
    quads = build_quads(small_plan(), iris=IRIS, reference=reference)
    focus = IRIS.thing("resolution", "small_0123456789ab_t1_r1_c3_m1").value
    assert any(quad.predicate == VEKHA.resolution and str(quad.object) == f"<{focus}>" for quad in quads.document)
    report = DocumentReport("план.txt")
    describe_findings(report, Report((finding(Severity.WARNING, focus),)), quads)
    (note,) = report.warnings
    assert (note.place, note.text) == ("план.txt, строка 7", "ТОИПКРО")


def test_load_is_complete_unless_a_document_failed() -> None:
    loaded, failed = DocumentReport("a", status="loaded"), DocumentReport("b")
    assert LoadReport([loaded]).complete
    assert not LoadReport([loaded, failed]).complete
    assert LoadReport([loaded, failed]).of("failed") == [failed]


def test_a_finding_about_the_whole_document_names_its_file(reference: Reference) -> None:
    quads = build_quads(small_plan(), iris=IRIS, reference=reference)
    report = DocumentReport("folder/карта.docx")
    focus = IRIS.thing("roadmap", "small").value

    describe_findings(report, Report((finding(Severity.WARNING, focus),)), quads)

    assert [note.place for note in report.warnings] == ["карта.docx"]
