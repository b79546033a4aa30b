from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from queries.catalogue import Catalogue, QuestionFileError, UnknownQuestionError

if TYPE_CHECKING:
    from pathlib import Path

BASE = "https://example.org/"
GOOD = """\
#+ id: which-rows
#+ title: {ru: "Какие строки?", en: "Which rows?"}
#+ description: {ru: "Все.", en: "All."}
#+ tags: [quality]
#+ competency: [Q44]
#+ columns: [activity, text]
#+ parameters:
#+   theme: {}
#+   lang: {}
SELECT ?activity ?text
WHERE {
  VALUES ?theme { theme:mentoring }
  VALUES ?lang { "ru" }
  ?activity vekha:theme ?theme ; rdfs:label ?text
}
"""


def read(folder: Path, text: str, name: str = "which-rows") -> Catalogue:
    (folder / "quality").mkdir(exist_ok=True)
    (folder / "quality" / f"{name}.rq").write_text(text, encoding="utf-8")
    concepts = GOOD.replace("which-rows", "concepts").replace("#+   theme: {}\n", "")
    (folder / "choices").mkdir(exist_ok=True)
    (folder / "choices" / "concepts.rq").write_text(concepts, encoding="utf-8")
    return Catalogue.read(BASE, folder)


def test_a_question_file_gives_a_question(tmp_path: Path) -> None:
    question = read(tmp_path, GOOD)["which-rows"]

    assert question.topic == "quality"
    assert question.title.in_language("ru") == "Какие строки?"
    assert question.title.in_language("en") == "Which rows?"
    assert [column.name for column in question.columns] == ["activity", "text"]
    assert question.columns[0].hidden
    assert question.columns[1].link == "activity"
    assert question.parameters["theme"].type == "iri"
    assert str(question.parameters["theme"].default) == "<https://w3id.org/vekha/scheme/theme/mentoring>"
    assert question.sparql.startswith("SELECT ?activity")
    assert question.line == 10


def test_choice_lists_are_not_shown_to_people(tmp_path: Path) -> None:
    catalogue = read(tmp_path, GOOD)

    assert [question.id for question in catalogue.listed()] == ["which-rows"]
    assert "concepts" in catalogue
    assert len(catalogue) == 2


def test_an_unknown_question_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownQuestionError, match="no question «which-row»; did you mean which-rows"):
        read(tmp_path, GOOD)["which-row"]


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("#+ id: which-rows\n", "", 1, "id: Field required"),
        ("#+ id: which-rows", "#+ id: other-rows", 1, "the id is «other-rows», the file is «which-rows.rq»"),
        ('title: {ru: "Какие строки?", en: "Which rows?"}', 'title: {ru: "Какие?"}', 2, "title.en: Field required"),
        ("#+ tags: [quality]", "#+ tag: [quality]", 4, "tag: Extra inputs are not permitted"),
        ("#+ tags: [quality]", "#+ tags: [quality", 5, "the header is not YAML"),
        ("#+ tags: [quality]", "#+ tags: [quality]\n#+ tags: [acts]", 4, "«tags» stands twice"),
        ("[Q44]", "[44]", 5, "competency.0: Input should be a valid string"),
        ("[activity, text]", "[activity, nothing]", 6, "columns.1.title: Field required"),
        ("[activity, text]", "[activity, text]\n#+ view: {kind: pie}", 7, "view.kind: Input should be"),
        ("[activity, text]", "[activity, text]\n#+ view: {kind: chart, x: year}", 1, "view.x names «year»"),
        ("#+   theme: {}", "#+   theme: {type: number}", 8, "parameters.theme.type: Input should be"),
        ("#+   theme: {}", "#+   theme: {minimum: 1}", 8, "are for parameters of type integer"),
        ("#+   theme: {}", "#+   subject: {}", 10, "parameter «subject» needs exactly one line «VALUES ?subject"),
        ("VALUES ?lang", 'VALUES ?lang { "ru" }\n  VALUES ?lang', 10, "found 2"),
        ("{ theme:mentoring }", "{ theme:a theme:b }", 12, "the default of «theme» is not one RDF term"),
        ("{ theme:mentoring }", "{ UNDEF }", 8, "must be «optional: true»"),
        ("#+   theme: {}", "#+   theme: {choices: nothing}", 1, "no question «nothing»"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int, problem: str) -> None:
    assert old in GOOD
    with pytest.raises(QuestionFileError) as raised:
        read(tmp_path, GOOD.replace(old, new, 1))

    assert raised.value.line == line, str(raised.value)
    assert problem in str(raised.value)
    assert str(raised.value).startswith(f"{tmp_path / 'quality' / 'which-rows.rq'}:{line}:")


def test_a_file_without_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError, match="must begin with a header"):
        read(tmp_path, "SELECT ?s { ?s ?p ?o }\n")


def test_two_files_of_one_id_are_refused(tmp_path: Path) -> None:
    read(tmp_path, GOOD)
    (tmp_path / "acts").mkdir()
    (tmp_path / "acts" / "which-rows.rq").write_text(GOOD, encoding="utf-8")

    with pytest.raises(QuestionFileError, match="is taken by"):
        Catalogue.read(BASE, tmp_path)


def test_the_questions_of_the_project_are_read() -> None:
    catalogue = Catalogue.read(BASE)

    assert "who-is-responsible" in catalogue
    assert catalogue["who-is-responsible"].columns[0].name == "activity"
